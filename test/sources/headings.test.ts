/** Which heading is a version, and what belongs to it: decided by its words, on every level and in any markup. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readChangelog } from "../../src/sources/changelog.ts";

const read = (name: string) =>
  readChangelog(readFileSync(new URL(`notes/${name}.md`, import.meta.url), "utf8"));

describe("a version's heading", () => {
  it.each([
    ["patch-below-minor", ["4.1.2", "4.1.1", "4.1.0"], "### Bug Fixes\n\n* stop the clock at midnight"],
    ["title-at-second-level", ["3.8.0", "3.7.0"], "- Stop the clock"],
    ["sections-above-versions", ["6.1.0", "6.0.1"], "##### Bug fixes\n\n- Stop the clock"],
    ["bold-in-heading", ["2.7.1", "2.7.0"], "- [Fix] stop the clock"],
    ["bold-lines", ["0.3.0", "0.2.0"], "- A bell\n\n**Note:** the clock of 0.2.0 stays."],
    ["small", ["1.4.1", "1.4.0"], "* stop the clock"],
    ["front-matter", ["1.1.0", "1.0.1"], "- A bell"],
    ["underlined", ["1.3.0", "1.2.0"], "  * Stop the clock"],
    [
      "underlined-dashes",
      ["1.3.0", "1.2.0"],
      "Released on 2026-11-01\n\n- Stop the clock\n- Two things:\n\n  - a bell\n  - a door",
    ],
    ["plain-lines", ["1.3.0", "1.2.0"], "  * Stop the clock of 1.2.0"],
    ["html-headings", ["1.3.0", "1.2.0"], "- Stop the clock"],
    ["next-anchor", ["5.2.1", "5.2.0"], "### Bug Fixes\n\n* stop the clock"],
    [
      "same-level-sections",
      ["0.8.0", "0.7.0"],
      "## Highlights\n\n- A quieter bell\n\n## Fixes\n\n- Stop the clock",
    ],
    ["doubled-headings", ["2.0.0", "1.9.0"], "### Features\n\n* a bell"],
    ["packages", ["1.2.0", "1.1.0"], "- A bell"],
    ["template-in-comment", ["1.1.0"], "- A bell"],
  ])("is found in %s, and its section ends with it", (name, versions, notes) => {
    const entries = read(name);
    expect(entries.map(({ version }) => version)).toEqual(versions);
    expect(entries[0]?.notes).toBe(notes);
  });

  it("is not a heading inside a version that names another number", () => {
    const [first, ...others] = read("other-numbers");
    expect(others.map(({ version }) => version)).toEqual(["2.0.0"]);
    expect(first?.notes).toContain("### Node 20.19");
    expect(first?.notes).toContain("### 1.9 and 2.0 compared");
    expect(first?.notes).toContain("### 2.0.0 users");
  });

  it("may say that its version is still to come", () => {
    expect(read("unreleased-number").map(({ unreleased }) => unreleased)).toEqual([true, false]);
  });

  it("may say what it is a version of", () => {
    expect(read("packages")[0]?.of).toBe("@tidy/core");
  });

  it("gives its date and its address, in whatever markup", () => {
    expect(read("doubled-headings")[0]).toMatchObject({ date: "2026-11-01" });
    expect(read("title-at-second-level")[0]).toMatchObject({ date: "2026-08-01" });
    expect(read("next-anchor")[0]).toMatchObject({
      date: "2026-09-10",
      url: "https://github.example/tidy/compare/v5.2.0...v5.2.1",
    });
  });
});

describe("a section's links", () => {
  const [first, second] = read("definitions-at-end");

  it("are written out, and what leads into the repository keeps its words only", () => {
    expect(first?.notes).toContain(
      "add `quiet-bell` rule ([#41](https://github.example/tidy/pull/41), thanks [@grace](https://github.example/grace))",
    );
    expect(first?.notes).toContain(
      "see [the guide](https://tidy.example/guide), by [Grace Example](https://github.example/grace)",
    );
  });

  it("are left as they are where nobody defined them, and in code", () => {
    expect(first?.notes).toContain("[ ] a box, and `[#41]` in code");
    expect(first?.notes).toContain("goes on[^1]");
    expect(first?.notes).toContain("[^1]: Not for ever.");
    expect(second?.notes).toBe("- see [the guide]");
  });
});

it("hostile changelogs are read in time", () => {
  for (const text of [
    "## 1.0.0\n".repeat(50_000),
    Array.from({ length: 20_000 }, (_, at) => `## 1.0.${at}\n`).join("\n"),
    `## 1.0.0\n${"# a\n".repeat(50_000)}`,
    `## 1.0.0\n${"[".repeat(100_000)}`,
    `## 1.0.0\n${"[a](".repeat(50_000)}`,
    `## 1.0.0\n${"`".repeat(3)}x\n${"` `` ".repeat(50_000)}`,
    `${"a".repeat(100_000)} 1.0.0\n===\n`,
    `## ${"a.".repeat(50_000)}\n`,
    `## ${"[a".repeat(50_000)}\n`,
    `**${"*a".repeat(50_000)}\n`,
    `## 1.0.0${"-".repeat(100_000)}\n`,
    `## 1.0.0 ${"unreleased".repeat(10_000)}\n[${"a".repeat(300)}]: x\n`,
    `<h2 ${"<h2 ".repeat(50_000)}`,
  ]) {
    const began = performance.now();
    readChangelog(text);
    expect(performance.now() - began, text.slice(0, 20)).toBeLessThan(3_000);
  }
});
