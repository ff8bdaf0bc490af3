/** The words of a piece of HTML, for comparing and counting; not for showing. */
import { untagged } from "./html-escape.ts";

/** Paragraphs, rows and line breaks become `\n`, the end of a cell a space; other markup goes. */
export function textOfHtml(html: string): string {
  return untagged(
    html
      .replace(/<(?:br|\/(?:p|h\d|li|tr|div|blockquote))\b[^>]*>/gi, "\n")
      .replace(/<\/t[dh]\b[^>]*>/gi, " "),
  );
}
