/** Identifiers in the form of RFC 9562. */

/** A UUID of version 4 from 32 hex characters, always the same; six of its bits say what it is. Throws TypeError for fewer. */
export function uuidFrom(hex: string): string {
  const [, a, b, c, d, e] =
    /^([\da-f]{8})([\da-f]{4})[\da-f]([\da-f]{3})([\da-f]{4})([\da-f]{12})/.exec(hex) ?? [];
  if (a === undefined) throw new TypeError("a UUID takes 32 hex characters");
  const variant = ((Number.parseInt(d!, 16) & 0x3fff) | 0x8000).toString(16);
  return `${a}-${b}-4${c}-${variant}-${e}`;
}
