/** No markup at all: short posts. Networks make their own links, mentions and hashtags of it. */

import { findLinks } from "../links.ts";
import { hush, silent } from "./escape.ts";
import type { Grammar } from "./grammar.ts";
import { ROWS } from "./grammar.ts";
import { dialect } from "./line-renderer.ts";

export const plainGrammar: Grammar = {
  markup: "plain",
  lost: {
    heading: "heading as a line",
    strong: "bold as plain text",
    emphasis: "italics as plain text",
    delete: "strikethrough as plain text",
    code: "code as plain text",
    fence: "code as plain text",
    sign: "@ in code with an invisible character behind it",
    quote: "quote as lines with >",
    table: "table as lines",
    image: "image as link",
    link: "link text followed by its address",
    footnote: "footnote as numbered line",
    rule: "rule as a line of dashes",
  },
  literal: hush,
  link: "address",
  // The wider of the two readings that networks have.
  linked: (text) => findLinks(text, "scheme")[0]?.end ?? 0,
  mention: ({ handle }) => `@${handle}`,
  tag: (value) => `#${value}`,
  heading: () => "line",
  quote: "> ",
  bullets: ["• ", "• "],
  table: ROWS,
  rule: "———",
};

export const plain = dialect({ ...plainGrammar, verbatim: silent });
