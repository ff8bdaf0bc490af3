/** HTML as a reader sees it, in a terminal: tags become looks, blocks become lines, references become characters. */
import { decodeHtml } from "../text/html-escape.ts";

export interface Piece {
  text: string;
  look?: "bold" | "italic" | "underline";
}

/** What a text says, and where its links lead. */
export interface Seen {
  pieces: Piece[];
  links: { words: string; url: string }[];
}

const LOOKS: Record<string, Piece["look"]> = {
  b: "bold",
  strong: "bold",
  h1: "bold",
  h2: "bold",
  h3: "bold",
  h4: "bold",
  i: "italic",
  em: "italic",
  a: "underline",
};
// A blank line follows these; a new line comes before a list's item.
const BLOCKS = new Set(["p", "h1", "h2", "h3", "h4", "blockquote", "pre", "ul", "ol", "figure", "table"]);

/** `blocks`: whether the network lays the text out by its tags; else line breaks in the text count. */
export function seen(html: string, blocks: boolean): Seen {
  const pieces: Piece[] = [];
  const links: Seen["links"] = [];
  const open: string[] = [];
  let link: { words: string; url: string } | undefined;
  let pre = 0;
  // The number of the next item of each list that is open; none where its items have bullets.
  const lists: (number | undefined)[] = [];
  let cells = 0;

  // White space between blocks has no meaning; between words it is a space.
  const onOneLine = (text: string) => {
    const line = text.replace(/\s+/g, " ");
    return line === " " && (pieces.at(-1)?.text ?? "\n").endsWith("\n") ? "" : line;
  };
  const say = (text: string) => {
    if (text === "") return;
    pieces.push({ text, look: open.map((name) => LOOKS[name]).findLast((look) => look !== undefined) });
    if (link) link.words += text;
  };
  const newLine = () => {
    if (!(pieces.at(-1)?.text ?? "\n").endsWith("\n")) say("\n");
  };
  for (const [token, closing, tag = "", rest = ""] of html.matchAll(
    /<(\/?)([a-z][\w-]*)([^<>]*)>|[^<]+|</gi,
  )) {
    const name = tag.toLowerCase();
    if (name === "") say(decodeHtml(blocks && pre === 0 ? onOneLine(token) : token));
    else if (name === "br") say("\n");
    else if (closing) {
      if (open.includes(name)) open.splice(open.lastIndexOf(name), 1);
      if (name === "pre") pre -= 1;
      if (name === "ul" || name === "ol") lists.pop();
      if (name === "a" && link) {
        if (link.words !== link.url) links.push(link);
        link = undefined;
      }
      // Inside a list there are no blank lines.
      if (blocks && BLOCKS.has(name) && lists.length > 0) newLine();
      else if (blocks && BLOCKS.has(name)) say("\n\n");
      if (blocks && (name === "li" || name === "tr")) newLine();
    } else {
      if (blocks && name === "li") say(bullet(lists));
      if (blocks && (name === "td" || name === "th") && cells++ > 0) say(" · ");
      if (name === "tr") cells = 0;
      if (blocks && lists.length > 0 && (name === "ul" || name === "ol")) newLine();
      if (name === "ul") lists.push(undefined);
      if (name === "ol") lists.push(Number(attribute(rest, "start") || 1));
      if (name === "pre") pre += 1;
      if (name === "img") {
        const words = attribute(rest, "alt");
        say(`(image: ${words || "no description"})`);
        links.push({ words: words || "image", url: attribute(rest, "src") });
        continue;
      }
      if (name === "a") link = { words: "", url: attribute(rest, "href") };
      open.push(name);
    }
  }
  return { pieces, links: links.filter(({ url }) => url !== "") };
}

function bullet(lists: (number | undefined)[]): string {
  const indent = "  ".repeat(Math.max(0, lists.length - 1));
  const number = lists.at(-1);
  if (number === undefined) return `${indent}• `;
  lists[lists.length - 1] = number + 1;
  return `${indent}${number}. `;
}

function attribute(tag: string, name: "alt" | "href" | "src" | "start"): string {
  return decodeHtml(ATTRIBUTES[name].exec(tag)?.[1] ?? "");
}

const ATTRIBUTES = {
  alt: /\balt="([^"]*)"/i,
  href: /\bhref="([^"]*)"/i,
  src: /\bsrc="([^"]*)"/i,
  start: /\bstart="(\d{1,9})"/i,
};
