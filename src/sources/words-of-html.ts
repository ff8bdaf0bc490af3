/** What readers see of somebody else's HTML: words, with references decoded, without scripts and styles. */
import { Parser } from "htmlparser2";

const UNSEEN = new Set(["script", "style", "template", "noscript", "head", "svg"]);
const INLINE = new Set([
  "a",
  "abbr",
  "b",
  "code",
  "em",
  "i",
  "mark",
  "q",
  "s",
  "small",
  "span",
  "strong",
  "sub",
  "sup",
  "u",
]);

export function wordsOfHtml(html: string): string {
  let words = "";
  let unseen = 0;
  const parser = new Parser({
    onopentagname(name) {
      if (UNSEEN.has(name)) unseen += 1;
      if (!INLINE.has(name)) words += "\n";
    },
    onclosetag(name) {
      if (UNSEEN.has(name)) unseen -= 1;
      if (!INLINE.has(name)) words += "\n";
    },
    ontext(text) {
      if (unseen === 0) words += text;
    },
  });
  parser.end(html);
  return words;
}
