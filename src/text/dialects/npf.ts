/**
 * Tumblr's NPF: text blocks, and ranges in code points for what is inside them (github.com/tumblr/docs, npf-spec).
 * Text and ranges are apart, so nothing needs escaping. The plain form is the text.
 */
import type { List, RootContent } from "mdast";
import type { Tree } from "../tree.ts";
import type { RenderContext, Rendered } from "../types.ts";
import type { Dialect } from "./dialect.ts";
import { clean } from "./escape.ts";
import type { Grammar } from "./grammar.ts";
import { counted, write } from "./line-renderer.ts";
import { plain, plainGrammar } from "./plain.ts";

interface Block {
  type: "text";
  subtype?: string;
  text: string;
  indent_level?: number;
  formatting?: { start: number; end: number; type: string; [detail: string]: unknown }[];
}

const {
  strong: _s,
  emphasis: _e,
  delete: _d,
  heading: _h,
  quote: _q,
  fence: _f,
  link: _l,
  sign: _,
  ...lost
} = plainGrammar.lost;

const grammar: Grammar = {
  ...plainGrammar,
  markup: "npf",
  lost: { ...lost, task: "task as a box" },
  literal: (text) => text,
  strong: { kind: "bold" },
  emphasis: { kind: "italic" },
  delete: { kind: "strikethrough" },
  link: (url) => ({ kind: "link", url }),
  mention: ({ handle }) => `@${handle}`,
};

// The deepest level that the format has.
const LEVELS = 7;

export const npf: Dialect = {
  markup: "npf",
  lost: grammar.lost,
  render(tree, context): Rendered {
    const losses = new Set<string>();
    const blocks = tree.children.flatMap((node) => blocksOf(node, context, losses, 0));
    const { text, entities } = plain.render(tree, context);
    return { text, entities, blocks, lost: [...losses] };
  },
};

function blocksOf(node: RootContent, context: RenderContext, losses: Set<string>, level: number): Block[] {
  const indent = level > 0 ? { indent_level: Math.min(level, LEVELS) } : {};
  const block = (children: RootContent[], subtype?: string): Block[] => {
    const made = textBlock({ type: "root", children }, context, losses);
    return made.text === "" ? [] : [{ type: "text", ...(subtype ? { subtype } : {}), ...made, ...indent }];
  };
  switch (node.type) {
    case "heading":
      return block(
        [{ type: "paragraph", children: node.children }],
        node.depth === 1 ? "heading1" : "heading2",
      );
    case "blockquote":
      return node.children.flatMap((child) =>
        child.type === "paragraph" ? block([child], "indented") : blocksOf(child, context, losses, level + 1),
      );
    case "list":
      return itemsOf(node, context, losses, level);
    case "code":
      return clean(node.value) === ""
        ? []
        : [{ type: "text", subtype: "chat", text: clean(node.value), ...indent }];
    case "definition":
    case "yaml":
      return [];
    default:
      return block([node]);
  }
}

function itemsOf(list: List, context: RenderContext, losses: Set<string>, level: number): Block[] {
  const subtype = list.ordered ? "ordered-list-item" : "unordered-list-item";
  const indent = level > 0 ? { indent_level: Math.min(level, LEVELS) } : {};
  return list.children.flatMap((item) => {
    const [first, ...rest] = item.children;
    const own = first && first.type !== "list" ? [first] : [];
    const more = own.length > 0 ? rest : item.children;
    const made = textBlock({ type: "root", children: own }, context, losses);
    const box = typeof item.checked !== "boolean" ? "" : item.checked ? "☑ " : "☐ ";
    if (box) losses.add("task as a box");
    const formatting = made.formatting?.map((range) => ({
      ...range,
      start: range.start + box.length,
      end: range.end + box.length,
    }));
    const text = box + made.text;
    const here: Block[] =
      text === "" ? [] : [{ type: "text", subtype, text, ...(formatting ? { formatting } : {}), ...indent }];
    return [...here, ...more.flatMap((child) => blocksOf(child, context, losses, level + 1))];
  });
}

function textBlock(
  tree: Tree,
  context: RenderContext,
  losses: Set<string>,
): Pick<Block, "text" | "formatting"> {
  const { text, spans, meanings, lost: missed } = write(tree, grammar, context);
  for (const loss of missed) losses.add(loss);
  const points = counted(text, [...spans, ...meanings], "codepoint");
  const formatting: NonNullable<Block["formatting"]> = spans
    .map(({ what: { kind, ...detail }, from, to }) => ({
      start: points(from),
      end: points(to),
      type: kind,
      ...detail,
    }))
    .filter(({ start, end }) => end > start);
  const links = new Set(formatting.filter(({ type }) => type === "link").map(({ start }) => start));
  // A bare address and a person are no spans of the author's; their places are known as entities.
  for (const { what, from, to } of meanings) {
    const range = { start: points(from), end: points(to) };
    if (what.kind === "link" && !links.has(range.start))
      formatting.push({ ...range, type: "link", url: what.url });
    if (what.kind === "mention" && what.id)
      formatting.push({ ...range, type: "mention", blog: { uuid: what.id } });
  }
  formatting.sort((a, b) => a.start - b.start || b.end - a.end);
  return formatting.length > 0 ? { text, formatting } : { text };
}
