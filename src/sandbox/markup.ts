/** Chat markup as readers see it: enough to judge a post by, built by escaping. */
import { ordinaryLinks } from "./count.ts";
import { anchor, chip, escapeHtml } from "./html.ts";
import { discordLinks } from "./linkers/discord.ts";

/** Finished pieces wait behind private characters while the rest is still text. */
class Pieces {
  readonly #html: string[] = [];

  keep(html: string): string {
    this.#html.push(html);
    return `\uE000${this.#html.length - 1}\uE001`;
  }

  fill(text: string): string {
    let out = text;
    // Pieces may hold pieces: at most as deep as markup nests.
    for (let depth = 0; depth < 8 && out.includes("\uE000"); depth++) {
      out = out.replace(/\uE000(\d+)\uE001/g, (_, n: string) => this.#html[Number(n)] ?? "");
    }
    return out;
  }
}

/** Discord's Markdown. `mentions` names what `<@1>` and the like stand for. */
export function chatMarkdown(text: string, mentions: (token: string) => string = bare): string {
  const pieces = new Pieces();
  let out = text.replace(/[\uE000\uE001]/g, "");
  out = out.replace(/```(?:[\w+-]*\n)?([\s\S]*?)```/g, (_, code: string) =>
    pieces.keep(`<pre>${escapeHtml(code.trim())}</pre>`),
  );
  out = out.replace(/`([^`\n]+)`/g, (_, code: string) => pieces.keep(`<code>${escapeHtml(code)}</code>`));
  out = out.replace(/\\([^\p{L}\p{N}\s])/gu, (_, char: string) => pieces.keep(escapeHtml(char)));
  out = out.replace(
    /\[([^\][\n]{1,300})\]\(<?(https?:\/\/[^\s<>)]+(?:\([^\s<>)]*\)[^\s<>)]*)*)>?\)/g,
    (_, label: string, url: string) => pieces.keep(anchor(url, escapeHtml(label))),
  );
  out = out.replace(/<(https?:\/\/[^\s<>]+)>/g, (_, url: string) =>
    pieces.keep(anchor(url, escapeHtml(url))),
  );
  out = out.replace(/<(?:@[!&]?|#)\d+>|@everyone|@here/g, (token) =>
    pieces.keep(chip("mention", mentions(token))),
  );
  out = links(out, pieces, discordLinks);
  out = escapeHtml(out)
    .replace(/\*\*([^\n]+?)\*\*/g, "<strong>$1</strong>")
    .replace(/__([^\n]+?)__/g, "<u>$1</u>")
    .replace(/~~([^\n]+?)~~/g, "<s>$1</s>")
    .replace(/\|\|([^\n]+?)\|\|/g, '<span class="spoiler">$1</span>')
    .replace(/\*([^*\s][^*\n]*)\*/g, "<em>$1</em>")
    .replace(/(?<![\p{L}\p{N}_])_([^_\n]+)_(?![\p{L}\p{N}_])/gu, "<em>$1</em>")
    .split("\n")
    .map((line) =>
      line
        .replace(
          /^(#{1,3}) +(.+)$/,
          (_, marks: string, words: string) => `<h${marks.length + 2}>${words}</h${marks.length + 2}>`,
        )
        .replace(/^-# +(.+)$/, '<span class="quiet">$1</span>')
        .replace(/^(\s*)[-*] +/, "$1• ")
        .replace(/^&gt; (.*)$/, "<blockquote>$1</blockquote>"),
    )
    .join("\n");
  return tight(pieces.fill(out));
}

/** Slack's mrkdwn: only &, < and > are escaped in it, and angle brackets hold links and mentions. */
export function mrkdwn(text: string, mentions: (token: string) => string = (token) => token): string {
  const pieces = new Pieces();
  let out = text.replace(/[\uE000\uE001]/g, "");
  const literal = (words: string) =>
    escapeHtml(words.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&"));
  out = out.replace(/```([\s\S]*?)```/g, (_, code: string) =>
    pieces.keep(`<pre>${literal(code.trim())}</pre>`),
  );
  out = out.replace(/`([^`\n]+)`/g, (_, code: string) => pieces.keep(`<code>${literal(code)}</code>`));
  out = out.replace(
    /<(https?:\/\/[^|>\s]+|mailto:[^|>\s]+)(?:\|([^>\n]*))?>/g,
    (_, url: string, label?: string) =>
      pieces.keep(anchor(url.replace(/&amp;/g, "&"), literal(label || url))),
  );
  out = out.replace(/<([@#!][^>\n]*)>/g, (_, token: string) => pieces.keep(chip("mention", mentions(token))));
  out = out.replace(/&(lt|gt|amp);/g, (entity) => pieces.keep(entity));
  out = links(out, pieces);
  out = escapeHtml(out)
    .replace(/(?<![\p{L}\p{N}*])\*([^*\n]+)\*(?![\p{L}\p{N}*])/gu, "<strong>$1</strong>")
    .replace(/(?<![\p{L}\p{N}_])_([^_\n]+)_(?![\p{L}\p{N}_])/gu, "<em>$1</em>")
    .replace(/(?<![\p{L}\p{N}~])~([^~\n]+)~(?![\p{L}\p{N}~])/gu, "<s>$1</s>");
  return tight(quotes(pieces.fill(out)));
}

// A bare link in either: found as the network finds it, then out of the way of emphasis.
function links(text: string, pieces: Pieces, linker = ordinaryLinks): string {
  let out = "";
  let at = 0;
  for (const span of linker(text)) {
    if (span.kind !== "link" || span.value.includes("\uE000")) continue;
    out += text.slice(at, span.start) + pieces.keep(anchor(span.value, escapeHtml(span.value)));
    at = span.end;
  }
  return out + text.slice(at);
}

function quotes(html: string): string {
  return html
    .replace(/^(?:&gt;) ?(.*)$/gm, "<blockquote>$1</blockquote>")
    .replace(/<\/blockquote>\n/g, "</blockquote>");
}

// Blocks bring their own line break.
function tight(html: string): string {
  return html
    .replace(/\n?(<(?:h[1-6]|blockquote|pre)>)/g, "$1")
    .replace(/(<\/(?:h[1-6]|blockquote|pre)>)\n/g, "$1");
}

// `<@1>` without its brackets.
function bare(token: string): string {
  return token.replace(/^<(.*)>$/, "$1");
}
