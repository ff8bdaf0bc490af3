/** Long notes become the few lines that a short post has room for. */
import { describe, expect, it } from "vitest";
import { highlightsOf } from "../../src/sources/highlights.ts";
import { withoutComments } from "../../src/sources/prose.ts";

describe("highlights", () => {
  it("put what breaks first, then what is new, then what is fixed, said as such; housekeeping is left out", () => {
    const notes = `### Fixed

- A crash on start.

### Added

- Offline mode.
- A command line.
  - with details that nobody needs here

### Breaking changes

- Node 18 is not supported any more.

### Dependencies

- Bump undici from 7.1 to 7.2

### Tests

- More of them.`;
    expect(highlightsOf(notes)).toEqual([
      "Node 18 is not supported any more.",
      "Offline mode.",
      "A command line.",
      "Fixed: a crash on start.",
    ]);
  });

  it("read notes that GitHub generated, without names, numbers and the list of newcomers", () => {
    const notes = `<!-- Release notes generated using configuration in .github/release.yml at main -->

## What's Changed
### Exciting New Features 🎉
* feat: stream results by @ada in https://github.com/acme/acme/pull/12
* Bump actions/checkout from 4 to 5 by @dependabot[bot] in https://github.com/acme/acme/pull/13
### Other Changes
* chore: tidy up by @ada in https://github.com/acme/acme/pull/14
* fix(api)!: answers are objects now by @bob in https://github.com/acme/acme/pull/15

## New Contributors
* @bob made their first contribution in https://github.com/acme/acme/pull/15

**Full Changelog**: https://github.com/acme/acme/compare/v1.0.0...v1.1.0`;
    expect(highlightsOf(notes)).toEqual(["Answers are objects now", "Stream results"]);
  });

  it("read conventional notes without commits and scopes", () => {
    const notes = `### Features

* **api:** stream results ([1a2b3c4](https://example.org/c/1a2b3c4)), closes [#12](https://example.org/i/12)
* **cli:** \`--watch\` shows [changes](https://example.org/docs) ([#7](https://example.org/7)) ([abcdef1](https://example.org/c/abcdef1))`;
    expect(highlightsOf(notes)).toEqual(["Stream results", "`--watch` shows changes"]);
  });

  it("join a point that goes on in the next line", () => {
    expect(highlightsOf("- One thing\n  that is long.\n- Another.")).toEqual([
      "One thing that is long.",
      "Another.",
    ]);
  });

  it.each([
    ["**Offline mode.** Every list opens without a network.", "Offline mode"],
    ["**A command line**: `acme export` writes a list.", "A command line"],
    ["**Sync in half the time** – 500 lists in 4 seconds.", "Sync in half the time"],
    ["**BREAKING**: answers are objects now. See the guide.", "Answers are objects now."],
    ["**api**: stream results", "Stream results"],
    ["**Node 18** is not supported any more.", "**Node 18** is not supported any more."],
    ["Cookies are `SameSite=Strict`. Thanks to @jane for the report.", "Cookies are `SameSite=Strict`."],
    [
      "Reads `a. B` and e.g. Excel files of v2.0 now. More below.",
      "Reads `a. B` and e.g. Excel files of v2.0 now.",
    ],
    ["**A command line.** `acme export` writes a list.", "A command line"],
    ["Is it quicker? Yes.", "Is it quicker?"],
    ["One sentence without an end", "One sentence without an end"],
  ])("take what a point is about and leave the rest to the full text: %s", (point, expected) => {
    expect(highlightsOf(`- ${point}`)).toEqual([expected]);
  });

  it("never take code for points", () => {
    expect(highlightsOf("- Real.\n\n```yaml\n- not a point\n```\n")).toEqual(["Real."]);
  });

  it("take the first paragraph of prose", () => {
    expect(highlightsOf("## Acme 2.4\n\nLists sync in\nhalf the time.\n\nMore.")).toEqual([
      "Lists sync in half the time.",
    ]);
  });

  it("are empty when there is nothing to say", () => {
    expect(highlightsOf("")).toEqual([]);
    expect(highlightsOf("### Dependencies\n\n- Bump a from 1 to 2")).toEqual([]);
  });

  it("and the full text are without the comments that nobody is to see, except in code", () => {
    const notes =
      "<!-- generated -->\n\n- One.<!-- two\nlines -->\n\n```html\n<!-- shown -->\n```\n\n<!-- end -->";
    expect(withoutComments(notes)).toBe("\n\n- One.\n\n```html\n<!-- shown -->\n```\n\n");
  });

  it("end in time on hostile notes", () => {
    const began = performance.now();
    highlightsOf(
      `- ${"(#1 ".repeat(20_000)}\n- ${"[a](".repeat(20_000)}\n- x${" closes #1,".repeat(10_000)}!`,
    );
    highlightsOf(`<!--${"<!--".repeat(20_000)}`);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
