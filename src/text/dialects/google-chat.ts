/** Google Chat's own syntax (`MARKUP_SYNTAX_CHAT`). Nothing can be escaped, so signs are broken up. */

import { ZERO } from "./escape.ts";
import type { Grammar } from "./grammar.ts";
import { ROWS } from "./grammar.ts";
import { dialect } from "./line-renderer.ts";
import { broken, edged, ticked, tripled } from "./marks.ts";

const grammar: Grammar = {
  markup: "google-chat",
  lost: {
    heading: "heading as bold",
    nested: "nested list as indented lines",
    task: "task as a box",
    quote: "quote as lines with >",
    table: "table as lines",
    image: "image as link",
    link: "link text followed by its address",
    footnote: "footnote as numbered line",
    rule: "rule as a line of dashes",
  },
  literal: (text, fresh) => {
    const written = broken(text).replaceAll("<", `<${ZERO}`);
    return fresh && /^[-+>]/.test(written) ? ZERO + written : written;
  },
  strong: ["*", "*"],
  emphasis: ["_", "_"],
  delete: ["~", "~"],
  gap: edged,
  perLine: true,
  code: (value) => ticked(uncalled(value)),
  // A label that holds what ends it is written in front of its address.
  link: (url, label) => (/[<>|]/.test(label) || /^mailto:/i.test(url) ? undefined : [`<${url}|`, ">"]),
  mention: ({ id }) => {
    const user = id?.replace(/^users\//, "");
    return user && /^[\w.-]+$/.test(user) && user !== "all" ? `<users/${user}>` : undefined;
  },
  tag: (value) => `#${value}`,
  heading: () => "bold",
  fence: (value) => tripled(uncalled(value)),
  quote: "> ",
  nestedQuote: "» ",
  bullets: ["* ", "• "],
  table: ROWS,
  rule: "———",
};

export const googleChat = dialect(grammar);

// Whether a call in code is one is not written down anywhere.
function uncalled(code: string): string {
  return code.replace(/<(?=users\/)/g, `<${ZERO}`);
}
