/** MediaWiki: what could be a sign becomes a character reference, which shows the same. */
import type { Grammar } from "./grammar.ts";
import { dialect } from "./line-renderer.ts";

const SIGNS = /[&<>[\]{}|'~=]|__|(?<=\b(?:RFC|PMID|ISBN)) (?=\d)|:(?=\/\/)/g;

const grammar: Grammar = {
  markup: "wikitext",
  lost: {
    task: "task as a box",
    image: "image as link",
    footnote: "footnote as numbered line",
    mention: "mention as name",
  },
  literal: (text, fresh) => {
    const written = references(text);
    return fresh ? written.replace(/^[*#:; !-]/, reference) : written;
  },
  strong: ["'''", "'''"],
  emphasis: ["''", "''"],
  delete: ["<s>", "</s>"],
  // An apostrophe of the text next to a mark is a reference already; two marks must not run together.
  gap: (outer) => (outer === "'" ? "<nowiki/>" : ""),
  perLine: true,
  code: (value) => `<code>${references(value)}</code>`,
  link: (url) => [`[${url.replace(/[[\]']/g, encoded)} `, "]"],
  bare: (url, label) => {
    const target = url.replace(/[[\]']/g, encoded);
    // A tag ends the address; scripts without spaces would go on with it.
    return label === url ? `${target}<nowiki/>` : `[${target} ${references(label)}]`;
  },
  richLabel: true,
  mention: ({ handle }) => (/[[\]{}|<>#]/.test(handle) ? undefined : `[[User:${handle}|${handle}]]`),
  tag: (value) => `&#35;${value}`,
  heading: (depth) => [`${"=".repeat(Math.max(depth, 2))} `, ` ${"=".repeat(Math.max(depth, 2))}`],
  fence: (value, lang) =>
    lang && !/<\/syntaxhighlight/i.test(value)
      ? `<syntaxhighlight lang="${lang}">\n${value}\n</syntaxhighlight>`
      : `<pre>\n${references(value)}\n</pre>`,
  quote: ["<blockquote>\n", "\n</blockquote>"],
  bullets: ["*", "*"],
  repeated: true,
  table: {
    open: '{| class="wikitable"',
    head: ["! ", " !! ", ""],
    row: ["| ", " || ", ""],
    between: "|-",
    close: "|}",
  },
  rule: "----",
  break: "<br>\n",
};

export const wikitext = dialect(grammar);

/** Any text of one line so that it stays literal, also as a heading or inside a file's description. */
export function references(text: string): string {
  return text.replace(SIGNS, (signs) => [...signs].map(reference).join(""));
}

function reference(char: string): string {
  return `&#${char.codePointAt(0)};`;
}

function encoded(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
