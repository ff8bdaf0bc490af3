/** A plan as a person reads it: a card per channel with every post as it will look. */

import type { Adapter, Media } from "../adapter.ts";
import { describeDuration, milliseconds } from "../duration.ts";
import { digestWords } from "../plan/digest-words.ts";
import type { PlannedDelivery, PlannedPost } from "../plan/types.ts";
import { formatBytes } from "./bytes.ts";
import { count } from "./code-frame.ts";
import { moneyWords } from "./money.ts";
import { lengthOf, lengths, nameOf, type PlanView, timeOf } from "./plan-summary.ts";
import { bodyLines } from "./post.ts";
import type { Layout } from "./style.ts";
import { oneLine } from "./terminal-safe.ts";
import { moment } from "./time.ts";
import { columns, cutEnd, padEnd, textWidth, wrap } from "./width.ts";

/** Every channel's card, separated by blank lines. */
export function planCards(view: PlanView, layout: Layout): string {
  return view.plan.deliveries.map((delivery) => card(delivery, view, layout)).join("\n\n");
}

/** The plan's fingerprint and cost. */
export function planFoot({ plan }: Pick<PlanView, "plan">, { paint }: Layout): string {
  if (plan.deliveries.length === 0) return "";
  const costs = plan.deliveries.flatMap(({ cost }) => cost ?? []);
  const amount = costs.reduce((sum, cost) => sum + cost.amount, 0);
  const money = costs[0] ? ` · costs about ${amount.toFixed(2)} ${costs[0].currency}` : "";
  return paint.dim(
    `fingerprint (digest) ${plan.digest.slice(0, 16)}, ${digestWords(plan.digest).join(" ")}${money}`,
  );
}

function card(delivery: PlannedDelivery, view: PlanView, layout: Layout): string {
  const { adapters } = view;
  const { paint } = layout;
  const { posts } = delivery;
  const facts = [nameOf(delivery, adapters), delivery.audience, timeOf(delivery, view)];
  const right = posts.length > 1 ? count(posts.length, "post") : lengths(delivery, layout);
  const adapter = adapters.get(delivery.network);
  return [
    ...heading(oneLine(delivery.channel), facts, right, layout),
    ...posts.flatMap((planned, index) => postLines(planned, index, posts.length, adapter, layout)),
    ...delivery.lost.map(
      (loss) => `  ${paint.yellow("!")} ${paint.dim(`shown differently here: ${oneLine(loss)}`)}`,
    ),
    ...(delivery.differs ?? []).map(
      (other) => `  ${paint.yellow("!")} ${paint.dim(`otherwise here: ${oneLine(other)}`)}`,
    ),
    ...(delivery.cost ? [`  ${paint.dim(`costs about ${moneyWords([delivery.cost])}`)}`] : []),
    ...(delivery.late === "skip" ? [`  ${paint.dim("not when it is more than an hour late")}`] : []),
    ...(delivery.late === "ask"
      ? [`  ${paint.dim("when it is more than an hour late, you are asked first")}`]
      : []),
    ...(delivery.expires
      ? [`  ${paint.dim(`not after ${moment(delivery.expires, delivery.timezone)}`)}`]
      : []),
  ].join("\n");
}

/** The channel and what there is to know of it, with its length at the end of the line; on several where one is too short. */
function heading(channel: string, facts: readonly string[], right: string, layout: Layout): string[] {
  const { paint, wraps } = layout;
  const width = textWidth(layout.width);
  // A date and how long it takes until then stay whole: a break is at a comma, or between two facts.
  const firm = facts.map((fact) => fact.replace(/(?<!,) /g, "\u00a0"));
  const room = width - columns(right) - 2;
  const words = `${channel}  ${firm.join(" · ")}`;
  const lines = wraps ? wrap(words, room) : [words];
  const [first = "", ...more] = lines.map((line) => line.replaceAll("\u00a0", " "));
  const painted = first.startsWith(`${channel}  `)
    ? `${paint.bold(channel)}  ${paint.dim(first.slice(channel.length + 2))}`
    : paint.bold(first);
  return [`${padEnd(painted, room)}  ${right}`, ...more.map((line) => `  ${paint.dim(line)}`)];
}

function postLines(
  planned: PlannedPost,
  index: number,
  parts: number,
  adapter: Adapter | undefined,
  layout: Layout,
): string[] {
  const { post, measured } = planned;
  const { paint, wraps } = layout;
  const width = textWidth(layout.width);
  const bar = `  ${paint.dim("│")} `;
  const number = `  ${paint.dim(`${index + 1}/${parts}`)}`;
  const length = lengthOf(measured, layout);
  const title = parts > 1 ? [`${padEnd(number, width - columns(length) - 2)}  ${length}`] : [];
  const body = bodyLines(post, adapter, paint, wraps ? width - 4 : undefined);
  return [...title, ...body.map((line) => `${bar}${line}`.trimEnd()), ...extras(planned, adapter, layout)];
}

// What a post has besides its text, as far as this network shows it.
function extras({ post, fitted }: PlannedPost, adapter: Adapter | undefined, layout: Layout): string[] {
  const rows: [string, string][] = [];
  for (const media of post.media) {
    rows.push([kindOf(media), describe(media)]);
    const becomes = describeFit(media, fitted);
    if (becomes) rows.push(["", becomes]);
    rows.push(["", media.alt ? `“${oneLine(media.alt)}”` : "(decorative, no alternative text)"]);
  }
  for (const [index, choice] of (post.poll?.choices ?? []).entries())
    rows.push([index === 0 ? "poll" : "", `${post.poll!.multiple ? "☐" : "○"} ${oneLine(choice)}`]);
  if (post.poll) rows.push(["", `open for ${describeDuration(milliseconds(post.poll.open))}`]);
  if (post.link && adapter?.card === "ours") {
    const { url, title, description, image } = post.link;
    rows.push(["card", oneLine([title, description].filter(Boolean).join(" · ") || url)]);
    rows.push(["", oneLine(url)]);
    if (image) rows.push(["", describe(image)]);
    const becomes = image && describeFit(image, fitted);
    if (becomes) rows.push(["", becomes]);
  }
  if (post.tags.length > 0 && adapter?.text.tags === "field")
    rows.push(["tags", oneLine(post.tags.join(", "))]);
  for (const [key, value] of Object.entries((post.options ?? {}) as Record<string, unknown>)) {
    rows.push([oneLine(key), oneLine(typeof value === "string" ? value : JSON.stringify(value))]);
  }
  const wide = Math.max(...rows.map(([label]) => columns(label)), 0);
  return rows.flatMap(([label, value]) => {
    const lines = layout.wraps ? wrap(value, layout.width - wide - 4) : [value];
    return lines.map(
      (line, at) => `  ${layout.paint.dim(padEnd(at === 0 ? label : "", wide))}  ${layout.paint.dim(line)}`,
    );
  });
}

function describe({ file, type, bytes, width, height }: Media): string {
  const size = width && height ? [`${width}×${height}`] : [];
  return [oneLine(file), ...size, type.split("/")[1] ?? type, formatBytes(bytes)].join(" · ");
}

/** What a picture becomes that does not fit as it is: `→ 2048×1365 · jpeg · 912 kB`. */
export function describeFit({ file, fit }: Media, fitted: PlannedPost["fitted"]): string | undefined {
  if (!fit) return undefined;
  const { type, bytes, width, height } = fitted?.[file] ?? fit;
  const size = `${fitted?.[file] ? "" : "at most "}${formatBytes(bytes)}`;
  const how = [fit.crop && "cropped", fit.bars && "with bars", fit.moving && "still moving"].filter(Boolean);
  return [`→ ${width}×${height}`, type.split("/")[1] ?? type, size, ...how].join(" · ");
}

/** In a word, for a label. */
export function kindOf({ type }: Pick<Media, "type">): string {
  const [kind = ""] = type.split("/");
  return ["image", "video", "audio"].includes(kind) ? kind : "file";
}

/** A line in place of a text, for lists. */
export function firstLine(text: string, width: number): string {
  return cutEnd(oneLine(text), width);
}
