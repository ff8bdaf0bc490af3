/** Slack's mrkdwn: three characters are escaped, marks are broken up. */

import { escapeText } from "../html-escape.ts";
import { ZERO } from "./escape.ts";
import type { Grammar } from "./grammar.ts";
import { ROWS } from "./grammar.ts";
import { dialect } from "./line-renderer.ts";
import { broken, edged, ticked, tripled } from "./marks.ts";

const grammar: Grammar = {
  markup: "mrkdwn",
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
  literal: (text, fresh) => (fresh && text.startsWith(">") ? ZERO : "") + escapeText(broken(text)),
  strong: ["*", "*"],
  emphasis: ["_", "_"],
  delete: ["~", "~"],
  gap: edged,
  perLine: true,
  code: (value) => (value.includes("`") ? undefined : escapeText(ticked(value) ?? value)),
  link: (url) => [`<${target(url)}|`, ">"],
  bare: (url, label) =>
    /^mailto:/i.test(url) ? `<${target(url)}|${escapeText(label)}>` : `<${target(url)}>`,
  mention: ({ id }) => {
    if (!id || !/^[A-Z0-9]+$/.test(id)) return undefined;
    return id.startsWith("S") ? `<!subteam^${id}>` : id.startsWith("C") ? `<#${id}>` : `<@${id}>`;
  },
  tag: (value) => `#${value}`,
  heading: () => "bold",
  fence: (value) => escapeText(tripled(value)),
  quote: "> ",
  nestedQuote: "» ",
  bullets: ["• ", "◦ "],
  table: ROWS,
  rule: "———",
};

export const mrkdwn = dialect(grammar);

function target(url: string): string {
  return escapeText(url).replaceAll("|", "%7C");
}
