/** Every construct in every markup, against `golden/<markup>.txt`. `UPDATE=1` writes these anew; read the difference. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "../../../src/text/markdown.ts";
import { render } from "../../../src/text/render.ts";
import type { Markup } from "../../../src/text/types.ts";
import { dialects } from "./all.ts";
import { constructsFor, peopleOf } from "./constructs.ts";

const LOST = "cannot say";

describe.each(Object.keys(dialects) as Markup[])("%s", (markup) => {
  const constructs = constructsFor(markup);
  const say = (markdown: string) => render(parse(markdown), markup, peopleOf(markup));
  const file = fileURLToPath(new URL(`golden/${markup}.txt`, import.meta.url));

  if (process.env.UPDATE) {
    const rows = constructs.map(([name, markdown]) => row(name, say(markdown).text));
    mkdirSync(new URL("golden", import.meta.url), { recursive: true });
    writeFileSync(file, [...rows, row(LOST, all().join("; "))].join(""));
  }
  const golden = new Map(readFileSync(file, "utf8").trimEnd().split("\n").map(columns));

  test.each(constructs)("says %s", (name, markdown) => {
    expect(visible(say(markdown).text)).toBe(golden.get(name));
  });

  test("says what it cannot say, each once", () => {
    expect(all().join("; ")).toBe(golden.get(LOST));
  });

  test("has no golden row without a construct", () => {
    expect([...golden.keys()]).toEqual([...constructs.map(([name]) => name), LOST]);
  });

  function all(): string[] {
    return say(constructs.map(([, markdown]) => markdown).join("\n\n")).lost.sort();
  }
});

const row = (name: string, written: string) => `${name.padEnd(41)} ${visible(written)}\n`;

const columns = (line: string): [name: string, written: string] => [
  line.slice(0, 41).trimEnd(),
  line.slice(42),
];

/** One line, with a sign for everything that is not seen: ⏎ ends a line, ␂ is a control character, ⟨200b⟩ a code point. */
function visible(text: string): string {
  return text
    .replace(/\p{Cf}/gu, (sign) => `⟨${sign.codePointAt(0)!.toString(16)}⟩`)
    .replaceAll("\n", "⏎")
    .replace(/\p{Cc}/gu, (sign) => String.fromCodePoint(0x2400 + sign.codePointAt(0)!));
}
