/** The last gate before the page: a small set of tags and attributes passes, everything else is shown as text. */
import { escapeHtml } from "./html.ts";

const TAGS = new Set(
  "a b strong i em u s del code pre blockquote br p ul ol li h1 h2 h3 h4 h5 h6 hr span img figure figcaption table thead tbody tr th td".split(
    " ",
  ),
);
const EMPTY = new Set(["br", "hr", "img"]);
const CLASSES = new Set(["link", "mention", "tag", "spoiler", "quiet"]);
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*\/?>/gy;
const ATTRIBUTE = /([a-z-]+)="([^"]*)"/g;

/** Well-formed HTML out of anything: unknown tags are escaped, open ones closed, only http(s) and mailto lead anywhere. */
export function sanitise(html: string): string {
  const open: string[] = [];
  let out = "";
  let at = 0;
  while (at < html.length) {
    const next = html.indexOf("<", at);
    if (next < 0) break;
    out += textOf(html.slice(at, next));
    TAG.lastIndex = next;
    const match = TAG.exec(html);
    const name = match?.[2] ?? "";
    if (!match || !TAGS.has(name)) {
      out += "&lt;";
      at = next + 1;
      continue;
    }
    at = next + match[0].length;
    if (match[1] === "/") out += close(name, open);
    else if (name === "img") out += picture(match[3] ?? "");
    else {
      out += `<${name}${attributes(name, match[3] ?? "")}>`;
      if (!EMPTY.has(name)) open.push(name);
    }
  }
  return (
    out +
    textOf(html.slice(at)) +
    open
      .reverse()
      .map((name) => `</${name}>`)
      .join("")
  );
}

// Only the sandbox's own files are loaded; of others the page says what they show.
function picture(source: string): string {
  const given = attributes("img", source);
  if (given.includes(" src=")) return `<img${given}>`;
  const alt = / alt="([^"]*)"/.exec(given)?.[1];
  return alt ? `<i>${alt}</i>` : "";
}

function close(name: string, open: string[]): string {
  const index = open.lastIndexOf(name);
  if (index < 0) return "";
  return open
    .splice(index)
    .reverse()
    .map((tag) => `</${tag}>`)
    .join("");
}

function attributes(name: string, source: string): string {
  let out = "";
  for (const [, key, value = ""] of source.matchAll(ATTRIBUTE)) {
    if (key === "class" && CLASSES.has(value)) out += ` class="${value}"`;
    if (name === "a" && key === "href" && /^(https?:\/\/|mailto:)/i.test(value)) {
      out += ` href="${textOf(value)}" target="_blank" rel="noopener noreferrer nofollow"`;
    }
    if (name === "img" && key === "src" && /^\/media\/[0-9a-f]+$/.test(value)) out += ` src="${value}"`;
    if (name === "img" && key === "alt") out += ` alt="${textOf(value)}"`;
  }
  return out;
}

// Entities that are there already stay; a lone & and quotes do not end anything.
function textOf(text: string): string {
  return text.replace(/&(?!(?:[a-z]{2,8}|#\d{1,7}|#x[0-9a-f]{1,6});)|[<>"']/gi, (char) => escapeHtml(char));
}
