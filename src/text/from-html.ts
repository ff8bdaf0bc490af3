/** The words of a piece of HTML, for comparing and counting; not for showing. */
import { untagged } from "./html-escape.ts";

/** Paragraphs and line breaks become `\n`; other markup goes. */
export function textOfHtml(html: string): string {
  return untagged(html.replace(/<(?:br|\/(?:p|h\d|li|div|blockquote))\b[^>]*>/gi, "\n"));
}
