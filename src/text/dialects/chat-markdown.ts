/** Discord's Markdown: backslashes, three levels of headings, no tables. */
import { apart, commonmark, escapeMarkdown } from "./commonmark.ts";
import { bracketed, ZERO } from "./escape.ts";
import type { Grammar } from "./grammar.ts";
import { ROWS } from "./grammar.ts";
import { dialect } from "./line-renderer.ts";
import { tripled } from "./marks.ts";

const grammar: Grammar = {
  ...commonmark,
  markup: "chat-markdown",
  lost: {
    task: "task as a box",
    table: "table as lines",
    image: "image as link",
    footnote: "footnote as numbered line",
    rule: "rule as a line of dashes",
  },
  literal: (text, fresh) => mute(escapeMarkdown(text, fresh)),
  gap: apart,
  perLine: true,
  code: (value) => {
    if (!value.includes("`")) return mute(`\`${value}\``);
    return value.includes("``") ? undefined : mute(`\`\` ${value} \`\``);
  },
  link: (url) => (/^mailto:/i.test(url) ? undefined : ["[", `](${bracketed(url)})`]),
  bare: (url, label) => (/^mailto:/i.test(url) ? mute(escapeMarkdown(label, false)) : url),
  linked,
  image: undefined,
  mention: ({ id }) => (id && /^[!&]?\d+$/.test(id) ? `<@${id}>` : undefined),
  heading: (depth) => (depth <= 3 ? [`${"#".repeat(depth)} `, ""] : "bold"),
  fence: (value, lang) => mute(tripled(value, lang)),
  nestedQuote: "» ",
  tasks: false,
  table: ROWS,
  rule: "———",
  break: "\n",
};

export const chatMarkdown = dialect(grammar);

// Everything up to white space, without some signs at its end and a parenthesis that it has not opened.
function linked(text: string): number {
  let end = text.match(/^https?:\/\/[^\s<]+[^<.,:;"'\]\s]/i)?.[0].length ?? 0;
  let open = 0;
  for (const sign of text.slice(0, end)) open += sign === "(" ? 1 : sign === ")" ? -1 : 0;
  for (; open < 0 && text[end - 1] === ")"; open++) end--;
  return end;
}

// What pings is read before the markup is: also in code, also behind a backslash.
function mute(text: string): string {
  return text
    .replace(/@(?=everyone|here)|<(?=[@#]|t:|id:|a?:\w)/g, `$&${ZERO}`)
    .replace(/(?<=<\u200B?)[@#](?=[!&\d])/g, `$&${ZERO}`);
}
