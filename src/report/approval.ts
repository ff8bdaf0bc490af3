/** Approvals, for people: what is required, who gave it, and what changed since. */
import type { Post } from "../adapter.ts";
import type { ApprovedDelivery, ApprovedPost } from "../approval/approval.ts";
import type { Change } from "../approval/changes.ts";
import type { Need } from "../approval/evaluate.ts";
import { requirement } from "../approval/require.ts";
import type { Rule } from "../config/policy.ts";
import { listed } from "../suggest.ts";
import { drift } from "./drift.ts";
import type { Layout } from "./style.ts";
import { oneLine } from "./terminal-safe.ts";

/** A line for each rule that applies: `✓ 1 approval by marta or chinwe: marta`. */
export function needLines(needs: readonly Need[], { paint }: Layout): string[] {
  return needs.flatMap(({ rule, counted, missing, remark }) => {
    const given = counted.length > 0 ? listed(counted, "and") : "none yet";
    const line = `${missing > 0 ? paint.yellow("!") : paint.green("✓")} ${oneLine(`${requirement(rule)}: ${given}`)}`;
    return remark === undefined ? [line] : [line, paint.dim(`  ${oneLine(remark)}`)];
  });
}

/** The approvals that a real send needs, and a rehearsal does not. */
export function requirementLine(rules: readonly Rule[]): string {
  return oneLine(`A real send needs ${rules.map(requirement).join(", and ")}.`);
}

/** A block for each channel that is different from what was approved. */
export function changeBlocks(changes: readonly Change[], layout: Layout): string {
  const { paint } = layout;
  return changes
    .map(({ channel, what, before, after }) => {
      const head = `${paint.bold(oneLine(channel))}  ${oneLine(what.join(", "))}`;
      return [head, ...details(before, after, layout).map((line) => `  ${line}`)].join("\n");
    })
    .join("\n\n");
}

function details(
  before: ApprovedDelivery | undefined,
  after: ApprovedDelivery | undefined,
  layout: Layout,
): string[] {
  const { paint } = layout;
  const words = drift(textsOf(before), textsOf(after), layout);
  if (!before || !after) return words;
  const pairs = [
    ["due", before.due ?? "at once", after.due ?? "at once"],
    ["schedule", before.schedule ?? "broadcast", after.schedule ?? "broadcast"],
    ["expires", before.expires ?? "never", after.expires ?? "never"],
    ["card", cardsOf(before), cardsOf(after)],
    ["alt text", altsOf(before), altsOf(after)],
    ["behind words", linksOf(before), linksOf(after)],
    ["tags", tagsOf(before), tagsOf(after)],
  ] as const;
  return [
    ...words,
    ...pairs
      .filter(([, was, is]) => was !== is)
      .flatMap(([name, was, is]) => [
        paint.red(`- ${name}: ${oneLine(was)}`),
        paint.green(`+ ${name}: ${oneLine(is)}`),
      ]),
  ];
}

// Only the text; other changes are listed by name.
function textsOf(delivery: ApprovedDelivery | undefined): Post[] {
  return (delivery?.posts ?? []).map(({ title, text }) => ({
    title,
    text,
    entities: [],
    media: [],
    tags: [],
    options: {},
  }));
}

function cardsOf(delivery: ApprovedDelivery): string {
  return each(delivery, ({ card }) =>
    card ? [card.title, card.description, card.url, card.image?.file] : [],
  );
}

function altsOf(delivery: ApprovedDelivery): string {
  return each(delivery, ({ media = [] }) => media.map(({ file, alt }) => `${file} “${alt}”`));
}

function linksOf(delivery: ApprovedDelivery): string {
  return each(delivery, ({ links = [] }) => links);
}

function tagsOf(delivery: ApprovedDelivery): string {
  return each(delivery, ({ tags = [] }) => tags);
}

function each({ posts }: ApprovedDelivery, of: (post: ApprovedPost) => (string | undefined)[]): string {
  return posts.flatMap(of).filter(Boolean).join(" · ") || "none";
}
