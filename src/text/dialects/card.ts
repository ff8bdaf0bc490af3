/**
 * Adaptive Cards: TextBlocks with a subset of Markdown, and elements for what the subset lacks. Code is a RichTextBlock,
 * which reads no Markdown at all.
 */
import type { Paragraph, RootContent, Table } from "mdast";
import type { RenderContext, Rendered } from "../types.ts";
import { apart } from "./commonmark.ts";
import type { Dialect } from "./dialect.ts";
import { address, bracketed, clean, oneLine, ZERO } from "./escape.ts";
import type { Grammar } from "./grammar.ts";
import { ROWS } from "./grammar.ts";
import { dialect, write } from "./line-renderer.ts";

type Element = Record<string, unknown>;

const grammar: Grammar = {
  markup: "card",
  lost: {
    delete: "strikethrough as plain text",
    code: "code as plain text",
    fence: "code in a list as plain text",
    quote: "quote in a list as plain text",
    table: "table in a list as lines",
    image: "image in a text as link",
    task: "task as a box",
    footnote: "footnote as numbered line",
    mention: "mention as name",
  },
  literal: (text, fresh) => {
    const written = text.replace(/[\\*_[\]`~]|&(?=#|\w+;)/g, "\\$&").replace(/<(?=\/?at>)/gi, `<${ZERO}`);
    return fresh
      ? written.replace(/^(?:[-+>#]|\d{1,9}(?=[.)]))/, (at) => (/\d/.test(at) ? `${at}\\` : `\\${at}`))
      : written;
  },
  strong: ["**", "**"],
  emphasis: ["_", "_"],
  gap: (outer, inner) => apart(outer, inner) || (/[\p{L}\p{N}]/u.test(outer) ? ZERO : ""),
  perLine: true,
  link: (url) => ["[", `](${bracketed(url)})`],
  richLabel: true,
  bare: (url, label) => `[${grammar.literal(label, false)}](${bracketed(url)})`,
  tag: (value) => `#${value}`,
  heading: () => "bold",
  quote: "",
  bullets: ["- ", "- "],
  table: ROWS,
  rule: "———",
  break: "\n\n",
};

const words = dialect(grammar);

export const card: Dialect = {
  markup: "card",
  lost: grammar.lost,
  render(tree, context): Rendered {
    const lost = new Set<string>();
    const blocks = elements(tree.children, context, lost);
    const { text, entities } = words.render(tree, context);
    return { text, entities, blocks, lost: [...lost] };
  },
};

/** `lost` is added to: what an element says in its own way is not lost. */
function elements(nodes: readonly RootContent[], context: RenderContext, lost: Set<string>): Element[] {
  const made: Element[] = [];
  let separator = false;
  for (const node of nodes) {
    if (node.type === "thematicBreak") {
      separator = true;
      continue;
    }
    const element = elementOf(node, context, lost);
    if (!element) continue;
    made.push(separator ? { ...element, separator } : element);
    separator = false;
  }
  return made;
}

function elementOf(node: RootContent, context: RenderContext, lost: Set<string>): Element | undefined {
  switch (node.type) {
    case "heading": {
      const size = ["Large", "Medium"][node.depth - 1] ?? "Default";
      const block = textBlock({ type: "paragraph", children: node.children }, context, lost);
      return block && { ...block, size, weight: "Bolder", style: "heading" };
    }
    case "paragraph":
      return picture(node) ?? textBlock(node, context, lost);
    case "blockquote": {
      const items = elements(node.children, context, lost);
      return items.length > 0 ? { type: "Container", style: "emphasis", items } : undefined;
    }
    case "code":
      return {
        type: "RichTextBlock",
        inlines: [{ type: "TextRun", text: clean(node.value), fontType: "Monospace" }],
      };
    case "table":
      return { type: "Container", items: rows(node, context, lost) };
    default:
      return textBlock(node, context, lost);
  }
}

function textBlock(node: RootContent, context: RenderContext, lost: Set<string>): Element | undefined {
  const { text, lost: missed } = write({ type: "root", children: [node] }, grammar, context);
  for (const loss of missed) lost.add(loss);
  // A carriage return is the line end inside a list that every renderer of cards knows.
  return text === ""
    ? undefined
    : { type: "TextBlock", text: node.type === "list" ? text.replace(/\n/g, "\r") : text, wrap: true };
}

function picture({ children }: Paragraph): Element | undefined {
  const [image, ...more] = children;
  if (image?.type !== "image" || more.length > 0) return undefined;
  const url = address(image.url);
  return url && /^https?:/i.test(url) ? { type: "Image", url, altText: oneLine(image.alt ?? "") } : undefined;
}

function rows(table: Table, context: RenderContext, lost: Set<string>): Element[] {
  return table.children.map((row, index) => ({
    type: "ColumnSet",
    columns: row.children.map((cell) => {
      const block = textBlock({ type: "paragraph", children: cell.children }, context, lost);
      return {
        type: "Column",
        width: "stretch",
        items: block ? [index === 0 ? { ...block, weight: "Bolder" } : block] : [],
      };
    }),
  }));
}
