/**
 * A limit to what reading Markdown may cost. The parser compares every mark in a paragraph with those before it, so ten
 * times the marks take a hundred times the time: 60 KB of `*a_` keep it busy for half a minute. The comparisons are
 * counted while it works, and it is stopped early; a text that people write needs a thousandth of what is allowed. What
 * is dear in itself is paid for in advance: 20,000 lines, or as many cells of tables, take a second.
 */
import type { Options } from "mdast-util-from-markdown";
import { InputError } from "../errors.ts";

type Syntax = NonNullable<Options["extensions"]>[number];
type Construct = Exclude<NonNullable<NonNullable<Syntax["text"]>[number]>, unknown[]>;

/** Comparisons in one text: about a second. One paragraph may have 4,000 marks, or a hundred paragraphs 400 each. */
const MOST = 10_000_000;

// * _ ]
const MARKS = [42, 95, 93];

// Quotes and lists that begin inside each other on one line, and lines that may make a heading of those above.
const NESTED = /^(?:[ \t]*(?:>|[*+-](?=[ \t])|\d{1,9}[.)](?=[ \t]))){16,}/gm;
const UNDERLINE = /^ {0,3}(?:=+|-{2,})[ \t]*$/gm;

// A quote or a note that ends: all that was read before is gone through again.
const ENDED = /^[ \t]*>.*\n(?![ \t]*>)|^ {0,3}\[\^/gm;

// What each of these costs alone, in comparisons: a ten-millionth of a second.
const DEFINITION_COST = 1_000;
const BRACKET_COST = 150;
const LINE_COST = 450;
const CELL_COST = 350;
const INDENT_COST = 150;
const PRICES: [what: RegExp, cost: number][] = [
  [/^[ \t>]*(?:[-*+]|\d{1,9}[.)])(?=[ \t])/gm, 400],
  [/^[ \t>]*#{1,6}(?=[ \t])/gm, 1_000],
  [/^[ \t]*>/gm, 250],
  [/</g, 350],
  [/[`\\]/g, 160],
  [/&/g, 100],
];
const INDENTED = /^[ \t]+(?=(?:[-*+]|\d{1,9}[.)])[ \t])/gm;
// The line below a table's head.
const TABLE = /^[ \t>]*\|?[ \t]*:?-+:?[ \t]*\|[ \t:|-]*$/m;
// Less than this is never too much of those.
const LITTLE = 10_000;

// HTML that nothing ends is looked through to the end of its paragraph, again for each beginning.
const UNENDED: [begin: RegExp, end: string][] = [
  [/<!--/g, "-->"],
  [/<\?/g, "?>"],
  [/<!\[CDATA\[/g, "]]>"],
  [/<![A-Za-z]/g, ">"],
];

/** Comparisons that are left, for all pieces of a text together. */
export interface Budget {
  left: number;
}

/** For this text. Throws InputError if what it is made of is too much. */
export function budgetFor(text: string): Budget {
  const budget = { left: MOST };
  if (text.length < LITTLE) return budget;
  budget.left -= LINE_COST * howMany(text, /\S.*/g);
  for (const [what, cost] of PRICES) budget.left -= cost * howMany(text, what);
  for (const [indent] of text.matchAll(INDENTED)) budget.left -= INDENT_COST * indent.length;
  if (TABLE.test(text)) budget.left -= CELL_COST * howMany(text, /\|/g);
  if (budget.left < 0) throw tooMuch();
  return budget;
}

function howMany(text: string, what: RegExp): number {
  let found = 0;
  for (const _ of text.matchAll(what)) found++;
  return found;
}

/** What reads nothing and counts the marks. */
export function untangled(text: string, budget: Budget): Syntax {
  const spend = (comparisons: number) => {
    budget.left -= comparisons;
    if (budget.left < 0) throw tangled();
  };
  for (const [line] of text.matchAll(NESTED)) {
    const lists = line.replace(/[ \t\d>]/g, "").length;
    const quotes = line.replace(/[^>]/g, "").length;
    spend(4 * lists ** 2 + quotes ** 2 / 4);
  }
  if (text.includes("<!") || text.includes("<?"))
    for (const paragraph of text.split(/\n[ \t]*\n/)) spend(unended(paragraph));
  spend(3 * howMany(text, UNDERLINE) ** 2);
  const ends = text.includes(">") || text.includes("[^") ? text.match(ENDED) : null;
  if (ends) {
    const notes = ends.filter((end) => end.includes("[^")).length;
    spend((ends.length + 2 * notes) * howMany(text, /\n/g));
  }
  spend(DEFINITION_COST * (text.match(/^ {0,3}\[[^\]\n]{1,300}\]:/gm)?.length ?? 0));
  const brackets = text.includes("]") ? (text.match(/\[/g)?.length ?? 0) : 0;
  spend(BRACKET_COST * brackets);

  const marks = new WeakMap<object, number>();
  const count: Construct = {
    name: "count",
    add: "before",
    tokenize(_effects, _ok, nok) {
      // `this` is the paragraph, heading or cell that is being read.
      const before = marks.get(this) ?? 0;
      marks.set(this, before + 1);
      spend(before);
      return nok;
    },
  };
  return {
    text: Object.fromEntries(MARKS.map((code) => [code, count])),
    // Without one that closes, none opens.
    ...(brackets === 0 && { disable: { null: ["labelStartLink", "labelStartImage"] } }),
  };
}

function unended(paragraph: string): number {
  let letters = 0;
  for (const [begin, end] of UNENDED) {
    const last = paragraph.lastIndexOf(end);
    for (const { index } of paragraph.matchAll(begin)) if (index > last) letters += paragraph.length - index;
  }
  return letters;
}

function tooMuch(): InputError {
  return new InputError({
    severity: "error",
    code: "markdown-too-complex",
    message: "the text has too many lines, headings, points, cells or marks: about 20,000 lines are planned",
    remedy: "Publish it where there is room, and write a summary with a link to it.",
  });
}

function tangled(): InputError {
  return new InputError({
    severity: "error",
    code: "markdown-too-complex",
    message:
      "the text has too many marks that may belong together: * _ [ ] or quotes and lists inside each other",
    remedy: "Divide its longest paragraph, or put text that is not Markdown into a code block.",
  });
}
