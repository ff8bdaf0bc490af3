/**
 * An IRC server: https://modern.ircdocs.horse/ (RFC 2812 where that is silent), IRCv3's capability negotiation 302, SASL 3.1, message
 * tags, echo-message, labeled-response and message ids. Read 2026-11-27. On loopback, so without TLS. Channels whose names say so
 * refuse: #moderated, #banned, #invited, #full, #registered, #accounts, #keyed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { linesOf } from "../../doors.ts";
import { channelOf, sha256 } from "../../ids.ts";
import type { SandboxConnection, SandboxNetwork, World } from "../../network.ts";
import { CAPABILITIES, type Member, parse, type Said, written } from "./message.ts";
import { postOf } from "./shown.ts";

const ID = "irc";
const SERVER = "irc.sandbox.example";
const NICK = /^[A-Za-z[\]\\`_^{|}][\w[\]\\`^{|}-]{0,29}$/;
// What a client may send: 512 with the line end, and 4096 for its tags (IRCv3).
const LONGEST = 510;
const LONGEST_TAGS = 4_096;
// Until then the nick is taken: ngIRCd 26 refuses the next visit if it comes sooner, tried on 2026-11-27.
const FAREWELL = 20;

interface State {
  members: Set<Member>;
  count: number;
}

export const irc: SandboxNetwork = {
  id: ID,
  name: "IRC",
  look: { light: "#3d5a80", dark: "#9dbbe0", mark: "#", layout: "message", alt: false },
  ways: [{ name: "irc", socket: true, threads: true, lookUp: "none" }],
  channel: (name, _base, _folder, _settings, door = "tcp://127.0.0.1:1") => ({
    server: door,
    channel: `#${name.replace(/[^\w.-]/g, "-")}`,
    nick: `b-${name.replace(/[^\w-]/g, "-")}`.slice(0, 30),
    account: name,
    password: `sandbox-${name}`,
    server_password: "sandbox-server",
    channel_key: "sandbox-key",
  }),
  publishes: () => false,
  handle: () => undefined,
  async connect(connection, world) {
    const state = world.state<State>(ID, () => ({ members: new Set(), count: 0 }));
    const me: Member = { nick: "", user: "", account: "", abilities: new Set(), rooms: new Map() };
    try {
      await serve({ connection, world, state, me });
    } finally {
      state.members.delete(me);
    }
  },
};

interface Client {
  connection: SandboxConnection;
  world: World;
  state: State;
  me: Member;
}

async function serve(client: Client): Promise<void> {
  const { connection, state, me } = client;
  const send = (...lines: string[]) => connection.send(lines.map((line) => `${line}\r\n`).join(""));
  const numeric = (code: string, ...rest: string[]) =>
    send(`:${SERVER} ${code} ${me.nick || "*"} ${rest.join(" ")}`);
  let password = "";
  let negotiating = false;
  let base64: string | undefined;

  for await (const line of linesOf(connection)) {
    const said = parse(line);
    if (!said) continue;
    if (
      Buffer.byteLength(said.head) > LONGEST_TAGS ||
      Buffer.byteLength(line) - Buffer.byteLength(said.head) > LONGEST
    ) {
      await numeric("417", ":Input line was too long");
      continue;
    }
    const [first = ""] = said.params;
    const isIn = state.members.has(me);
    switch (said.command) {
      case "PASS":
        password = first;
        break;
      case "CAP":
        if (["LS", "REQ"].includes(first.toUpperCase())) negotiating ||= !isIn;
        if (first.toUpperCase() === "END") negotiating = false;
        await capability(said, me, send);
        break;
      case "AUTHENTICATE":
        if (!me.abilities.has("sasl")) await numeric("904", ":SASL authentication failed");
        else if (first.toUpperCase() === "PLAIN" && base64 === undefined) {
          base64 = "";
          await send("AUTHENTICATE +");
        } else if (first.length > 400) await numeric("905", ":SASL message too long");
        else {
          base64 = `${base64 ?? ""}${first === "+" ? "" : first}`;
          // A piece of exactly 400 has a next one.
          if (first.length === 400) break;
          const [, name, secret] = Buffer.from(base64, "base64").toString("utf8").split("\0");
          base64 = undefined;
          if (name === "" || channelOf(secret) !== name) await numeric("904", ":SASL authentication failed");
          else {
            me.account = name ?? "";
            await numeric(
              "900",
              `${me.nick}!${me.user}@host`,
              me.account,
              `:You are now logged in as ${me.account}`,
            );
            await numeric("903", ":SASL authentication successful");
          }
        }
        break;
      case "NICK": {
        const taken = first === "taken" || [...state.members].some((one) => one !== me && one.nick === first);
        if (!NICK.test(first)) await numeric("432", first, ":Erroneous nickname");
        else if (taken) await numeric("433", first, ":Nickname is already in use");
        else me.nick = first;
        break;
      }
      case "USER":
        if (said.params.length < 4) await numeric("461", "USER", ":Not enough parameters");
        else me.user = `~${first.slice(0, 10)}`;
        break;
      case "PING":
        await send(`:${SERVER} PONG ${SERVER} :${first}`);
        break;
      case "PONG":
        break;
      case "QUIT":
        await sleep(FAREWELL);
        return send("ERROR :Closing link: (Quit)");
      default:
        if (!isIn) await numeric("451", ":You have not registered");
        else if (said.command === "JOIN") await enter(client, said, send, numeric);
        else if (said.command === "PRIVMSG") await speak(client, said, send, numeric);
        else await numeric("421", said.command, ":Unknown command");
    }
    if (!state.members.has(me) && me.nick !== "" && me.user !== "" && !negotiating) {
      if (password !== "sandbox-server") {
        await numeric("464", ":Password incorrect");
        return send("ERROR :Closing link: (Bad password)");
      }
      state.members.add(me);
      await numeric("001", `:Welcome to the sandbox, ${me.nick}!${me.user}@${hostOf(me)}`);
      await numeric("005", "CHANTYPES=# CASEMAPPING=rfc1459", ":are supported by this server");
      await numeric("422", ":MOTD File is missing");
    }
  }
}

type Send = (...lines: string[]) => Promise<void>;
type Numeric = (code: string, ...rest: string[]) => Promise<void>;

const hostOf = ({ account }: Member) => `${account || "anonymous"}.users.sandbox.example`;
const sourceOf = (me: Member) => `${me.nick}!${me.user}@${hostOf(me)}`;

async function capability({ params }: Said, me: Member, send: Send): Promise<void> {
  const [verb = "", list = ""] = params;
  const to = me.nick || "*";
  if (verb.toUpperCase() === "LS") {
    // In two lines, as a server with many has it.
    await send(
      `:${SERVER} CAP ${to} LS * :multi-prefix server-time`,
      `:${SERVER} CAP ${to} LS :${CAPABILITIES.join(" ")}`,
    );
  } else if (verb.toUpperCase() === "REQ") {
    const asked = list.split(" ").filter((one) => one !== "");
    const known = CAPABILITIES.map((one) => one.split("=")[0]);
    const fits =
      asked.every((one) => known.includes(one)) &&
      (!asked.includes("labeled-response") || asked.includes("batch"));
    if (fits) for (const one of asked) me.abilities.add(one);
    await send(`:${SERVER} CAP ${to} ${fits ? "ACK" : "NAK"} :${list}`);
  } else if (verb.toUpperCase() !== "END") await send(`:${SERVER} 410 ${to} ${verb} :Invalid CAP command`);
}

// What a name stands for, instead of modes that an operator would set.
const DOORS: Record<string, [string, string]> = {
  "#banned": ["474", "Cannot join channel (+b)"],
  "#invited": ["473", "Cannot join channel (+i)"],
  "#full": ["471", "Cannot join channel (+l)"],
  // As ngIRCd 26 says it, tried on 2026-11-27.
  "#accounts": ["471", "Cannot join channel (+R) -- Registered users only"],
  "#registered": ["477", "Cannot join channel (+r) - you need to be identified with services"],
};

const NEEDS_LOGIN = ["#accounts", "#registered"];

async function enter({ me }: Client, { params }: Said, send: Send, numeric: Numeric): Promise<void> {
  const [room = "", key] = params;
  const [code, words] = DOORS[room] ?? [];
  if (!/^#[^\s,\x07]{1,63}$/.test(room)) await numeric("403", room, ":No such channel");
  else if (code !== undefined && !(NEEDS_LOGIN.includes(room) && me.account !== ""))
    await numeric(code, room, `:${words}`);
  else if (room === "#keyed" && key !== "sandbox-key")
    await numeric("475", room, ":Cannot join channel (+k)");
  else {
    me.rooms.set(room.toLowerCase(), room);
    await send(`:${sourceOf(me)} JOIN ${room}`);
    await numeric("353", "=", room, `:${me.nick}`);
    await numeric("366", room, ":End of /NAMES list.");
  }
}

async function speak({ me, world, state }: Client, said: Said, send: Send, numeric: Numeric): Promise<void> {
  const [to = "", words] = said.params;
  const label = me.abilities.has("labeled-response") ? said.tags.get("label") : undefined;
  const labelled = (line: string) => send(`${label === undefined ? "" : `@label=${label} `}${line}`);
  if (to === "") return numeric("411", ":No recipient given (PRIVMSG)");
  if (words === undefined || words === "") return numeric("412", ":No text to send");
  const room = me.rooms.get(to.toLowerCase());
  if (room === undefined || room === "#moderated")
    return labelled(`:${SERVER} 404 ${me.nick} ${to} :Cannot send to channel`);
  const line = written(sourceOf(me), room, words);
  const id = sha256(`${sourceOf(me)} ${state.count++}`)
    .toString("base64url")
    .slice(0, 20);
  world.accept(postOf({ network: ID, room, me, id, line, world }));
  me.first ??= id;
  if (!me.abilities.has("echo-message")) return;
  const tags = [
    label === undefined ? [] : `label=${label}`,
    me.abilities.has("message-tags") ? `msgid=${id}` : [],
  ].flat();
  await send(`${tags.length > 0 ? `@${tags.join(";")} ` : ""}${line}`);
}
