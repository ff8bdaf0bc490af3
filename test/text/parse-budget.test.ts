/** What would take minutes to read is refused at once; what only looks like it is read. */
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { parse } from "../../src/text/markdown.ts";

// Two seconds on a machine of its own; tests share theirs.
const PATIENCE = 8_000;

function read(text: string): { code: string | undefined; ms: number } {
  const from = performance.now();
  let code: string | undefined;
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    code = error.problems[0]?.code;
  }
  return { code, ms: performance.now() - from };
}

describe("too tangled", () => {
  it.each([
    ["quotes in quotes", "> ".repeat(40_000)],
    ["quotes without spaces", `${">".repeat(40_000)} word`],
    ["lists in lists", "- ".repeat(40_000)],
    ["numbered lists in lists", "1. ".repeat(30_000)],
    ["marks that may close each other", "*a_ ".repeat(20_000)],
    ["brackets that may be links", "[a](".repeat(20_000)],
    ["closing brackets", "]".repeat(80_000)],
    ["comments that nothing ends", "a <!-- ".repeat(12_000)],
    ["instructions that nothing ends", "a <?".repeat(20_000)],
    ["sections that nothing ends", "a <![CDATA[".repeat(8_000)],
    ["underlines below underlines", "=\n".repeat(40_000)],
  ])("are %s", (_, text) => {
    const { code, ms } = read(text);
    expect(code).toBe("markdown-too-complex");
    expect(ms).toBeLessThan(PATIENCE);
  });
});

describe("not too tangled", () => {
  it.each([
    [
      "a thousand paragraphs with marks",
      "It is **very** good, *says* [she](https://a.example).\n\n".repeat(1_000),
    ],
    ["a hundred quotes in each other", `${"> ".repeat(100)}deep`],
    ["a long quote", "> a line of it\n".repeat(3_000)],
    ["comments that end", "a <!-- b --> c <? d ?> ".repeat(2_000)],
    ["four thousand stars", "* ".repeat(60) + "*".repeat(4_000)],
    ["one word", "a".repeat(100_000)],
    ["open brackets", "[".repeat(40_000)],
    ["a tall table", `| a | b |\n|---|---|\n${"| c | d |\n".repeat(2_000)}`],
  ])("is %s", (_, text) => {
    const { code, ms } = read(text);
    expect(code).toBeUndefined();
    expect(ms).toBeLessThan(PATIENCE);
  });
});
