/** What tools and sites put around the author's words does not reach a post. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readChangelog } from "../../src/sources/changelog.ts";
import { highlightsOf } from "../../src/sources/highlights.ts";
import { tidied, withoutAddresses } from "../../src/sources/tidy.ts";

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
    ["authors", ["Synchronize the clocks", "A bell", "Write to <help@tidy.example> from the menu"]],
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
    [
      "flat-history",
      [
        "Take a key",
        "Fix the lock for CVE-2026-12345 (GHSA-abcd-ef12-gh34)",
        "Wind faster",
        "Wind both hands at once",
        "Set the alarm",
      ],
    ],
    [
      "numbered-labels",
      [
        "Keys are square",
        "Bells ring twice.",
        "Half the time for each hour.",
        "Fixed: Hands on both sides.",
        "Fixed: the minute hand",
      ],
    ],
    ["version-bump-only", []],
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

  it("of a list of commits leave out what git and tools wrote of themselves", () => {
    expect(highlightsOf(newest("flat-history"), 30).slice(3)).toEqual([
      "Wind both hands at once",
      "Set the alarm",
      "Point at midnight",
      "Add chimes",
      "Fixed: wrong hour",
      'Revert "ring twice. And again"',
    ]);
  });

  it("name the part of the project that was fixed", () => {
    expect(highlightsOf(newest("numbered-labels"), 30).slice(5)).toEqual([
      "Fixed in spring: wound too far",
      "Fixed in `bell`: rings at night",
    ]);
  });

  it("of a version without anything to say are empty; a paragraph is without credits", () => {
    const [bump, before] = readChangelog(file("version-bump-only"));
    expect(highlightsOf(bump!.notes)).toEqual([]);
    expect(highlightsOf(before!.notes)).toEqual(["This release needs no key."]);
    expect(highlightsOf("No changes in this release.")).toEqual([]);
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
    const notes = withoutAddresses(newest("authors"));
    expect(notes).not.toMatch(/grace@|ada@/);
    expect(notes).toContain("a bell, by Ada Example");
    expect(notes).toContain("<help@tidy.example>");
  });

  it("have their HTML in Markdown; code and what is not a tag stay", () => {
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
      highlightsOf(withoutAddresses(tidied(text)));
      expect(performance.now() - began, text.slice(0, 20)).toBeLessThan(4_000);
    }
  });
});
