/**
 * What will be said, where and when, down to the last byte. Pure: the same campaign, channels, templates, media, limits and
 * time give the same plan. Nothing has happened yet.
 */
import { type Campaign, contentFor, isRecurring } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import { byPlace, InputError, type Place, type Problem, uniqueProblems } from "../errors.ts";
import { parse, type Read } from "../text/markdown.ts";
import { loadDialects } from "../text/render.ts";
import type { Tree } from "../text/tree.ts";
import { compose, rulesHere } from "./compose.ts";
import { type Plan, type PlanInput, type PlannedDelivery, withDigest } from "./types.ts";

export async function plan(input: PlanInput): Promise<Plan> {
  const { campaign } = input;
  const deliveries: PlannedDelivery[] = [];
  const problems: Problem[] = [];
  const trees = new Map<string, Tree>();
  const sections: Read = new Map();
  const read = (markdown: string): Tree => {
    requireReadable(markdown);
    const tree = trees.get(markdown) ?? parse(markdown, sections);
    trees.set(markdown, tree);
    return tree;
  };
  const channels = campaign.channels.flatMap((name) => input.config.channels.get(name) ?? []);
  const speaking = channels.filter((channel) => !contentFor(campaign, channel).skip);
  const recurring = isRecurring(campaign) || input.occurrence !== undefined;
  const taken = recurring
    ? await (await import("./recurrence.ts")).chooseOccurrences(campaign, speaking, input)
    : undefined;
  problems.push(...(taken?.problems ?? []));
  const markupOf = (channel: Channel) =>
    input.limits.get(channel.name)?.text?.markup ??
    rulesHere(channel)?.text?.markup ??
    channel.adapter.text.markup;
  await loadDialects([
    ...speaking.map(markupOf),
    ...speaking.flatMap(({ adapter }) => adapter.answer?.markup ?? []),
  ]);
  for (const channel of speaking) {
    const occurrence = taken?.occurrences.get(channel.name);
    if (taken && !occurrence) continue;
    const composed = await compose(channel, occurrence, input, read);
    problems.push(...composed.problems);
    if (composed.delivery) deliveries.push(composed.delivery);
  }
  if (deliveries.length === 0 && problems.length === 0) {
    problems.push({
      severity: "error",
      code: "nothing-to-send",
      message: "every channel of this campaign is skipped",
      remedy: "List at least one under `channels:` without `skip`.",
      place: campaign.source.place(["channels"]),
    });
  }
  problems.push(...sharedAccounts(deliveries, campaign));
  return withDigest({
    version: 2,
    campaign: aboutCampaign(campaign),
    deliveries,
    problems: uniqueProblems(problems).sort(byPlace),
  });
}

// A book of 300 pages has twice as many; reading and dividing this many takes a second.
const MOST_LETTERS = 250_000;

function requireReadable(markdown: string): void {
  if (markdown.length <= MOST_LETTERS) return;
  throw new InputError({
    severity: "error",
    code: "markdown-too-complex",
    message: `the text has ${markdown.length} characters; at most ${MOST_LETTERS} are planned`,
    remedy: "Publish it where there is room, and write a summary with a link to it.",
  });
}

/** The plan of a campaign whose `when:` does not hold: it has no deliveries. */
export function skippedPlan(campaign: Campaign, problems: Problem[]): Plan {
  return withDigest({
    version: 2,
    campaign: aboutCampaign(campaign),
    deliveries: [],
    skipped: campaign.when,
    problems,
  });
}

// What Liquid makes of a title may differ between channels.
function aboutCampaign({ id, kind, title, lang = "", audience, allowExternal }: Campaign): Plan["campaign"] {
  const words = typeof title === "string" ? title : (title?.[lang] ?? Object.values(title ?? {})[0]);
  const plain = words?.includes("{{") ? undefined : words;
  const allowed = audience === "internal" && allowExternal.length > 0 ? { allowExternal } : {};
  return { id, kind, title: plain, audience, ...allowed };
}

// Two channels with one account: the same news twice in one place is hardly ever meant.
function sharedAccounts(deliveries: readonly PlannedDelivery[], campaign: Campaign): Problem[] {
  const first = new Map<string, string>();
  return deliveries.flatMap(({ account, channel }) => {
    const other = first.get(account);
    if (other === undefined) {
      first.set(account, channel);
      return [];
    }
    const place: Place = campaign.source.place(["channels"]);
    return [
      {
        severity: "warning" as const,
        code: "same-account",
        message: `\`${channel}\` and \`${other}\` are the same account: it gets this twice`,
        remedy: "Leave one of them out.",
        place,
        channel,
      },
    ];
  });
}
