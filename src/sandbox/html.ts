/** Text into HTML, by escaping. The page sanitises the result once more. */
import { type Span, spans } from "./count.ts";

const NAMES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** For text and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => NAMES[char] as string);
}

/** A link to another page; anything but http, https and mailto is shown as text. */
export function anchor(url: string, label: string, kind = "link"): string {
  if (!/^(https?:\/\/|mailto:)/i.test(url)) return label;
  return `<a class="${kind}" href="${escapeHtml(url)}" target="_blank" rel="noopener noreferrer nofollow">${label}</a>`;
}

/** A mention or tag: coloured, leads nowhere. */
export function chip(kind: "mention" | "tag", label: string): string {
  return `<span class="${kind}">${escapeHtml(label)}</span>`;
}

/** Plain text with its links, mentions and tags marked. */
export function marked(text: string, found: Span[] = spans(text)): string {
  let html = "";
  let at = 0;
  for (const span of found) {
    const shown = text.slice(span.start, span.end);
    html += escapeHtml(text.slice(at, span.start));
    html += span.kind === "link" ? anchor(span.value, escapeHtml(shown)) : chip(span.kind, shown);
    at = span.end;
  }
  return html + escapeHtml(text.slice(at));
}
