/** How many columns a text takes in a terminal, and how it is made to fit. Texts are printable; only `columns` meets colour. */

const PAINT = /\x1b\[[\d;]*m/g;
const ASCII = /^[\x20-\x7e]*$/;
// What terminals draw in two columns (UAX #11, wide and full-width) and what takes none.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|[#*0-9]\ufe0f?\u20e3/u;
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u2028\u2029]*$/u;

let segmenter: Intl.Segmenter | undefined;

/** User-perceived characters. */
export function graphemes(text: string): string[] {
  if (ASCII.test(text)) return text.split("");
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Columns of one line; colour takes none. */
export function columns(text: string): number {
  if (ASCII.test(text)) return text.length;
  const bare = text.replace(PAINT, "");
  if (ASCII.test(bare)) return bare.length;
  return graphemes(bare).reduce((sum, grapheme) => sum + columnsOf(grapheme), 0);
}

function columnsOf(grapheme: string): number {
  if (grapheme.length === 1 && ASCII.test(grapheme)) return 1;
  if (NOTHING.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - columns(text))) + text;
}

/** The start of a text in at most `width` columns, with an ellipsis when something is cut. */
export function cutEnd(text: string, width: number): string {
  if (columns(text) <= width) return text;
  return `${fitting(graphemes(text), width - 1).join("")}…`;
}

/** The end of a text in at most `width` columns, with an ellipsis when something is cut. */
export function cutStart(text: string, width: number): string {
  if (columns(text) <= width) return text;
  return `…${fitting(graphemes(text).reverse(), width - 1)
    .reverse()
    .join("")}`;
}

function fitting(parts: readonly string[], width: number): string[] {
  let left = width;
  const end = parts.findIndex((part) => {
    left -= columnsOf(part);
    return left < 0;
  });
  return end < 0 ? [...parts] : parts.slice(0, end);
}

/** Lines of at most `width` columns, broken at spaces where there are some. The lines' own indentation is kept. */
export function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => wrapLine(line, Math.max(width, 8)));
}

function wrapLine(line: string, width: number): string[] {
  if (columns(line) <= width) return [line];
  const indent = (line.match(/^ */)?.[0] ?? "").slice(0, width >> 1);
  const lines: string[] = [];
  let current = "";
  for (const word of line.trimStart().split(/(?<= )(?=[^ ])/)) {
    const start = current === "" ? indent : current;
    if (columns(start + word.trimEnd()) <= width) {
      current = start + word;
      continue;
    }
    if (current !== "") lines.push(current.trimEnd());
    let rest = indent + word;
    while (columns(rest.trimEnd()) > width) {
      const head = fitting(graphemes(rest), width).join("");
      lines.push(head);
      rest = indent + rest.slice(head.length);
    }
    current = rest;
  }
  return current.trim() === "" ? lines : [...lines, current.trimEnd()];
}
