/** Misskey's MFM. Tags are used for emphasis, as they work next to any character; `<plain>` holds what is literal. */

import { bracketed, hush, ZERO } from "./escape.ts";
import type { Grammar } from "./grammar.ts";
import { ROWS } from "./grammar.ts";
import { dialect } from "./line-renderer.ts";
import { ticked, tripled } from "./marks.ts";

// Whatever could be read as a function, mark, tag, link, formula, emoji code or search box.
const ALIVE = /[*`~<>$[\]\\]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:[\w+-]+:|(?:search|検索)\s*$/iu;

const grammar: Grammar = {
  markup: "mfm",
  lost: {
    heading: "heading as bold",
    list: "list as lines with bullets or numbers",
    nested: "list as lines with bullets or numbers",
    task: "task as a box",
    table: "table as lines",
    image: "image as link",
    footnote: "footnote as numbered line",
    rule: "rule as a line of dashes",
  },
  literal: (text) => {
    const quiet = hush(text);
    return ALIVE.test(text) ? `<plain>${quiet.replaceAll("</plain>", `<${ZERO}/plain>`)}</plain>` : quiet;
  },
  strong: ["<b>", "</b>"],
  emphasis: ["<i>", "</i>"],
  delete: ["<s>", "</s>"],
  code: (value) => (value.includes("´") ? undefined : ticked(value)),
  link: (url, label) =>
    /[[\]<]/.test(label) || /^mailto:/i.test(url) ? undefined : ["[", `](${bracketed(url)})`],
  bare: (url, label) => (/^mailto:/i.test(url) ? label : `<${url}>`),
  mention: ({ handle }) => `@${handle}`,
  tag: (value) => `#${value}`,
  heading: () => "bold",
  fence: tripled,
  quote: "> ",
  nestedQuote: "> ",
  bullets: ["• ", "◦ "],
  table: ROWS,
  rule: "———",
};

export const mfm = dialect(grammar);
