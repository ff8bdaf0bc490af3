/**
 * What a page says of itself for a link card: Open Graph, Twitter's names, its title and description. Only its head is read, as
 * the bytes come. Loads a library: reach it by a dynamic import.
 */
import { TextDecoder } from "node:util";
import { Parser } from "htmlparser2";
import { isUrl } from "../urls.ts";

export interface PageHead {
  title?: string;
  description?: string;
  /** Absolute. */
  image?: string;
}

/** `write` gives true once nothing more is needed: the head is over, or too long. */
export interface HeadReader {
  write(bytes: Uint8Array): boolean;
  head(): PageHead;
}

// Pages have been seen with 700 kB of styles in their head; more is an attack.
const MOST_BYTES = 1_000_000;
// An encoding must be named within the first 1024 bytes (HTML, 13.2.3.2).
const PRESCAN = 1024;
// And with some hundred tags. Whatever else opens a tag ends the head, as it does for a browser.
const MOST_TAGS = 5_000;
const IN_HEAD = new Set("html head title meta link base script style noscript template".split(" "));
const MOST_LETTERS = { title: 300, description: 1_000 };

/** `url`: where the page was read, after redirects; `type`: its `Content-Type`. */
export function readHead(url: string, type = ""): HeadReader {
  const found = new Map<string, string>();
  let base = url;
  let words = "";
  let inTitle = false;
  let over = false;
  let tags = 0;
  const keep = (name: string, value = "") => {
    if (!found.has(name) && value.trim() !== "") found.set(name, value);
  };
  const parser = new Parser({
    onopentag(name, attributes) {
      tags += 1;
      if (!IN_HEAD.has(name) || tags > MOST_TAGS) over = true;
      if (over) {
        parser.pause();
        return;
      }
      if (name === "title") inTitle = words === "";
      if (name === "base" && base === url) base = absolute(attributes.href, url) ?? url;
      if (name === "meta")
        keep((attributes.property ?? attributes.name ?? "").toLowerCase(), attributes.content);
    },
    ontext(text) {
      if (inTitle && !over) words += text;
    },
    onclosetag(name) {
      if (name === "title") inTitle = false;
      if (name === "head") over = true;
    },
  });
  let decoder: TextDecoder | undefined;
  let first = Buffer.alloc(0);
  let bytes = 0;
  return {
    write(chunk) {
      bytes += chunk.length;
      if (!decoder) {
        first = Buffer.concat([first, chunk]);
        if (first.length >= PRESCAN || bytes >= MOST_BYTES) {
          decoder = decoderFor(type, first);
          parser.write(decoder.decode(first, { stream: true }));
        }
      } else parser.write(decoder.decode(chunk, { stream: true }));
      return over || bytes >= MOST_BYTES;
    },
    head() {
      // A page of less than a kilobyte.
      if (!decoder) parser.write(decoderFor(type, first).decode(first));
      const one = (...names: string[]) => names.map((name) => found.get(name)).find(Boolean);
      const image = one(
        "og:image:secure_url",
        "og:image",
        "og:image:url",
        "twitter:image",
        "twitter:image:src",
      );
      return withoutEmpty({
        title: plain(one("og:title", "twitter:title") ?? words, MOST_LETTERS.title),
        description: plain(
          one("og:description", "twitter:description", "description") ?? "",
          MOST_LETTERS.description,
        ),
        image: absolute(image, base),
      });
    },
  };
}

function decoderFor(type: string, first: Buffer): TextDecoder {
  const named = /charset\s*=\s*["']?([\w:.-]+)/i;
  const marked =
    first[0] === 0xef && first[1] === 0xbb
      ? "utf-8"
      : first[0] === 0xfe && first[1] === 0xff
        ? "utf-16be"
        : undefined;
  const little = first[0] === 0xff && first[1] === 0xfe ? "utf-16le" : undefined;
  const written = named.exec(first.subarray(0, PRESCAN).toString("latin1"))?.[1];
  // A page that could be read up to here is not in UTF-16, whatever it says (HTML, 13.2.3.2).
  const meta = /^utf-16/i.test(written ?? "") ? "utf-8" : written;
  const label = marked ?? little ?? named.exec(type)?.[1] ?? meta ?? "utf-8";
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder("utf-8");
  }
}

/** `undefined` for what is not an address on the web. */
function absolute(written: string | undefined, base: string): string | undefined {
  if (written === undefined || !isUrl(written.trim(), base)) return undefined;
  const url = new URL(written.trim(), base);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
}

// Spaces as one, without what cannot be seen or turns the line around.
function plain(text: string, most: number): string {
  const clean = text
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    // The joiners stay: emoji, Persian and the Indic scripts need them.
    .replaceAll(/[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, "")
    .trim();
  const letters = Array.from(
    new Intl.Segmenter().segment(clean.slice(0, most * 8)),
    ({ segment }) => segment,
  );
  return letters.length > most
    ? `${letters
        .slice(0, most - 1)
        .join("")
        .trimEnd()}…`
    : clean;
}

function withoutEmpty(head: PageHead): PageHead {
  return Object.fromEntries(Object.entries(head).filter(([, value]) => value !== undefined && value !== ""));
}
