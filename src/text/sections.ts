/**
 * A long text in pieces that mean the same apart as together, so that what several templates have in common is read once.
 * Only where that is certain: at a heading behind an empty line, outside code, in a text without definitions and HTML.
 */

// A short text is read before it is divided.
const SHORT = 10_000;

// What reaches over headings: definitions and notes, HTML, and code that begins inside something else.
const REACHING = /\]:|^[ \t>*+\-\d.)]*<(?!https?:\/\/|mailto:)|^[ \t>*+\-\d.)]+(?:```|~~~)/im;
const LINES = /^(?:(?<fence>`{3,}(?=[^`\n]*$)|~{3,})(?<info>.*)|#{1,6}[ \t].*)$/gm;

/** The text itself when it cannot be divided; joined they are the text. `text` is clean: lines end with `\n`. */
export function sectionsOf(text: string, short = SHORT): string[] {
  if (text.length < short || REACHING.test(text)) return [text];
  const sections: string[] = [];
  let from = 0;
  let open: string | undefined;
  for (const { groups, index } of text.matchAll(LINES)) {
    const { fence, info = "" } = groups!;
    if (fence === undefined) {
      if (open !== undefined || text.slice(index - 2, index) !== "\n\n") continue;
      sections.push(text.slice(from, index));
      from = index;
    } else if (open === undefined) open = fence;
    else if (fence.startsWith(open) && info.trim() === "") open = undefined;
  }
  return [...sections, text.slice(from)];
}
