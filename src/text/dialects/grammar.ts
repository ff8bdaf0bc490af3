/** What differs between the markups that are written line by line, as data. */
import type { Handle, Markup } from "../types.ts";
import type { Lost } from "./dialect.ts";
import type { Gap, Span } from "./writer.ts";

export type Wrap = readonly [open: string, close: string];

/** A way to say something: signs around it, or a range with a name. Absent when the markup cannot. */
export type Way = Wrap | Span;

export interface Grammar {
  markup: Markup;
  lost: Lost;
  /** Any text so that it stays literal. `fresh`: at the start of a line. */
  literal(text: string, fresh: boolean): string;
  /** Code where it can only be text; its characters matter more to readers who copy it. Default: `literal`. */
  verbatim?(code: string, fresh: boolean): string;

  strong?: Way;
  emphasis?: Way;
  delete?: Way;
  gap?: Gap;
  /** Whether emphasis ends with its line. */
  perLine?: boolean;
  /** Whether signs that cannot be escaped are written as others that look like them. */
  lookalikes?: boolean;
  /** Undefined when this very code cannot be written as such; it is text then. */
  code?(value: string, inTable: boolean): string | undefined;

  /** `address`: the label, then the address. `label`: the label with an entity on it. Or signs for the pair. */
  link: "address" | "label" | ((url: string, label: string) => Way | undefined);
  /** Whether a link's label may hold emphasis. Default no. */
  richLabel?: boolean;
  /** Whether it may hold code. Default: as `richLabel`. */
  labelCode?: boolean;
  /** An address that stands for itself; `label` is how the author wrote it. Default: the address. */
  bare?(url: string, label: string): string;
  /** How far the network's own reading takes an address that stands for itself, in a text that begins with it. */
  linked?(text: string): number;
  image?(url: string, alt: string): string;
  /** Undefined if the network has no such mention; the name is text then. */
  mention?(person: Handle, name: string): string | undefined;
  /** Whether a call may hold a name with spaces, because signs say where it ends. Default no. */
  fullNames?: boolean;
  tag(value: string): string;

  /** Whether a heading holds no emphasis. */
  plainHeadings?: boolean;
  /** The signs around a heading; `bold` where there is no such thing. */
  heading(depth: number): Wrap | "bold" | "line";
  fence?(value: string, lang: string): string;
  quote: string | Wrap;
  /** In front of every line of a quote inside a quote, where these cannot nest. */
  nestedQuote?: string;
  bullets: readonly [string, string];
  /** Whether lists are the markup's own, so that two in a row must differ and tasks have signs. */
  nativeLists?: boolean;
  tasks?: boolean;
  /** Nested lists are `**` and not indented; a list that does not start at 1 is indented lines. */
  repeated?: boolean;
  table: TableSigns;
  rule: string;
  footnotes?: boolean;
  /** A line end that stays one. Default `\n`. */
  break?: string;
  /** Whether an empty line can be said. Default yes. */
  blank?: boolean;
}

/** In front of the first cell, between cells and behind the last one. */
export interface TableSigns {
  open?: string;
  close?: string;
  head: readonly [string, string, string];
  row: readonly [string, string, string];
  /** Whether the head is set off by being bold. */
  bold?: boolean;
  /** A line below the head; the alignment of columns is in it where it is GFM's. */
  below?: "align";
  /** A line between rows. */
  between?: string;
}

/** For markups without tables: `a · b · c`. */
export const ROWS: TableSigns = { head: ["", " · ", ""], row: ["", " · ", ""], bold: true };
