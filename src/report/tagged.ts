/** HTML as a reader sees it, in a terminal: tags become looks, blocks become lines, references become characters. */

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
const BLOCKS = new Set(["p", "h1", "h2", "h3", "h4", "blockquote", "pre", "ul", "ol", "figure"]);

/** `blocks`: whether the network lays the text out by its tags; else line breaks in the text count. */
export function seen(html: string, blocks: boolean): Seen {
  const pieces: Piece[] = [];
  const links: Seen["links"] = [];
  const open: string[] = [];
  let link: { words: string; url: string } | undefined;
  let pre = 0;

  // What stands between two blocks is only there to be read as source; between two words it is a space.
  const onOneLine = (text: string) => {
    const line = text.replace(/\s+/g, " ");
    return line === " " && (pieces.at(-1)?.text ?? "\n").endsWith("\n") ? "" : line;
  };
  const say = (text: string) => {
    if (text === "") return;
    pieces.push({ text, look: open.map((name) => LOOKS[name]).findLast((look) => look !== undefined) });
    if (link) link.words += text;
  };
  for (const [token, closing, tag = "", rest = ""] of html.matchAll(
    /<(\/?)([a-z][\w-]*)([^<>]*)>|[^<]+|</gi,
  )) {
    const name = tag.toLowerCase();
    if (name === "") say(decoded(blocks && pre === 0 ? onOneLine(token) : token));
    else if (name === "br") say("\n");
    else if (closing) {
      if (open.includes(name)) open.splice(open.lastIndexOf(name), 1);
      if (name === "pre") pre -= 1;
      if (name === "a" && link) {
        if (link.words !== link.url) links.push(link);
        link = undefined;
      }
      if (blocks && BLOCKS.has(name)) say("\n\n");
      if (blocks && name === "li") say("\n");
    } else {
      if (blocks && name === "li") say("• ");
      if (name === "pre") pre += 1;
      if (name === "a") link = { words: "", url: decoded(/\bhref="([^"]*)"/i.exec(rest)?.[1] ?? "") };
      open.push(name);
    }
  }
  return { pieces, links: links.filter(({ url }) => url !== "") };
}

const NAMED: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: "\u00a0" };

function decoded(text: string): string {
  return text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name) return NAMED[String(name).toLowerCase()] ?? whole;
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
