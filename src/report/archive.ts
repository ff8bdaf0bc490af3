/** What was said where, as a list in the terminal and as an archive in files. Texts are data: nothing in them is markup. */
import { escapeHtml } from "../text/html-escape.ts";
import { opensWith } from "./drift.ts";
import { csvField } from "./stats.ts";
import type { Layout, Paint } from "./style.ts";
import { oneLine, printable } from "./terminal-safe.ts";
import { wrap } from "./width.ts";

export interface Utterance {
  id: string;
  campaign: string;
  channel: string;
  network: string;
  /** When it came out, epoch milliseconds. */
  at: number;
  title?: string;
  kind?: string;
  tags: string[];
  posts: string[];
  urls: string[];
  edited?: true;
  /** When it was taken back. */
  retracted?: number;
}

const MOST_LINES = 4;

export function historyList(all: readonly Utterance[], words: readonly string[], layout: Layout): string {
  const { paint, width, wraps } = layout;
  return all
    .map((one) => {
      const text = printable(one.posts.join("\n")).trim();
      // Where the network has a field for the title, the text does not repeat it.
      const { title = "" } = one;
      const lines = `${opensWith(text, title) ? "" : `${oneLine(title)}\n`}${text}`
        .split("\n")
        .filter((line) => line.trim() !== "");
      const shown = relevant(lines, words).flatMap((line) => (wraps ? wrap(line, width - 3) : [line]));
      const state = one.retracted === undefined ? (one.edited ? "  edited" : "") : "  taken back";
      return [
        `${paint.bold(day(one.at))}  ${oneLine(one.channel)}  ${paint.dim(`${oneLine(one.campaign)}${state}`)}`,
        ...shown.slice(0, MOST_LINES).map((line) => `   ${marked(line, words, paint)}`),
        ...one.urls.slice(0, 1).map((url) => `   ${paint.dim(oneLine(url))}`),
      ].join("\n");
    })
    .join("\n\n");
}

// Lines with the words in them; without words, how it begins.
function relevant(lines: readonly string[], words: readonly string[]): string[] {
  const found = lines.filter((line) => words.some((word) => line.toLowerCase().includes(word.toLowerCase())));
  return found.length > 0 ? found : lines.slice(0, 2);
}

function marked(line: string, words: readonly string[], paint: Paint): string {
  const patterns = words
    .filter((word) => word !== "")
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (patterns.length === 0) return line;
  return line.replace(new RegExp(patterns.join("|"), "giu"), (found) => paint.yellow(found));
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** RFC 4180. */
export function historyCsv(all: readonly Utterance[]): string {
  const rows = all.map((one) =>
    [
      new Date(one.at).toISOString(),
      one.campaign,
      one.kind ?? "",
      one.title ?? "",
      one.channel,
      one.network,
      one.retracted === undefined ? "" : new Date(one.retracted).toISOString(),
      one.urls.join(" "),
      one.tags.join(" "),
      one.posts.join("\n\n"),
    ]
      .map(csvField)
      .join(","),
  );
  return `${["at,campaign,kind,title,channel,network,retracted,urls,tags,text", ...rows].join("\r\n")}\r\n`;
}

/** One page for each campaign and one that lists them; names to contents. */
export function archivePages(all: readonly Utterance[], as: "md" | "html"): Map<string, string> {
  const campaigns = new Map<string, Utterance[]>();
  for (const one of all) campaigns.set(one.campaign, [...(campaigns.get(one.campaign) ?? []), one]);
  const names = new Map<string, string>();
  const pages = new Map<string, string>();
  for (const [campaign, own] of campaigns) {
    const name = freeName(campaign, [...names.values()]);
    names.set(campaign, name);
    pages.set(`${name}.${as}`, as === "md" ? markdownPage(campaign, own) : htmlPage(campaign, own));
  }
  const index = [...names].map(([campaign, name]) => ({
    name: `${name}.${as}`,
    title: campaigns.get(campaign)![0]!.title ?? campaign,
    at: campaigns.get(campaign)![0]!.at,
  }));
  pages.set(`index.${as}`, as === "md" ? markdownIndex(index) : htmlIndex(index));
  return pages;
}

function freeName(campaign: string, taken: readonly string[]): string {
  const base =
    campaign
      .replace(/\.ya?ml/g, "")
      .replace(/[^\p{L}\p{N}@.-]+/gu, "-")
      .replace(/^[-.]+|[-.]+$/g, "") || "campaign";
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}-${n}`;
    if (name !== "index" && !taken.includes(name)) return name;
  }
}

function markdownPage(campaign: string, own: readonly Utterance[]): string {
  const [{ title, kind, tags }] = own as [Utterance];
  const facts = [kind, ...tags.map((tag) => `#${tag}`), campaign]
    .filter(Boolean)
    .map((one) => code(String(one)));
  const parts = own.map((one) => {
    const state = one.retracted === undefined ? "" : `, taken back ${day(one.retracted)}`;
    return [
      `## ${plainly(one.channel)}, ${day(one.at)}${state}`,
      ...one.urls.filter(isWeb).map((url) => `<${url}>`),
      ...one.posts.map(fenced),
    ].join("\n\n");
  });
  return `# ${plainly(title ?? campaign)}\n\n${facts.join(" · ")}\n\n${parts.join("\n\n")}\n`;
}

function markdownIndex(list: readonly { name: string; title: string; at: number }[]): string {
  return `# Archive\n\n${list.map(({ name, title, at }) => `- ${day(at)} [${plainly(title)}](<${name}>)`).join("\n")}\n`;
}

function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function code(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

function plainly(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]()#+.!|<>~-]/g, "\\$&");
}

const STYLE =
  ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1c1c1e;background:#fff}@media(prefers-color-scheme:dark){body{color:#e8e8ea;background:#17181a}a{color:#9ec5ff}}h1,h2,a,pre{overflow-wrap:anywhere}h1,h2{line-height:1.25}pre{white-space:pre-wrap;font:inherit;border-left:3px solid #8886;padding-left:1rem}small{color:#767680}";

function page(title: string, body: string): string {
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>\n${body}\n</body></html>\n`;
}

function htmlPage(campaign: string, own: readonly Utterance[]): string {
  const [{ title = campaign, kind, tags }] = own as [Utterance];
  const facts = [kind, ...tags.map((tag) => `#${tag}`), campaign]
    .filter(Boolean)
    .map((one) => escapeHtml(String(one)));
  const parts = own.map((one) => {
    const state = one.retracted === undefined ? "" : `, taken back ${day(one.retracted)}`;
    const links = one.urls
      .filter(isWeb)
      .map((url) => `<p><a href="${escapeHtml(url)}" rel="noreferrer">${escapeHtml(url)}</a></p>`);
    const posts = one.posts.map((text) => `<pre dir="auto">${escapeHtml(text)}</pre>`);
    return `<section><h2>${escapeHtml(one.channel)}, ${day(one.at)}${state}</h2>${links.join("")}${posts.join("")}</section>`;
  });
  return page(
    title,
    `<h1 dir="auto">${escapeHtml(title)}</h1><p><small>${facts.join(" · ")}</small></p>\n${parts.join("\n")}`,
  );
}

function htmlIndex(list: readonly { name: string; title: string; at: number }[]): string {
  const items = list.map(
    ({ name, title, at }) =>
      `<li>${day(at)} <a dir="auto" href="${escapeHtml(encodeURIComponent(name))}">${escapeHtml(title)}</a></li>`,
  );
  return page("Archive", `<h1>Archive</h1><ul>${items.join("\n")}</ul>`);
}

function isWeb(url: string): boolean {
  return /^https?:\/\/[^\s<>]+$/i.test(url);
}
