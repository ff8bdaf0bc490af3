/**
 * Relays below `/CHANNEL/NAME`, each with a memory of its own, and a Blossom server (BUD-01, BUD-02, BUD-11:
 * https://github.com/hzrd149/blossom). Relays whose names begin with `login` want NIP-42; those with `closed` take nothing.
 */

import { schnorr } from "@noble/curves/secp256k1.js";
import { bech32 } from "@scure/base";
import { api, refusal, type Call as SomeCall } from "../../api.ts";
import { bearer } from "../../body.ts";
import { codePoints, spans } from "../../count.ts";
import { chip, marked } from "../../html.ts";
import { sha256 } from "../../ids.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../../network.ts";
import { type Event, faultIn, LIMITS, type Relay, serveRelay } from "./relay.ts";

const ID = "nostr";
const NOTE = 1;
const DELETION = 5;
const PERMIT = 24_242;
const RELAYS = 3;

interface State {
  /** By path. */
  relays: Map<string, Relay>;
  /** By digest. */
  files: Map<string, { type: string; bytes: Buffer }>;
}

type Call = SomeCall<State, string>;

const initial = (): State => ({ relays: new Map(), files: new Map() });

export const nostr: SandboxNetwork = {
  id: ID,
  name: "Nostr",
  look: { light: "#7a2fb0", dark: "#d0a0ff", mark: "N", layout: "post", alt: true },
  ways: [{ name: "key", socket: true, media: { before: true, counts: [1, 2] }, threads: true }],
  channel(name, base, _folder, settings) {
    const relay = (number: number) => `${base.replace(/^http/, "ws")}/${pathOf(name)}/${number}`;
    const relays = Array.from({ length: countOf(settings?.relays) }, (_, n) => relay(n + 1));
    return { key: keyOf(name), relays: relays.join(" "), media_server: base, web: base };
  },
  publishes: () => false,
  webSocket: true,
  async connect(connection, world) {
    const state = world.state(ID, initial);
    const path = connection.path ?? "";
    const [, name = "", own = ""] = path.split("/");
    const relay = state.relays.get(path) ?? { events: new Map(), deleted: new Set() };
    state.relays.set(path, relay);
    await serveRelay(connection, {
      relay,
      world,
      wantsLogin: own.startsWith("login"),
      refuses: ({ pubkey }) => {
        if (own.startsWith("closed")) return "restricted: nobody writes here";
        return isGuest(pubkey) || pubkey === publicOf(decodeURIComponent(name))
          ? undefined
          : "blocked: this key is not one of the sandbox's";
      },
      accepted: (event) => show(event, decodeURIComponent(name), state, world),
    });
  },
  handle: api<State, string>({
    id: ID,
    state: initial,
    auth(call) {
      const event = permitOf(call);
      const wrong = faultIn(event, call.world.now());
      if (wrong) throw refuse(401, wrong);
      const value = (name: string) => event.tags.find(([tag]) => tag === name)?.[1];
      if (event.kind !== PERMIT || value("t") !== "upload" || event.content === "")
        throw refuse(401, "not a permit for an upload");
      if (!(Number(value("expiration")) * 1000 > call.world.now()))
        throw refuse(401, "the permit has expired");
      const server = value("server");
      if (server !== undefined && server !== new URL(call.world.base(ID)).hostname)
        throw refuse(401, "the permit is for another server");
      if (!event.tags.some(([tag, of]) => tag === "x" && of === call.request.headers["x-sha-256"]))
        throw refuse(401, "the permit is for another file");
      return event.pubkey;
    },
    windows: { uploads: [{ posts: 100, ms: 3_600_000 }] },
    limited: () => said(429, "too many uploads"),
    unknown: () => undefined,
    open: {
      "GET /:name": (call) => {
        const file = call.state.files.get(/^[0-9a-f]{64}/.exec(call.params.name ?? "")?.[0] ?? "");
        return file && { status: 200, headers: { "content-type": file.type }, body: file.bytes };
      },
      // NIP-11: what a relay says of itself, by HTTP at its own address.
      "GET /:channel/:relay": ({ request }) =>
        request.headers.accept === "application/nostr+json"
          ? {
              status: 200,
              headers: { "content-type": "application/nostr+json" },
              body: JSON.stringify({ name: "Sandbox", supported_nips: [1, 9, 11, 42], limitation: LIMITS }),
            }
          : undefined,
    },
    routes: { "PUT /upload": upload },
  }),
};

function upload(call: Call): SandboxReply {
  const { request, state, world } = call;
  const digest = sha256(request.body).toString("hex");
  if (request.body.length === 0) throw refuse(400, "the file is empty");
  if (request.headers["x-sha-256"] !== digest) throw refuse(409, "X-SHA-256 is not the file's digest");
  call.take("uploads", call.who());
  const type = String(request.headers["content-type"] ?? "application/octet-stream");
  const isNew = !state.files.has(digest);
  state.files.set(digest, { type, bytes: request.body });
  const url = `${world.base(ID)}/${digest}.${type.split("/")[1] ?? "bin"}`;
  const uploaded = Math.floor(world.now() / 1000);
  return {
    status: isNew ? 201 : 200,
    body: { url, sha256: digest, size: request.body.length, type, uploaded },
  };
}

function permitOf({ request }: Call): Event {
  try {
    return JSON.parse(Buffer.from(bearer(request, "Nostr") ?? "", "base64url").toString("utf8")) as Event;
  } catch {
    throw refuse(401, "no permit");
  }
}

/** On the page a note is one post, whichever relay had it first; it goes when its author asks the first one for that. */
function show(event: Event, account: string, state: State, world: World): void {
  if (event.kind === DELETION) {
    for (const [name, of = ""] of event.tags) if (name === "e") world.remove(ID, of);
    return;
  }
  const isThere = [...world.posts, ...world.removed].some(
    ({ network, id }) => network === ID && id === event.id,
  );
  if (event.kind === NOTE && !isThere) world.accept(postOf(event, account, state, world));
}

function postOf(event: Event, account: string, { files }: State, world: World): SandboxPost {
  const values = (name: string) => event.tags.filter(([tag]) => tag === name);
  const shown = values("imeta").flatMap(([, ...fields]) => {
    const field = (name: string) => fields.find((one) => one.startsWith(`${name} `))?.slice(name.length + 1);
    const file = files.get(field("x") ?? "");
    const url = field("url") ?? "";
    return file && event.content.includes(url)
      ? [{ url, type: file.type, alt: field("alt") ?? "", bytes: file.bytes }]
      : [];
  });
  const words = shown.reduce((text, { url }) => text.replace(url, ""), event.content).trim();
  const parent = ["reply", "root"].flatMap(
    (mark) => values("e").find((tag) => tag[3] === mark)?.[1] ?? [],
  )[0];
  const [[, warning] = []] = values("content-warning");
  return {
    network: ID,
    account: isGuest(event.pubkey) ? "a guest" : account,
    id: event.id,
    ...(parent && { parent }),
    url: `${world.base(ID)}/${neventOf(event)}`,
    at: event.created_at * 1000,
    text: event.content,
    html: htmlOf(words),
    media: shown.map(({ type, alt, bytes }) => ({ type, alt, bytes })),
    length: codePoints(event.content),
    max: LIMITS.max_content_length,
    notes: [
      ...(warning === undefined ? [] : [`Content warning: ${warning}`]),
      ...values("t").map(([, topic]) => `topic ${topic}`),
      ...values("p").map(([, person = ""]) => `calls ${person.slice(0, 12)}…`),
      ...values("l").map(([, language]) => `language ${language}`),
    ],
  };
}

// `nostr:npub1…` is a person; clients show a name.
function htmlOf(words: string): string {
  return words
    .split(/(nostr:(?:npub|nprofile)1[02-9ac-hj-np-z]+)/)
    .map((piece, index) =>
      index % 2 === 1
        ? chip("mention", `@${piece.slice("nostr:".length, "nostr:".length + 12)}…`)
        : marked(
            piece,
            spans(piece).filter(({ kind }) => kind !== "mention"),
          ),
    )
    .join("");
}

// --- keys: each channel has one, and a guest who can answer ---------------------------------------------------------------

/** The private key of a channel in the sandbox, hex. `guest` is somebody else. */
export function keyOf(name: string): string {
  return sha256(`a key of the sandbox for ${name}`).toString("hex");
}

/** NIP-19: the id is value 0, its author's key value 2. */
function neventOf({ id, pubkey }: Event): string {
  const bytes = Buffer.concat([
    Buffer.from([0, 32]),
    Buffer.from(id, "hex"),
    Buffer.from([2, 32]),
    Buffer.from(pubkey, "hex"),
  ]);
  return bech32.encode("nevent", bech32.toWords(bytes), 200);
}

function publicOf(name: string): string {
  return Buffer.from(schnorr.getPublicKey(Buffer.from(keyOf(name), "hex"))).toString("hex");
}

function isGuest(pubkey: string): boolean {
  return pubkey === publicOf("a guest");
}

function pathOf(name: string): string {
  return encodeURIComponent(name);
}

/** As many as the channel itself names. */
function countOf(relays: unknown): number {
  const named = Array.isArray(relays)
    ? relays
    : String(relays ?? "")
        .split(/[\s,]+/)
        .filter(Boolean);
  return named.length > 0 ? named.length : RELAYS;
}

function said(status: number, message: string): SandboxReply {
  return { status, headers: { "x-reason": message }, body: { message } };
}

function refuse(status: number, message: string): Error {
  return refusal(said(status, message));
}
