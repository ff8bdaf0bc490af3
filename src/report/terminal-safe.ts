/** Text from files and networks, made safe for a terminal: nothing in it moves the cursor, paints or hides. */

// Whole escape sequences go, so that their tails do not stay behind as letters. One that names no end stops at the line's.
const ESCAPES =
  /(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x9c\n]*(?:\x1b\\|\x9c)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g;
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;
// They make a reader see another order of letters than the one that is sent; so they are shown instead of obeyed.
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/g;

/** Keeps line breaks; tabs become two spaces. */
export function printable(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replaceAll("\t", "  ")
    .replace(ESCAPES, "")
    .replace(CONTROLS, "")
    .replace(DIRECTION, (sign) => `<U+${sign.charCodeAt(0).toString(16).toUpperCase()}>`);
}

/** The same on one line, for tables and messages. */
export function oneLine(text: string): string {
  return printable(text)
    .replace(/\s*[\n\u2028\u2029]\s*/g, " ")
    .trim();
}
