/**
 * Where a text can be taken apart: graphemes, words and sentences. ICU does the knowing (Intl.Segmenter), but slowly and
 * dearer the longer the text, so it is asked only about the stretches that need it.
 */

/** User-perceived characters: extended grapheme clusters of UAX #29. */
export function countGraphemes(text: string): number {
  if (ASCII.test(text)) return text.length;
  let count = 0;
  eachGrapheme(text, () => {
    count += 1;
  });
  return count;
}

/** UTF-16 offset behind every grapheme; the last one is the text's length. */
export function graphemeEnds(text: string): number[] {
  const ends: number[] = [];
  eachGrapheme(text, (end) => ends.push(end));
  return ends;
}

/** UTF-16 offsets at which a sentence other than the first begins. `lang` is BCP 47. */
export function sentenceStarts(text: string, lang?: string): number[] {
  // Without one of these there is one sentence. They are the members of Sentence_Terminal that people type.
  if (!TERMINAL.test(text)) return [];
  const starts: number[] = [];
  const icu = segmenter("sentence", lang);
  // ICU slows down on long strings, so it gets a window; what begins near its end depends on what follows, and is looked at
  // again.
  for (let at = 0, width = PAGE; at < text.length; ) {
    const edge = Math.min(text.length, at + width);
    let last = at;
    for (const { index } of icu.segment(text.slice(at, edge))) {
      if (edge < text.length && at + index > edge - MARGIN) break;
      last = at + index;
      if (index > 0 && !ABBREVIATION.test(text.slice(Math.max(0, last - 16), last))) starts.push(last);
    }
    if (edge === text.length) break;
    width = last === at ? width * 2 : PAGE;
    at = last;
  }
  return starts;
}

const PAGE = 4096;
const MARGIN = 256;

/** UTF-16 offsets at which a line may be broken in scripts that write no spaces between words. */
export function wordStarts(text: string, lang?: string): number[] {
  const starts: number[] = [];
  if (ASCII.test(text)) return starts;
  for (const run of text.matchAll(UNSPACED)) {
    for (const part of segmenter("word", lang).segment(run[0])) {
      const at = run.index + part.index;
      if (part.index > 0 && !NEVER_FIRST.test(text.charAt(at)) && !NEVER_LAST.test(text.charAt(at - 1))) {
        starts.push(at);
      }
    }
  }
  return starts;
}

const ASCII = /^[\n\x20-\x7e]*$/;
const TERMINAL = /[.!?\u2026\u0589\u061f\u06d4\u0964\u0965\u104b\u1362\u3002\uff01\uff0e\uff1f\uff61]/;

/** What ends in a full stop and goes on. Followed by a capital, ICU takes some of them for the end of a sentence. */
const ABBREVIATION =
  /(?:^|[\s(])(?:\p{L}|e\.\s?g|i\.\s?e|z\.\s?B|d\.\s?h|u\.\s?a|p\.\s?ex|vs|approx|ca|cf|c\.-à-d|No|Nr|vol|Dr|Mr|Mrs|Ms|Prof|St|Sr|Jr|bzw|usw|Inc|Ltd|Fig|Abb|p|pp)\.\s+$/iu;

/** Han, kana and the scripts of South-East Asia, with their punctuation. */
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\u3001-\u303f\u30fb\u30fc\uff01-\uff5e]{2,300}/gu;
const NEVER_FIRST = /[\p{Pe}\p{Pf}\p{M}、。，．：；！？…‥・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;!?%]/u;
const NEVER_LAST = /[\p{Ps}\p{Pi}]/u;

const segmenters = new Map<string, Intl.Segmenter>();

function segmenter(granularity: "grapheme" | "word" | "sentence", lang?: string): Intl.Segmenter {
  const key = `${granularity} ${lang ?? ""}`;
  let found = segmenters.get(key);
  if (!found) {
    found = new Intl.Segmenter(known(lang), { granularity });
    segmenters.set(key, found);
  }
  return found;
}

/** A language tag that Intl takes; one that is not well-formed means the root locale. */
function known(lang?: string): string {
  try {
    return lang === undefined ? "und" : (Intl.getCanonicalLocales(lang)[0] ?? "und");
  } catch {
    return "und";
  }
}

/** `visit` is given the UTF-16 offset behind each. */
export function eachGrapheme(text: string, visit: (end: number) => void): void {
  let at = 0;
  while (at < text.length) {
    let end = at + 1;
    while (end < text.length && !(stands(text.charCodeAt(end)) && stands(text.charCodeAt(end - 1)))) end += 1;
    if (end === at + 1) visit(end);
    else eachOfStretch(text, at, end, visit);
    at = end;
  }
}

/** ICU slows down on long strings, so it gets a window; the last cluster in it may go on and is looked at again. */
function eachOfStretch(text: string, from: number, to: number, visit: (end: number) => void): void {
  const icu = segmenter("grapheme");
  let at = from;
  for (let width = WINDOW; at < to; ) {
    const edge = Math.min(to, at + width);
    const start = at;
    for (const { index, segment } of icu.segment(text.slice(start, edge))) {
      const end = start + index + segment.length;
      if (end === edge && edge < to) break;
      visit(end);
      at = end;
    }
    // One cluster as wide as the window: look through a wider one.
    width = at === start ? width * 2 : WINDOW;
  }
}

const WINDOW = 256;

/** Characters that never join with another one of these: letters, digits, punctuation, ideographs, syllables. */
function stands(code: number): boolean {
  if (code < 0x7f) return code >= 0x20 || code === 0x0a;
  if (code < 0x300) return code >= 0xa1 && code !== 0xa9 && code !== 0xad && code !== 0xae;
  if (code < 0x530) return (code >= 0x370 && code < 0x483) || code >= 0x48a;
  if (code < 0x2028) return code >= 0x2010;
  if (code < 0x3021) return code >= 0x3001;
  if (code < 0x3100) return (code >= 0x3041 && code <= 0x3096) || code >= 0x30a1;
  if (code < 0xa000) return (code >= 0x3400 && code < 0x4dc0) || code >= 0x4e00;
  return (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xff01 && code <= 0xff60);
}
