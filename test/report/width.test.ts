import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columns, cutEnd, cutStart, padEnd, wrap } from "../../src/report/width.ts";

describe("columns", () => {
  it.each([
    ["abc", 3],
    ["é", 1],
    ["e\u0301", 1],
    ["日本", 4],
    ["👩‍👩‍👧", 2],
    ["🇮🇹", 2],
    ["❤️", 2],
    ["\x1b[31mred\x1b[39m", 3],
    ["\u200b", 0],
    ["│…–", 3],
  ])("of %j are %i", (text, width) => {
    expect(columns(text)).toBe(width);
  });
});

describe("cutting", () => {
  it("says that something is missing", () => {
    expect(cutEnd("abcdef", 4)).toBe("abc…");
    expect(cutStart("abcdef", 4)).toBe("…def");
    expect(cutEnd("日本語", 4)).toBe("日…");
  });

  it("leaves what fits", () => {
    expect(cutEnd("abcd", 4)).toBe("abcd");
    expect(cutStart("abcd", 4)).toBe("abcd");
  });
});

describe("wrap", () => {
  it("breaks at spaces and keeps the lines' own breaks", () => {
    expect(wrap("one two three four\n\nfive", 10)).toEqual(["one two", "three four", "", "five"]);
  });

  it("keeps the indentation", () => {
    expect(wrap("  one two three", 10)).toEqual(["  one two", "  three"]);
  });

  it("breaks a word only where it is longer than the line, and never an address", () => {
    expect(wrap("a incomprehensible b", 10)).toEqual(["a incompre", "hensible b"]);
    expect(wrap("これは長い文章です", 10)).toEqual(["これは長い", "文章です"]);
    expect(wrap("a https://example.com/x b", 10)).toEqual(["a", "https://example.com/x", "b"]);
  });

  it("breaks no word at 80 columns, painted or not", () => {
    const words = "a release that understands what its readers want and says so without a single hyphen";
    for (const text of [words, words.replace("readers", "\x1b[1mreaders\x1b[22m")])
      for (let width = 60; width <= 80; width++)
        expect(wrap(`${text} ${text}`, width).join(" ")).toBe(`${text} ${text}`);
  });

  it("makes no line longer than 110 columns, however wide the terminal is", () => {
    const lines = wrap("word ".repeat(100), 200);
    expect(Math.max(...lines.map(columns))).toBe(109);
  });

  it("loses no letter and makes no line too long", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "bc", " ", "日", "👍", "xyz", "\n")),
        fc.integer({ min: 8, max: 30 }),
        (parts, width) => {
          const text = parts.join("");
          const lines = wrap(text, width);
          expect(lines.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
          for (const line of lines) expect(columns(line.trimEnd())).toBeLessThanOrEqual(width);
        },
      ),
      { seed: 7 },
    );
  });
});

describe("padEnd", () => {
  it("counts columns, not characters", () => {
    expect(padEnd("日", 4)).toBe("日  ");
  });
});
