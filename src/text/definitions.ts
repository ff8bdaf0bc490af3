/**
 * Link definitions are read at a price of their own: a tenth of a millisecond each. A text with hundreds of them, a changelog
 * perhaps, refers to few; the others are taken out before it is read.
 */

// As written on a line by itself; with a title, or on two lines, it stays.
const DEFINITION = /^ {0,3}\[((?:[^[\]\\]|\\.){1,300})\]:[ \t]*(?:<[^<>]*>|[^\s<][^\s]*)[ \t]*$/;
const FENCE = /^[ \t>*+\-\d.)]*(?:`{3}|~{3})/m;
// HTML that goes on over empty lines.
const HTML = /^[ \t>*+\-\d.)]*<(?:!|\?|script|pre|style|textarea)/im;

/** Fewer stay as they are. */
const MANY = 200;

/** The text means the same: only definitions that nothing refers to, and repeated ones, are gone. */
export function withoutUnused(text: string): string {
  if (!text.includes("]:")) return text;
  const lines = text.split("\n");
  const names = lines.map((line) => line.match(DEFINITION)?.[1]);
  if (names.filter((name) => name !== undefined).length < MANY || FENCE.test(text) || HTML.test(text))
    return text;
  const used = new Set<string>();
  for (const [at, line] of lines.entries()) {
    if (names[at] !== undefined) continue;
    for (const [, name = ""] of line.matchAll(/\[((?:[^[\]\\]|\\.){1,300})\]/g)) used.add(keyOf(name));
  }
  let isRun = true;
  return lines
    .filter((line, at) => {
      const name = names[at];
      const before = isRun;
      // A definition does not end a paragraph: behind one it is words of it.
      isRun = line.trim() === "" || (isRun && name !== undefined);
      // `[^1]:` is a note; what follows may be its title.
      if (name === undefined || name.startsWith("^") || !before || /^\s*["'(]/.test(lines[at + 1] ?? ""))
        return true;
      return used.delete(keyOf(name));
    })
    .join("\n");
}

const keyOf = (name: string): string => name.trim().replace(/\s+/g, " ").toLowerCase();
