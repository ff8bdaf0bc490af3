/** How many columns a text takes in a terminal, and how it is made to fit. Texts are printable, and may be painted. */

// Loading these costs as much as a short command takes, so it waits for a text that needs them. `import()` could not be
// waited for in the middle of a line; the build puts what is required here into the bundle.
const stringWidth = () => (require("string-width") as typeof import("string-width")).default;
const cliTruncate = () => (require("cli-truncate") as typeof import("cli-truncate")).default;
const wrapAnsi = () => (require("wrap-ansi") as typeof import("wrap-ansi")).default;

// Longer lines are hard to read; shorter ones hold no words.
const WIDEST = 110;
const NARROWEST = 8;

// Measuring by graphemes is slow, and hardly any text here needs it.
const NARROW = /^[\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff–—‘’“”•…→↳✓✗·│]*$/;

const PAINT = /\x1b\[[\d;]*m/g;

/** Columns of one line; colour takes none. */
export function columns(text: string): number {
  const bare = text.includes("\x1b") ? text.replace(PAINT, "") : text;
  return NARROW.test(bare) ? bare.length : stringWidth()(bare);
}

export const padEnd = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - columns(text)));

export const padStart = (text: string, width: number): string =>
  " ".repeat(Math.max(0, width - columns(text))) + text;

/** The start of a text in at most `width` columns, with an ellipsis when something is cut. */
export const cutEnd = (text: string, width: number): string => cut(text, width, "end");

/** The end of a text in at most `width` columns, with an ellipsis when something is cut. */
export const cutStart = (text: string, width: number): string => cut(text, width, "start");

function cut(text: string, width: number, position: "start" | "end"): string {
  if (columns(text) <= width) return text;
  const short = cliTruncate()(text, width, { position });
  // cli-truncate 5.2.0 keeps a wide letter of which only one column has room.
  return columns(short) <= width ? short : cliTruncate()(text, width - 1, { position });
}

/** The columns that running text takes of a terminal: a wider one stays empty beside it. */
export const textWidth = (width: number): number => Math.min(WIDEST, width);

/** Lines of at most `width` columns, and at most 110, broken at spaces; the lines' own indentation is kept. */
export function wrap(text: string, width: number): string[] {
  const room = textWidth(Math.max(NARROWEST, width));
  return text.split("\n").flatMap((line) => wrapLine(line, room));
}

function wrapLine(line: string, width: number): string[] {
  if (columns(line) <= width) return [line];
  const indent = (line.match(/^ */)?.[0] ?? "").slice(0, width >> 1);
  // Scripts without spaces break anywhere; an address stays whole, so that it can be copied.
  const hard = !ADDRESS.test(line);
  const lines = wrapAnsi()(line.trim(), width - indent.length, { hard });
  return lines.split("\n").map((one) => indent + one);
}

const ADDRESS = /\w:\/\/\S/;
