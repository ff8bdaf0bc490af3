/** What the networks would read in a finished text, by the strictest reading of each markup. */
import type { Markup } from "../../src/text/types.ts";

/** Names that a network would call, by the strictest reading of its markup. */
export function pingsIn(markup: Markup, written: string): string[] {
  if (markup === "facets" || markup === "npf" || markup === "card") return [];
  // Addresses stay as they are: neither https://a.example/@name nor here@all.example is a call. Code begins behind them.
  const addresses =
    /(?:https?:\/\/|mailto:|www\.)(?:\\`|[^\s<>"`])*|(?<!@)[A-Za-z0-9_][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+/g;
  const away = (all: string) => all.replace(addresses, "u");
  const text = away(written);
  const everybody = /@(?:everyone|here|channel|all|room)(?![\p{L}\p{N}])/giu;
  const call = /(?<![\p{L}\p{N}_/.%+-])@[\p{L}\p{N}_]+/gu;
  switch (markup) {
    case "mrkdwn":
      return text.match(/<[@!#][^>]*>/g) ?? [];
    case "google-chat":
      return text.match(/<users\/[^>]*>/g) ?? [];
    case "chat-markdown":
      return [...(text.match(/<[@#][!&]?\d+>|<t:\d/g) ?? []), ...(text.match(/@(?:everyone|here)/g) ?? [])];
    case "wikitext":
      return text.replace(/<syntaxhighlight [^>]*>[\s\S]*?<\/syntaxhighlight>/g, "·").match(/\[\[/g) ?? [];
    case "little-text":
      return text.match(/(?<!\\)(?:\\\\)*@/g) ?? [];
    case "zulip":
      // `@_**name**` only names, and tells nobody.
      return outsideCode(text).match(/[@#]\*\*/g) ?? [];
    case "irc":
    case "nostr":
      return [];
    case "mfm":
      // Nothing is alive in <plain>, and a backtick in it begins no code.
      return pingsIn("plain", text.replace(/<plain>[\s\S]*?<\/plain>/g, "·"));
    case "reddit":
      return (
        outsideCode(written.replace(addresses, "·")).match(/(?<![\p{L}\p{N}_])[ur]\/[A-Za-z0-9_-]+/giu) ?? []
      );
    case "chat-html":
    case "html":
    case "matrix":
      return (
        away(textOfHtml(written.replace(/<(code|pre|a)\b[^>]*>[\s\S]*?<\/\1>/g, "·"))).match(everybody) ?? []
      );
    default:
      return [...(outsideCode(text).match(call) ?? []), ...(outsideCode(text).match(everybody) ?? [])];
  }
}

const outsideCode = (text: string) => text.replace(/(?<!\\)(`+)[\s\S]*?\1/g, " ");

export function textOfHtml(html: string): string {
  return html
    .replace(/<[^<>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}
