/** Problems as a person reads them: where, what, the line with a caret below it, what to do. */
import type { Place, Problem } from "../errors.ts";
import type { Layout } from "./style.ts";
import { oneLine, printable } from "./terminal-safe.ts";
import { columns, cutEnd, cutStart, wrap } from "./width.ts";

/** One block per problem, separated by blank lines. */
export function frames(problems: readonly Problem[], layout: Layout): string {
  return problems.map((problem) => frame(problem, layout)).join("\n\n");
}

export function frame({ severity, message, remedy, place }: Problem, layout: Layout): string {
  const { paint } = layout;
  const lines = opening({ severity, message, place }, layout);
  if (place?.line !== undefined && place.text !== undefined) lines.push(...excerpt(place, layout));
  if (remedy) {
    const [first = "", ...rest] = advice(remedy, layout);
    lines.push(`  ${paint.cyan("=")} ${first}`, ...rest.map((line) => `    ${line}`));
  }
  return lines.join("\n");
}

/** The place, the severity and the message, wrapped. Colour is added after wrapping. */
function opening(
  { severity, message, place }: Pick<Problem, "severity" | "message" | "place">,
  { paint, width, wraps }: Layout,
): string[] {
  const where = place ? `${describePlace(place)}  ` : "";
  const word = severity === "error" ? paint.red("error") : paint.yellow("warning");
  const head = `${where === "" ? "" : `${paint.bold(where.trimEnd())}  `}${word}  `;
  const words = oneLine(message);
  const room = width - columns(where) - severity.length - 2;
  if (!wraps || columns(words) <= room) return [`${head}${words}`];
  // A long path leaves little room beside it.
  if (room < 24) return [head.trimEnd(), ...wrap(words, width - 2).map((line) => `  ${line}`)];
  const [first = ""] = wrap(words, room);
  const rest = words.slice(first.length).trimStart();
  return [`${head}${first}`, ...wrap(rest, width - 2).map((line) => `  ${line}`)];
}

function describePlace({ file, line, column }: Place): string {
  return oneLine(
    [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(":"),
  );
}

function advice(remedy: string, { width, wraps }: Layout): string[] {
  const text = oneLine(remedy);
  return wraps ? wrap(text, width - 4) : [text];
}

function excerpt(place: Place, { paint, width }: Layout): string[] {
  const gutter = " ".repeat(String(place.line).length);
  const { before, marked, after } = around(place, Math.max(20, width - gutter.length - 5));
  const lines = [`  ${paint.dim(`${place.line} │`)} ${before}${marked}${after}`.trimEnd()];
  if (place.column !== undefined) {
    const caret = "^".repeat(Math.max(1, columns(marked)));
    lines.push(`  ${gutter} ${paint.dim("│")} ${" ".repeat(columns(before))}${paint.red(caret)}`);
  }
  return lines;
}

/** The marked stretch of a line with as much around it as there is room for. */
function around(
  { text = "", column = 1, length = 1 }: Place,
  room: number,
): { before: string; marked: string; after: string } {
  const start = column - 1;
  const before = shown(text.slice(0, start));
  const marked = shown(text.slice(start, start + Math.max(1, length)));
  const after = shown(text.slice(start + Math.max(1, length)));
  if (columns(before) + columns(marked) + columns(after) <= room) return { before, marked, after };

  const middle = cutEnd(marked, room >> 1);
  const left = room - columns(middle);
  // What the shorter side does not need goes to the other one.
  const tail = Math.min(columns(after), Math.max(left >> 1, left - columns(before)));
  return { before: cutStart(before, left - tail), marked: middle, after: cutEnd(after, tail) };
}

function shown(text: string): string {
  return printable(text).replaceAll("\n", " ");
}

/**
 * `2 problems, nothing was sent.`; without the second half where nothing was to be sent. Warnings alone do not stop anything,
 * and the line does not say so.
 */
export function verdictLine(problems: readonly Problem[], layout: Layout, sends = true): string {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors;
  if (errors === 0) return layout.paint.yellow(`${count(warnings, "warning")}.`);
  const found =
    warnings === 0 ? count(errors, "problem") : `${count(errors, "error")} and ${count(warnings, "warning")}`;
  return layout.paint.red(sends ? `${found}, nothing was sent.` : `${found}.`);
}

export function count(number: number, noun: string, nouns = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : nouns}`;
}
