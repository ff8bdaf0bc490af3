/** The HTML of a message as clients show it: the specification's list of tags, and nothing else of it. */
import { anchor, chip, escapeHtml } from "../../html.ts";

const SHOWN: Record<string, string> = Object.fromEntries(
  "del h1 h2 h3 h4 h5 h6 blockquote p ul ol li b i u strong em s code hr br table thead tbody tr th td pre"
    .split(" ")
    .map((tag) => [tag, tag]),
);
// Allowed, and nothing of its own on the sandbox's page.
const QUIET = new Set(["sup", "sub", "div", "caption", "span", "details", "summary", "font", "mx-reply"]);
const TAG = /<(\/?)([a-z][a-z0-9-]*)((?:\s+[a-z-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+))?)*)\s*\/?>/gi;

export interface Shown {
  html: string;
  plain: string;
  /** Tags that clients take away. */
  dropped: string[];
  link?: string;
}

export function shownOf(source: string): Shown {
  const dropped = new Set<string>();
  let html = "";
  let plain = "";
  let link: string | undefined;
  let open: { href: string; from: number } | undefined;
  let at = 0;
  const words = (text: string) => {
    html += escapeHtml(decoded(text));
    plain += decoded(text);
  };
  for (const match of source.matchAll(TAG)) {
    words(source.slice(at, match.index));
    at = match.index + match[0].length;
    const [, slash, name = "", attributes = ""] = match;
    const tag = name.toLowerCase();
    if (/^(br|p|li|h\d|tr|blockquote|div)$/.test(tag) && (slash || tag === "br")) plain += "\n";
    if (tag === "a") {
      if (slash && open) {
        const label = html.slice(open.from);
        const called = /^https:\/\/matrix\.to\/#\/(@[^?]+)/.exec(open.href);
        html =
          html.slice(0, open.from) + (called ? chip("mention", untagged(label)) : anchor(open.href, label));
        open = undefined;
      } else if (!slash) {
        const href = decoded(valueIn(attributes, "href") ?? "");
        if (/^(https?|ftp|mailto|magnet):/i.test(href)) open = { href, from: html.length };
        if (/^https?:/i.test(href) && !href.startsWith("https://matrix.to/")) link ??= href;
      }
    } else if (tag === "img") {
      // From elsewhere than the homeserver it is not shown.
      if (valueIn(attributes, "src")?.startsWith("mxc://"))
        html += `<i>${escapeHtml(decoded(valueIn(attributes, "alt") ?? ""))}</i>`;
      else dropped.add("img");
    } else if (SHOWN[tag]) html += slash ? `</${tag}>` : `<${tag}>`;
    else if (!QUIET.has(tag)) dropped.add(tag);
  }
  words(source.slice(at));
  return {
    html: html.replace(/\n+(?=<)|(?<=>)\n+/g, ""),
    plain: plain.trim(),
    dropped: [...dropped],
    ...(link && { link }),
  };
}

function valueIn(attributes: string, name: string): string | undefined {
  const match = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(attributes);
  return match?.[1] ?? match?.[2] ?? match?.[3];
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: "\u00A0" };

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name) return ENTITIES[String(name).toLowerCase()] ?? whole;
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

function untagged(html: string): string {
  return decoded(html.replace(/<[^>]*>/g, ""));
}
