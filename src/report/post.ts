/** A post's text as it will look on its network: links underlined, the network's tags obeyed. */
import type { Adapter, Post } from "../adapter.ts";
import { htmlOf } from "../text/from-html.ts";
import { type Seen, seen } from "./html-to-terminal.ts";
import type { Paint } from "./style.ts";
import { oneLine, printable } from "./terminal-safe.ts";
import { columns, wrap } from "./width.ts";

/** Lines, wrapped at `width` when there is one. */
export function bodyLines(
  post: Post,
  adapter: Adapter | undefined,
  paint: Paint,
  width: number | undefined,
): string[] {
  const title = adapter?.title && post.title !== undefined ? [paint.bold(oneLine(post.title))] : [];
  const html = adapter && htmlOf(adapter.text.markup);
  const { pieces, links } = html ? seen(post.text, html === "page") : withEntities(post);
  const text = pieces.map(({ text, look }) => painted(printable(text), look && paint[look], width)).join("");
  const tidy = text.replace(/\n{3,}/g, "\n\n").trim();
  const lines = width === undefined ? tidy.split("\n") : wrap(tidy, width);
  const gap = title.length > 0 && tidy !== "" ? [""] : [];
  return [
    ...title,
    ...gap,
    ...(tidy === "" && title.length > 0 ? [] : lines),
    ...links.map(({ words, url }) => paint.dim(`→ ${oneLine(words)}: ${oneLine(url)}`)),
  ];
}

/** Whether readers of a text see this address in it. Some markups write `&` as a reference. */
export function shows(text: string, url: string): boolean {
  return text.includes(url) || text.includes(url.replaceAll("&", "&amp;"));
}

// Word by word, so that a line can be broken between them. A word that has to be broken itself stays bare.
function painted(
  text: string,
  brush: ((text: string) => string) | undefined,
  width = Number.POSITIVE_INFINITY,
): string {
  if (!brush) return text;
  return text.replace(/\S+/g, (word) => (columns(word) < width - 2 ? brush(word) : word));
}

/** Links whose address the text does not show are listed below it. */
function withEntities({ text, entities }: Post): Seen {
  const bytes = Buffer.from(text);
  const found: Seen = { pieces: [], links: [] };
  let at = 0;
  for (const entity of [...entities].sort((a, b) => a.start - b.start)) {
    const words = bytes.subarray(entity.start, entity.end).toString();
    found.pieces.push(
      { text: bytes.subarray(at, entity.start).toString() },
      { text: words, look: "underline" },
    );
    if (entity.kind === "link" && !shows(text, entity.url)) found.links.push({ words, url: entity.url });
    at = entity.end;
  }
  found.pieces.push({ text: bytes.subarray(at).toString() });
  return found;
}
