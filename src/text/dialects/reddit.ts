/** Reddit's Markdown: tables and nested quotes, superscript, spoilers, and `u/name` that calls a person. */
import { commonmark, escapeMarkdown } from "./commonmark.ts";
import { ZERO } from "./escape.ts";
import type { Grammar } from "./grammar.ts";
import { dialect } from "./line-renderer.ts";

const grammar: Grammar = {
  ...commonmark,
  markup: "reddit",
  lost: { image: "image as link", task: "task as a box", footnote: "footnote as numbered line" },
  literal: (text, fresh) =>
    escapeMarkdown(text, fresh)
      .replace(/(?<![\p{L}\p{N}_])[ur]\/(?=[A-Za-z0-9_-]|$)/giu, `$&${ZERO}`)
      .replace(/(?<!\\)>(?=!)/g, "\\>"),
  image: undefined,
  mention: ({ handle }) => `u/${handle.replace(/^\/?u\//, "")}`,
  tasks: false,
};

export const reddit = dialect(grammar);
