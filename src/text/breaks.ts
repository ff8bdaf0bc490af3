/** The places where a text may be broken, and how good each one is. */
import { findLinks } from "./links.ts";
import { eachGrapheme, sentenceStarts, wordStarts } from "./segment.ts";
import { isText, type Layout, lineOf, type Piece, within } from "./tree-slice.ts";

/** Best first. */
export type Rank = "block" | "item" | "sentence" | "clause" | "word" | "grapheme";

/** One piece ends at `end`, the next begins at `start`; the space between them goes. */
export interface Break {
  end: number;
  start: number;
  rank: Rank;
}

/** Every break except those inside words, in reading order. Asked once per text, though a dozen networks want to know. */
export function breaksOf(layout: Layout, lang = ""): Break[] {
  const before = known.get(layout);
  if (before?.lang === lang) return before.breaks;
  const breaks: Break[] = [];
  collect(layout.root, lang || undefined, breaks);
  known.set(layout, { lang, breaks });
  return breaks;
}

const known = new WeakMap<Layout, { lang: string; breaks: Break[] }>();

/**
 * Breaks inside words of [from, to), at least `step` apart: for a stretch that is longer than a post and offers nothing
 * better.
 */
export function graphemeBreaks(layout: Layout, from: number, to: number, step = 1): Break[] {
  const breaks: Break[] = [];
  let last = from;
  for (const leaf of within(layout.leaves, from, to)) {
    const at = Math.max(leaf.start, from);
    if (at > from) breaks.push({ end: at, start: at, rank: "grapheme" });
    if (!isText(leaf.node) || !leaf.node.value) continue;
    const text = leaf.node.value.slice(at - leaf.start, to - leaf.start);
    const closed = atomsIn(text);
    let atom = 0;
    eachGrapheme(text, (place) => {
      if (place >= text.length || at + place < last + step) return;
      while (atom < closed.length && closed[atom]!.end <= place) atom += 1;
      if (atom < closed.length && closed[atom]!.start < place) return;
      last = at + place;
      breaks.push({ end: last, start: last, rank: "grapheme" });
    });
  }
  return breaks;
}

function collect(piece: Piece, lang: string | undefined, breaks: Break[]): void {
  const { type } = piece.node;
  if (type === "code") lines(piece, breaks);
  const running = type === "paragraph" || type === "heading" || type === "tableCell";
  if (running) inline(piece, lang, breaks);
  const children = running ? [] : (piece.children ?? []);
  children.forEach((child, index) => {
    const before = children[index - 1];
    if (before) breaks.push({ end: before.end, start: child.start, rank: rankBetween(type, before, child) });
    collect(child, lang, breaks);
  });
}

function rankBetween(parent: string, before: Piece, after: Piece): Rank {
  // A heading, or a line that announces a list, belongs to what follows.
  if (before.node.type === "heading" || parent === "tableRow") return "word";
  if (parent === "list" || parent === "table" || parent === "blockquote") return "item";
  if (after.node.type === "list" && endsWithColon(before)) return "clause";
  return parent === "listItem" ? "sentence" : "block";
}

function endsWithColon(piece: Piece): boolean {
  const last = piece.children?.at(-1);
  if (last) return endsWithColon(last);
  return /[:：]\s*$/.test(piece.node.value ?? "");
}

/** Code breaks between its lines, best at an empty one. */
function lines(piece: Piece, breaks: Break[]): void {
  for (const { 0: ends, index } of (piece.node.value ?? "").matchAll(/\n+/g)) {
    const end = piece.start + index;
    breaks.push({ end, start: end + ends.length, rank: ends.length > 1 ? "item" : "sentence" });
  }
}

/** The breaks in running text: its leaves are read as one line, in which whatever is indivisible is one sign. */
function inline(piece: Piece, lang: string | undefined, breaks: Break[]): void {
  const text = lineUnder(piece);
  const prose = text.replace(/\n/g, " ");
  const sentences = new Set(sentenceStarts(prose, lang));
  const found = spaces(text, (end, start) =>
    isGlue(prose, end, start) ? undefined : rankAt(text, end, start, sentences),
  );
  const unspaced = [...sentences, ...wordStarts(text, lang)].filter(
    (start) => !/\s/.test(text.charAt(start - 1)),
  );
  for (const start of new Set(unspaced))
    found.push({ end: start, start, rank: rankAt(text, start, start, sentences) });
  if (unspaced.length > 0) found.sort((a, b) => a.start - b.start);
  const closed = atomsIn(text);
  // A heading is one thought: it is not broken while anything else can be.
  const heading = piece.node.type !== "paragraph";
  let atom = 0;
  for (const place of found) {
    while (atom < closed.length && closed[atom]!.end <= place.end) atom += 1;
    if (atom < closed.length && closed[atom]!.start < place.end) continue;
    breaks.push({
      end: piece.start + place.end,
      start: piece.start + place.start,
      rank: heading ? "word" : place.rank,
    });
  }
}

/** The runs of white space inside a text, with a rank. */
function spaces(text: string, rank: (end: number, start: number) => Rank | undefined): Break[] {
  const found: Break[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (!isSpace(text.charCodeAt(at))) continue;
    const end = at;
    while (at + 1 < text.length && isSpace(text.charCodeAt(at + 1))) at += 1;
    const start = at + 1;
    const worth = end > 0 && start < text.length ? rank(end, start) : undefined;
    if (worth) found.push({ end, start, rank: worth });
  }
  return found;
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a;

function rankAt(text: string, end: number, start: number, sentences: Set<number>): Rank {
  if (sentences.has(start)) return "sentence";
  const before = text.charAt(end - 1);
  if (/[,;:)\]—–、，；：）]/.test(before)) return "clause";
  return /[([—–（]/.test(text.charAt(start)) && end < start ? "clause" : "word";
}

function lineUnder(piece: Piece): string {
  if (!piece.children) return lineOf(piece);
  return piece.children.map(lineUnder).join("");
}

/** Whether the space at [end, start) joins a number and its unit: 5 GB, € 20, No. 7. */
function isGlue(text: string, end: number, start: number): boolean {
  // Hardly any space is beside a number.
  if (!isDigit(text, end - 1) && !isDigit(text, start) && !/[.,]/.test(text.charAt(end - 1))) return false;
  const before = text.slice(Math.max(0, end - 12), end);
  const after = text.slice(start, start + 12);
  if (/\d[\d.,]*$/.test(before)) return UNIT.test(after);
  return (
    isDigit(text, start) && /(?:^|[^\p{L}])(?:[€$£¥#§v]|no\.|nr\.|n°|vol\.|p\.|pp\.|fig\.)$/iu.test(before)
  );
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

const UNIT =
  /^(?:[%‰°€$£¥×]|\p{L}{1,3}(?![\p{L}\p{M}\p{N}])|(?:mins?|secs?|hours?|days?|weeks?|months?|years?|bytes?|bits?|million|billion|thousand|percent|euros?|dollars?|pounds?)(?!\p{L}))/iu;

/** What must stay in one piece though it is only text: links, and numbers with what clings to them: 10:30, v2.4.0. */
function atomsIn(text: string): { start: number; end: number }[] {
  const numbers = /\d/.test(text) ? text.matchAll(NUMBER) : [];
  const atoms = text.includes(".") ? findLinks(text, "bare") : [];
  for (const { 0: number, index } of numbers) atoms.push({ start: index, end: index + number.length });
  return atoms.sort((a, b) => a.start - b.start);
}

/** Up to 40 characters: what is longer is not a number that a person reads. */
const NUMBER = /(?<![\p{L}\p{N}])[\p{Sc}v]?\d[\d.,:/-]{0,38}(?:[%‰]|\p{L}{1,3}(?!\p{L}))?(?![\d])/gu;
