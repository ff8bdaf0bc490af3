/** Rocket.Chat: single marks that work anywhere and cannot be escaped; headings hold no emphasis. */

import { bracketed, ZERO } from "./escape.ts";
import type { Grammar } from "./grammar.ts";
import { ROWS } from "./grammar.ts";
import { dialect } from "./line-renderer.ts";
import { alike, edged, ticked, tripled } from "./marks.ts";

const SIGNS = /[*~`]|(?<![A-Za-z0-9])_/g;

const grammar: Grammar = {
  markup: "rocketchat",
  lost: {
    sign: "literal * _ ~ ` as characters that look alike",
    nested: "nested list as indented lines",
    task: "task as a box",
    table: "table as lines",
    image: "image as link",
    footnote: "footnote as numbered line",
    rule: "rule as a line of dashes",
  },
  lookalikes: true,
  // A mark may come next, and `@_` would be a name.
  literal: (text, fresh) => alike(text, SIGNS, fresh).replace(/@$/, `@${ZERO}`),
  strong: ["*", "*"],
  emphasis: ["_", "_"],
  delete: ["~", "~"],
  gap: edged,
  perLine: true,
  code: ticked,
  link: (url, label) => (/[[\]]/.test(label) ? undefined : ["[", `](${bracketed(url)})`]),
  mention: ({ handle }) => `@${handle}`,
  tag: (value) => `#${value}`,
  plainHeadings: true,
  heading: (depth) => [`${"#".repeat(Math.min(depth, 4))} `, ""],
  fence: tripled,
  quote: "> ",
  nestedQuote: "» ",
  bullets: ["- ", "• "],
  table: ROWS,
  rule: "———",
};

export const rocketchat = dialect(grammar);
