/** Writes lines: prefixes of quotes and lists, white space at the edges of emphasis, entities. Knows no markup. */

import type { Entity } from "../types.ts";
import { ZERO } from "./escape.ts";

/** An opening and a closing sign around a stretch of text. */
export interface Mark {
  open: string;
  close: string;
  /** Whether the signs only work at certain neighbours, so that the grammar's `gap` is asked. */
  flanks: boolean;
  /** What the stretch is, for markups that take ranges instead of signs. */
  span?: Span;
}

export interface Span {
  kind: string;
  [detail: string]: unknown;
}

/** What may have to stand between a mark and its neighbour outside, given the character inside. */
export type Gap = (outer: string, inner: string) => string;

// An entity before its offsets are known.
export type Meaning<E = Entity> = E extends Entity ? Omit<E, "start" | "end"> : never;
export type Placed<T> = { what: T; from: number; to: number };
type Standing = Mark & { from: number };

export interface Written {
  text: string;
  meanings: Placed<Meaning>[];
  spans: Placed<Span>[];
}

const WORD = /[\p{L}\p{N}_\-/=&%~@#+\uD800-\uDFFF]/u;

const CALLED = /^[\p{L}\p{N}_*]/u;

export class Writer {
  #gap: Gap | undefined;
  #linked: ((text: string) => number) | undefined;
  #pieces: string[] = [];
  #length = 0;
  #meanings: Placed<Meaning>[] = [];
  #spans: Placed<Span>[] = [];
  #prefix = "";
  // The last character written; empty at the start of a line.
  #last = "";
  #lines = 0;
  #space = "";
  #marks: Standing[] = [];
  #live = 0;
  #inner = "";
  // The bare address just written; empty behind anything else.
  #url = "";
  // What was written behind it without a space.
  #behind = "";
  // After a bullet or an opening tag the first block does not start a new line.
  #led = false;

  constructor(gap?: Gap, linked?: (text: string) => number) {
    this.#gap = gap;
    this.#linked = linked;
  }

  /** Whether the next character starts a line. */
  get fresh(): boolean {
    return this.#last === "" || this.#lines > 0;
  }

  get empty(): boolean {
    return this.#pieces.length === 0;
  }

  /** At least this many line ends before the next content: 1 is a new line, 2 a blank one between. */
  separate(lines: number): void {
    this.#space = "";
    if (this.#led) this.#led = false;
    else if (this.#pieces.length > 0) this.#lines = Math.max(this.#lines, lines);
  }

  /** Running text. White space at the edges moves out of marks; at the edges of a line it goes. */
  text(words: string, literal: (words: string, fresh: boolean) => string): void {
    const core = words.trim();
    if (core === "") {
      this.#space += words;
      return;
    }
    const start = words.indexOf(core);
    this.#space += words.slice(0, start);
    const fresh = this.fresh && this.#marks.every((mark, index) => index < this.#live || mark.open === "");
    const written = literal(core, fresh);
    this.#ready(written);
    this.#push(written);
    this.#space = words.slice(start + core.length);
  }

  /** Something whole, written already: code, an address, a name. */
  atom(written: string, meaning?: Meaning): void {
    if (written === "") return;
    const isUrl = meaning?.kind === "link";
    const joins = isUrl && !/^[<[]/.test(written) && /[A-Za-z0-9_]/.test(this.#last);
    if (joins && this.#space === "" && !this.fresh) this.#space = " ";
    this.#ready(written);
    const from = this.#length;
    this.#push(written);
    if (meaning) this.#meanings.push({ what: meaning, from, to: this.#length });
    // In brackets nothing behind it can join it.
    this.#url = isUrl && !/[>\])]$/.test(written) ? written : "";
    this.#behind = "";
  }

  /** From here on, inside a mark. Nothing is written until there is content. */
  open(mark: Mark): void {
    this.#marks.push({ ...mark, from: 0 });
  }

  /** The end of the innermost mark. An empty one leaves no trace. `meaning` is what the stretch inside was. */
  close(meaning?: Meaning): void {
    const mark = this.#marks.pop();
    if (!mark || this.#marks.length >= this.#live) return;
    this.#live = this.#marks.length;
    if (meaning) this.#meanings.push({ what: meaning, from: mark.from, to: this.#length });
    this.#shut(mark);
  }

  /** A line end inside a paragraph. `perLine`: marks do not survive it and are opened again. */
  break(end: string, perLine: boolean): void {
    this.#space = "";
    if (this.fresh) return;
    if (perLine) while (this.#live > 0) this.#shut(this.#marks[--this.#live]!);
    this.#inner = "";
    this.#url = "";
    this.#push(end + this.#prefix);
    this.#last = "";
  }

  /** What belongs to the structure: a bullet, the start of a table row. The next character starts afresh. */
  raw(written: string): void {
    this.#start();
    this.#space = "";
    this.#inner = "";
    this.#push(written);
    this.#last = "";
    this.#led = false;
  }

  /** The start of something that blocks go into. */
  lead(written: string): void {
    this.raw(written);
    this.#led = true;
  }

  /** Lines that are written as they are, each behind the prefix. */
  lines(text: string): void {
    this.#start();
    this.#push(text.replaceAll("\n", `\n${this.#prefix}`));
  }

  /** Every line from here begins with `rest`; the current one with `first`. Returns what takes it back. */
  indent(first: string, rest: string): () => void {
    this.#start();
    this.lead(first);
    const before = this.#prefix;
    this.#prefix += rest;
    return () => {
      this.#prefix = before;
      this.#led = false;
    };
  }

  /** What was written, with places in UTF-16 units. */
  finish(): Written {
    return { text: this.#pieces.join(""), meanings: this.#meanings, spans: this.#spans };
  }

  #start(): void {
    if (this.#lines === 0) return;
    const blank = `\n${this.#prefix.trimEnd()}`.repeat(this.#lines - 1);
    this.#push(`${blank}\n${this.#prefix}`);
    this.#lines = 0;
    this.#last = "";
    this.#inner = "";
    this.#url = "";
  }

  // Before content: line ends, white space, the gap after closed marks, the marks that were waiting for content.
  #ready(following: string): void {
    this.#start();
    if (this.#last === "") this.#space = "";
    const first = following.charAt(0);
    const waiting = this.#marks.slice(this.#live);
    if (this.#url !== "" && this.#space === "" && this.#joins(following)) this.#space = " ";
    if (this.#space !== "" || /\s/.test(following) || this.#behind.length > 200) this.#url = "";
    this.#behind += following;
    const next = this.#space.charAt(0) || waiting.find((mark) => mark.open !== "")?.open.charAt(0) || first;
    if (this.#inner !== "") this.#push(this.#gap?.(next, this.#inner) ?? "");
    this.#inner = "";
    if (this.#space !== "") this.#push(this.#space);
    this.#space = "";
    const opening = waiting.find((mark) => mark.open !== "")?.open ?? first;
    // A sign at the end of one piece and a word at the start of the next would be a call or a topic together.
    if (/[@＠#＃]/.test(this.#last) && CALLED.test(opening)) this.#push(ZERO);
    // `!` and `[` together would be a picture.
    if (this.#last === "!" && opening.startsWith("[")) this.#push(this.#gap?.("!", "[") ?? "");
    for (const [index, mark] of waiting.entries()) {
      if (mark.flanks && !waiting[index - 1]?.flanks) {
        const inside = waiting.slice(index + 1).find((other) => !other.flanks && other.open !== "");
        this.#push(this.#gap?.(this.#last, inside?.open.charAt(0) ?? first) ?? "");
      }
      this.#push(mark.open);
      this.#marks[this.#live++]!.from = this.#length;
    }
  }

  /** Whether the network would read what follows as part of the address. */
  #joins(following: string): boolean {
    if (this.#behind === "" && WORD.test(following.charAt(0))) return true;
    const run = following.slice(0, 200).match(/^\S*/)![0];
    return (this.#linked?.(this.#url + this.#behind + run) ?? 0) > this.#url.length;
  }

  #shut(mark: Standing): void {
    if (mark.span) this.#spans.push({ what: mark.span, from: mark.from, to: this.#length });
    // `@**` opens a call where `**` closes.
    if (/[@＠#＃]/.test(this.#last) && mark.close.startsWith("*")) this.#push(ZERO);
    const inner = this.#last;
    this.#push(mark.close);
    if (!mark.flanks) this.#inner = "";
    else if (this.#inner === "") this.#inner = inner;
  }

  #push(written: string): void {
    if (written === "") return;
    this.#pieces.push(written);
    this.#length += written.length;
    this.#last = written.charAt(written.length - 1);
  }
}
