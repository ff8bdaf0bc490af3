/** A page's text with its pictures above, and with the mark by which it is known again; and its words without these. */
import type { Post } from "../../adapter.ts";
import { escapeHtml } from "../../text/html-escape.ts";
import { shownText } from "../../text/likeness.ts";

/** BookStack keeps ids of this kind as they are, and gives every first element one: readers see nothing of it. */
export function markOf(key: string): string {
  return `bkmrk-${key.slice(0, 20)}`;
}

export function bodyWith(
  { text, media }: Pick<Post, "text" | "media">,
  images: readonly string[],
  key: string,
  editor: "wysiwyg" | "markdown",
): string {
  const mark = markOf(key);
  if (editor === "markdown") {
    const pictures = media.map(({ alt }, at) => `![${alt.replace(/[[\]\\\s]+/g, " ")}](${images[at]})`);
    return [...pictures, text, `<!-- ${mark} -->`].filter((part) => part !== "").join("\n\n");
  }
  const pictures = media.map(
    ({ alt }, at) => `<p><img src="${escapeHtml(images[at] ?? "")}" alt="${escapeHtml(alt)}"></p>`,
  );
  const all = [...pictures, text].filter((part) => part !== "").join("\n");
  const first = /^<[a-z][a-z0-9]*/.exec(all)?.[0];
  return first ? `${first} id="${mark}"${all.slice(first.length)}` : `<p id="${mark}">${all}</p>`;
}

const PICTURES = /^(?:!\[[^\]\n]*\]\([^)\s]*\)\s*)+/;

/** As readers read it; pictures that stand above the text are no words of it. */
export function wordsOf(
  page: { html: string; raw_html?: string | undefined; markdown: string },
  editor: "wysiwyg" | "markdown",
): string {
  if (editor === "markdown" && page.markdown !== "")
    return page.markdown
      .replace(/<!-- bkmrk-\w+ -->/g, "")
      .replace(PICTURES, "")
      .trim();
  return shownText(
    (page.raw_html ?? page.html).replace(/<p\b[^>]*>(?:<a\b[^>]*>)?<img\b[^>]*>(?:<\/a>)?<\/p>/g, ""),
  )
    .replace(/\u00a0/g, " ")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
