/** Characters: what text may hold, what would ping, what an address may be. Knows no markup. */

/** Breaks up what a network would otherwise take for a sign of its own. Invisible, and has no width. */
export const ZERO = "\u200B";

const ORDINARY = /^[\x20-\x7E]*$/;

// Controls, bidi overrides and isolates (they reorder what a reader sees), zero-width spaces, noncharacters.
// Joiners (U+200C, U+200D) stay: emoji, Persian and the Indic scripts need them. So do the marks U+200E and U+200F.
const DROPPED =
  /[\u0000-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F\u200B\u202A-\u202E\u2060\u2066-\u2069\uFDD0-\uFDEF\uFEFF\uFFFE\uFFFF]/g;
const LINE_ENDS = /\r\n?|[\u000B\u000C\u0085\u2028\u2029]/g;
const LONELY = /\p{Surrogate}/gu;

/** Any text without invisible characters that could be abused; line ends are `\n`. Idempotent. */
export function clean(text: string): string {
  if (ORDINARY.test(text)) return text;
  return text.replace(DROPPED, "").replace(LINE_ENDS, "\n").replace(LONELY, "\uFFFD");
}

// Scripts that are written without spaces: a line end between two such letters is not a gap.
const CJK = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\u3000-\\u303F\\uFF00-\\uFF60]";
const SPACELESS = new RegExp(`(?<=${CJK})[ \\t]*\\n[ \\t]*(?=${CJK})`, "gu");

/** Text of one line: a soft break is a space, a tab too. */
export function oneLine(text: string): string {
  const cleaned = clean(text);
  if (!/[\n\t]/.test(cleaned)) return cleaned;
  return cleaned.replace(SPACELESS, "").replace(/ ?\n ?|\t/g, " ");
}

// A sign that a network would read as the start of a mention or a hashtag: not inside a word, a letter behind it.
const CALL = /(?<![\p{L}\p{N}_])[@＠](?=[\p{L}\p{N}_])/gu;
const TOPIC = /(?<![\p{L}\p{N}_])[#＃](?=[\p{N}_]*\p{L})/gu;
const EVERYBODY = /[@＠](?=(?:everyone|here|channel|all|room|topic|stream)(?![\p{L}\p{N}]))/giu;

/** Text in which no `@word` pings and no `#word` is a topic, and which looks the same. */
export function hush(text: string): string {
  if (!/[@＠#＃]/.test(text)) return text;
  return silent(text).replace(TOPIC, `$&${ZERO}`);
}

/** Text in which no `@word` pings. For code that people copy: a stray hashtag there harms less than a broken `#include`. */
export function silent(text: string): string {
  if (!/[@＠]/.test(text)) return text;
  return text.replace(CALL, `$&${ZERO}`).replace(EVERYBODY, `$&${ZERO}`);
}

/**
 * A web or mail address that is safe to write into markup, or undefined: `javascript:`, `data:` and relative ones are
 * no use to a reader elsewhere. Hosts and paths stay as written, IDN too; what could end or break markup is encoded.
 */
export function address(url: string): string | undefined {
  const cleaned = clean(url.trim());
  if (!/^(?:https?:\/\/[^\s/?#]|mailto:(?:[^\s@]*[A-Za-z0-9_])@[^\s@]+\.[^\s@.])/i.test(cleaned))
    return undefined;
  return cleaned.replace(/[\s<>"`\\^{}|]/g, (char) => encodeURIComponent(char));
}

/** The same where brackets would end it: `[text](url)`. */
export function bracketed(url: string): string {
  return url.replace(/[()[\]]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** What people read of an address: a mail address without its scheme. */
export function shown(url: string): string {
  return url.replace(/^mailto:/i, "");
}

/** Whether a label only repeats the address below it. */
export function sameAs(label: string, url: string): boolean {
  const bare = label.trim();
  if (bare === "" || bare === url || bare === shown(url)) return true;
  return (
    url.replace(/^https?:\/\//i, "").replace(/\/$/, "") ===
    bare.replace(/^https?:\/\//i, "").replace(/\/$/, "")
  );
}
