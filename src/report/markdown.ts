/**
 * A plan as Markdown, for a comment on a pull request: every network's exact text, what it carries, and what it still takes
 * before it may go out.
 */

import type { Adapter, Post } from "../adapter.ts";
import type { Need } from "../approval/evaluate.ts";
import { requirement } from "../approval/require.ts";
import type { Adapters } from "../config/adapters.ts";
import { NO_CREDENTIAL } from "../config/config.ts";
import { describeDuration, milliseconds } from "../duration.ts";
import type { Problem } from "../errors.ts";
import { digestWords } from "../plan/digest-words.ts";
import type { Plan, PlannedDelivery, PlannedPost } from "../plan/types.ts";
import { listed } from "../suggest.ts";
import { htmlOf } from "../text/from-html.ts";
import { formatBytes } from "./bytes.ts";
import { count } from "./code-frame.ts";
import { seen } from "./html-to-terminal.ts";
import { describeFit, kindOf } from "./plan.ts";
import { shows } from "./post.ts";
import { oneLine, printable } from "./terminal-safe.ts";
import { moment } from "./time.ts";

export interface MarkdownView {
  plan: Plan;
  adapters: Adapters;
  /** One for each rule that applies. */
  needs: readonly Need[];
  /** The command that approves this. */
  approve: string;
}

// GitHub takes comments of 65 536 characters.
const MOST = 60_000;

/** Begins with a comment that no reader sees and by which the next version finds this one. */
export function planMarkdown(view: MarkdownView): string {
  const { plan } = view;
  const { id, kind, title, audience } = plan.campaign;
  const facts = [`\`${inCode(id)}\``, kind, audience, count(plan.deliveries.length, "channel")].join(" · ");
  const head = [
    `<!-- broadcast plan ${oneLine(id).replaceAll("--", "- -")} -->`,
    `### ${escaped(title ?? id)}`,
    facts,
    ...problemLines(plan.problems),
    ...needLines(view),
  ];
  const foot =
    plan.deliveries.length > 0
      ? [`Fingerprint (digest) \`${plan.digest}\`, in words **${digestWords(plan.digest).join(" ")}**`]
      : [];
  const cards = plan.deliveries.map((delivery) => card(delivery, view));
  return `${[...head, ...fitting(cards, plan, MOST - length(head) - length(foot)), ...foot].join("\n\n")}\n`;
}

function card(delivery: PlannedDelivery, { adapters }: MarkdownView): string {
  const { channel, network, audience, posts, lost, differs, due, expires, schedule, timezone, cost, byHand } =
    delivery;
  const adapter = adapters.get(network);
  const facts = [
    escaped(byHand === undefined ? (adapter?.name ?? network) : `${byHand}, by hand`),
    audience,
    due === undefined ? "at once" : bothTimes(due, timezone),
    ...(schedule === "network" ? ["the network gets it ahead and publishes it then"] : []),
    ...(expires === undefined ? [] : [`not after ${bothTimes(expires, timezone)}`]),
    ...(cost === undefined ? [] : [`costs about ${cost.amount} ${cost.currency}`]),
  ];
  return [
    `#### ${escaped(channel)}`,
    facts.join(" · "),
    ...posts.flatMap((planned, index) => postBlocks(planned, index, posts.length, adapter)),
    ...lost.map((loss) => `_Shown differently here: ${escaped(loss)}_`),
    ...(differs ?? []).map((other) => `_Otherwise here: ${escaped(other)}_`),
  ].join("\n\n");
}

function postBlocks(
  { post, measured, fitted }: PlannedPost,
  index: number,
  parts: number,
  adapter: Adapter | undefined,
): string[] {
  const length = `${measured.length}/${measured.max}${measured.fits ? "" : " **too long**"}`;
  const title = adapter?.title && post.title !== undefined ? [`**${escaped(post.title)}**`] : [];
  const { text, links } = readable(post, adapter);
  const carried = [...links, ...extras(post, adapter, fitted)];
  return [
    parts > 1 ? `**${index + 1} of ${parts}** · ${length}` : length,
    ...title,
    fenced(text),
    ...(carried.length > 0 ? [carried.map((line) => `- ${line}`).join("\n")] : []),
  ];
}

/** As readers read it: where the network's markup is HTML, its tags are none of the words. */
function readable(post: Post, adapter: Adapter | undefined): { text: string; links: string[] } {
  const html = adapter && htmlOf(adapter.text.markup);
  if (!html) return { text: post.text, links: [] };
  const { pieces, links } = seen(post.text, html === "page");
  const text = pieces
    .map((piece) => piece.text)
    .join("")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  return { text, links: links.map(({ words, url }) => `“${escaped(words)}” leads to ${address(url)}`) };
}

/** What a post has besides its text, and what the text does not show. */
function extras(post: Post, adapter: Adapter | undefined, fitted: PlannedPost["fitted"]): string[] {
  // In HTML the links are read from the tags.
  const isHtml = adapter !== undefined && htmlOf(adapter.text.markup) !== undefined;
  const hidden = post.entities.flatMap((entity) => {
    const words = Buffer.from(post.text).subarray(entity.start, entity.end).toString();
    if (entity.kind === "link" && !isHtml && !shows(post.text, entity.url))
      return [`“${escaped(words)}” leads to ${address(entity.url)}`];
    if (entity.kind === "mention") return [`“${escaped(words)}” notifies \`${inCode(entity.handle)}\``];
    return [];
  });
  const files = post.media.map((media) => {
    const { file, type, bytes, width, height, alt } = media;
    const becomes = describeFit(media, fitted);
    const size = width && height ? [`${width}×${height}`] : [];
    const described = [fileLink(file), ...size, type.split("/")[1] ?? type, formatBytes(bytes)];
    const facts = [described.join(" · "), ...(becomes ? [becomes] : [])].join(" ");
    return `${kindOf(media)} ${facts}: ${alt ? `“${escaped(alt)}”` : "decorative, no alternative text"}`;
  });
  const poll = post.poll
    ? [
        `poll, open for ${describeDuration(milliseconds(post.poll.open))}: ${post.poll.choices.map(escaped).join(" · ")}`,
      ]
    : [];
  const { link } = post;
  const card =
    link && adapter?.card === "ours"
      ? [
          `card ${address(link.url)}: ${escaped([link.title, link.description].filter(Boolean).join(" · ") || link.url)}${link.image ? `, with the picture ${escaped(link.image.file)}` : ""}`,
        ]
      : [];
  const tags =
    post.tags.length > 0 && adapter?.text.tags === "field"
      ? [`tags ${post.tags.map((tag) => `\`${inCode(tag)}\``).join(" ")}`]
      : [];
  const options = Object.entries((post.options ?? {}) as Record<string, unknown>).map(
    ([key, value]) =>
      `${escaped(key)} \`${inCode(typeof value === "string" ? value : JSON.stringify(value))}\``,
  );
  return [...hidden, ...files, ...poll, ...card, ...tags, ...options];
}

function problemLines(problems: readonly Problem[]): string[] {
  // A reviewer has no credentials, and needs none.
  const telling = problems.filter(({ severity, code }) => severity === "error" || !NO_CREDENTIAL.has(code));
  if (telling.length === 0) return [];
  const lines = telling.map(({ severity, message, remedy, place }) => {
    const where = place ? ` \`${inCode([place.file, place.line].filter(Boolean).join(":"))}\`` : "";
    const sign = severity === "error" ? "❌" : "⚠️";
    return `- ${sign}${where} ${prose(message)}${remedy ? `. ${prose(remedy)}` : ""}`;
  });
  return [lines.join("\n")];
}

function needLines({ needs, approve, plan }: MarkdownView): string[] {
  if (needs.length === 0) return [];
  const lines = needs.map(({ rule, counted, missing, channels }) => {
    const given = counted.length > 0 ? `given by ${listed(counted, "and")}` : "none yet";
    const about = channels.length < plan.deliveries.length ? ` for ${listed(channels, "and")}` : "";
    return `- ${missing > 0 ? "⏳" : "✅"} ${requirement(rule)}${about}: ${given}`;
  });
  const open = needs.some(({ missing }) => missing > 0);
  const command = `${approve} --digest ${plan.digest.slice(0, 32)} --as NAME`;
  return [lines.join("\n"), ...(open ? [`To approve exactly this:\n\n${fenced(command)}`] : [])];
}

// The rest is named, so that it is clear that something is missing.
function fitting(cards: readonly string[], plan: Plan, room: number): string[] {
  let left = room;
  const shown = cards.findIndex((one) => {
    left -= one.length + 2;
    return left < 0;
  });
  if (shown < 0) return [...cards];
  const rest = plan.deliveries.slice(shown).map(({ channel }) => `\`${inCode(channel)}\``);
  return [
    ...cards.slice(0, shown),
    `⚠️ There is no room here for ${rest.join(", ")}. \`broadcast plan ${inCode(plan.campaign.id)}\` shows everything.`,
  ];
}

function length(blocks: readonly string[]): number {
  return blocks.reduce((sum, block) => sum + block.length + 2, 0);
}

function bothTimes(at: string, timezone: string | undefined): string {
  const utc = moment(at, "UTC");
  return timezone === undefined || timezone === "UTC" ? utc : `${moment(at, timezone)} (${utc})`;
}

/** The text unchanged. The fence is longer than any in it. */
function fenced(text: string): string {
  const inside = [...text.matchAll(/`{3,}/g)].map(([run]) => run.length);
  const fence = "`".repeat(Math.max(3, ...inside.map((one) => one + 1)));
  return `${fence}text\n${printable(text)}\n${fence}`;
}

/** Words of others inside a sentence: they neither mark up nor notify anybody. */
function escaped(text: string): string {
  return unmarked(oneLine(text));
}

function unmarked(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>#|~!]/g, "\\$&")
    .replace(/@(?=\w)/g, "@\u2060")
    .replace(/&(?=#?\w+;)/g, "&amp;");
}

/** The same for our own sentences, in which names are in backticks. */
function prose(text: string): string {
  return oneLine(text)
    .split("`")
    .map((part, index) => (index % 2 === 1 ? `\`${part}\`` : unmarked(part)))
    .join("");
}

function inCode(text: string): string {
  return oneLine(text).replaceAll("`", "'");
}

/** Relative to the project's folder. */
function fileLink(file: string): string {
  const path = file.split("/").map(encodeURIComponent).join("/");
  return `[\`${inCode(file)}\`](<${path}>)`;
}

// Only addresses are put in angle brackets, since they cannot contain a closing one.
function address(url: string): string {
  return /^https?:\/\/[^\s<>]+$/i.test(url) ? `<${url}>` : `\`${inCode(url)}\``;
}
