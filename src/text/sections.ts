/**
 * A long text in pieces that mean the same apart as together: what several templates have in common is read once, and the
 * parser, which goes through all that it has read when a quote ends, is never given much. Only where that is certain: at a
 * heading, at another line that is neither indented nor a list's, or at a list behind such a block; each behind an empty
 * line, outside code, in a text without definitions and HTML.
 */

// A short text is read before it is divided.
const SHORT = 10_000;

// What reaches over headings: definitions and notes, HTML, and code that begins inside something else.
const REACHING = /\]:|^[ \t>*+\-\d.)]*<(?!https?:\/\/|mailto:)|^[ \t>*+\-\d.)]+(?:```|~~~)/im;
const LINES =
  /^(?:(?<fence>`{3,}(?=[^`\n]*$)|~{3,})(?<info>.*)|#{1,6}[ \t].*|(?<=\n\n)(?:(?<line>[^\s#\-*+\d`~].*)|(?<item>(?:[-*+]|\d{1,9}[.)])[ \t].*)))$/gm;

const LISTED = /^[ \t>]*(?:[-*+]|\d{1,9}[.)])/m;

// A piece of so many letters ends at the next such line; a block of so many is a piece of its own.
const FULL = 8_000;
const LARGE = 2_000;

/** The text itself when it cannot be divided; joined they are the text. `text` is clean: lines end with `\n`. */
export function sectionsOf(text: string, short = SHORT): string[] {
  if (text.length < short || REACHING.test(text)) return [text];
  const sections: string[] = [];
  let from = 0;
  let open: string | undefined;
  // The last line that was surely no list's.
  let apart = /^[^\s\-*+\d`~]/.test(text) ? 0 : -1;
  for (const { groups, index } of text.matchAll(LINES)) {
    const { fence, info = "", line, item } = groups!;
    if (fence === undefined) {
      if (open !== undefined || text.slice(index - 2, index) !== "\n\n") continue;
      const begins = apart >= 0 && !LISTED.test(text.slice(apart, index));
      apart = item === undefined ? index : -1;
      if (item !== undefined && !begins) continue;
      if (line !== undefined && index - from < FULL && !parts(line) && !isLarge(text, index)) continue;
      sections.push(text.slice(from, index));
      from = index;
    } else if (open === undefined) open = fence;
    else if (fence.startsWith(open) && info.trim() === "") open = undefined;
  }
  return [...sections, text.slice(from)];
}

/** Every fourth line, by its own words: two texts that begin otherwise are divided alike. */
function parts(line: string): boolean {
  let sum = 0;
  for (let at = 0; at < 32 && at < line.length; at++) sum = (sum * 31 + line.charCodeAt(at)) | 0;
  return ((sum ^ (sum >>> 7)) & 3) === 0;
}

function isLarge(text: string, from: number): boolean {
  const end = text.indexOf("\n\n", from);
  return (end < 0 ? text.length : end) - from > LARGE;
}
