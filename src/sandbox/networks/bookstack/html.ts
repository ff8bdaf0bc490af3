/** What BookStack makes of a page's HTML: pictures in it become files, and first elements get ids. As `PageContent` of its source does, read 2026-11-27. */
import { escapeHtml } from "../../html.ts";

/** `keep` stores a picture and gives its address, or nothing for what is none. */
export function withoutData(html: string, keep: (type: string, bytes: Buffer) => string): string {
  return html.replace(/data:image\/([a-z]{1,6});base64,([A-Za-z0-9+/=]*)/g, (_, type: string, data: string) =>
    keep(`image/${type}`, Buffer.from(data, "base64")),
  );
}

const FIRST = /<([a-z][a-z0-9]*)((?:\s+[\w-]+="[^"]*")*)\s*>/gy;
const EMPTY = new Set(["img", "br", "hr"]);

/** Every element that stands in none gets an id from its words; `bkmrk` ids stay. */
export function withIds(html: string): string {
  let out = "";
  let at = 0;
  const used = new Set<string>();
  while (at < html.length) {
    const next = html.indexOf("<", at);
    if (next < 0) break;
    out += html.slice(at, next);
    FIRST.lastIndex = next;
    const tag = FIRST.exec(html);
    if (!tag) {
      const end = html.startsWith("<!--", next) ? html.indexOf("-->", next) + 3 : next + 1;
      out += html.slice(next, end);
      at = end;
      continue;
    }
    const [start, name = "", attributes = ""] = tag;
    const end = EMPTY.has(name) ? next + start.length : endOf(html, name, next + start.length);
    const [, own = ""] = /\sid="([^"]*)"/.exec(attributes) ?? [];
    const words = html
      .slice(next, end)
      .replace(/<[^>]*>/g, "")
      .trim()
      .toLowerCase()
      .replace(/\s+/g, "-");
    const id = own.startsWith("bkmrk") && !used.has(own) ? own : unused(`bkmrk-${words.slice(0, 20)}`, used);
    used.add(id);
    const rest = attributes.replace(/\sid="[^"]*"/, "");
    out += `<${name} id="${escapeHtml(encodeURIComponent(id))}"${rest}>${html.slice(next + start.length, end)}`;
    at = end;
  }
  return out + html.slice(at);
}

function unused(id: string, used: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const tried = n === 1 ? id : `${id}-${n - 1}`;
    if (!used.has(tried)) return tried;
  }
}

/** Behind the element's own end. */
function endOf(html: string, name: string, from: number): number {
  let depth = 1;
  const tags = new RegExp(`<(/?)${name}\\b[^>]*>`, "g");
  tags.lastIndex = from;
  for (let tag = tags.exec(html); tag; tag = tags.exec(html)) {
    depth += tag[1] === "/" ? -1 : 1;
    if (depth === 0) return tag.index + tag[0].length;
  }
  return html.length;
}
