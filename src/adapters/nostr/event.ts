/** Events and how they are signed (NIP-01), and keys as people write them (NIP-19). */
import { createHash } from "node:crypto";
import { schnorr } from "@noble/curves/secp256k1.js";
import { bech32 } from "@scure/base";

/** What is signed; the rest follows from it. */
export interface Draft {
  kind: number;
  /** Epoch seconds. */
  created_at: number;
  tags: string[][];
  content: string;
}

export interface Event extends Draft {
  /** The digest of everything but the signature, lower-case hex: the same content at the same time is the same event. */
  id: string;
  pubkey: string;
  sig: string;
}

const LONGEST = 5_000;
const HEX = /^[0-9a-f]{64}$/i;

/** `key`: as the channel has it. */
export function signed(draft: Draft, key: string): Event {
  const secret = secretOf(key);
  const pubkey = hexOf(schnorr.getPublicKey(secret));
  const { kind, created_at, tags, content } = draft;
  const id = idOf({ ...draft, pubkey });
  const sig = hexOf(schnorr.sign(Buffer.from(id, "hex"), secret));
  return { id, pubkey, created_at, kind, tags, content, sig };
}

function idOf({ pubkey, created_at, kind, tags, content }: Omit<Event, "id" | "sig">): string {
  return createHash("sha256")
    .update(JSON.stringify([0, pubkey, created_at, kind, tags, content]))
    .digest("hex");
}

/** Whether its author wrote it: a relay may send anything. */
export function isGenuine(event: Event): boolean {
  const { id, pubkey, sig } = event;
  try {
    const bytes = (hex: string) => Buffer.from(hex, "hex");
    return idOf(event) === id && schnorr.verify(bytes(sig), bytes(id), bytes(pubkey));
  } catch {
    return false;
  }
}

export function publicKeyOf(key: string): string {
  return hexOf(schnorr.getPublicKey(secretOf(key)));
}

/** Whether this is a private key: `nsec1…`, or 64 hex characters. */
export function isKey(key: string): boolean {
  try {
    return schnorr.getPublicKey(secretOf(key)).length === 32;
  } catch {
    return false;
  }
}

/** The public key, hex, of `npub1…`, `nprofile1…` or hex, with or without `nostr:`; nothing for another word. */
export function personOf(handle: string): string | undefined {
  const word = handle.replace(/^(?:nostr:|@)+/i, "");
  if (HEX.test(word)) return word.toLowerCase();
  const read = decoded(word);
  if (read?.prefix === "npub" && read.bytes.length === 32) return hexOf(read.bytes);
  // A profile is a list of values with types and lengths; 0 is the key.
  if (read?.prefix !== "nprofile") return undefined;
  for (let at = 0; at + 2 <= read.bytes.length; at += 2 + read.bytes[at + 1]!) {
    const value = read.bytes.subarray(at + 2, at + 2 + read.bytes[at + 1]!);
    if (read.bytes[at] === 0 && value.length === 32) return hexOf(value);
  }
  return undefined;
}

export function npubOf(pubkey: string): string {
  return bech32.encode("npub", bech32.toWords(Buffer.from(pubkey, "hex")));
}

/** An event and who wrote it, in one word. */
export function neventOf({ id, pubkey }: Pick<Event, "id" | "pubkey">): string {
  const value = (type: number, hex: string) => [type, 32, ...Buffer.from(hex, "hex")];
  const bytes = Uint8Array.from([...value(0, id), ...value(2, pubkey)]);
  return bech32.encode("nevent", bech32.toWords(bytes), LONGEST);
}

function secretOf(key: string): Uint8Array {
  if (HEX.test(key)) return Buffer.from(key, "hex");
  const read = decoded(key);
  if (read?.prefix !== "nsec" || read.bytes.length !== 32) throw new TypeError("not a private key");
  return read.bytes;
}

function decoded(word: string): { prefix: string; bytes: Uint8Array } | undefined {
  try {
    const { prefix, words } = bech32.decode(word as `${string}1${string}`, LONGEST);
    return { prefix, bytes: bech32.fromWords(words) };
  } catch {
    return undefined;
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
