/** Lines as blocks; a line that is none of the known ones is text. */
import { type Html, html, join } from "../html.ts";
import { type Inside, inline } from "./inline.ts";

const ITEM = /^( {0,12})([-*+•◦]|\d{1,9}[.)]) +/;
const DEEPEST = 8;
// A line that is longer is neither a heading nor a row.
const LONG = 2_000;

export function blocks(text: string, inside: Inside, depth = 0): Html {
  const lines = text.split("\n");
  const found: Html[] = [];
  let words: string[] = [];
  const has = (block: Inside["flavour"]["blocks"][number]) =>
    depth < DEEPEST && inside.flavour.blocks.includes(block);
  const flush = () => {
    const paragraph = words.join("\n").trimEnd();
    if (paragraph !== "") found.push(html`<p dir="auto">${paragraphOf(paragraph, inside)}</p>`);
    words = [];
  };
  let at = 0;
  const whileMatching = (rule: RegExp): string[] => {
    const from = at;
    while (at < lines.length && rule.test(lines[at]!)) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at]!;
    const fence = has("fence") ? /^( {0,12})(`{3,}|~{3,})([^`\n]*)$/.exec(line) : null;
    const heading =
      has("heading") && line.length < LONG ? /^ {0,3}(#{1,6}) +(.*?)(?: +#+)? *$/.exec(line) : null;
    if (fence) {
      flush();
      at += 1;
      let end = at;
      while (end < lines.length && lines[end]!.trim() !== fence[2]) end += 1;
      const inner = lines.slice(at, end);
      const indent = fence[1]!.length;
      found.push(
        html`<pre>${inner.map((one) => one.slice(Math.min(indent, leading(one)))).join("\n")}</pre>`,
      );
      at = end + 1;
    } else if (line.trim() === "") {
      flush();
      at += 1;
    } else if (heading) {
      flush();
      found.push(html`<p class="h" dir="auto"><strong>${inline(heading[2] ?? "", inside)}</strong></p>`);
      at += 1;
    } else if (has("rule") && /^ {0,3}([-*_])(?: *\1){2,} *$/.test(line.slice(0, LONG))) {
      flush();
      found.push(html`<hr>`);
      at += 1;
    } else if (has("quote") && /^ {0,3}(?:>|&gt;) ?/.test(line)) {
      flush();
      const rule = /^ {0,3}(?:>|&gt;) ?/;
      const inner = whileMatching(rule).map((one) => one.replace(rule, ""));
      found.push(html`<blockquote>${blocks(inner.join("\n"), inside, depth + 1)}</blockquote>`);
    } else if (has("list") && ITEM.test(line)) {
      flush();
      const list = listLines(lines, at);
      at += list.length;
      found.push(listOf(list, inside, depth));
    } else if (has("table") && line.includes("|") && isUnderHead(lines[at + 1] ?? "")) {
      flush();
      found.push(tableOf(whileMatching(/\|/), inside));
    } else {
      words.push(line);
      at += 1;
    }
  }
  flush();
  return join(found);
}

function isUnderHead(line: string): boolean {
  return line.length < LONG && /^[ :|-]+$/.test(line) && line.includes("--");
}

function leading(line: string): number {
  return line.length - line.trimStart().length;
}

/** The list's lines: its items, and what is indented below them. An empty line ends it unless it goes on after it. */
function listLines(lines: readonly string[], from: number): string[] {
  const [, indent = "", sign = ""] = ITEM.exec(lines[from]!) ?? [];
  const isNumbered = /\d/.test(sign);
  const goesOn = (line: string | undefined): boolean => {
    if (line === undefined) return false;
    const item = ITEM.exec(line);
    if (item && item[1]!.length <= indent.length + 1) return /\d/.test(item[2]!) === isNumbered;
    return item !== null || /^\s{2,}\S/.test(line);
  };
  let at = from + 1;
  while (goesOn(lines[at]) || (lines[at]?.trim() === "" && goesOn(lines[at + 1]))) at += 1;
  return lines.slice(from, at);
}

function listOf(lines: readonly string[], inside: Inside, depth: number): Html {
  const indent = ITEM.exec(lines[0] ?? "")?.[1]?.length ?? 0;
  const number = /^\s*(\d{1,9})[.)]/.exec(lines[0] ?? "")?.[1];
  const items: string[][] = [];
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item && item[1]!.length <= indent + 1) items.push([line.slice(item[0].length)]);
    else items.at(-1)?.push(line.slice(Math.min(indent + 2, leading(line))));
  }
  const content = items.map((item) => html`<li dir="auto">${itemOf(item, inside, depth)}</li>`);
  return number === undefined
    ? html`<ul>${content}</ul>`
    : html`<ol start="${Number(number)}">${content}</ol>`;
}

// A single paragraph is the item itself.
function itemOf(item: readonly string[], inside: Inside, depth: number): Html {
  const [first = "", ...rest] = item;
  const below = rest.join("\n");
  if (below.trim() === "") return inline(task(first), inside);
  if (rest.every((line) => line.trim() !== "" && !ITEM.test(line) && !/^\s*(?:```|~~~|>)/.test(line)))
    return paragraphOf([task(first), ...rest].join("\n"), inside);
  return html`${inline(task(first), inside)}${blocks(below, inside, depth + 1)}`;
}

function task(words: string): string {
  return words.replace(/^\[([ x])\] /i, (_, mark: string) => (mark === " " ? "☐ " : "☑ "));
}

function tableOf([head = "", , ...rows]: readonly string[], inside: Inside): Html {
  const cells = (line: string) =>
    line
      .trim()
      .replace(/^\||(?<!\\)\|$/g, "")
      .split(/(?<!\\)\|/)
      .map((cell) => inline(cell.trim().replaceAll("\\|", "|"), inside));
  const body = rows.map((line) => html`<tr>${cells(line).map((cell) => html`<td>${cell}</td>`)}</tr>`);
  return html`<div class="scrollx"><table><thead><tr>${cells(head).map((cell) => html`<th>${cell}</th>`)}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function paragraphOf(text: string, inside: Inside): Html {
  if (!inside.flavour.breaks)
    return join(
      text.split(/(?: {2,80}|\\)\n/).map((part) => inline(part.replace(/\n/g, " "), inside)),
      "<br>",
    );
  return join(
    text.split("\n").map((line) => inline(line.replace(/\\$/, ""), inside)),
    "<br>",
  );
}
