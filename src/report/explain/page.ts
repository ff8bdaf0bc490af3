/** Explanations as a person reads them. */
import type { Layout } from "../style.ts";
import { table } from "../table.ts";
import { wrap } from "../width.ts";
import { CHAPTERS } from "./codes.ts";
import type { Explanation } from "./explanation.ts";

const COLUMN = 11;

/** One code: what it means, why, what to do, and an example. */
export function explanationPage(
  code: string,
  { means, why, remedy, example }: Explanation,
  layout: Layout,
): string {
  const { paint, width, wraps } = layout;
  const room = Math.min(width, 100) - COLUMN;
  const field = (name: string, lines: readonly string[]) =>
    lines.map((line, at) => (at === 0 ? paint.dim(name.padEnd(COLUMN)) : " ".repeat(COLUMN)) + line);
  const text = (words: string) => (wraps ? wrap(words, room) : [words]);
  return [
    ...field(/^\d$/.test(code) ? "exit code" : "code", [paint.bold(code)]),
    ...field("means", text(means)),
    ...field("because", text(why)),
    ...field("to do", text(remedy)),
    ...field(
      "example",
      // A command is one line, however long, so that it can be copied.
      example.split("\n").map((line) => paint.cyan(line)),
    ),
  ].join("\n");
}

/** All of them, a line each. */
export function explanationList(layout: Layout): string {
  const { paint } = layout;
  return CHAPTERS.map(({ title, codes }) =>
    [
      paint.bold(title),
      ...table(
        [{}, { flexible: true }],
        Object.entries(codes).map(([code, { means }]) => [`  ${code.padEnd(22)}`, means]),
        layout,
      ),
    ].join("\n"),
  ).join("\n\n");
}
