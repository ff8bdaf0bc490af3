/** What the descendants of CommonMark share. */

import { bracketed, hush, ZERO } from "./escape.ts";
import type { Grammar } from "./grammar.ts";
import type { Gap } from "./writer.ts";

// Everything that starts or ends a construct inside a line. Underscores inside a word do not.
const SPECIAL =
  /[\\`*~[\]<|^]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|&(?=#|[A-Za-z][A-Za-z0-9]{1,31};)|#(?![\p{L}\p{N}_])/gu;
const LINE_START = /^(?:[-+=>:]|\d{1,9}(?=[.)]))/;

/** Literal text in Markdown with backslashes; no pings, no topics. */
export function escapeMarkdown(text: string, fresh: boolean): string {
  const written = hush(text.replace(SPECIAL, "\\$&"));
  if (!fresh) return written;
  return written.replace(LINE_START, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
}

const SPACE_OR_SIGN = /[\s\p{P}\p{S}]/u;

/**
 * CommonMark's rule of flanking: a run of stars that touches a letter outside must not touch punctuation inside, which
 * is what 中文**「強調」**中文 does. A character reference ends in punctuation and shows nothing.
 */
export const flanking: Gap = (outer, inner) => {
  if (outer === "*" || outer === "~" || (outer === "!" && inner === "[")) return "&#8203;";
  if (outer === "" || SPACE_OR_SIGN.test(outer)) return "";
  return /[\p{P}\p{S}\uD800-\uDFFF]/u.test(inner) ? "&#8203;" : "";
};

/** Where stars pair by pattern and not by rule: a run of the same sign is all that must not grow. */
export const apart: Gap = (outer, inner) =>
  /[*_~]/.test(outer) || (outer === "!" && inner === "[") ? ZERO : "";

/** Code in as many backticks as it takes. In a table the pipe is escaped even here. */
export function codeSpan(value: string, inTable: boolean): string {
  const ticks = "`".repeat(longest(value, "`") + 1);
  const pad = /^`|`$|^ .*\S.* $/.test(value) ? " " : "";
  const code = `${ticks}${pad}${value}${pad}${ticks}`;
  return inTable ? code.replaceAll("|", "\\|") : code;
}

export function fenced(value: string, lang: string): string {
  const fence = "`".repeat(Math.max(3, longest(value, "`") + 1));
  return `${fence}${lang}\n${value}\n${fence}`;
}

function longest(text: string, char: string): number {
  let most = 0;
  let run = 0;
  for (const at of text) {
    run = at === char ? run + 1 : 0;
    most = Math.max(most, run);
  }
  return most;
}

/** An address that stands for itself: in angle brackets nothing behind it can join it. */
export function angled(url: string, label: string): string {
  if (/^mailto:/i.test(url)) return `<${url.slice(7)}>`;
  return label === url || /^https?:\/\//i.test(label)
    ? `<${url}>`
    : `[${escapeMarkdown(label, false)}](${destination(url)})`;
}

// Character references are read even here.
function destination(url: string): string {
  return bracketed(url).replace(/&(?=#|[A-Za-z][A-Za-z0-9]{1,31};)/g, "&amp;");
}

export const commonmark: Omit<Grammar, "markup" | "lost"> = {
  literal: escapeMarkdown,
  strong: ["**", "**"],
  emphasis: ["*", "*"],
  delete: ["~~", "~~"],
  gap: flanking,
  code: codeSpan,
  link: (url) => ["[", `](${destination(url)})`],
  richLabel: true,
  bare: angled,
  image: (url, alt) => `![${escapeMarkdown(alt, false)}](${destination(url)})`,
  mention: ({ handle }) => `@${handle}`,
  tag: (value) => `#${value}`,
  heading: (depth) => [`${"#".repeat(depth)} `, ""],
  fence: fenced,
  quote: "> ",
  bullets: ["- ", "- "],
  nativeLists: true,
  tasks: true,
  table: { head: ["| ", " | ", " |"], row: ["| ", " | ", " |"], below: "align" },
  rule: "***",
  break: "  \n",
};
