/** Blocks of NPF: what is wrong with them, and what readers see: https://github.com/tumblr/docs/blob/master/npf-spec.md */
import { codePoints } from "../../count.ts";
import { anchor, chip, escapeHtml } from "../../html.ts";

type Block = Record<string, unknown>;
interface Range {
  start: number;
  end: number;
  type: string;
  url?: string;
}

const SUBTYPES = [
  "heading1",
  "heading2",
  "quirky",
  "quote",
  "indented",
  "chat",
  "ordered-list-item",
  "unordered-list-item",
];
const FORMATS = ["bold", "italic", "strikethrough", "small", "link", "mention", "color"];
const TEXT_MAX = 4_096;

/** In words; nothing for content that may be posted. */
export function faultIn(content: unknown): string | undefined {
  if (!Array.isArray(content)) return "'content' must be an array";
  if (content.length === 0) return "'content' must not be empty";
  if (content.length > 1_000) return "too many blocks";
  const blocks = content as Block[];
  const of = (type: string) => blocks.filter((block) => block.type === type);
  if (of("image").length > 30) return "too many image blocks";
  if (of("video").length > 1) return "too many video blocks";
  if (of("link").length > 10) return "too many link blocks";
  const ranges = of("text").flatMap(({ formatting = [] }) => formatting as Range[]);
  if (ranges.filter(({ type }) => type === "mention").length > 50) return "too many mentions";
  if (ranges.filter(({ type }) => type === "link").length > 100) return "too many links";
  return blocks.map(faultInBlock).find((fault) => fault !== undefined);
}

function faultInBlock(block: Block): string | undefined {
  if (block.type === "text") return faultInText(block);
  if (block.type === "link")
    return /^https?:\/\//.test(String(block.url)) ? undefined : "a link block needs a url";
  if (block.type === "video") {
    const file = block.media as Block | undefined;
    return typeof file?.identifier === "string" && (block.provider ?? "tumblr") === "tumblr"
      ? undefined
      : "a video block needs one media with an identifier";
  }
  if (block.type !== "image") return `unknown block type ${String(block.type).slice(0, 20)}`;
  const [file, ...more] = Array.isArray(block.media) ? (block.media as Block[]) : [];
  if (typeof file?.identifier !== "string" || more.length > 0)
    return "an image block needs one media with an identifier";
  return codePoints(String(block.alt_text ?? "")) > 4_096 ? "'alt_text' is too long" : undefined;
}

function faultInText({ text, subtype, formatting = [], indent_level = 0 }: Block): string | undefined {
  if (typeof text !== "string") return "a text block needs text";
  const length = codePoints(text);
  if (length > TEXT_MAX) return "a text block is too long";
  if (subtype !== undefined && !SUBTYPES.includes(String(subtype))) return "unknown subtype";
  if (!(Number(indent_level) >= 0 && Number(indent_level) <= 7)) return "'indent_level' is 0 to 7";
  const isRange = ({ start, end, type, url }: Range) =>
    start >= 0 &&
    end > start &&
    end <= length &&
    FORMATS.includes(type) &&
    (type !== "link" || /^(?:https?|mailto):/.test(url ?? ""));
  return (formatting as Range[]).every(isRange) ? undefined : "invalid formatting";
}

const TAGS: Record<string, [string, string]> = {
  heading1: ["<h2>", "</h2>"],
  heading2: ["<h3>", "</h3>"],
  quote: ["<blockquote>", "</blockquote>"],
  indented: ["<blockquote>", "</blockquote>"],
  chat: ["<pre>", "</pre>"],
  "ordered-list-item": ["<p>1. ", "</p>"],
  "unordered-list-item": ["<p>• ", "</p>"],
};

export function htmlOf(content: readonly Block[]): string {
  return content
    .map((block) => {
      if (block.type === "link")
        return `<p>${anchor(String(block.url), escapeHtml(String(block.title ?? block.url)))}</p>`;
      if (block.type !== "text") return "";
      const [open, close] = TAGS[String(block.subtype)] ?? ["<p>", "</p>"];
      return open + inline(String(block.text), (block.formatting ?? []) as Range[]) + close;
    })
    .join("");
}

// Ranges may lie in each other: each stretch between two of their ends is said by itself.
function inline(text: string, ranges: readonly Range[]): string {
  const points = [...text];
  const ends = [...new Set([0, points.length, ...ranges.flatMap(({ start, end }) => [start, end])])].sort(
    (a, b) => a - b,
  );
  return ends
    .slice(0, -1)
    .map((start, n) => {
      const words = escapeHtml(points.slice(start, ends[n + 1]).join("")).replaceAll("\n", "<br>");
      return ranges
        .filter((range) => range.start <= start && range.end > start)
        .reduce((html, { type, url }) => wrapped(html, type, url), words);
    })
    .join("");
}

function wrapped(html: string, type: string, url = ""): string {
  if (type === "bold") return `<strong>${html}</strong>`;
  if (type === "italic") return `<em>${html}</em>`;
  if (type === "strikethrough") return `<s>${html}</s>`;
  if (type === "link") return anchor(url, html);
  return type === "mention" ? chip("mention", html) : html;
}
