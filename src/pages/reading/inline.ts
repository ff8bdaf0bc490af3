/** The inside of a paragraph. Marks that do not pair are text; nothing is read twice, so that long texts take no longer. */
import { decodeHtml } from "../../text/html-escape.ts";
import { away, type Html, html, join, nothing } from "../html.ts";
import type { Flavour, Tag } from "./flavours.ts";

export interface Inside {
  flavour: Flavour;
  /** What an id in a mention stands for: `@U0ACME`. */
  called(id: string): string;
  /** The words of a link, in which there is no other. */
  isLabel?: true;
}

type Token =
  | { is: "piece"; html: Html }
  | { is: "mark"; sign: string; tag: Tag; opens: boolean; closes: boolean; html: Html };

// Deeper than anybody reads.
const DEEPEST = 12;
const MOST_LABEL = 500;

export function inline(text: string, inside: Inside, depth = 0): Html {
  return paired(tokensOf(text, inside, depth));
}

function tokensOf(text: string, inside: Inside, depth: number): Token[] {
  const { flavour } = inside;
  const tokens: Token[] = [];
  let from = 0;
  let at = 0;
  const flush = () => {
    if (at > from) tokens.push({ is: "piece", html: linked(text.slice(from, at), inside) });
  };
  const take = (token: Token, length: number) => {
    flush();
    tokens.push(token);
    at += length;
    from = at;
  };
  const stop = stopsOf(flavour);
  while (at < text.length) {
    stop.lastIndex = at;
    const next = stop.exec(text);
    if (!next) break;
    at = next.index;
    const found = pieceAt(text, at, inside, depth) ?? markAt(text, at, flavour);
    if (found) take(found.token, found.length);
    else at += 1;
  }
  at = text.length;
  flush();
  return tokens;
}

// Where something might begin: everything else is text.
function stopsOf({ escapes, references, marks, links, tags, mention, topic }: Flavour): RegExp {
  const signs = new Set(["`", ...marks.map(({ sign }) => sign[0]!)]);
  if (escapes) signs.add("\\");
  if (references) signs.add("&");
  if (links.includes("round")) for (const sign of ["[", "!", "<"]) signs.add(sign);
  if (links.includes("angle") || tags) signs.add("<");
  if (mention) for (const sign of ["@", "<", "u"]) signs.add(sign);
  if (topic) for (const sign of ["#", "{"]) signs.add(sign);
  return new RegExp(`[${[...signs].map((sign) => `\\${sign}`.replace("\\u", "u")).join("")}]`, "g");
}

interface Found {
  token: Token;
  length: number;
}

const piece = (content: Html, length: number): Found => ({ token: { is: "piece", html: content }, length });

function pieceAt(text: string, at: number, inside: Inside, depth: number): Found | undefined {
  const { flavour, called } = inside;
  const sign = text[at];
  const label = (words: string) =>
    depth < DEEPEST ? inline(words.slice(0, MOST_LABEL), withoutLinks(inside), depth + 1) : html`${words}`;
  if (sign === "`") return code(text, at, flavour);
  if (sign === "\\" && flavour.escapes) {
    const next = text[at + 1];
    if (next === "\n") return piece(html`<br>`, 2);
    return next !== undefined && /[!-/:-@[-`{-~]/.test(next) ? piece(html`${next}`, 2) : undefined;
  }
  if (sign === "&" && flavour.references) {
    const match = sticky(/&(?:#x[\da-f]{1,6}|#\d{1,7}|[a-z]{2,8});/iy, text, at);
    return match && piece(html`${decodeHtml(match[0])}`, match[0].length);
  }
  if (flavour.mention) {
    const match = sticky(flavour.mention, text, at);
    if (match) return piece(mentioned(called(unescaped(match[1] ?? "", flavour))), match[0].length);
  }
  if (flavour.topic) {
    const match = sticky(flavour.topic, text, at);
    if (match) return piece(topic(unescaped(match[1] ?? "", flavour)), match[0].length);
  }
  if (sign === "<") return angle(text, at, flavour, label);
  if ((sign === "[" || sign === "!") && flavour.links.includes("round"))
    return round(text, at, flavour, label);
  return undefined;
}

function code(text: string, at: number, { references }: Flavour): Found | undefined {
  const ticks = sticky(/`+/y, text, at)![0];
  const end = text.indexOf(ticks, at + ticks.length);
  if (end < 0 || text[end + ticks.length] === "`") return piece(html`${ticks}`, ticks.length);
  const words = text.slice(at + ticks.length, end).replace(/^ (.*\S.*) $/s, "$1");
  const shown = references && ticks.length === 1 && !/[<>]/.test(words) ? decodeHtml(words) : words;
  return piece(html`<code>${shown}</code>`, end + ticks.length - at);
}

function angle(
  text: string,
  at: number,
  flavour: Flavour,
  label: (words: string) => Html,
): Found | undefined {
  if (flavour.tags) {
    const plain = sticky(/<plain>([\s\S]*?)<\/plain>/y, text, at);
    if (plain) return piece(html`${plain[1]}`, plain[0].length);
    const tag = sticky(/<(\/?)(b|i|s)>/y, text, at);
    if (tag) {
      const name = ({ b: "strong", i: "em", s: "s" } as const)[tag[2] as "b" | "i" | "s"];
      const closes = tag[1] === "/";
      const token: Token = {
        is: "mark",
        sign: `<${tag[2]}>`,
        tag: name,
        opens: !closes,
        closes,
        html: html`${tag[0]}`,
      };
      return { token, length: tag[0].length };
    }
  }
  const own = sticky(/<((?:https?:\/\/|mailto:)[^\s<>|]{1,2000})(?:\|([^<>\n]{1,500}))?>/iy, text, at);
  if (!own) return undefined;
  const written = own[1] ?? "";
  const url = flavour.references ? decodeHtml(written) : written;
  const words = own[2] === undefined ? html`${url.replace(/^mailto:/i, "")}` : label(own[2]);
  return piece(away(url, words), own[0].length);
}

function round(
  text: string,
  at: number,
  flavour: Flavour,
  label: (words: string) => Html,
): Found | undefined {
  const match = sticky(
    /(!?)\[((?:[^[\]\n\\]|\\.|\[[^[\]\n]{0,200}\]){0,500})\]\(<?((?:[^\s<>()]|\([^\s<>()]*\)){1,2000})>?(?: +"[^"\n]{0,300}")?\)/y,
    text,
    at,
  );
  if (!match) return undefined;
  const [whole, image, words = "", address = ""] = match;
  const url = unescaped(flavour.references ? decodeHtml(address) : address, flavour);
  if (image)
    return piece(html`<span class="pic-in">picture: ${unescaped(words, flavour)}</span>`, whole.length);
  return piece(away(url, label(words)), whole.length);
}

function withoutLinks(inside: Inside): Inside {
  return {
    ...inside,
    isLabel: true,
    flavour: { ...inside.flavour, links: [], mention: undefined, topic: undefined },
  };
}

function markAt(text: string, at: number, { marks }: Flavour): Found | undefined {
  for (const { sign, tag, word } of marks) {
    if (!text.startsWith(sign, at)) continue;
    const before = text[at - 1] ?? " ";
    const after = text[at + sign.length] ?? " ";
    const isLetter = (one: string) => /[\p{L}\p{N}]/u.test(one);
    const opens = !/\s/.test(after) && !(word && isLetter(before));
    const closes = !/\s/.test(before) && !(word && isLetter(after));
    if (!opens && !closes) return piece(html`${sign}`, sign.length);
    return { token: { is: "mark", sign, tag, opens, closes, html: html`${sign}` }, length: sign.length };
  }
  return undefined;
}

// What is open and so old is not closed any more.
const MOST_OPEN = 48;

function paired(tokens: readonly Token[]): Html {
  const out: Html[] = tokens.map((token) => token.html);
  const open: { index: number; sign: string }[] = [];
  tokens.forEach((token, index) => {
    if (token.is !== "mark") return;
    const partner = token.closes ? open.findLastIndex(({ sign }) => sign === token.sign) : -1;
    // Nothing between them is nothing to mark.
    if (partner >= 0 && open[partner]!.index < index - 1) {
      out[open[partner]!.index] = OPENED[token.tag];
      out[index] = CLOSED[token.tag];
      open.length = partner;
    } else if (token.opens) {
      open.push({ index, sign: token.sign });
      if (open.length > MOST_OPEN) open.shift();
    }
  });
  return join(out);
}

const OPENED = { strong: html`<strong>`, em: html`<em>`, s: html`<s>`, u: html`<u>` };
const CLOSED = { strong: html`</strong>`, em: html`</em>`, s: html`</s>`, u: html`</u>` };

const ADDRESS = /https?:\/\/[^\s<>"'`\\]{1,2000}/gi;

/** Text, with the addresses in it as links; what closes a sentence or a bracket is none of them. */
function linked(text: string, { isLabel }: Inside): Html {
  if (isLabel || !/https?:\/\//i.test(text)) return html`${text}`;
  const pieces: Html[] = [];
  let at = 0;
  for (const { 0: written, index } of text.matchAll(ADDRESS)) {
    let url = written.replace(/[.,:;!?]+$/, "");
    if (url.endsWith(")") && !url.includes("(")) url = url.replace(/\)+$/, "");
    pieces.push(html`${text.slice(at, index)}`, away(url, url));
    at = index + url.length;
  }
  return join([...pieces, html`${text.slice(at)}`]);
}

export function mentioned(words: string): Html {
  return html`<span class="at">${words}</span>`;
}

export function topic(word: string): Html {
  return word === "" ? nothing : html`<span class="tag">#${word}</span>`;
}

function unescaped(text: string, { escapes }: Flavour): string {
  return escapes ? text.replace(/\\([!-/:-@[-`{-~])/g, "$1") : text;
}

function sticky(rule: RegExp, text: string, at: number): RegExpExecArray | undefined {
  rule.lastIndex = at;
  return rule.exec(text) ?? undefined;
}
