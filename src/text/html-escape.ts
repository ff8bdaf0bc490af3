/** Signs of a text that HTML and XML read as their own, and back. */

/** For text only. */
export function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** For text, and for attributes in double quotes. */
export function escapeHtml(text: string): string {
  return escapeText(text).replace(/"/g, "&quot;");
}

const NAMED: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: "\u00a0" };

/** Every reference once: `&amp;lt;` is `&lt;`. An unknown name and a number beyond Unicode stay as they are. */
export function decodeHtml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi, (whole, hex, decimal, name) => {
    if (name) return NAMED[String(name).toLowerCase()] ?? whole;
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
    if (code >= 0xd800 && code <= 0xdfff) return "\ufffd";
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The words between the tags. */
export function untagged(html: string): string {
  return decodeHtml(html.replace(/<[^<>]*>/g, ""));
}
