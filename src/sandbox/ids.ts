/** Ids and names that follow from a channel's name: the same in every run, so that a rehearsal can be repeated. */
import { createHash } from "node:crypto";

/** A decimal id of 18 digits. */
export function numberOf(words: string): string {
  const digest = createHash("sha256").update(words).digest();
  return String(100_000_000_000_000_000n + (digest.readBigUInt64BE(0) % 800_000_000_000_000_000n));
}

/** RFC 4648 base 32 of a digest, in lower case, without padding. */
export function base32(bytes: Uint8Array): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups
    .map((group) => "abcdefghijklmnopqrstuvwxyz234567"[Number.parseInt(group.padEnd(5, "0"), 2)])
    .join("");
}

export function sha256(bytes: Uint8Array | string): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** The channel that a `sandbox-<channel>` credential was given to; `undefined` for every other string. */
export function channelOf(credential: string | undefined): string | undefined {
  return /^sandbox-([\w.-]{1,64})$/.exec(credential ?? "")?.[1];
}

/**
 * Who comes with a credential: `sandbox-news` is the channel's own account, `sandbox-news+maria` somebody else in the same
 * room, who can answer there.
 */
export function memberOf(credential: string | undefined): { channel: string; name: string } | undefined {
  const [own = "", guest, ...rest] = (credential ?? "").split("+");
  const channel = channelOf(own);
  if (channel === undefined || rest.length > 0) return undefined;
  if (guest === undefined) return { channel, name: channel };
  return /^\w{1,32}$/.test(guest) ? { channel, name: guest } : undefined;
}
