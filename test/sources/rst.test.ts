/** Python's changelogs, in reStructuredText. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readChangelog } from "../../src/sources/changelog.ts";
import { highlightsOf } from "../../src/sources/highlights.ts";
import { markdownOf } from "../../src/sources/rst.ts";
import { tidied } from "../../src/sources/tidy.ts";

const entries = (name: string) =>
  readChangelog(markdownOf(readFileSync(new URL(`notes/${name}.rst`, import.meta.url), "utf8")));

it("headings are told by the lines around them", () => {
  expect(entries("towncrier").map(({ of, version, date }) => [of, version, date])).toEqual([
    ["Tidy", "3.4.0", "2026-12-01"],
    ["Tidy", "3.3.0", "2026-11-01"],
  ]);
  expect(entries("overlined").map(({ version }) => version)).toEqual(["2.1", "2.0"]);
});

it("roles, links, code and notes become Markdown; comments and directives go", () => {
  expect(tidied(entries("towncrier")[0]!.notes)).toBe(`## Features

- Bells ring in \`Chime\`, see [the guide](https://tidy.example/guide) -- by @ada.

  *Related issues and pull requests on GitHub:*
  #12, #13.

- #14: Set \`hands\` in the dial; [tidy](https://tidy.example/) does it, too. #15

- Wind it in code:

  ~~~
  clock.wind()
  ~~~

## Bugfixes

1. [#16](https://tidy.example/16): Stop at midnight.

**Note:** Old springs stay.

~~~python
clock.set(12)
~~~`);
});

it("its highlights are the author's words", () => {
  expect(highlightsOf(tidied(entries("towncrier")[0]!.notes))).toEqual([
    "Bells ring in `Chime`, see the guide.",
    "Set `hands` in the dial; tidy does it, too.",
    "Wind it in code",
    "Stop at midnight.",
  ]);
  expect(highlightsOf(entries("overlined")[0]!.notes)).toEqual(["A bell."]);
});

it("is read in time, however hostile", () => {
  for (const text of [
    "`".repeat(50_000),
    "`a <".repeat(20_000),
    ":a:`".repeat(20_000),
    "`` ".repeat(20_000),
    "\\ ".repeat(50_000),
    ".. \n".repeat(20_000),
    "..\n  a\n\n".repeat(20_000),
    "a::\n\n".repeat(20_000),
    "::\n\n  a\n".repeat(20_000),
    "=\n".repeat(50_000),
    `${"=".repeat(50_000)}\n`,
    "a_ ".repeat(30_000),
    "a".repeat(100_000),
    `${" ".repeat(50_000)}x`,
  ]) {
    const began = performance.now();
    markdownOf(text);
    expect(performance.now() - began, text.slice(0, 20)).toBeLessThan(1_000);
  }
});
