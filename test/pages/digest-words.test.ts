/** Two people who see the same words see the same first bytes; the rest is compared by the program. */
import { describe, expect, it } from "vitest";
import { digestPattern, digestShort, digestWords } from "../../src/pages/digest-words.ts";

const DIGEST = "d2541f63d22814e4864b5f0b817591caceb33bc62ba77da4e43cbbca2d41c873";

describe("a digest", () => {
  it("is four words for its first four bytes", () => {
    expect(digestWords(DIGEST)).toEqual(["sailor", "flint", "bridge", "gravel"]);
  });

  it("has a word of its own for each byte", () => {
    const words = Array.from(
      { length: 256 },
      (_, byte) => digestWords(byte.toString(16).padStart(2, "0").repeat(4))[0],
    );
    expect(new Set(words).size).toBe(256);
    expect(words).toEqual([...words].sort());
    expect(words).not.toContain("?");
  });

  it("has another pattern where the digits behind the words differ", () => {
    const other = `${DIGEST.slice(0, 8)}${DIGEST[8] === "0" ? "1" : "e"}${DIGEST.slice(9)}`;
    expect(digestWords(other)).toEqual(digestWords(DIGEST));
    expect(digestPattern(`${DIGEST.slice(0, 8)}${"1".repeat(56)}`).toString()).not.toBe(
      digestPattern(`${DIGEST.slice(0, 8)}${"0".repeat(56)}`).toString(),
    );
  });

  it("is the same pattern left and right", () => {
    const places = [
      ...digestPattern(DIGEST)
        .toString()
        .matchAll(/M(\d) (\d)h/g),
    ].map(([, x, y]) => `${x},${y}`);
    expect(places.length).toBeGreaterThan(3);
    for (const place of places) expect(places).toContain(`${4 - Number(place[0])}${place.slice(1)}`);
  });

  it("is short where there is no room", () => {
    expect(digestShort(DIGEST)).toBe("d2541f63…c873");
  });
});
