import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { clean } from "../../src/text/dialects/escape.ts";
import { parse, parseWhole, type Read } from "../../src/text/markdown.ts";
import { sectionsOf } from "../../src/text/sections.ts";
import type { AnyNode } from "../../src/text/tree.ts";
import { markdowns } from "./hostile.ts";

vi.setConfig({ testTimeout: process.env.DEEP ? 3_600_000 : 60_000 });
const runs = { numRuns: process.env.DEEP ? 100_000 : 3_000, seed: Number(process.env.SEED ?? 20261123) };

/** Without the places, which nobody reads afterwards. */
function bare(nodes: readonly unknown[]): unknown {
  return (nodes as AnyNode[]).map(({ position: _, children, ...node }: AnyNode & { position?: unknown }) => ({
    ...node,
    ...(children ? { children: bare(children) } : {}),
  }));
}

const apart = (text: string) => sectionsOf(text, 0).flatMap((section) => parseWhole(section).children);

const blocks = fc.constantFrom(
  ..."# One|## Two #|#no|### |- a\n- b|- a\n\n  b|1. a|> q\n> # in a quote|```\n# in code\n```|```sh|```|````|~~~|~~~ x|    # indented|\\# no|a\nb|a\n===|| a |\n|---|\n| b ||- [ ] task|<https://a.example>|**bold|`a|text `` # `".split(
    "|",
  ),
  "| a |\n|---|\n| b |",
  "a\n- b",
  "- a\nlazy",
  "> q\nlazy",
  "word",
  "other words",
  "12 words",
  "  - further in",
  "1) a",
  "***",
);
const reaching = fc.constantFrom(
  "1. a\n   ```\n   x",
  "- ```\n  x",
  "<div>\n\n# x",
  "[a]: https://a.example",
  "[a] and [^b]",
  "[^b]: note",
);
const texts = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 40, arbitrary: blocks }, { weight: 1, arbitrary: reaching }),
      fc.constantFrom("\n\n", "\n", "\n\n\n", "\n \n"),
    ),
    { maxLength: 14 },
  )
  .map((all) => all.flat().join(""));

test("a text means the same in sections as whole", () => {
  let divided = 0;
  fc.assert(
    fc.property(
      fc.oneof({ weight: 4, arbitrary: texts }, { weight: 1, arbitrary: markdowns }),
      (markdown) => {
        const text = clean(markdown);
        const sections = sectionsOf(text, 0);
        expect(sections.join("")).toBe(text);
        if (sections.length > 1) divided += 1;
        expect(bare(apart(text))).toEqual(bare(parseWhole(text).children));
      },
    ),
    runs,
  );
  expect(divided).toBeGreaterThan(runs.numRuns / 20);
});

test("what several texts have in common is read once", () => {
  const common = Array.from(
    { length: 40 },
    (_, n) => `## Part ${n}\n\n${"Some words. ".repeat(40)}\n\n`,
  ).join("");
  const before: Read = new Map();
  const one = parse(`Above.\n\n${common}`, before);
  const read = before.size;
  const other = parse(`Something else above.\n\n${common}`, before);
  expect(read).toBe(41);
  expect(before.size).toBe(42);
  expect(other.children.at(-1)).toBe(one.children.at(-1));
});

test("text without marks is what it is with the parser, too", () => {
  const plain = fc.constantFrom(
    ..."abcÄß日 1-+=!?()/'\".,;%$🎉\u00a0\u200d".split(/(?:)/u),
    "\n\n",
    " w",
    "ww. ",
    "- ",
    "1. ",
  );
  const marks = fc.constantFrom(..."#*_`~[]:\t\n\\<&@|^\r\u0000".split(/(?:)/u), "www.");
  const signs = fc.oneof({ weight: 30, arbitrary: plain }, { weight: 1, arbitrary: marks });
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 30 }), (all) => {
      const text = all.join("");
      expect(bare(parse(text).children)).toEqual(bare(parseWhole(clean(text)).children));
    }),
    { ...runs, examples: [[["Acme 2.4 is out"]], [["a", "\n\n", "b"]]] },
  );
});
