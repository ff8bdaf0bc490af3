/**
 * Any Markdown, through every dialect, in posts of any size: nothing throws, nobody is called, no part is over its limit.
 * DEEP=100 tries a hundred times as many; SEED chooses others.
 */
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { clean } from "../../src/text/dialects/escape.ts";
import { parse } from "../../src/text/markdown.ts";
import { render } from "../../src/text/render.ts";
import { split } from "../../src/text/split.ts";
import type { Markup, TextRules, Unit } from "../../src/text/types.ts";
import { dialects } from "./dialects/all.ts";
import { markdowns } from "./hostile.ts";
import { pingsIn } from "./pings.ts";

const runs = {
  seed: Number(process.env.SEED ?? 20261123),
  numRuns: process.env.DEEP ? 100_000 : 1_000,
};
vi.setConfig({ testTimeout: process.env.DEEP ? 7_200_000 : 120_000 });

const markups = Object.keys(dialects) as Markup[];
const ZERO = /\u200B/g;
const limits = fc.record({
  max: fc.integer({ min: 30, max: 300 }),
  unit: fc.constantFrom<Unit>("grapheme", "codepoint", "utf16", "byte", "weighted", "emoji-bytes"),
  fit: fc.constantFrom<"thread" | "trim" | "refuse">("thread", "thread", "trim", "refuse"),
  number: fc.boolean(),
});

test("any Markdown in every dialect", () => {
  fc.assert(
    fc.property(markdowns, limits, fc.nat(), (markdown, { max, unit, fit, number }, which) => {
      const tree = parse(markdown);
      for (const markup of markups) {
        const { text, plain = "" } = render(tree, markup);
        const allowed = markup === "irc" ? text.replace(/[\x02\x11\x1D\x1E]/g, "") : text;
        for (const form of [allowed, plain]) expect(clean(form)).toBe(form.replace(ZERO, ""));
        expect(pingsIn(markup, text)).toEqual([]);
      }
      // Splitting costs more than rendering, so each text is split for a few of them.
      for (const markup of [0, 7, 13].map((step) => markups[(which + step) % markups.length]!)) {
        const rules: TextRules = { markup, max, unit };
        const found = split(tree, rules, { fit, number }, {}, render);
        for (const { rendered, measured } of found.parts) {
          if (found.fits) expect(measured.length).toBeLessThanOrEqual(max);
          expect(pingsIn(markup, rendered.text)).toEqual([]);
        }
      }
    }),
    runs,
  );
});
