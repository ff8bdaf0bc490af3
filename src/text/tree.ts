/** The tree that all of `text/` works on: mdast, and two nodes of our own for what networks do with names and topics. */
import type { Literal, Node, Root } from "mdast";

/** `@acme` in running text; never in code, links, URLs or mail addresses. */
export interface Mention extends Node {
  type: "mention";
  /** What the `people` map is asked for: `acme`. */
  name: string;
  /** As written: `@acme`. */
  value: string;
}

/** `#OpenSource` in running text. */
export interface Tag extends Literal {
  type: "tag";
  /** Without the `#`. */
  value: string;
}

declare module "mdast" {
  interface PhrasingContentMap {
    mention: Mention;
    tag: Tag;
  }
  interface RootContentMap {
    mention: Mention;
    tag: Tag;
  }
}

export type Tree = Root;

/** A node as a walker meets it: a parent, a literal, or neither. */
export interface AnyNode {
  type: string;
  children?: AnyNode[];
  value?: string;
  alt?: string | null;
}

/** The words of a node, without any markup. Iterative: a hostile text nests as deep as it is long. */
export function textOf(node: Node, ofLink?: (link: Node) => string): string {
  const words: string[] = [];
  const waiting: AnyNode[] = [node as AnyNode];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (ofLink && next.type === "link") words.push(ofLink(next as Node));
    else if (next.children)
      for (let at = next.children.length - 1; at >= 0; at--) waiting.push(next.children[at]!);
    else if (next.type === "tag") words.push(`#${next.value}`);
    else if (next.type === "break") words.push("\n");
    else words.push(next.value ?? next.alt ?? "");
  }
  return words.join("");
}

/**
 * A hashtag from what an author writes in `tags:`: `open source` and `#open-source` become `OpenSource`, `iOS` stays.
 * Undefined when no network would take it for one: it needs a letter.
 */
export function tag(words: string): Tag | undefined {
  const parts = words.normalize("NFC").match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];
  const value = parts.length < 2 ? parts.join("") : parts.map(capital).join("");
  return /\p{L}/u.test(value) ? { type: "tag", value } : undefined;
}

/** What stands in the text as it is though its author may not know: pieces of HTML, and stars that mark nothing. */
export interface Unread {
  html: string[];
  stars: string[];
}

export function unreadIn(tree: Tree): Unread {
  const found: Unread = { html: [], stars: [] };
  const waiting: (AnyNode & { data?: { html?: string; stars?: string } })[] = [tree as AnyNode];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next.data?.html !== undefined) found.html.push(next.data.html);
    if (next.data?.stars !== undefined) found.stars.push(next.data.stars);
    for (const child of next.children?.toReversed() ?? []) waiting.push(child);
  }
  return found;
}

/** Every hashtag that is in the text already, lower case: what need not be added again. */
export function tagsOf(tree: Tree): Set<string> {
  const tags = new Set<string>();
  const waiting: AnyNode[] = [tree as AnyNode];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next.type === "tag") tags.add(next.value!.toLowerCase());
    for (const child of next.children ?? []) waiting.push(child);
  }
  return tags;
}

function capital(word: string): string {
  const [first = "", ...rest] = word;
  return first.toUpperCase() + rest.join("");
}
