/** Explanations, for people. */
import type { Layout } from "../style.ts";
import { table } from "../table.ts";
import { wrap } from "../width.ts";
import { CHAPTERS } from "./codes.ts";
import type { Cause, Explanation } from "./explanation.ts";

const COLUMN = 11;

/** One code: why it comes about and an example, and what it means and what to do where no problem says so itself. */
export function explanationPage(code: string, explanation: Cause | Explanation, layout: Layout): string {
  const { why, example, means, remedy } = { means: undefined, remedy: undefined, ...explanation };
  const { paint, width, wraps } = layout;
  const room = Math.min(width, 100) - COLUMN;
  const field = (name: string, lines: readonly string[]) =>
    lines.map((line, at) => (at === 0 ? paint.dim(name.padEnd(COLUMN)) : " ".repeat(COLUMN)) + line);
  const text = (words: string) => (wraps ? wrap(words, room) : [words]);
  return [
    ...field(/^\d$/.test(code) ? "exit code" : "code", [paint.bold(code)]),
    ...(means === undefined ? [] : field("means", text(means))),
    ...field("because", text(why)),
    ...field("to do", text(remedy ?? SEE_MESSAGE)),
    ...field(
      "example",
      // A command is one line, however long, so that it can be copied.
      example.split("\n").map((line) => paint.cyan(line)),
    ),
  ].join("\n");
}

const SEE_MESSAGE = "The error message says what is wrong; its `=` line, what to do.";

/** All of them, a line each. */
export function explanationList(layout: Layout): string {
  const { paint } = layout;
  return CHAPTERS.map(({ title, codes }) =>
    [
      paint.bold(title),
      ...table(
        [{}, { flexible: true }],
        Object.entries(codes).map(([code, one]) => [
          `  ${code.padEnd(22)}`,
          "means" in one ? one.means : one.why,
        ]),
        layout,
      ),
    ].join("\n"),
  ).join("\n\n");
}
