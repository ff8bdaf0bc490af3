/**
 * An XMPP server with rooms: RFC 6120 (streams, SASL, resources), XEP-0045 (rooms), XEP-0359 (ids). Read 2026-11-27. On loopback, so without
 * TLS. Rooms whose names say so refuse: moderated, banned, members, full, absent, keyed.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { utf8 } from "../../count.ts";
import { marked } from "../../html.ts";
import { channelOf, sha256 } from "../../ids.ts";
import type { SandboxConnection, SandboxNetwork, World } from "../../network.ts";
import { attributesOf, type Element, Elements, xml } from "./elements.ts";

const ID = "xmpp";
const DOMAIN = "sandbox.example";
const ROOMS = `rooms.${DOMAIN}`;
const LARGEST = 65_536;
const FAREWELL = 20;

interface Member {
  jid: string;
  resource: string;
  /** Ends its stream with this error. */
  end(condition: string): Promise<void>;
  /** Their nick in each room. */
  rooms: Map<string, string>;
}

interface State {
  members: Set<Member>;
  count: number;
}

export const xmpp: SandboxNetwork = {
  id: ID,
  name: "XMPP",
  look: { light: "#8a3b12", dark: "#f0b38c", mark: "XM", layout: "message", alt: false },
  ways: [{ name: "xmpp", socket: true, threads: true, lookUp: "none" }],
  channel: (name, _base, _folder, _settings, door = "tcp://127.0.0.1:1") => ({
    server: door,
    jid: `${name}@${DOMAIN}`,
    password: `sandbox-${name}`,
    room: `${name}@${ROOMS}`,
    room_password: "sandbox-room",
  }),
  publishes: () => false,
  handle: () => undefined,
  async connect(connection, world) {
    const state = world.state<State>(ID, () => ({ members: new Set(), count: 0 }));
    const end = (condition: string) => connection.send(streamError(condition));
    const me: Member = { jid: "", resource: "", end, rooms: new Map() };
    try {
      await serve(connection, me, state, world);
    } finally {
      state.members.delete(me);
    }
  },
};

const HEAD = `<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" from="${DOMAIN}" id="s1" version="1.0">`;

async function serve(connection: SandboxConnection, me: Member, state: State, world: World): Promise<void> {
  const elements = new Elements(connection);
  const send = (text: string) => connection.send(text);
  for (;;) {
    const one = await elements.next();
    if (one === undefined || one === "closed") {
      if (one === "closed") {
        // Until then the nick is taken.
        await sleep(FAREWELL);
        await send("</stream:stream>");
      }
      return;
    }
    if (one === "opened") {
      const bind = `<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>`;
      const login = `<mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>SCRAM-SHA-1</mechanism><mechanism>PLAIN</mechanism></mechanisms>`;
      await send(`${HEAD}<stream:features>${me.jid === "" ? login : bind}</stream:features>`);
    } else if (one.size > LARGEST) {
      return me.end("policy-violation");
    } else if (one.name === "auth") {
      const [, user = "", password] = Buffer.from(one.text, "base64").toString("utf8").split("\0");
      if (one.attributes.mechanism === "PLAIN" && channelOf(password) === user) {
        me.jid = `${user}@${DOMAIN}`;
        state.members.add(me);
        elements.restart();
        await send(`<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>`);
      } else await send(`<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><not-authorized/></failure>`);
    } else if (me.jid === "") {
      return me.end("not-authorized");
    } else if (one.name === "iq") {
      const wanted = one.find("resource")?.text ?? "";
      me.resource = wanted === "" ? `made-${++state.count}` : wanted;
      // RFC 6120, 7.7.2.2: the newer one has it; Prosody 0.12 does so unless it is told otherwise.
      for (const other of [...state.members].filter((other) => other !== me && isSamePlace(other, me))) {
        state.members.delete(other);
        await other.end("conflict");
      }
      const jid = `<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>${xml(`${me.jid}/${me.resource}`)}</jid></bind>`;
      await send(`<iq type="result" id="${xml(one.attributes.id ?? "")}">${jid}</iq>`);
    } else if (one.name === "presence") await enter(one, me, state, send);
    else if (one.name === "message") await speak(one, me, state, world, send);
  }
}

function isSamePlace(one: Member, other: Member): boolean {
  return one.jid === other.jid && one.resource === other.resource;
}

function streamError(condition: string): string {
  return `<stream:error><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error></stream:stream>`;
}

type Send = (text: string) => Promise<void>;

const DOORS: Record<string, string> = {
  banned: "forbidden",
  members: "registration-required",
  full: "service-unavailable",
};

async function enter(one: Element, me: Member, state: State, send: Send): Promise<void> {
  const [room = "", nick = ""] = (one.attributes.to ?? "").split("/");
  if (one.attributes.type === "unavailable") {
    me.rooms.delete(room);
    return;
  }
  const [local = "", domain] = room.split("@");
  const password = one.find("password")?.text;
  const taken = [...state.members].some((other) => other !== me && other.rooms.get(room) === nick);
  const condition = domain !== ROOMS || nick === "" ? "jid-malformed" : taken ? "conflict" : DOORS[local];
  const wrong =
    condition ?? (local === "keyed" && password !== "sandbox-room" ? "not-authorized" : undefined);
  if (wrong !== undefined) {
    const error = `<error type="auth"><${wrong} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`;
    return send(
      `<presence type="error" ${attributesOf({ from: `${room}/${nick}`, to: me.jid })}>${error}</presence>`,
    );
  }
  me.rooms.set(room, nick);
  const created = local === "absent" ? `<status code="201"/>` : "";
  const muc = (inner: string) =>
    `<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="participant"/>${inner}</x>`;
  // Those who are there come first, oneself last.
  await send(
    `<presence ${attributesOf({ from: `${room}/somebody`, to: me.jid })}>${muc("")}</presence>` +
      `<presence ${attributesOf({ from: `${room}/${nick}`, to: me.jid })}>${muc(`<status code="110"/>${created}`)}</presence>` +
      `<message type="groupchat" ${attributesOf({ from: room, to: me.jid })}><subject/></message>`,
  );
}

async function speak(one: Element, me: Member, state: State, world: World, send: Send): Promise<void> {
  const room = one.attributes.to ?? "";
  const nick = me.rooms.get(room);
  const id = one.attributes.id ?? "";
  const text = one.find("body")?.text ?? "";
  const wrong =
    nick === undefined ? "not-acceptable" : room.startsWith("moderated@") ? "forbidden" : undefined;
  if (wrong !== undefined) {
    const error = `<error type="auth"><${wrong} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`;
    return send(`<message type="error" ${attributesOf({ from: room, to: me.jid, id })}>${error}</message>`);
  }
  if (one.attributes.type !== "groupchat" || text === "") return;
  const stanzaId = sha256(`${room} ${state.count++}`)
    .toString("hex")
    .slice(0, 24);
  world.accept({
    ...{
      network: ID,
      account: `${nick} in ${room}`,
      id: stanzaId,
      url: `xmpp:${room}?join`,
      at: world.now(),
    },
    ...{ text, html: marked(text).replaceAll("\n", "<br>"), media: [], length: utf8(text), max: LARGEST },
  });
  const origin = one.find("origin-id")?.attributes.id;
  const ids =
    (origin === undefined ? "" : `<origin-id xmlns="urn:xmpp:sid:0" ${attributesOf({ id: origin })}/>`) +
    `<stanza-id xmlns="urn:xmpp:sid:0" ${attributesOf({ id: stanzaId, by: room })}/>`;
  const attributes = attributesOf({ from: `${room}/${nick}`, to: me.jid, id });
  await send(`<message type="groupchat" ${attributes}><body>${xml(text)}</body>${ids}</message>`);
}
