/** A relay as NIP-01, NIP-09, NIP-11, NIP-36 and NIP-42 describe it: https://github.com/nostr-protocol/nips. Read 2026-11-27. */
import { schnorr } from "@noble/curves/secp256k1.js";
import { sha256 } from "../../ids.ts";
import type { SandboxConnection, World } from "../../network.ts";

export interface Event {
  id: string;
  pubkey: string;
  created_at: number;
  kind: number;
  tags: string[][];
  content: string;
  sig: string;
}

export interface Relay {
  events: Map<string, Event>;
  /** What has been taken away, by its author's request: `pubkey id`. */
  deleted: Set<string>;
}

type Filter = Record<string, unknown>;

/** NIP-11's example of what a relay may limit. */
export const LIMITS = { max_message_length: 16_384, max_content_length: 8_196, max_limit: 5_000 };
const FUTURE_SECONDS = 900;
const AUTH = 22_242;
const DELETION = 5;
const HEX64 = /^[0-9a-f]{64}$/;

export interface RelayRules {
  relay: Relay;
  world: World;
  /** Refuses an event of somebody else, in the words of the protocol. */
  refuses(event: Event): string | undefined;
  /** A relay that lets nobody write who has not signed in. */
  wantsLogin: boolean;
  accepted(event: Event): void;
}

/** Answers one client until it goes. */
export async function serveRelay(connection: SandboxConnection, rules: RelayRules): Promise<void> {
  const { relay, world } = rules;
  const say = (...message: unknown[]) => connection.send(JSON.stringify(message));
  const challenge = sha256(`challenge ${world.now()} ${relay.events.size}`).toString("hex").slice(0, 32);
  let isIn = false;
  if (rules.wantsLogin) await say("AUTH", challenge);
  for (let piece = await connection.receive(); piece; piece = await connection.receive()) {
    if (piece.length > LIMITS.max_message_length) {
      await say("NOTICE", "the message is too large");
      continue;
    }
    const message = parsed(piece.toString("utf8"));
    if (!message) {
      await say("NOTICE", "could not parse the message");
      continue;
    }
    const [verb, first, ...rest] = message;
    if (verb === "EVENT") await takeEvent(first as Event);
    else if (verb === "AUTH") {
      const event = first as Event;
      const wrong = faultIn(event, world.now()) ?? loginFault(event, challenge);
      isIn = wrong === undefined;
      await say("OK", event?.id ?? "", isIn, wrong ?? "");
    } else if (verb === "REQ") {
      if (typeof first !== "string" || first === "" || first.length > 64)
        await say("NOTICE", "invalid subscription id");
      else {
        for (const event of matching(relay, rest as Filter[])) await say("EVENT", first, event);
        await say("EOSE", first);
      }
    } else if (verb === "CLOSE") continue;
    else await say("NOTICE", `unknown message ${String(verb).slice(0, 20)}`);
  }

  async function takeEvent(event: Event): Promise<void> {
    const id = typeof event?.id === "string" ? event.id : "";
    const refuse = (words: string) => say("OK", id, false, words);
    const wrong = faultIn(event, world.now());
    if (wrong) return refuse(wrong);
    if (rules.wantsLogin && !isIn) return refuse("auth-required: only people who have signed in write here");
    if (relay.events.has(id)) return say("OK", id, true, "duplicate: already have this event");
    if (relay.deleted.has(`${event.pubkey} ${id}`)) return refuse("blocked: its author has deleted it");
    const words = rules.refuses(event);
    if (words !== undefined) return refuse(words);
    relay.events.set(id, event);
    if (event.kind === DELETION)
      for (const [name, of = ""] of event.tags) {
        if (name !== "e" || relay.events.get(of)?.pubkey !== event.pubkey) continue;
        relay.events.delete(of);
        relay.deleted.add(`${event.pubkey} ${of}`);
      }
    rules.accepted(event);
    return say("OK", id, true, "");
  }
}

/** What is wrong with an event, in the protocol's words. */
export function faultIn(event: Event, now: number): string | undefined {
  const { id, pubkey, created_at, kind, tags, content, sig } = event ?? {};
  if (typeof id !== "string" || !HEX64.test(id)) return "invalid: the id is not 64 lower-case hex characters";
  if (typeof pubkey !== "string" || !HEX64.test(pubkey))
    return "invalid: the pubkey is not 64 lower-case hex characters";
  if (!Number.isInteger(created_at) || !Number.isInteger(kind))
    return "invalid: created_at and kind are integers";
  const isTag = (tag: unknown) =>
    Array.isArray(tag) && tag.length > 0 && tag.every((word) => typeof word === "string");
  if (!Array.isArray(tags) || !tags.every(isTag)) return "invalid: tags are lists of strings";
  if (typeof content !== "string") return "invalid: the content is a string";
  if ([...content].length > LIMITS.max_content_length) return "invalid: the content is too long";
  const digest = sha256(JSON.stringify([0, pubkey, created_at, kind, tags, content]));
  if (digest.toString("hex") !== id) return "invalid: the id is not the event's digest";
  if (!isSigned(sig, digest, pubkey)) return "invalid: the signature does not fit";
  if (created_at > now / 1000 + FUTURE_SECONDS)
    return "invalid: event creation date is too far off from the current time";
  return undefined;
}

function isSigned(sig: unknown, digest: Buffer, pubkey: string): boolean {
  if (typeof sig !== "string" || !/^[0-9a-f]{128}$/.test(sig)) return false;
  return schnorr.verify(Buffer.from(sig, "hex"), digest, Buffer.from(pubkey, "hex"));
}

function loginFault({ kind, tags }: Event, challenge: string): string | undefined {
  const has = (name: string, value?: string) =>
    tags.some((tag) => tag[0] === name && (!value || tag[1] === value));
  if (kind !== AUTH) return "invalid: a login is of kind 22242";
  return has("relay") && has("challenge", challenge) ? undefined : "invalid: relay and challenge do not fit";
}

/** Newest first. Filters are alternatives, and all that one says must hold. */
function matching({ events }: Relay, filters: readonly Filter[]): Event[] {
  const newest = [...events.values()].sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1));
  const found = filters.flatMap((filter) => {
    const limit = typeof filter.limit === "number" ? filter.limit : LIMITS.max_limit;
    return newest.filter((event) => fits(event, filter)).slice(0, Math.min(limit, LIMITS.max_limit));
  });
  return [...new Set(found)];
}

function fits(event: Event, filter: Filter): boolean {
  return Object.entries(filter).every(([name, value]) => {
    const list = Array.isArray(value) ? (value as unknown[]) : [];
    if (name === "ids") return list.includes(event.id);
    if (name === "authors") return list.includes(event.pubkey);
    if (name === "kinds") return list.includes(event.kind);
    if (name === "since") return event.created_at >= Number(value);
    if (name === "until") return event.created_at <= Number(value);
    if (/^#[a-zA-Z]$/.test(name)) return event.tags.some(([tag, of]) => tag === name[1] && list.includes(of));
    return name === "limit";
  });
}

function parsed(text: string): unknown[] | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return Array.isArray(message) ? message : undefined;
  } catch {
    return undefined;
  }
}
