/**
 * What a network takes for a link when it reads a text. Both readings come from the rules that twitter-text published
 * and that the fediverse extended; the top-level domains are those that exist (scripts/tlds.mjs).
 */
import { international, latin, withdrawn } from "../tlds.generated.ts";

/** A stretch of the text, in UTF-16 offsets, end exclusive. */
export interface Span {
  start: number;
  end: number;
  /** A bare host goes on in another script and has a path: up to here X counts neither characters nor emoji as such. */
  astray?: number;
  /** The same host stands before, as part of this one: X counts the link there. */
  counted?: number;
}

/**
 * `scheme`: only what starts with http:// or https://; paths may hold any script.
 * `bare`: example.com too; paths are Latin and Cyrillic.
 * A mail address, a handle and an unknown top-level domain are no link. Time grows with the text only.
 */
export function findLinks(text: string, how: "scheme" | "bare"): Span[] {
  const links: Span[] = [];
  if (how === "scheme" && !text.includes("://")) return links;
  const alphabet = how === "scheme" ? anyScript : narrow;
  let taken = 0;
  let at = 0;
  for (let dot = text.indexOf("."); dot !== -1; dot = text.indexOf(".", at)) {
    const from = hostStart(text, dot, at);
    const to = hostEnd(text, dot);
    if (!hasTld(text, dot, to)) {
      at = Math.max(to, taken);
      continue;
    }
    const start = schemeStart(text, from, taken);
    const end = start === undefined ? undefined : hostWithTld(text, from, to);
    if (start !== undefined && end !== undefined) {
      taken = tailEnd(text, end, alphabet);
      links.push({ start, end: taken });
      at = taken;
      continue;
    }
    if (how === "bare") taken = Math.max(taken, findBare(text, from, to, from === taken, links));
    at = Math.max(to, taken);
  }
  return links;
}

/** `text` with every link replaced by what `by` makes of it, and what goes astray behind one by what `beyond` does. */
export function replaceLinks(
  text: string,
  how: "scheme" | "bare",
  by: (link: string) => string,
  beyond: (rest: string) => string = (rest) => rest,
): string {
  const links = findLinks(text, how);
  if (links.length === 0) return text;
  let out = "";
  let at = 0;
  for (const link of links) {
    const start = Math.max(at, link.counted ?? link.start);
    out += text.slice(at, start) + by(text.slice(link.start, link.end));
    at = start + link.end - link.start;
    if (link.astray === undefined) continue;
    out += beyond(text.slice(at, link.astray));
    at = Math.max(at, link.astray);
  }
  return out + text.slice(at);
}

/**
 * Finds example.com without a scheme in a run of host characters, and its path when the run ends in one.
 * `taken`: the character before the run has been read as part of a link. Returns how far this reading went.
 */
function findBare(text: string, from: number, to: number, taken: boolean, links: Span[]): number {
  let read = 0;
  let at = from;
  let free = !taken && !/[@$#]/.test(text.charAt(from - 1));
  while (at < to) {
    const start = hostStarts(text, at, to, free).find((place) => hostWithTld(text, place, to) !== undefined);
    // Every later place in the run follows a dot, a dash or an underscore: no bare link starts there. It is read, though.
    if (start === undefined) {
      const later = laterHost(text, at, to);
      return later === undefined ? read : Math.max(read, tailEnd(text, later, narrow));
    }
    const end = hostWithTld(text, start, to)!;
    read = tailEnd(text, end, narrow);
    if (!/[-_./]/.test(text.charAt(start - 1))) pushLatin(text, start, end, links);
    at = end;
    free = false;
  }
  return read;
}

// No host is that long; what is longer was written to keep somebody busy.
const LONGEST_RUN = 512;

/** End of the first host in a run that begins behind what cannot be part of one: an empty label, or one with a dash or `_`. */
function laterHost(text: string, from: number, runEnd: number): number | undefined {
  const to = Math.min(runEnd, from + LONGEST_RUN);
  for (let at = afterWord(text, from, to) + 1; at < to; ) {
    while (at < to && /[-_.]/.test(text.charAt(at))) at += 1;
    const end = hostWithTld(text, at, to);
    if (end !== undefined) return end;
    at = badLabelEnd(text, at, to);
  }
  return undefined;
}

function badLabelEnd(text: string, from: number, to: number): number {
  const run = text.slice(from, to);
  const bad = /_(?=[^_.]*(?:\.|$))|-(?=\.|$)|\.(?=[-_.])/.exec(run);
  return bad ? from + bad.index + 1 : to;
}

/** Where a host may start in a run, the preferred place first: one character has to stand apart from it. */
function hostStarts(text: string, at: number, to: number, free: boolean): number[] {
  const apart = afterWord(text, at, to);
  if (at === 0) return apart === 0 ? [1, 0] : [0, apart + 1];
  return free ? [at, apart + 1] : [apart + 1];
}

function afterWord(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isWord(text.charCodeAt(at))) at += 1;
  return at;
}

/** Of a host in any script, only the Latin part becomes a link when there is no scheme. */
function pushLatin(text: string, from: number, to: number, links: Span[]): void {
  let at = from;
  let seen = from;
  while (at < to) {
    const start = at;
    let end: number | undefined;
    for (let labels = 0; at < to; labels += 1) {
      const length = labels > 0 ? tldLength(text, at, to) : 0;
      if (length > 0) end = at + length;
      const label = at;
      while (at < to && isLatin(text.charCodeAt(at))) at += 1;
      if (at === label || text.charCodeAt(at) !== DOT) break;
      at += 1;
    }
    if (end !== undefined) {
      const counted = text.indexOf(text.slice(start, end), seen);
      links.push(counted < start ? { start, end, counted } : { start, end });
      seen = counted + end - start;
    }
    at = end ?? Math.max(at, start + 1);
  }
  const last = links.at(-1);
  // Without a path, a port or a query behind a bare host is not part of the link.
  if (!last || last.start < from || !/^(?::\d+)?\//.test(text.slice(to, to + 12))) return;
  const end = tailEnd(text, to, narrow);
  if (last.counted !== undefined || last.end < to) last.astray = end;
  if (last.end === to) last.end = end;
}

/** End of the longest host in [from, to) that ends in a top-level domain. */
function hostWithTld(text: string, from: number, to: number): number | undefined {
  let best: number | undefined;
  let at = from;
  let plainBefore = false;
  for (let labels = 0; at < to; labels += 1) {
    if (labels > 0 && plainBefore) {
      const length = tldLength(text, at, to);
      if (length > 0) best = at + length;
    }
    const label = at;
    let underscore = false;
    while (at < to && text.charCodeAt(at) !== DOT) {
      underscore ||= text.charCodeAt(at) === UNDERSCORE;
      at += 1;
    }
    const edges = [text.charCodeAt(label), text.charCodeAt(at - 1)];
    if (at === label || at - label > 63 || edges.includes(DASH) || edges.includes(UNDERSCORE)) return best;
    plainBefore = !underscore;
    at += 1;
  }
  return best;
}

/** Whether a label behind one of the dots from the first one on is a top-level domain: without one there is no host at all. */
function hasTld(text: string, dot: number, to: number): boolean {
  for (let at = dot; at < to; at += 1) {
    if (text.charCodeAt(at) === DOT && tldLength(text, at + 1, to) > 0) return true;
  }
  return false;
}

/** Length of the top-level domain at `at`, 0 when there is none. Longest first: 中国 must not hide in a longer word. */
function tldLength(text: string, at: number, to: number): number {
  tlds ??= new Set(`${latin} ${international} ${withdrawn}`.split(/\s+/).filter(Boolean));
  if (text.charCodeAt(at) === DOT) return 0;
  let end = at;
  while (end < to && end - at < 64 && isAlnumOrDash(text.charCodeAt(end))) end += 1;
  if (end > at) {
    const name = text.slice(at, end).toLowerCase();
    const real = tlds.has(name) || (name.startsWith("xn--") && name.length > 4);
    return real && mayFollow(text.charCodeAt(end)) ? end - at : 0;
  }
  for (let length = Math.min(24, to - at); length > 1; length -= 1) {
    if (mayFollow(text.charCodeAt(at + length)) && tlds.has(text.slice(at, at + length))) return length;
  }
  return 0;
}

let tlds: Set<string> | undefined;

/** What may come behind a top-level domain: anything but letters, digits, @, + and -. NaN is the end of the text. */
const mayFollow = (code: number): boolean => !isAlnumOrDash(code) && code !== 0x40 && code !== 0x2b;

/** Where http:// or https:// begins, when it stands right before `host` and is free to begin there; not before `taken`. */
function schemeStart(text: string, host: number, taken: number): number | undefined {
  const scheme = /https?:\/\/$/i.exec(text.slice(Math.max(0, host - 8), host));
  if (!scheme) return undefined;
  const start = host - scheme[0].length;
  return start < taken || /[A-Za-z0-9@＠$#＃\ufffe\ufeff\uffff]/.test(text.charAt(start - 1))
    ? undefined
    : start;
}

interface Alphabet {
  path: RegExp;
  pathEnd: RegExp;
  query: RegExp;
  queryEnd: RegExp;
}

const narrow: Alphabet = {
  path: /[\u0300-\u036f\w!*';:=+,.$/%#[\]\-\u2013~@|&\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b\u02bb\u0400-\u04ff\u1e00-\u1eff]/,
  pathEnd:
    /[\u0300-\u036f\w+\-=#/\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b\u02bb\u0400-\u04ff\u1e00-\u1eff]/,
  query: /[\w!?*'@();:&=+$/%#[\]\-.,~|]/,
  queryEnd: /[\w\-&=#/]/,
};

const anyScript: Alphabet = {
  path: /[^\s<>()?]/,
  pathEnd: /[^\s()?!*"'「」<>;:=,.$%[\]~&|@]/,
  query: /[\w!?*'();:&=+$/%#[\]\-.,~|@^\u00a0-\uffef]/,
  queryEnd: /[\w\-&=#/\u00a0-\uffef]/,
};

/** Longest link that is still believed. */
const LONGEST = 4096;

/** End of port, path and query behind a host: punctuation at the end stays outside, balanced parentheses inside. */
function tailEnd(text: string, host: number, alphabet: Alphabet): number {
  const limit = Math.min(text.length, host + LONGEST);
  const port = /^:\d+/.exec(text.slice(host, host + 12));
  let end = host + (port?.[0].length ?? 0);
  if (text.charAt(end) === "/") end = pathEnd(text, end, limit, alphabet);
  if (text.charAt(end) !== "?") return end;
  let last = end;
  for (let at = end + 1; at < limit && alphabet.query.test(text.charAt(at)); at += 1) {
    if (alphabet.queryEnd.test(text.charAt(at))) last = at + 1;
  }
  return last;
}

function pathEnd(text: string, slash: number, limit: number, alphabet: Alphabet): number {
  let last = slash + 1;
  let at = slash + 1;
  while (at < limit) {
    const sign = text.charAt(at);
    if (sign === "(") {
      const close = closing(text, at, limit, alphabet);
      if (close === undefined) return last;
      at = close;
      last = close;
      continue;
    }
    if (!alphabet.path.test(sign)) return last;
    at += 1;
    if (alphabet.pathEnd.test(sign)) last = at;
  }
  return last;
}

/** Behind the parenthesis that closes the one at `open`; one level may nest. */
function closing(text: string, open: number, limit: number, alphabet: Alphabet): number | undefined {
  let depth = 0;
  for (let at = open; at < limit; at += 1) {
    const sign = text.charAt(at);
    if (sign === "(") depth += 1;
    else if (sign === ")") depth -= 1;
    else if (!alphabet.path.test(sign)) return undefined;
    if (depth === 0) return at - open > 1 ? at + 1 : undefined;
    if (depth > 2) return undefined;
  }
  return undefined;
}

const DOT = 0x2e;
const DASH = 0x2d;
const UNDERSCORE = 0x5f;

function hostStart(text: string, dot: number, floor: number): number {
  let at = dot;
  while (at > floor && isHost(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

function hostEnd(text: string, dot: number): number {
  let at = dot + 1;
  while (at < text.length && isHost(text.charCodeAt(at))) at += 1;
  return at;
}

/** Anything but spaces, punctuation and invisible marks may stand in a host name, in any script. */
function isHost(code: number): boolean {
  if (code < 0x80) {
    if (isAlnumOrDash(code) || code === DOT || code === UNDERSCORE || code === 0x22 || code === 0x60)
      return true;
    return code < 9 || (code > 13 && code < 32) || code === 0x7f;
  }
  if (code < 0x1680) return code !== 0x85 && code !== 0xa0 && code !== 0x61c;
  if (code < 0x2070) {
    if (code >= 0x2000 && code <= 0x200f) return code > 0x200a && code < 0x200e;
    return code !== 0x1680 && code !== 0x180e && !(code >= 0x2028 && code <= 0x202f) && !(code >= 0x205f);
  }
  return code !== 0x3000 && code !== 0xfeff && code < 0xfffe;
}

function isAlnumOrDash(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === DASH
  );
}

/** What may not stand right before a host: ASCII's letters and digits, ＠ and ＃. */
function isWord(code: number): boolean {
  return (isAlnumOrDash(code) && code !== DASH) || code === 0xff20 || code === 0xff03;
}

/** A letter of a domain that is recognised without a scheme. */
function isLatin(code: number): boolean {
  if (code < 0x80) return isAlnumOrDash(code);
  if (code < 0x250) return code >= 0xc0 && code !== 0xd7 && code !== 0xf7;
  if (code < 0x300) return IPA.includes(code);
  return code < 0x370 || (code >= 0x1e00 && code < 0x1f00);
}

const IPA = [0x253, 0x254, 0x256, 0x257, 0x259, 0x25b, 0x263, 0x268, 0x26f, 0x272, 0x289, 0x28b, 0x2bb];
