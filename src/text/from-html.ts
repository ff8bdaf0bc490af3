/** The words of a piece of HTML, for comparing and counting; not for showing. */
import { untagged } from "./html-escape.ts";
import type { Markup } from "./types.ts";

// In a chat the line breaks of the text count, on a page the tags.
const HTML: Partial<Record<Markup, "chat" | "page">> = { "chat-html": "chat", html: "page", matrix: "page" };

/** Whose line breaks count in a text of this markup, when it is HTML. */
export function htmlOf(markup: Markup): "chat" | "page" | undefined {
  return HTML[markup];
}

/** Paragraphs, rows and line breaks become `\n`, the end of a cell a space; other markup goes. */
export function textOfHtml(html: string): string {
  return untagged(
    html
      .replace(/<(?:br|\/(?:p|h\d|li|tr|div|blockquote))\b[^>]*>/gi, "\n")
      .replace(/<\/t[dh]\b[^>]*>/gi, " "),
  );
}
