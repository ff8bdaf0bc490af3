/** Zulip: Markdown without backslash escapes (zulip/zulip#18202); stars inside a word are emphasis too. */
import { apart, commonmark } from "./commonmark.ts";
import { bracketed } from "./escape.ts";
import type { Grammar } from "./grammar.ts";
import { dialect } from "./line-renderer.ts";
import { alike, ticked } from "./marks.ts";

const grammar: Grammar = {
  ...commonmark,
  markup: "zulip",
  lost: {
    sign: "literal * ` | as characters that look alike",
    image: "image as link",
    task: "task as a box",
    footnote: "footnote as numbered line",
  },
  lookalikes: true,
  literal: (text, fresh) => alike(text, /[*`]|~(?=~)/g, fresh).replaceAll("|", "∣"),
  gap: apart,
  code: (value, inTable) => (inTable && value.includes("|") ? undefined : ticked(value)),
  link: (url, label) => (/[[\]]/.test(label) ? undefined : ["[", `](${bracketed(url)})`]),
  richLabel: false,
  bare: (url, label) => (/^mailto:/i.test(url) ? label : `<${url}>`),
  image: undefined,
  mention: ({ handle, id }) =>
    id && /^\d+$/.test(id) ? `@**${person(handle)}|${id}**` : `@**${person(handle)}**`,
  fullNames: true,
  tag: (value) => `#${value}`,
  tasks: false,
  break: "\n",
};

export const zulip = dialect(grammar);

function person(handle: string): string {
  return handle.replace(/[*|`]/g, "");
}
