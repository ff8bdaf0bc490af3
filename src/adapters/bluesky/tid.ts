/** Record keys of AT Protocol: https://atproto.com/specs/tid. */

const ALPHABET = "234567abcdefghijklmnopqrstuvwxyz";

/**
 * The same time and key always give the same 13 characters: 53 bits of microseconds, 10 bits of clock id, base 32.
 * What the time does not fill (the microseconds within its millisecond, the clock id) comes from the key, 32 hex
 * characters, so that two posts of the same millisecond do not meet.
 */
export function tidOf(at: Date, key: string): string {
  const bits = BigInt(`0x${key.slice(0, 16)}`);
  const microseconds = BigInt(at.getTime()) * 1000n + (bits % 1000n);
  let rest = (microseconds << 10n) | ((bits >> 32n) % 1024n);
  let tid = "";
  for (let place = 0; place < 13; place++) {
    tid = ALPHABET[Number(rest & 31n)] + tid;
    rest >>= 5n;
  }
  return tid;
}
