/** What tools and sites put around the author's words does not reach a post. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readChangelog } from "../../src/sources/changelog.ts";
import { highlightsOf } from "../../src/sources/highlights.ts";
import { tidied } from "../../src/sources/tidy.ts";

const file = (name: string) => readFileSync(new URL(`notes/${name}.md`, import.meta.url), "utf8");
const newest = (name: string) => tidied(readChangelog(file(name))[0]?.notes ?? "");

describe("highlights", () => {
  it.each([
    ["changesets", ["A quieter bell", "Two hands", "Doors close", "Handle midnight"]],
    ["dependencies", ["Stop the clock", "Fixed: leaks in the bell"]],
    [
      "prose",
      [
        "`oldBell` is gone.",
        "There is a `newBell` now.",
        "Avoid a crash at midnight.",
        "Fixed: the wrong bell.",
      ],
    ],
    [
      "authors",
      ["Synchronize the clocks", "A bell, by Ada Example", "Write to <help@tidy.example> from the menu"],
    ],
    [
      "sorts",
      [
        "Clocks need a battery",
        "Security: a weak lock",
        "A bell",
        "Removed: the snooze button",
        "Fixed: a crash at midnight",
      ],
    ],
    ["labels", ["A bell", "A second bell", "Wind faster", "Two tones", "Three tones."]],
    ["definitions-at-end", ["Add `quiet-bell` rule", "See the guide, by Grace Example"]],
    ["same-level-sections", ["A quieter bell", "Stop the clock"]],
  ])("of %s say what is new in the author's words, and in their section's sense", (name, expected) => {
    expect(highlightsOf(newest(name), 5).slice(0, expected.length)).toEqual(expected);
  });

  it("of a fix say that it is one, unless its words do; a section below it is of its sort", () => {
    expect(highlightsOf(newest("sorts"), 20).slice(4)).toEqual([
      "Fixed: a crash at midnight",
      "Doors close again",
      "Fixed: memory leak in the parser",
      "Fixed: Wrong pitch",
    ]);
  });

  it("are without points that concern the project only", () => {
    const all = highlightsOf(newest("labels"), 20).join("\n");
    expect(all).not.toMatch(/manual|script|left-hand/);
    expect(all).toContain("Fixed: the hands");
    expect(all).toContain("Fixed: the door");
    expect(highlightsOf(newest("changesets"), 20)).toHaveLength(4);
  });

  it("hold no details of a point, however far in they stand", () => {
    expect(highlightsOf("- One\n\n  - detail\n\n    more\n\n- Two\n\n  Three words.\n", 9)).toEqual([
      "One",
      "Two",
    ]);
  });
});

describe("notes", () => {
  it("hold no address of an author, and keep one that is meant", () => {
    expect(newest("authors")).not.toMatch(/grace@|ada@/);
    expect(newest("authors")).toContain("<help@tidy.example>");
  });

  it("have their HTML in Markdown; code and what is no tag stay", () => {
    expect(tidied(file("html"), "1.0.0")).toBe(`## What's Changed

* Offline mode

![New  side  panel](https://img.example/panel.png)

> **Important:** Wind it **once** a day.

**Checksums**

abc \`<details>\` <T> a<b

See [the *guide*](https://tidy.example/guide).

\`\`\`html
<img src="https://img.example/code.png">
\`\`\``);
  });

  it("do not begin with the version that the title names", () => {
    expect(tidied("## [1.2.0] - 2026-01-01\n\n- x", "1.2.0")).toBe("- x");
    expect(tidied("## 1.1.0\n\n- x", "1.2.0")).toBe("## 1.1.0\n\n- x");
  });

  it("are tidied in time, however hostile", () => {
    for (const text of [
      "<a ".repeat(50_000),
      '<a href="'.repeat(20_000),
      "<a href=x>".repeat(20_000),
      "<b><i>".repeat(20_000),
      "> [!NOTE]\n".repeat(20_000),
      `by ${"A".repeat(50_000)}`,
      "by A (".repeat(20_000),
      "Aa Bb ".repeat(20_000),
      "`".repeat(50_000),
      "` `` ".repeat(20_000),
      "\n---".repeat(30_000),
      `- ${"#1 ".repeat(300)}`,
      `- ${"(#1) ".repeat(190)}\n`.repeat(200),
      `- ${"thanks @a ".repeat(90)}\n`.repeat(200),
      `- ${"by @a, ".repeat(120)}\n`.repeat(200),
      `- ${"abcdef1 ".repeat(110)}\n`.repeat(200),
      `- ${"[a](b ".repeat(150)}\n`.repeat(200),
      "x\n=\n".repeat(20_000),
      "   ".repeat(50_000),
      "\n".repeat(100_000),
      " \n".repeat(50_000),
      "- - ".repeat(20_000),
    ]) {
      const began = performance.now();
      highlightsOf(tidied(text));
      expect(performance.now() - began, text.slice(0, 20)).toBeLessThan(1_000);
    }
  });
});
