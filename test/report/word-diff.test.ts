import { describe, expect, it } from "vitest";
import { createPaint } from "../../src/report/style.ts";
import { wordDiff } from "../../src/report/word-diff.ts";

const diff = (before: string, after: string) => wordDiff(before, after, createPaint(false));

describe("the difference word by word", () => {
  it.each([
    ["one word", "opens at nine today", "opens at eight today", ["opens at [-nine-]{+eight+} today"]],
    ["a word more", "opens at nine", "opens at nine sharp", ["opens at nine{+ sharp+}"]],
    ["nothing", "the same", "the same", []],
    [
      "only the changed line",
      "first\nsecond old\nthird",
      "first\nsecond new\nthird",
      ["second [-old-]{+new+}"],
    ],
    [
      "sentences that share a word by chance, as two sentences",
      "Due times now follow the shop, not the phone",
      "The shop opens earlier on Fridays",
      ["[-Due times now follow the shop, not the phone-]{+The shop opens earlier on Fridays+}"],
    ],
    [
      "two changes far apart, each by itself",
      "Rounds that were planned on paper keep their hour, and reports show the old time",
      "Rounds that were planned by phone keep their hour, and reports show the new time",
      [
        "Rounds that were planned [-on paper-]{+by phone+} keep their hour, and reports show the [-old-]{+new+} time",
      ],
    ],
  ])("marks %s", (_, before, after, lines) => {
    expect(diff(before, after)).toEqual(lines);
  });

  it("has both texts in it, whole, however they differ", () => {
    const all = ["a b c d", "d c b a", "", "x", "a x b y c", "one two  three", "c d e, f", "ää öö a b"];
    for (const before of all)
      for (const after of all.filter((other) => other !== before)) {
        const [marked = ""] = diff(before, after);
        expect(marked.replaceAll(/\{\+.*?\+\}/g, "").replaceAll(/\[-|-\]/g, "")).toBe(before);
        expect(marked.replaceAll(/\[-.*?-\]/g, "").replaceAll(/\{\+|\+\}/g, "")).toBe(after);
      }
  });
});
