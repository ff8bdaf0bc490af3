/** How the networks count, written from their documents and not from `text/`: two independent counts must agree. */

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** User-perceived characters. */
export function graphemes(text: string): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  return count;
}

export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** UTF-8 bytes. */
export function utf8(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/** A stretch of text that a network turns into something by itself. */
export interface Span {
  kind: "link" | "mention" | "tag";
  /** UTF-16 offsets, end exclusive. */
  start: number;
  end: number;
  /** The link's address, the mention without its first @, the tag without #. */
  value: string;
}

const URL_AT = /https?:\/\/[^\s<>"\u200b]+/giu;
const MENTION_AT = /@([a-z0-9_][a-z0-9_.-]*)(?:@([\p{L}\p{N}_-][\p{L}\p{N}_.:-]*))?/giu;
const TAG_AT = /#([\p{L}\p{N}\p{M}_·\u200c]+)/giu;

/** Links, @mentions and #tags in plain text, in order, without overlaps. */
export function spans(text: string, links: (text: string) => Span[] = ordinaryLinks): Span[] {
  const found = links(text);
  for (const match of text.matchAll(MENTION_AT)) {
    if (/[=/\p{L}\p{N}_]/u.test(text[match.index - 1] ?? "")) continue;
    const value = match[0].slice(1).replace(/[.:-]+$/, "");
    found.push({ kind: "mention", start: match.index, end: match.index + 1 + value.length, value });
  }
  for (const match of text.matchAll(TAG_AT)) {
    const value = match[1] ?? "";
    if (!/[^\p{N}_·]/u.test(value) || /[=/)\p{L}\p{N}_&]/u.test(text[match.index - 1] ?? "")) continue;
    found.push({ kind: "tag", start: match.index, end: match.index + match[0].length, value });
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return found.filter((span) => {
    if (span.start < end) return false;
    end = span.end;
    return true;
  });
}

/** With a scheme. */
export function ordinaryLinks(text: string): Span[] {
  return [...text.matchAll(URL_AT)].flatMap((match) => {
    const value = withoutTail(match[0]);
    if (value.length <= "https://".length || /[\p{L}\p{N}_@]/u.test(text[match.index - 1] ?? "")) return [];
    return [{ kind: "link" as const, start: match.index, end: match.index + value.length, value }];
  });
}

// Punctuation at the end belongs to the sentence; a closing parenthesis only when the link opened it.
function withoutTail(url: string): string {
  let end = url.length;
  let open = 0;
  for (const char of url) open += char === "(" ? 1 : char === ")" ? -1 : 0;
  while (end > 0) {
    const last = url[end - 1] as string;
    if (last === ")" && open < 0) open++;
    else if (!/[.,;:!?'’”»…\]*_~]/u.test(last)) break;
    end--;
  }
  return url.slice(0, end);
}
