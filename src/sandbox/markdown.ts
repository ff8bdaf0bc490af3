/**
 * GitHub-like Markdown as readers see it: enough to judge a post by, built by escaping. What networks have of their own, such
 * as mentions, they say in `Ways`.
 */
import { ordinaryLinks } from "./count.ts";
import { anchor, chip, escapeHtml } from "./html.ts";

export interface Ways {
  /** Whether a backslash takes the meaning from a sign. Default true. */
  escapes?: false;
  /** The marks of bold, italics and strikethrough; each is doubled or not as it stands here. */
  marks?: { strong: string[]; emphasis: string[]; strike: string[] };
  /** What calls somebody: matched in text, shown as a chip. */
  mention?: RegExp;
  /** What a match stands for. Default: itself. */
  called?(match: string): string;
  /** Pictures in the text, by address; what they show is said. Default true. */
  images?: false;
  tables?: false;
  /** Only lists are more than text. */
  blocks?: "lists";
  /** Links are `<url|words>`. */
  links?: "angle";
}

const USUAL = { strong: ["**", "__"], emphasis: ["*", "_"], strike: ["~~"] };
const HELD = /\uE000(\d+)\uE001/g;

export function markdownHtml(source: string, ways: Ways = {}): string {
  const pieces: string[] = [];
  const keep = (html: string) => `\uE000${pieces.push(html) - 1}\uE001`;
  const fill = (text: string) => {
    let out = text;
    for (let depth = 0; depth < 9 && out.includes("\uE000"); depth++)
      out = out.replace(HELD, (_, n: string) => pieces[Number(n)] ?? "");
    return out;
  };
  const fenced = source
    .replace(/[\uE000\uE001]/g, "")
    .replace(
      /^( *)(`{3,}|~{3,})[^\n`]*\n([\s\S]*?)\n? *\2[`~]* *$/gm,
      (_, indent: string, _mark, code: string) => {
        const lines = code
          .split("\n")
          .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
        return `${indent}${keep(`<pre>${escapeHtml(lines.join("\n"))}</pre>`)}`;
      },
    );
  return fill(blocks(fenced.split("\n"), (text) => inline(text, ways, keep), ways));
}

type Inline = (text: string) => string;

/** Lines as blocks; a line that is none of the known ones is text. */
function blocks(lines: string[], words: Inline, ways: Ways): string {
  let html = "";
  let text: string[] = [];
  const flush = () => {
    const joined = text.join("\n").replace(/^\n+|\n+$/g, "");
    if (joined !== "") html += `<p>${words(joined).replace(/\n/g, "<br>")}</p>`;
    text = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const heading = ways.blocks === undefined && /^ {0,3}(#{1,6}) +(.*?)(?: +#+)? *$/.exec(line);
    const asLongAs = (rule: RegExp) => {
      const from = at;
      while (at + 1 < lines.length && rule.test(lines[at + 1] ?? "")) at++;
      return lines.slice(from, at + 1);
    };
    if (line.trim() === "") flush();
    else if (/^\s*\uE000\d+\uE001\s*$/.test(line)) {
      flush();
      html += line.trim();
    } else if (heading) {
      flush();
      html += `<h${heading[1]!.length}>${words(heading[2] ?? "")}</h${heading[1]!.length}>`;
    } else if (ways.blocks === undefined && /^ {0,3}([-*_])(?: *\1){2,} *$/.test(line)) {
      flush();
      html += "<hr>";
    } else if (ways.blocks === undefined && /^ {0,3}> ?/.test(line)) {
      flush();
      const inner = asLongAs(/^ {0,3}> ?/).map((one) => one.replace(/^ {0,3}> ?/, ""));
      html += `<blockquote>${blocks(inner, words, ways)}</blockquote>`;
    } else if (ITEM.test(line)) {
      flush();
      html += list(asLongAs(/^(?:\s*(?:[-*+]|\d+[.)]) |\s{2,}\S|\s*$)/), words, ways);
    } else if (
      ways.tables !== false &&
      line.includes("|") &&
      /^ *\|?[ :|-]*-{2,}[ :|-]*$/.test(lines[at + 1] ?? "")
    ) {
      flush();
      html += table(asLongAs(/\|/), words);
    } else text.push(line);
  }
  flush();
  return html;
}

const ITEM = /^(\s*)([-*+]|\d+[.)]) +/;

function list(lines: string[], words: Inline, ways: Ways): string {
  const depth = ITEM.exec(lines[0] ?? "")?.[1]?.length ?? 0;
  const ordered = /^\s*\d/.test(lines[0] ?? "");
  const items: string[][] = [];
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item && (item[1]?.length ?? 0) <= depth + 1) items.push([line.slice(item[0].length)]);
    else items.at(-1)?.push(line.replace(/^ {1,4}/, ""));
  }
  const html = items.map((item) => {
    const inner = blocks(item, words, ways);
    return `<li>${inner.replace(/^<p>((?:(?!<\/?p>).)*)<\/p>/s, "$1")}</li>`;
  });
  const tag = ordered ? "ol" : "ul";
  return `<${tag}>${html.join("")}</${tag}>`;
}

function table([head = "", , ...rows]: string[], words: Inline): string {
  const cells = (line: string) =>
    line
      .trim()
      .replace(/^\||(?<!\\)\|$/g, "")
      .split(/(?<!\\)\|/)
      .map((cell) => words(cell.trim()));
  const row = (line: string, tag: string) =>
    `<tr>${cells(line)
      .map((cell) => `<${tag}>${cell}</${tag}>`)
      .join("")}</tr>`;
  return `<table><thead>${row(head, "th")}</thead><tbody>${rows.map((line) => row(line, "td")).join("")}</tbody></table>`;
}

function inline(text: string, ways: Ways, keep: (html: string) => string): string {
  const { marks = USUAL, mention, called = (match) => match } = ways;
  let out = text.replace(/(?<!`)(`+)(?!`)([\s\S]*?[^`])\1(?!`)/g, (_, _ticks, code: string) =>
    keep(`<code>${escapeHtml(code.replace(/^ ([\s\S]*) $/, "$1"))}</code>`),
  );
  if (ways.escapes !== false)
    out = out.replace(/\\([!-/:-@[-`{-~])/g, (_, sign: string) => keep(escapeHtml(sign)));
  out = out.replace(/&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});/gi, (entity) => keep(entity));
  if (ways.images !== false)
    out = out.replace(/!\[([^\]\n]*)\]\(<?([^\s<>)]+)>?[^)\n]*\)/g, (_, alt: string) =>
      keep(`<i>${escapeHtml(alt) || "picture"}</i>`),
    );
  out = out.replace(
    /\[([^[\]\n]+)\]\(<?([^\s<>]+?)>?(?: +"[^"\n]*")?\)(?!\))/g,
    (_, label: string, url: string) => keep(anchor(urlIn(url), inline(label, ways, keep))),
  );
  if (ways.links === "angle")
    out = out.replace(
      /<((?:https?:\/\/|mailto:)[^\s<>|]+)\|([^<>|\n]+)>/gi,
      (_, url: string, label: string) => keep(anchor(url, inline(label, ways, keep))),
    );
  out = out.replace(/<((?:https?:\/\/|mailto:)[^\s<>]+)>/gi, (_, url: string) =>
    keep(anchor(url, escapeHtml(url.replace(/^mailto:/i, "")))),
  );
  out = linked(out, keep);
  if (mention) out = out.replace(mention, (match) => keep(chip("mention", called(match))));
  out = escapeHtml(out);
  for (const [tag, signs] of [
    ["strong", marks.strong],
    ["s", marks.strike],
    ["em", marks.emphasis],
  ] as const)
    for (const sign of signs) out = emphasised(out, sign, tag);
  return out;
}

// A parenthesis may be escaped in an address.
function urlIn(url: string): string {
  return url.replace(/%28/g, "(").replace(/%29/g, ")");
}

function linked(text: string, keep: (html: string) => string): string {
  let out = "";
  let at = 0;
  for (const { kind, start, end, value } of ordinaryLinks(text)) {
    if (kind !== "link" || value.includes("\uE000")) continue;
    out += text.slice(at, start) + keep(anchor(value, escapeHtml(value)));
    at = end;
  }
  return out + text.slice(at);
}

// Underscores inside a word are none.
function emphasised(html: string, sign: string, tag: string): string {
  const mark = sign.replaceAll("*", "\\*");
  const [before, after] = sign.startsWith("_") ? ["(?<![\\p{L}\\p{N}_])", "(?![\\p{L}\\p{N}_])"] : ["", ""];
  const words = "(?!\\s)((?:(?!\\n\\n).)+?)(?<!\\s)";
  const rule = new RegExp(`${before}${mark}${words}${mark}${after}`, "gsu");
  return html.replace(rule, `<${tag}>$1</${tag}>`);
}
