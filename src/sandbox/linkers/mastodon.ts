/**
 * What Mastodon takes for a link, from its source: config/initializers/twitter_regex.rb over rb/lib/twitter-text/regex.rb and
 * extractor.rb of twitter-text, called by app/lib/text_formatter.rb without links that have no scheme.
 */
import { international, latin, withdrawn } from "../../tlds.generated.ts";
import type { Span } from "../count.ts";

const DIRECTION = "\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069";
const SPACES = "\\t-\\r \\u0085\\u00a0\\u1680\\u180e\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const INVALID = "\\ufffe\\ufeff\\uffff";
// Of ASCII's punctuation only the backslash is left out, as the source's quoting has it.
const LABEL = `[^${DIRECTION}!-\\/:-@\\[\\]-\`{-~\\0-\\x1f\\x7f${INVALID}${SPACES}]`;
// No label is longer than 63; the source has no bound.
const SUBDOMAIN = `(?:(?:${LABEL}(?:[_-]|${LABEL}){0,62})?${LABEL}\\.)`;
const DOMAIN = `(?:(?:${LABEL}(?:-|${LABEL}){0,62})?${LABEL}\\.)`;

const ACCENTS =
  "\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u024f\\u0253\\u0254\\u0256\\u0257\\u0259\\u025b\\u0263\\u0268\\u026f\\u0272\\u0289\\u028b\\u02bb\\u0300-\\u036f\\u1e00-\\u1eff";
// Mastodon redefines what stands in parentheses after it has used it for the end of a path.
const NARROW = `[a-z\\p{Script=Cyrillic}0-9!*';:=+,.$\\/%#\\[\\]\\p{Pd}_~&|@${ACCENTS}]`;
const WIDE = "[^\\p{White_Space}<>()?]";
const balanced = (sign: string) => `\\((?:${sign}+|${sign}*\\(${sign}+\\)${sign}*)\\)`;
const END = `(?:[^\\p{White_Space}()?!*"'「」<>;:=,.$%\\[\\]~&|@]|${balanced(NARROW)})`;
const PATH = `(?:${WIDE}*(?:${balanced(WIDE)}${WIDE}*)*${END}|${WIDE}+\\/)`;
const BEYOND = "\\u00a0-\\ud7ff\\ue000-\\ufdcf\\ufdf0-\\uffef\\u{10000}-\\u{10fffd}";
const QUERY = `[a-z0-9!?*'();:&=+$\\/%#\\[\\]\\-_.,~|@^${BEYOND}]`;
const QUERY_END = `[a-z0-9_&=#\\/\\-${BEYOND}]`;

// These exist nowhere (RFC 2606): a rehearsal writes them where the real text will have real ones.
const MADE_UP = ["example", "invalid", "test"];

const patterns = new Map<boolean, RegExp>();

function pattern(madeUp: boolean): RegExp {
  const made = patterns.get(madeUp);
  if (made) return made;
  const real = `${latin} ${international} ${withdrawn}`.split(/\s+/).filter(Boolean);
  const tlds = madeUp ? [...real, ...MADE_UP] : real;
  const tld = `(?:(?:${tlds.join("|")})(?=[^0-9a-z@+-]|$)|xn--[0-9a-z]+)`;
  const urls = new RegExp(
    `([^A-Z0-9@＠$#＃${INVALID}]|[${DIRECTION}]|^)` +
      `(((?:https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini):\\/\\/)?${SUBDOMAIN}{0,125}${DOMAIN}${tld}` +
      `(?::[0-9]+)?(?:\\/${PATH}*)?(?:\\?${QUERY}*${QUERY_END})?)`,
    "gimu",
  );
  patterns.set(madeUp, urls);
  return urls;
}

/** One without a scheme is none; neither is one whose top-level domain does not exist. */
export function mastodonLinks(text: string): Span[] {
  return linksIn(text, false);
}

/** What a rehearsal shows as a link: made-up addresses, too. */
export function shownLinks(text: string): Span[] {
  return linksIn(text, true);
}

function linksIn(text: string, madeUp: boolean): Span[] {
  if (!text.includes("://")) return [];
  return [...text.matchAll(pattern(madeUp))].flatMap(
    ({ index, 1: before = "", 2: value = "", 3: scheme }) => {
      const start = index + before.length;
      return scheme ? [{ kind: "link" as const, start, end: start + value.length, value }] : [];
    },
  );
}
