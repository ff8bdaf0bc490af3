/** What each network's own reading takes for a link, written from its source; `text/` has its own, and both must agree. */
import type { Span } from "./count.ts";

type Linker = (text: string) => Span[];

// mastodon/mastodon, config/initializers/twitter_regex.rb (from memory, to be read again): a path goes on until white space, < > ( ) or ?, with
// parentheses that are in balance, and does not end in the signs below; a query is the same with a question mark.
const MASTODON =
  /https?:\/\/[\p{L}\p{N}\p{M}_.-]+(?::\d+)?(?:\/(?:[^\s<>()?]|\([^\s<>()?]*\))*)?(?:\?[\w!?*'();:&=+$/%#[\]\-.,~|@^\u00a0-\uffef]*)?/giu;
const NOT_LAST = /[()?!*"'「」<>;:=,.$%[\]~&|@\s]$/u;

export const mastodonLinks: Linker = (text) =>
  found(text, MASTODON, /[A-Za-z0-9@＠$#＃]/, (link) => {
    let end = link;
    while (NOT_LAST.test(end) && !(end.endsWith(")") && isBalanced(end))) end = end.slice(0, -1);
    return end;
  });

// discord.com's Markdown (the rule `url` of simple-markdown, as its client has it; from memory, to be read again): everything up to white
// space or <, but not these at the end; a parenthesis that nothing opened stays outside.
const DISCORD = /https?:\/\/[^\s<]+[^<.,:;"'\]\s]/gi;

export const discordLinks: Linker = (text) =>
  found(text, DISCORD, undefined, (link) => {
    let end = link;
    while (end.endsWith(")") && !isBalanced(end)) end = end.slice(0, -1);
    return end;
  });

// tdlib, td/telegram/MessageEntity.cpp, `find_urls` (from memory, to be read again): a host needs no scheme where its last label is a
// top-level domain. Some that are endings of files, too.
const TELEGRAM =
  /(?<![\p{L}\p{N}_@/.-])(?:[a-z0-9_-]+\.)+(?:com|org|net|io|dev|app|ai|md|sh|py|rs|pl|so|cc|ps|zip|mov|it|in|is|no|me|co|de|eu)(?![\p{L}\p{N}_-]|\.\p{L})(?:\/[^\s<>]*)?/giu;

/** Only what has no scheme. */
export const telegramHosts: Linker = (text) =>
  found(text, TELEGRAM, undefined, (link) => link.replace(/[.,;:!?'")\]]+$/, ""));

/** `before`: what may not stand right before a link. */
function found(
  text: string,
  pattern: RegExp,
  before: RegExp | undefined,
  ended: (link: string) => string,
): Span[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const value = ended(match[0]);
    if (before?.test(text.charAt(match.index - 1)) || /^https?:\/\/$/i.test(value)) return [];
    return [{ kind: "link" as const, start: match.index, end: match.index + value.length, value }];
  });
}

function isBalanced(link: string): boolean {
  let open = 0;
  for (const sign of link) open += sign === "(" ? 1 : sign === ")" ? -1 : 0;
  return open >= 0;
}
