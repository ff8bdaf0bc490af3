/**
 * What Discord takes for a link: the rule `url` of its web client's Markdown, read in a public copy of the client's bundle;
 * simple-markdown's rule of that name is its ancestor.
 */
import type { Span } from "../count.ts";

const URL_AT = /(?:https?|steam):\/\/[^\s<]+[^<.,:;"'\]\s]/g;

export function discordLinks(text: string): Span[] {
  return [...text.matchAll(URL_AT)].map(({ 0: found, index }) => {
    const value = withoutLooseEnd(found);
    return { kind: "link" as const, start: index, end: index + value.length, value };
  });
}

/** Of the parentheses at the end one goes, if there are not as many that open. */
function withoutLooseEnd(url: string): string {
  let from = 0;
  for (let at = url.length - 1; at >= 0 && url[at] === ")"; at--) {
    const open = url.indexOf("(", from);
    if (open < 0) return url.slice(0, -1);
    from = open + 1;
  }
  return url;
}
