/** What a dialect is: one markup language, as data and one function. */

import type { Tree } from "../tree.ts";
import type { Markup, RenderContext, Rendered } from "../types.ts";

/** What an author can write and a markup may be unable to say. */
export type Construct =
  | "heading"
  | "strong"
  | "emphasis"
  | "delete"
  | "code"
  | "fence"
  | "list"
  | "nested"
  | "task"
  | "quote"
  | "table"
  | "image"
  | "link"
  | "footnote"
  | "rule"
  | "mention"
  | "tag"
  | "address"
  | "picture"
  | "label"
  | "sign";

/** How each construct that a markup lacks is said instead, in words a person understands. */
export type Lost = Partial<Record<Construct, string>>;

/** No markup makes a link or a picture of `javascript:`, `data:` or a relative path. */
const EVERYWHERE: Lost = {
  address: "link without a web address as text",
  picture: "image without a web address as its description",
  label: "bold and the like inside a link as plain text",
};

/** What was met and could not be said, in words, each once. */
export function losses(lost: Lost, met: Iterable<Construct>): string[] {
  return [...new Set([...met].flatMap((construct) => lost[construct] ?? EVERYWHERE[construct] ?? []))];
}

export interface Dialect {
  markup: Markup;
  lost: Lost;
  /** Works on any piece of a tree. Linear in its size. Never throws. */
  render(tree: Tree, context: RenderContext): Rendered;
}
