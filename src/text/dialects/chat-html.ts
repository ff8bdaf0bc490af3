/**
 * Telegram's HTML mode. Its server knows these tags only, `blockquote` does not nest, and line ends
 * are line ends. The plain form is what counts against the limit: the text after the tags are read.
 */
import { escapeHtml, untagged } from "../html-escape.ts";
import { findLinks } from "../links.ts";
import type { Dialect } from "./dialect.ts";
import { hush, ZERO } from "./escape.ts";
import type { Grammar } from "./grammar.ts";
import { ROWS } from "./grammar.ts";
import { dialect } from "./line-renderer.ts";

const grammar: Grammar = {
  markup: "chat-html",
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
  literal: (text) => escapeHtml(unlinked(hush(text))),
  strong: ["<b>", "</b>"],
  emphasis: ["<i>", "</i>"],
  delete: ["<s>", "</s>"],
  code: (value) => `<code>${escapeHtml(value)}</code>`,
  link: (url) => (/^mailto:/i.test(url) ? undefined : [`<a href="${escapeHtml(url)}">`, "</a>"]),
  // Bot API, "Formatting options": bold and the like may be part of any entity, code of none.
  richLabel: true,
  labelCode: false,
  bare: (url, label) =>
    /^mailto:/i.test(url) ? escapeHtml(label) : `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`,
  mention: ({ handle, id }, name) => {
    if (/^\w{4,32}$/.test(handle)) return `@${handle}`;
    if (!id || !/^\d+$/.test(id)) return undefined;
    return `<a href="tg://user?id=${id}">${escapeHtml(handle || name)}</a>`;
  },
  fullNames: true,
  tag: (value) => `#${value}`,
  heading: () => "bold",
  fence: (value, lang) =>
    lang
      ? `<pre><code class="language-${lang}">${escapeHtml(value)}</code></pre>`
      : `<pre>${escapeHtml(value)}</pre>`,
  quote: ["<blockquote>", "</blockquote>"],
  nestedQuote: "» ",
  bullets: ["• ", "◦ "],
  table: ROWS,
  rule: "———",
};

// Endings of files that are top-level domains as well.
const FILES = /\.(?:ai|am|cc|in|la|md|mk|ml|mov|ms|pl|pm|ps|py|rs|sh|so|st|tf|zip)$/;

/** `README.md` and `ASP.NET` are no hosts. One in small letters, of another ending, is left to be the link that it looks like. */
function unlinked(text: string): string {
  if (!text.includes(".")) return text;
  let written = "";
  let at = 0;
  for (const { start, end } of findLinks(text, "bare")) {
    const host = text.slice(start, end);
    if (/^https?:/i.test(host) || (host === host.toLowerCase() && !FILES.test(host))) continue;
    written += text.slice(at, start) + host.replaceAll(".", `${ZERO}.`);
    at = end;
  }
  return written + text.slice(at);
}

const tags = dialect(grammar);

// All that looks like a tag is one, as the text's own signs are escaped.
export const chatHtml: Dialect = {
  ...tags,
  render(tree, context) {
    const rendered = tags.render(tree, context);
    return { ...rendered, plain: untagged(rendered.text) };
  },
};
