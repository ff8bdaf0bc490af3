/** Wikitext as readers see it, as far as posts need it: https://www.mediawiki.org/wiki/Help:Formatting. Built by escaping. */
import { anchor, chip, escapeHtml } from "../../html.ts";

const HELD = /\uE000(\d+)\uE001/g;

export function wikitextHtml(source: string): string {
  const pieces: string[] = [];
  const keep = (html: string) => `\uE000${pieces.push(html) - 1}\uE001`;
  const code = (text: string) => keep(`<pre>${referenced(text.replace(/^\n|\n$/g, ""))}</pre>`);
  const held = source
    .replace(/[\uE000\uE001]/g, "")
    .replace(/<!--.*?-->/gs, "")
    .replace(/<nowiki\s*\/>/g, () => keep(""))
    .replace(/<nowiki>(.*?)<\/nowiki>/gs, (_, text: string) => keep(referenced(text)))
    .replace(/<(pre|syntaxhighlight)\b[^>]*>(.*?)<\/\1>/gs, (_, _tag, text: string) => code(text))
    .replace(/\[\[Category:[^\]]*\]\]\n?/g, "")
    .replace(/\[\[File:([^|\]]+)((?:\|[^|\]]*)*)\]\]/g, (_, name: string, rest: string) => {
      const alt = /\|alt=([^|]*)/.exec(rest)?.[1] ?? name;
      return keep(`<i>${referenced(alt)}</i>`);
    });
  let html = blocks(held.split("\n"), (text) => inline(text, keep));
  for (let depth = 0; depth < 9 && html.includes("\uE000"); depth++)
    html = html.replace(HELD, (_, n: string) => pieces[Number(n)] ?? "");
  return html;
}

// References stay; all else of the markup's signs is escaped.
function referenced(text: string): string {
  return escapeHtml(text).replace(/&amp;(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});/gi, "&$1;");
}

function blocks(lines: string[], words: (text: string) => string): string {
  let html = "";
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) html += `<p>${words(paragraph.join("\n"))}</p>`;
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const [, signs = "", title = ""] = /^(={1,6})(.+)\1\s*$/.exec(line) ?? [];
    const [, tag = ""] = /^(<\/?blockquote>)$/.exec(line) ?? [];
    if (/^[*#:;]/.test(line)) {
      flush();
      let end = at;
      while (end < lines.length && /^[*#:;]/.test(lines[end]!)) end++;
      html += list(lines.slice(at, end), words);
      at = end - 1;
    } else if (line.startsWith("{|")) {
      flush();
      const end = lines.findIndex((one, index) => index > at && one.startsWith("|}"));
      html += table(lines.slice(at + 1, end < 0 ? lines.length : end), words);
      at = end < 0 ? lines.length : end;
    } else if (signs || tag || line.startsWith("----") || line.trim() === "") {
      flush();
      if (signs) html += `<h${signs.length}>${words(title.trim())}</h${signs.length}>`;
      if (tag) html += tag;
      if (line.startsWith("----")) html += "<hr>";
    } else if (line.startsWith(" ")) {
      flush();
      html += `<pre>${words(line.slice(1))}</pre>`;
    } else paragraph.push(line);
  }
  flush();
  return html;
}

const LISTS: Record<string, string> = { "*": "ul", "#": "ol", ":": "ul", ";": "ul" };

function list(lines: string[], words: (text: string) => string): string {
  const kind = lines[0]![0]!;
  const tag = LISTS[kind] ?? "ul";
  const items: string[][] = [];
  for (const line of lines) {
    const inner = line.slice(1);
    if (/^[*#:;]/.test(inner) && items.length > 0) items.at(-1)!.push(inner);
    else items.push([inner]);
  }
  const html = items.map(([first = "", ...nested]) => {
    const below = nested.length > 0 ? list(nested, words) : "";
    return `<li>${words(first.trim())}${below}</li>`;
  });
  return `<${tag}>${html.join("")}</${tag}>`;
}

function table(lines: string[], words: (text: string) => string): string {
  const rows: string[] = [""];
  for (const line of lines) {
    if (line.startsWith("|-")) rows.push("");
    else if (/^[|!]/.test(line)) {
      const cell = line.startsWith("!") ? "th" : "td";
      const cells = line.slice(1).split(line.startsWith("!") ? /!!|\|\|/ : /\|\|/);
      rows[rows.length - 1] += cells.map((text) => `<${cell}>${words(text.trim())}</${cell}>`).join("");
    }
  }
  const filled = rows.filter((row) => row !== "");
  return `<table>${filled.map((row) => `<tr>${row}</tr>`).join("")}</table>`;
}

function inline(text: string, keep: (html: string) => string): string {
  const held = text
    .replace(/\[\[User:[^|\]]*\|([^\]]*)\]\]/g, (_, name: string) => keep(chip("mention", `@${name}`)))
    .replace(/\[((?:https?:\/\/|mailto:)[^\s\]]+) ([^\]]*)\]/gi, (_, url: string, label: string) =>
      keep(anchor(url, inline(label, keep))),
    )
    .replace(/(?<![\p{L}\p{N}])https?:\/\/[^\s<>"[\]\uE000]+/giu, (url) => keep(anchor(url, escapeHtml(url))))
    .replace(/<(\/?)(s|code|sup|sub|u|br)\s*\/?>/g, (_, end: string, tag: string) =>
      keep(`<${end}${tag === "sup" || tag === "sub" ? "em" : tag}>`),
    );
  return referenced(held)
    .replace(/&#39;&#39;&#39;(.+?)&#39;&#39;&#39;/gs, "<strong>$1</strong>")
    .replace(/&#39;&#39;(.+?)&#39;&#39;/gs, "<em>$1</em>");
}
