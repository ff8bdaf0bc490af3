/**
 * Blocks as they may be sent and as they are told: https://developers.notion.com/reference/block, /rich-text, /request-limits,
 * and the request types of Notion's own SDK. Read 2026-11-27.
 */
import { anchor, escapeHtml } from "../../html.ts";
import { invalid, minute } from "./said.ts";

export interface Stored {
  id: string;
  type: string;
  body: Record<string, unknown>;
  children: Stored[];
}

type Given = Record<string, unknown>;

const CHILDREN = 100;
const ELEMENTS = 1_000;
const PIECES = 100;
const CONTENT = 2_000;
const LEVELS = 2;
const COLOURS = new Set([
  "default",
  "gray",
  "brown",
  "orange",
  "yellow",
  "green",
  "blue",
  "purple",
  "pink",
  "red",
]);
const MARKS = new Set(["bold", "italic", "strikethrough", "underline", "code"]);
const LANGUAGES = new Set(
  (
    "abap|abc|agda|arduino|ascii art|assembly|bash|basic|bnf|c|c#|c++|clojure|coffeescript|coq|css|dart|dhall|diff|docker|ebnf|" +
    "elixir|elm|erlang|f#|flow|fortran|gherkin|glsl|go|graphql|groovy|haskell|hcl|html|idris|java|javascript|json|julia|kotlin|" +
    "latex|less|lisp|livescript|llvm ir|lua|makefile|markdown|markup|matlab|mathematica|mermaid|nix|notion formula|objective-c|" +
    "ocaml|pascal|perl|php|plain text|powershell|prolog|protobuf|purescript|python|r|racket|reason|ruby|rust|sass|scala|scheme|" +
    "scss|shell|smalltalk|solidity|sql|swift|toml|typescript|vb.net|verilog|vhdl|visual basic|webassembly|xml|yaml|java/c/c++/c#"
  ).split("|"),
);

const WORDED = ["rich_text", "color", "children"];
const FILES = ["external", "file_upload", "type", "caption"];
/** What each kind may have. */
const KINDS: Record<string, readonly string[]> = {
  paragraph: WORDED,
  heading_1: [...WORDED, "is_toggleable"],
  heading_2: [...WORDED, "is_toggleable"],
  heading_3: [...WORDED, "is_toggleable"],
  bulleted_list_item: WORDED,
  numbered_list_item: WORDED,
  to_do: [...WORDED, "checked"],
  quote: WORDED,
  code: ["rich_text", "language", "caption"],
  divider: [],
  table: ["table_width", "has_column_header", "has_row_header", "children"],
  table_row: ["cells"],
  bookmark: ["url", "caption"],
  image: FILES,
  video: FILES,
  audio: FILES,
  pdf: FILES,
  file: [...FILES, "name"],
};

/** What is checked against the rest of the page. */
export interface Surroundings {
  /** A new id. */
  id(): string;
  /** Throws for a file that is not there, or not there any more. */
  attach(upload: string, at: string): void;
}

export function readBlocks(given: unknown, at: string, around: Surroundings): Stored[] {
  let count = 0;
  const read = (list: unknown, place: string, level: number): Stored[] => {
    if (!Array.isArray(list)) throw invalid(place, "should be an array");
    if (list.length > CHILDREN)
      throw invalid(`${place}.length`, `should be ≤ \`${CHILDREN}\`, instead was \`${list.length}\``);
    return list.map((one: Given, index) => {
      if (++count > ELEMENTS) throw invalid(at, `should have at most ${ELEMENTS} blocks`);
      const here = `${place}[${index}]`;
      const { object = "block", type, ...rest } = one;
      const [kind = "", ...more] = Object.keys(rest);
      const fields = KINDS[kind];
      if (object !== "block" || !fields || more.length > 0 || (type !== undefined && type !== kind))
        throw invalid(here, "should be a block of a known type");
      const body = rest[kind] as Given;
      const where = `${here}.${kind}`;
      onlyOf(body, fields, where);
      const { children, ...own } = body;
      if (children !== undefined && level >= LEVELS)
        throw invalid(`${where}.children`, "should be not present, instead was an array: too deep");
      const isRow = kind === "table_row";
      const inside = children === undefined ? [] : read(children, `${where}.children`, level + 1);
      if (kind === "table") checkTable(body, inside, where);
      if (isRow && !/\.table\.children\[\d+\]$/.test(here)) throw invalid(here, "should stand in a table");
      return { id: around.id(), type: kind, body: readBody(kind, own, where, around), children: inside };
    });
  };
  return read(given, at, 0);
}

function onlyOf(body: unknown, fields: readonly string[], at: string): void {
  if (typeof body !== "object" || body === null) throw invalid(at, "should be an object");
  for (const name of Object.keys(body))
    if (!fields.includes(name)) throw invalid(`${at}.${name}`, "should be not present");
}

function checkTable({ table_width }: Given, rows: readonly Stored[], at: string): void {
  if (rows.length === 0) throw invalid(`${at}.children`, "should be defined");
  const isRow = ({ type, body }: Stored) =>
    type === "table_row" && (body.cells as unknown[]).length === table_width;
  if (!rows.every(isRow)) throw invalid(`${at}.children`, "should be rows of the table's width");
}

function readBody(kind: string, body: Given, at: string, around: Surroundings): Given {
  if (kind === "divider") return {};
  if (kind === "table") return { has_column_header: false, has_row_header: false, ...body };
  if (kind === "table_row") {
    const cells = (body.cells as unknown[]).map((cell, index) => richText(cell, `${at}.cells[${index}]`));
    return { cells };
  }
  const caption = body.caption === undefined ? [] : richText(body.caption, `${at}.caption`);
  if (FILES.every((name) => KINDS[kind]?.includes(name))) return { caption, ...fileIn(body, at, around) };
  if (kind === "bookmark") return { caption, url: addressIn(body.url, `${at}.url`) };
  const rich_text = richText(body.rich_text, `${at}.rich_text`);
  if (kind === "code") {
    if (!LANGUAGES.has(String(body.language)))
      throw invalid(`${at}.language`, `should be a known language, instead was \`"${body.language}"\``);
    return { rich_text, caption, language: body.language };
  }
  const { color = "default", checked = false } = body;
  if (!COLOURS.has(String(color).replace(/_background$/, "")))
    throw invalid(`${at}.color`, "should be a known color");
  return { rich_text, color, ...(kind === "to_do" && { checked: checked === true }) };
}

/** A file that is uploaded or stands elsewhere: one of both. */
export function fileIn(given: unknown, at: string, around: Surroundings): Given {
  const { external, file_upload, type } = (given ?? {}) as Record<string, { url?: unknown; id?: unknown }>;
  if ((external === undefined) === (file_upload === undefined))
    throw invalid(at, "should have either external or file_upload");
  const kind = external ? "external" : "file_upload";
  if (type !== undefined && String(type) !== kind) throw invalid(`${at}.type`, `should be \`"${kind}"\``);
  if (external) return { type: kind, external: { url: addressIn(external.url, `${at}.external.url`) } };
  const id = String(file_upload?.id);
  around.attach(id, `${at}.file_upload.id`);
  return { type: "file", upload: id };
}

function addressIn(url: unknown, at: string): string {
  if (typeof url !== "string" || url.length > CONTENT || !/^(?:https?:\/\/|mailto:)\S+$/i.test(url))
    throw invalid(at, "should be a valid url");
  return url;
}

interface Piece {
  type: "text";
  text: { content: string; link: { url: string } | null };
  annotations: Record<string, unknown>;
  plain_text: string;
  href: string | null;
}

export function richText(given: unknown, at: string): Piece[] {
  if (!Array.isArray(given)) throw invalid(at, "should be an array");
  if (given.length > PIECES)
    throw invalid(`${at}.length`, `should be ≤ \`${PIECES}\`, instead was \`${given.length}\``);
  return given.map((one: Given, index) => {
    const here = `${at}[${index}]`;
    onlyOf(one, ["type", "text", "annotations"], here);
    const { text, annotations = {} } = one as { text?: Given; annotations?: Given };
    onlyOf(text, ["content", "link"], `${here}.text`);
    const { content, link } = text as { content?: unknown; link?: { url?: unknown } | null };
    if (typeof content !== "string") throw invalid(`${here}.text.content`, "should be a string");
    if (content.length > CONTENT)
      throw invalid(
        `${here}.text.content.length`,
        `should be ≤ \`${CONTENT}\`, instead was \`${content.length}\``,
      );
    onlyOf(annotations, [...MARKS, "color"], `${here}.annotations`);
    const url = link ? addressIn(link.url, `${here}.text.link.url`) : null;
    const marks = Object.fromEntries([...MARKS].map((mark) => [mark, annotations[mark] === true]));
    return {
      type: "text" as const,
      text: { content, link: url === null ? null : { url } },
      annotations: { ...marks, color: "default" },
      plain_text: content,
      href: url,
    };
  });
}

export function plainOf(pieces: unknown): string {
  return ((pieces ?? []) as Piece[]).map(({ plain_text }) => plain_text).join("");
}

/** As the API tells a block. */
export function entityOf({ id, type, body, children }: Stored, at: number, bot: string) {
  const { upload, ...rest } = body;
  // Where a file is can be said for an hour only.
  const file = upload === undefined ? {} : { file: { url: `https://files.example/${upload}?signature=1` } };
  return {
    ...{ object: "block", id, type, has_children: children.length > 0, in_trash: false },
    ...{ created_time: minute(at), last_edited_time: minute(at) },
    ...{ created_by: { object: "user", id: bot }, last_edited_by: { object: "user", id: bot } },
    [type]: { ...rest, ...file },
  };
}

export function everyStored(blocks: readonly Stored[]): Stored[] {
  return blocks.flatMap((one) => [one, ...everyStored(one.children)]);
}

export function wordsOf(blocks: readonly Stored[]): string {
  return blocks
    .flatMap(({ type, body, children }) => {
      const own =
        type === "table_row" ? (body.cells as unknown[]).map(plainOf).join(" ") : plainOf(body.rich_text);
      return [own, wordsOf(children)].filter((text) => text !== "");
    })
    .join("\n");
}

const TAGS: Record<string, string> = {
  paragraph: "p",
  heading_1: "h1",
  heading_2: "h2",
  heading_3: "h3",
  quote: "blockquote",
  bulleted_list_item: "li",
  numbered_list_item: "li",
  to_do: "li",
};

export function htmlOf(blocks: readonly Stored[]): string {
  const html: string[] = [];
  let list = "";
  for (const one of blocks) {
    const wanted = one.type === "numbered_list_item" ? "ol" : TAGS[one.type] === "li" ? "ul" : "";
    if (wanted !== list) {
      if (list) html.push(`</${list}>`);
      if (wanted) html.push(`<${wanted}>`);
      list = wanted;
    }
    html.push(elementOf(one));
  }
  if (list) html.push(`</${list}>`);
  return html.join("\n");
}

function elementOf({ type, body, children }: Stored): string {
  if (type === "divider") return "<hr>";
  if (type === "code") return `<pre><code>${escapeHtml(plainOf(body.rich_text))}</code></pre>`;
  if (type === "table") {
    const rows = children.map(({ body: { cells } }, index) => {
      const cell = index === 0 && body.has_column_header ? "th" : "td";
      return `<tr>${(cells as unknown[]).map((one) => `<${cell}>${inlineOf(one)}</${cell}>`).join("")}</tr>`;
    });
    return `<table>${rows.join("")}</table>`;
  }
  if (type === "bookmark") return `<p>${anchor(String(body.url), escapeHtml(String(body.url)))}</p>`;
  const { external } = body as { external?: { url: string } };
  if (external) return `<p>${anchor(external.url, escapeHtml(plainOf(body.caption) || external.url))}</p>`;
  const tag = TAGS[type];
  if (!tag) return "";
  const box = type === "to_do" ? (body.checked ? "☑ " : "☐ ") : "";
  return `<${tag}>${box}${inlineOf(body.rich_text)}${children.length > 0 ? `\n${htmlOf(children)}` : ""}</${tag}>`;
}

const SIGNS: Record<string, string> = {
  bold: "strong",
  italic: "em",
  strikethrough: "del",
  code: "code",
  underline: "u",
};

function inlineOf(pieces: unknown): string {
  return ((pieces ?? []) as Piece[])
    .map(({ plain_text, annotations, href }) => {
      const words = Object.entries(SIGNS).reduce(
        (inside, [mark, tag]) => (annotations[mark] ? `<${tag}>${inside}</${tag}>` : inside),
        escapeHtml(plain_text).replaceAll("\n", "<br>"),
      );
      return href === null ? words : anchor(href, words);
    })
    .join("");
}
