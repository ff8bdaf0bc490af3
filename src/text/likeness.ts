/**
 * Whether a text that a server shows is the one that was sent, though the server has rewritten it: marks become HTML, links lose
 * their scheme and their end, mentions their host, quotes and white space are laid out anew. Letters and digits stay, in order.
 */
import { textOfHtml } from "./from-html.ts";

export type Likeness = "same" | "like" | "other";

// Of the shorter text's words, in order. Above it, a person would ask whether it is the same post.
const ALIKE = 0.7;
const MOST_WORDS = 400;
// A few words are soon alike.
const FEWEST_WORDS = 3;

/** Both as plain text; for HTML see `shownText`. */
export function likeness(sent: string, shown: string): Likeness {
  const [ours, theirs] = [essence(sent), essence(shown)];
  if (ours.join("") === theirs.join("")) return "same";
  const [shorter, longer] = [Math.min(ours.length, theirs.length), Math.max(ours.length, theirs.length)];
  // A server may put a name before it or a notice behind it; a text of another length altogether is another text.
  if (shorter < FEWEST_WORDS || shorter < longer / 2) return "other";
  return inOrder(ours, theirs) >= ALIKE * Math.min(shorter, MOST_WORDS) ? "like" : "other";
}

/** HTML as text, with the whole address where a link shows a part of it. */
export function shownText(html: string): string {
  return textOfHtml(
    html.replace(/<a\b([^>]*)>(.*?)<\/a>/gis, (whole, attributes: string, words: string) => {
      const [, address] = /\bhref\s*=\s*["']([^"']*)["']/i.exec(attributes) ?? [];
      const seen = textOfHtml(words).trim();
      // A mention and a tag say what they are; words with a link behind them stay words.
      return address !== undefined && !/^[@#]/.test(seen) && isPartOf(seen, address) ? ` ${address} ` : whole;
    }),
  );
}

// `acme.example/blog/2…` for https://acme.example/blog/2-4
function isPartOf(seen: string, address: string): boolean {
  const bare = seen.replace(/^https?:\/\//i, "").replace(/…$|\.\.\.$/u, "");
  return bare.length >= 4 && address.includes(bare);
}

/** Words of letters and digits; a link is its host, a mention its name without the host. */
function essence(text: string): string[] {
  const plain = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/https?:\/\/([^\s/?#<>()[\]|"']+)[^\s<>()[\]|"']*/gu, " $1 ")
    .replace(/@(\w[\w.-]*)@[\p{L}\p{N}.:-]*[\p{L}\p{N}]/gu, " $1 ");
  return plain.match(/[\p{L}\p{N}\p{M}]+|\p{Extended_Pictographic}/gu) ?? [];
}

// The longest common subsequence.
function inOrder(ours: readonly string[], theirs: readonly string[]): number {
  const [one, two] = [ours.slice(0, MOST_WORDS), theirs.slice(0, MOST_WORDS)];
  let row = new Uint16Array(two.length + 1);
  for (const word of one) {
    const next = new Uint16Array(two.length + 1);
    for (let at = 0; at < two.length; at++)
      next[at + 1] = word === two[at] ? row[at]! + 1 : Math.max(row[at + 1]!, next[at]!);
    row = next;
  }
  return row[two.length] ?? 0;
}
