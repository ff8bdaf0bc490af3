/** HTML that somebody wrote, taken apart and made again: known tags without attributes, links to pages, and nothing else. */
import { decodeHtml } from "../../text/html-escape.ts";
import { type Html, html, join, nothing, raw, webAddress } from "../html.ts";

const KNOWN: Readonly<Record<string, string>> = {
  b: "strong",
  strong: "strong",
  i: "em",
  em: "em",
  u: "u",
  ins: "u",
  s: "s",
  del: "s",
  strike: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  p: "p",
  ul: "ul",
  ol: "ol",
  li: "li",
  table: "table",
  thead: "thead",
  tbody: "tbody",
  tr: "tr",
  th: "th",
  td: "td",
  sub: "sub",
  sup: "sup",
};
// A post's headings are none of the page's.
const HEADINGS = /^h[1-6]$/;
const MUTE = new Set(["script", "style", "title", "iframe", "object", "svg", "math", "template", "noscript"]);

/** `blocks`: whether the network lays the text out by its tags; else line breaks in the text count. */
export function readTags(source: string, blocks: boolean): Html {
  const laidOut = blocks ? source : tight(source);
  const out: Html[] = [];
  const open: { name: string; close: string }[] = [];
  let mute: string | undefined;
  const shut = (name: string) => {
    const index = open.findLastIndex((one) => one.name === name);
    if (index < 0) return;
    for (const { close } of open.splice(index).reverse()) out.push(raw(close));
  };
  const begin = (name: string, start: Html, close: string) => {
    out.push(start);
    open.push({ name, close });
  };
  for (const [token, closing, tag = "", rest = ""] of laidOut.matchAll(
    /<(\/?)([a-z][\w-]*)((?:[^<>"]|"[^"]*")*)>|[^<]+|</gi,
  )) {
    const name = tag.toLowerCase();
    if (mute !== undefined) {
      if (closing && name === mute) mute = undefined;
      continue;
    }
    if (name === "") out.push(html`${decodeHtml(token)}`);
    else if (closing) shut(name);
    else if (name === "br") out.push(html`<br>`);
    else if (name === "hr") out.push(html`<hr>`);
    else if (name === "img") out.push(picture(attribute(rest, "alt")));
    else if (MUTE.has(name)) mute = name;
    else if (name === "span") begin(name, ...spanFor(rest));
    else if (name === "a") {
      const url = attribute(rest, "href");
      const address = webAddress(url);
      if (/^tg:/i.test(url) || /^https:\/\/matrix\.to\/#\//.test(url))
        begin(name, raw('<span class="at">'), "</span>");
      else if (address === undefined) begin(name, nothing, "");
      else begin(name, html`<a href="${address}" rel="noopener noreferrer nofollow">`, "</a>");
    } else if (HEADINGS.test(name)) begin(name, raw('<p class="h" dir="auto"><strong>'), "</strong></p>");
    else if (name === "ol")
      begin(name, html`<ol start="${Number(attribute(rest, "start") || 1) || 1}">`, "</ol>");
    else if (KNOWN[name] !== undefined) {
      const known = KNOWN[name];
      const turned = blocks && (known === "p" || known === "li") ? ' dir="auto"' : "";
      begin(name, raw(`<${known}${turned}>`), `</${known}>`);
    }
  }
  for (const { close } of open.reverse()) out.push(raw(close));
  return join(out);
}

/** What is called, a topic, or hidden: as our own classes. Any other is no more than its words. */
function spanFor(tag: string): [Html, string] {
  const [, known] = /\bclass="(mention|tag|spoiler|quiet)"/.exec(tag) ?? [];
  if (known === undefined) return [nothing, ""];
  const own = { mention: "at", tag: "tag", spoiler: "spoiler", quiet: "soft" }[known];
  return [raw(`<span class="${own}">`), "</span>"];
}

// Blocks bring their own line break.
function tight(source: string): string {
  return source
    .replace(/\n{1,2}(<(?:pre|blockquote)\b)/gi, "$1")
    .replace(/(<\/(?:pre|blockquote)>)\n{1,2}/gi, "$1");
}

function picture(alt: string): Html {
  return html`<span class="pic-in">picture: ${alt || "no description"}</span>`;
}

function attribute(tag: string, name: "alt" | "href" | "start"): string {
  return decodeHtml(ATTRIBUTES[name].exec(tag)?.[1] ?? "");
}

const ATTRIBUTES = {
  alt: /\balt="([^"]*)"/i,
  href: /\bhref="([^"]*)"/i,
  start: /\bstart="(\d{1,9})"/i,
};
