/** What the server remembers, and the ids that it makes. */
import { base32, sha256 } from "../../ids.ts";
import type { World } from "../../network.ts";

export const ID = "bluesky";
/** Names of this server end so. */
export const OWN = ".sandbox.test";

export interface State {
  tokens: Map<string, Token>;
  /** `did collection rkey` → the record. */
  records: Map<string, Kept>;
  /** cid → the file. */
  blobs: Map<string, { type: string; bytes: Uint8Array }>;
  sequence: number;
}

export interface Token {
  name: string;
  kind: "access" | "refresh";
  /** Epoch milliseconds. */
  until: number;
}

export interface Kept {
  uri: string;
  cid: string;
  did: string;
  rkey: string;
  collection: string;
  record: Record<string, unknown>;
  /** Epoch milliseconds; an edited record keeps its first. */
  at: number;
}

export function handleOf(name: string): string {
  const label =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "") || "channel";
  return `${label}${OWN}`;
}

export function didOf(handle: string): string {
  return `did:plc:${base32(sha256(handle)).slice(0, 24)}`;
}

export function asDid(repo: string): string {
  return repo.startsWith("did:") ? repo : didOf(repo);
}

export function keyOf({ did, collection, rkey }: Pick<Kept, "did" | "collection" | "rkey">): string {
  return `${did} ${collection} ${rkey}`;
}

/** Opaque to clients: a CID's shape around the digest of the record's JSON, keys in order. */
export function cidOf(value: unknown): string {
  return cidOfBytes(Buffer.from(JSON.stringify(sorted(value))), 0x71);
}

export function cidOfBytes(bytes: Uint8Array, codec: number): string {
  return `b${base32(Buffer.concat([Buffer.from([1, codec, 0x12, 0x20]), sha256(bytes)]))}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

// A TID: microseconds and ten bits of our own, in base 32 that sorts.
export function tid(state: State, world: World): string {
  state.sequence++;
  let value = (BigInt(world.now()) * 1000n + BigInt(state.sequence % 1000)) << 10n;
  let out = "";
  for (let n = 0; n < 13; n++, value >>= 5n)
    out = "234567abcdefghijklmnopqrstuvwxyz"[Number(value & 31n)] + out;
  return out;
}
