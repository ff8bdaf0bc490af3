/** Our Markdown as Notion's blocks, and blocks as Markdown: https://developers.notion.com/reference/block */
import type { List, ListItem, Node, PhrasingContent, RootContent, Table } from "mdast";
import type { Objection } from "../../adapter.ts";
import { address, clean, oneLine } from "../../text/dialects/escape.ts";
import { parse, textOf } from "../../text/markdown.ts";
import { languageOf } from "./languages.ts";

// "Request limits": https://developers.notion.com/reference/request-limits
const CONTENT = 2_000;
const ADDRESS = 2_000;
const PIECES = 100;
const CHILDREN = 100;
const ELEMENTS = 1_000;
const REQUEST = 500_000;
// Of a request's bytes, for title, properties and the like.
const APART = 40_000;
// A block in a request may have children, and these may have some.
const LEVELS = 2;

export interface RichText {
  type: "text";
  text: { content: string; link?: { url: string } };
  annotations?: Partial<Record<Mark, true>>;
}

type Mark = "bold" | "italic" | "strikethrough" | "code";
type Marks = readonly Mark[];

export interface Block {
  object: "block";
  type: string;
  [body: string]: unknown;
}

interface Body {
  rich_text?: RichText[];
  children?: Block[];
  [detail: string]: unknown;
}

/** `lost` is added to: what blocks cannot say. */
export function blocksIn(markdown: string, lost: Set<string> = new Set()): Block[] {
  return parse(markdown).children.flatMap((node) => blocksOf(node, 0, lost));
}

export function textBlock(words: string): RichText[] {
  return cut([{ type: "text", text: { content: words } }]);
}

export function block(type: string, body: Body): Block {
  return { object: "block", type, [type]: body };
}

export function bodyIn(one: Block): Body {
  return (one[one.type] ?? {}) as Body;
}

function blocksOf(node: RootContent, level: number, lost: Set<string>): Block[] {
  switch (node.type) {
    case "paragraph":
      return paragraph(node.children, lost);
    case "heading": {
      const rich_text = richText(node.children, lost);
      return rich_text.length > 0 ? [block(`heading_${Math.min(node.depth, 3)}`, { rich_text })] : [];
    }
    case "list":
      return node.children.flatMap((item) => itemOf(item, node, level, lost));
    case "blockquote": {
      const [first, ...rest] = node.children;
      return first?.type === "paragraph"
        ? holding("quote", { rich_text: richText(first.children, lost) }, rest, level, lost)
        : holding("quote", { rich_text: [] }, node.children, level, lost);
    }
    case "code":
      return [block("code", { rich_text: textBlock(clean(node.value)), language: languageOf(node.lang) })];
    case "table":
      return tableOf(node, level, lost);
    case "thematicBreak":
      return [block("divider", {})];
    case "footnoteDefinition": {
      const [first, ...rest] = node.children;
      const note: PhrasingContent = { type: "text", value: `[${node.identifier}] ` };
      const words = first?.type === "paragraph" ? first.children : [];
      return [
        ...paragraph([note, ...words], lost),
        ...(words.length > 0 ? rest : node.children).flatMap((child) => blocksOf(child, level, lost)),
      ];
    }
    case "html":
      return paragraph([{ type: "text", value: node.value }], lost);
    case "definition":
    case "yaml":
      return [];
    default:
      return paragraph([{ type: "text", value: textOf(node as Node) }], lost);
  }
}

function paragraph(children: readonly PhrasingContent[], lost: Set<string>): Block[] {
  const [only, ...more] = children;
  if (only?.type === "image" && more.length === 0) {
    const url = address(only.url);
    const caption = textBlock(oneLine(only.alt ?? ""));
    if (url && /^https?:/i.test(url))
      return [block("image", { type: "external", external: { url }, ...(only.alt && { caption }) })];
  }
  const rich_text = richText(children, lost);
  return rich_text.length > 0 ? [block("paragraph", { rich_text })] : [];
}

function itemOf(item: ListItem, list: List, level: number, lost: Set<string>): Block[] {
  const [first, ...rest] = item.children;
  const rich_text = first?.type === "paragraph" ? richText(first.children, lost) : [];
  const inside = first?.type === "paragraph" ? rest : item.children;
  const type =
    typeof item.checked === "boolean" ? "to_do" : list.ordered ? "numbered_list_item" : "bulleted_list_item";
  const checked = typeof item.checked === "boolean" ? { checked: item.checked } : {};
  return holding(type, { rich_text, ...checked }, inside, level, lost);
}

/** What would be too deep follows below instead. */
function holding(
  type: string,
  body: Body,
  inside: readonly RootContent[],
  level: number,
  lost: Set<string>,
): Block[] {
  const isDeepest = level === LEVELS;
  const children = inside.flatMap((child) => blocksOf(child, isDeepest ? level : level + 1, lost));
  if (children.length === 0) return [block(type, body)];
  if (!isDeepest) return [block(type, { ...body, children })];
  lost.add("what is nested more than three levels deep stands on the third");
  return [block(type, body), ...children];
}

function tableOf({ children }: Table, level: number, lost: Set<string>): Block[] {
  const width = Math.max(...children.map((row) => row.children.length));
  const cells = children.map((row) =>
    Array.from({ length: width }, (_, column) => richText(row.children[column]?.children ?? [], lost)),
  );
  if (level < LEVELS) {
    const rows = cells.map((row) => block("table_row", { cells: row }));
    return [block("table", { table_width: width, has_column_header: true, children: rows })];
  }
  lost.add("a table inside a nested list is lines");
  return cells.map((row) => {
    const dot: RichText = { type: "text", text: { content: " · " } };
    return block("paragraph", {
      rich_text: row.flatMap((cell, column) => (column > 0 ? [dot, ...cell] : cell)),
    });
  });
}

function richText(nodes: readonly PhrasingContent[], lost: Set<string>): RichText[] {
  const pieces = joined(nodes.flatMap((node) => piecesOf(node, [], undefined, lost)));
  return pieces.some(({ text }) => text.content.trim() !== "") ? cut(pieces) : [];
}

function piecesOf(
  node: PhrasingContent,
  marks: Marks,
  url: string | undefined,
  lost: Set<string>,
): RichText[] {
  const inside = (children: readonly PhrasingContent[], more: Marks, to = url) =>
    children.flatMap((child) => piecesOf(child, more, to, lost));
  switch (node.type) {
    case "strong":
      return inside(node.children, [...marks, "bold"]);
    case "emphasis":
      return inside(node.children, [...marks, "italic"]);
    case "delete":
      return inside(node.children, [...marks, "strikethrough"]);
    case "inlineCode":
      return piece(clean(node.value), [...marks, "code"], url);
    case "break":
      return piece("\n", marks, url);
    case "link": {
      const to = address(node.url);
      if (to === undefined) lost.add("a link without a web address is text");
      return inside(node.children, marks, url ?? to);
    }
    case "linkReference":
      return inside(node.children, marks);
    case "image": {
      lost.add("a picture inside a paragraph is a link");
      return piece(oneLine(node.alt ?? "") || node.url, marks, url ?? address(node.url));
    }
    case "footnoteReference":
      return piece(`[${node.identifier}]`, marks, url);
    default:
      return piece(oneLine(textOf(node)), marks, url);
  }
}

function piece(content: string, marks: Marks, url: string | undefined): RichText[] {
  if (content === "") return [];
  const annotations = Object.fromEntries(marks.map((mark) => [mark, true as const]));
  return [
    {
      type: "text",
      text: { content, ...(url !== undefined && { link: { url } }) },
      ...(marks.length > 0 && { annotations }),
    },
  ];
}

function joined(pieces: readonly RichText[]): RichText[] {
  const all: RichText[] = [];
  for (const one of pieces) {
    const last = all.at(-1);
    if (last && looksLike(last, one)) last.text.content += one.text.content;
    else all.push({ ...one, text: { ...one.text } });
  }
  return all;
}

function looksLike(one: RichText, two: RichText): boolean {
  const marksOf = ({ annotations = {} }: RichText) => Object.keys(annotations).sort().join();
  return marksOf(one) === marksOf(two) && one.text.link?.url === two.text.link?.url;
}

/** No piece is too long, and no character is cut in two. */
function cut(pieces: readonly RichText[]): RichText[] {
  return pieces.flatMap((one) => {
    const parts: string[] = [];
    let rest = one.text.content;
    while (rest.length > CONTENT) {
      const end = /[\uD800-\uDBFF]/.test(rest[CONTENT - 1] ?? "") ? CONTENT - 1 : CONTENT;
      parts.push(rest.slice(0, end));
      rest = rest.slice(end);
    }
    return [...parts, rest].map((content) => ({ ...one, text: { ...one.text, content } }));
  });
}

/** The blocks that go with one request, request by request; one at least. */
export function requestsOf(blocks: readonly Block[]): Block[][] {
  const requests: Block[][] = [[]];
  let elements = 0;
  let bytes = 0;
  for (const one of blocks) {
    const count = everyBlock([one]).length;
    const size = bytesOf(one);
    const last = requests.at(-1)!;
    const isFull = last.length === CHILDREN || elements + count > ELEMENTS || bytes + size > REQUEST - APART;
    if (isFull && last.length > 0) {
      requests.push([one]);
      [elements, bytes] = [count, size];
    } else {
      last.push(one);
      elements += count;
      bytes += size;
    }
  }
  return requests;
}

function everyBlock(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((one) => [one, ...everyBlock(bodyIn(one).children ?? [])]);
}

function bytesOf(one: Block): number {
  return Buffer.byteLength(JSON.stringify(one)) + 1;
}

/** What Notion would refuse, and what it says otherwise. */
export function objectionsTo(markdown: string): Objection[] {
  const lost = new Set<string>();
  const blocks = blocksIn(markdown, lost);
  const all = everyBlock(blocks);
  const texts = all.flatMap((one) => {
    const { rich_text = [], cells = [] } = bodyIn(one) as Body & { cells?: RichText[][] };
    return [rich_text, ...cells];
  });
  const most = (counts: readonly number[]) => Math.max(0, ...counts);
  const pieces = most(texts.map((text) => text.length));
  const children = most(all.map((one) => bodyIn(one).children?.length ?? 0));
  const addresses = most(texts.flat().map(({ text }) => text.link?.url.length ?? 0));
  const size = most(blocks.map(bytesOf));
  const much = (isTooMuch: boolean, message: string, remedy: string): Objection[] =>
    isTooMuch ? [{ message, remedy }] : [];
  return [
    ...much(
      pieces > PIECES,
      `a paragraph changes its look ${pieces} times or is very long; Notion takes ${PIECES} pieces`,
      "Split the paragraph.",
    ),
    ...much(
      children > CHILDREN,
      `a table or a nested list has ${children} rows; Notion takes ${CHILDREN}`,
      "Split it.",
    ),
    ...much(
      addresses > ADDRESS,
      `an address has ${addresses.toLocaleString("en")} characters; Notion takes ${ADDRESS.toLocaleString("en")}`,
      "Write a shorter one.",
    ),
    ...much(
      size > REQUEST - APART,
      `a list, table or code block has ${size.toLocaleString("en")} bytes as a block; Notion takes ${REQUEST.toLocaleString("en")} a request`,
      "Split it.",
    ),
    ...[...lost].map((message): Objection => ({ severity: "warning", message })),
  ];
}
