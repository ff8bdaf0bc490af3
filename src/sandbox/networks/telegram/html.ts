/**
 * Telegram's HTML mode, as strict as the server: its tags, its four entities, its error messages
 * (tdlib, td/telegram/MessageEntity.cpp, `parse_html`). Offsets in messages are bytes.
 */
import { spans } from "../../count.ts";
import { anchor, escapeHtml, marked } from "../../html.ts";
import { telegramLinks } from "../../linkers/telegram.ts";

export interface Parsed {
  /** What readers see, without markup. */
  plain: string;
  html: string;
  /** The first link, for the preview. */
  link?: string;
  /** The markup, as answers tell it; places are UTF-16 units. What the app finds by itself is not among them. */
  entities?: MessageEntity[];
}

export interface MessageEntity {
  type: string;
  offset: number;
  length: number;
  url?: string;
}

const ENTITIES: Record<string, string> = {
  ...{ b: "bold", strong: "bold", i: "italic", em: "italic", u: "underline", ins: "underline" },
  ...{ s: "strikethrough", strike: "strikethrough", del: "strikethrough" },
  ...{ span: "spoiler", "tg-spoiler": "spoiler", pre: "pre", code: "code", blockquote: "blockquote" },
  a: "text_link",
};

const TAGS = new Set(
  "a b strong i em s strike del u ins tg-spoiler tg-emoji tg-time span pre code blockquote".split(" "),
);
const SHOWN: Record<string, [string, string]> = {
  b: ["<strong>", "</strong>"],
  strong: ["<strong>", "</strong>"],
  i: ["<em>", "</em>"],
  em: ["<em>", "</em>"],
  s: ["<s>", "</s>"],
  strike: ["<s>", "</s>"],
  del: ["<s>", "</s>"],
  u: ["<u>", "</u>"],
  ins: ["<u>", "</u>"],
  span: ['<span class="spoiler">', "</span>"],
  "tg-spoiler": ['<span class="spoiler">', "</span>"],
  pre: ["<pre>", "</pre>"],
  code: ["<code>", "</code>"],
  blockquote: ["<blockquote>", "</blockquote>"],
};

interface Open {
  name: string;
  url?: string;
  /** Where its content starts in the output. */
  html: number;
  plain: number;
}

/** The reader's text, or why the server cannot parse it. */
export function parseHtml(source: string): Parsed | { error: string } {
  const open: Open[] = [];
  const parts: string[] = [];
  const entities: MessageEntity[] = [];
  let plain = "";
  let link: string | undefined;
  let at = 0;
  const fail = (words: string) => ({ error: words });
  const bytesTo = (index: number) => Buffer.byteLength(source.slice(0, index));

  while (at < source.length) {
    const char = source[at] as string;
    if (char === "&") {
      const [decoded, length] = entityAt(source, at);
      plain += decoded;
      parts.push(escapeHtml(decoded));
      at += length;
      continue;
    }
    if (char !== "<") {
      const next = source.slice(at).search(/[<&]/);
      const run = next < 0 ? source.slice(at) : source.slice(at, at + next);
      plain += run;
      const inside = open.some(({ name }) => name === "a" || name === "code" || name === "pre");
      // The app finds bare links, mentions and tags by itself.
      parts.push(inside ? escapeHtml(run) : marked(run, spans(run, telegramLinks)));
      at += run.length;
      continue;
    }
    const begin = at;
    if (source[at + 1] === "/") {
      const end = source.indexOf(">", at);
      if (end < 0) return fail(`Unclosed end tag at byte offset ${bytesTo(begin)}`);
      const name = source
        .slice(at + 2, end)
        .trim()
        .toLowerCase();
      const last = open.pop();
      if (!last) return fail(`Unexpected end tag at byte offset ${bytesTo(begin)}`);
      if (name !== "" && name !== last.name) {
        return fail(
          `Unmatched end tag at byte offset ${bytesTo(begin)}, expected "</${last.name}>", found "</${name}>"`,
        );
      }
      const [type, offset] = [ENTITIES[last.name], last.plain];
      if (type !== undefined && plain.length > offset)
        entities.push({ type, offset, length: plain.length - offset, ...(last.url && { url: last.url }) });
      if (last.name === "a") {
        const url = last.url ?? plain.slice(last.plain);
        link ??= url;
        const label = parts.splice(last.html).join("");
        parts.push(anchor(url, label));
      } else parts.push(SHOWN[last.name]?.[1] ?? "");
      at = end + 1;
      continue;
    }
    const tag = readTag(source, at, bytesTo);
    if ("error" in tag) return tag;
    if (tag.name === "blockquote" && open.some(({ name }) => name === "blockquote")) {
      return fail(`Nested blockquotes are not allowed at byte offset ${bytesTo(begin)}`);
    }
    if (tag.name !== "a") parts.push(SHOWN[tag.name]?.[0] ?? "");
    open.push({ name: tag.name, url: tag.attributes.get("href"), html: parts.length, plain: plain.length });
    at = tag.end;
  }
  const unclosed = open.at(-1);
  if (unclosed) return fail(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
  entities.sort((a, b) => a.offset - b.offset || b.length - a.length);
  return {
    ...{ plain, html: parts.join("") },
    ...(link ? { link } : {}),
    ...(entities.length > 0 && { entities }),
  };
}

interface Tag {
  name: string;
  attributes: Map<string, string>;
  /** Index after `>`. */
  end: number;
}

function readTag(source: string, begin: number, bytesTo: (index: number) => number): Tag | { error: string } {
  const name = (/^[^\s>]*/.exec(source.slice(begin + 1, begin + 64))?.[0] ?? "").toLowerCase();
  const offset = `at byte offset ${bytesTo(begin)}`;
  if (begin + 1 + name.length >= source.length) return { error: `Unclosed start tag ${offset}` };
  if (!TAGS.has(name)) return { error: `Unsupported start tag "${name}" ${offset}` };

  const attributes = new Map<string, string>();
  let at = begin + 1 + name.length;
  for (;;) {
    while (/\s/.test(source[at] ?? "")) at++;
    if (at >= source.length) return { error: `Unclosed start tag ${offset}` };
    if (source[at] === ">") break;
    const key = /^[^\s=>]*/.exec(source.slice(at, at + 256))?.[0] ?? "";
    if (key === "") return { error: `Empty attribute name in the tag "${name}" ${offset}` };
    at += key.length;
    while (/\s/.test(source[at] ?? "")) at++;
    if (source[at] !== "=") {
      if (key === "expandable" && name === "blockquote") continue;
      return { error: `Expected equal sign in declaration of an attribute of the tag "${name}" ${offset}` };
    }
    at++;
    while (/\s/.test(source[at] ?? "")) at++;
    const quote = source[at];
    const end = quote === '"' || quote === "'" ? source.indexOf(quote, at + 1) : endOfToken(source, at);
    if (end < 0 || end >= source.length) return { error: `Unclosed start tag ${offset}` };
    const raw = quote === '"' || quote === "'" ? source.slice(at + 1, end) : source.slice(at, end);
    attributes.set(key.toLowerCase(), decode(raw));
    at = quote === '"' || quote === "'" ? end + 1 : end;
  }
  if (name === "span" && attributes.get("class") !== "tg-spoiler") {
    return { error: `Tag "span" must have class "tg-spoiler" ${offset}` };
  }
  return { name, attributes, end: at + 1 };
}

function endOfToken(source: string, at: number): number {
  const length = source.slice(at).search(/[\s>]/);
  return length < 0 ? -1 : at + length;
}

const NAMED: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"' };

/** Four names and numbers are decoded; every other & is a plain one. */
function entityAt(source: string, at: number): [decoded: string, length: number] {
  const match = /^&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-f]{1,6});/i.exec(source.slice(at, at + 12))?.[0];
  if (!match) return ["&", 1];
  const named = NAMED[match];
  if (named) return [named, match.length];
  const code = /^&#x/i.test(match)
    ? Number.parseInt(match.slice(3), 16)
    : Number.parseInt(match.slice(2), 10);
  const valid = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return valid ? [String.fromCodePoint(code), match.length] : ["&", 1];
}

function decode(value: string): string {
  let out = "";
  for (let at = 0; at < value.length; ) {
    const [char, length] = value[at] === "&" ? entityAt(value, at) : [value[at] as string, 1];
    out += char;
    at += length;
  }
  return out;
}
