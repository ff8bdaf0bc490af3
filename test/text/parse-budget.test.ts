/** What would take minutes to read is refused at once; what only looks like it is read. */
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { parse } from "../../src/text/markdown.ts";

// Two seconds on a machine of its own; tests share theirs.
const PATIENCE = 12_000;

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
    [
      "a table of 3,000 columns",
      `|${" a |".repeat(3_000)}\n|${"-|".repeat(3_000)}\n${`|${" a |".repeat(3_000)}\n`.repeat(19)}`,
    ],
    ["a hundred thousand lines", "a\n".repeat(100_000)],
    ["thirty thousand points", "- a\n".repeat(30_000)],
    ["points far in", Array.from({ length: 9_000 }, (_, n) => `${"  ".repeat(n % 20)}- x`).join("\n")],
    ["quotes that end, and a definition", `[a]: b\n\n${"> q\n\n".repeat(6_000)}`],
    ["notes", Array.from({ length: 3_000 }, (_, n) => `a[^${n}]\n\n[^${n}]: b\n\n`).join("")],
    ["tags of HTML", "<b>x</b> ".repeat(25_000)],
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
    ["five thousand quotes", Array.from({ length: 5_000 }, (_, n) => `> q${n}\n\n`).join("")],
    [
      "a list of 200 KB",
      Array.from({ length: 4_200 }, (_, n) => `- item number ${n} is here with a few words in it\n`).join(""),
    ],
    ["a listing of ten thousand lines", `\`\`\`\n${"npm i acme\n".repeat(10_000)}\`\`\``],
    ["one word", "a".repeat(100_000)],
    ["open brackets", "[".repeat(40_000)],
    ["a tall table", `| a | b |\n|---|---|\n${"| c | d |\n".repeat(2_000)}`],
  ])("is %s", (_, text) => {
    const { code, ms } = read(text);
    expect(code).toBeUndefined();
    expect(ms).toBeLessThan(PATIENCE);
  });
});
