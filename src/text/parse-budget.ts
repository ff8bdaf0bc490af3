/**
 * A limit to what reading Markdown may cost. The parser compares every mark in a paragraph with those before it, so ten
 * times the marks take a hundred times the time: 60 KB of `*a_` keep it busy for half a minute. The comparisons are
 * counted while it works, and it is stopped early; a text that people write needs a thousandth of what is allowed.
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

// What each of these costs alone, in comparisons.
const DEFINITION_COST = 1_000;
const BRACKET_COST = 150;

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

export const newBudget = (): Budget => ({ left: MOST });

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
  spend((text.match(UNDERLINE)?.length ?? 0) ** 2 / 2);
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

function tangled(): InputError {
  return new InputError({
    severity: "error",
    code: "markdown-too-complex",
    message:
      "the text has too many marks that may belong together: * _ [ ] or quotes and lists inside each other",
    remedy: "Divide its longest paragraph, or put text that is not Markdown into a code block.",
  });
}
