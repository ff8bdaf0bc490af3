/**
 * What will be said, where and when, down to the last byte. Pure: the same campaign, channels, templates, media, limits and
 * time give the same plan. Nothing has happened yet.
 */
import type { Account, Money, Post } from "../adapter.ts";
import { type Campaign, saidTo } from "../campaign/campaign.ts";
import type { Templates } from "../campaign/template.ts";
import type { Channel, Config } from "../config/config.ts";
import { byPlace, type Place, type Problem } from "../errors.ts";
import type { MediaFile } from "../media/file.ts";
import { parse, type Read } from "../text/markdown.ts";
import type { Tree } from "../text/tree.ts";
import type { Measured } from "../text/types.ts";
import { compose } from "./compose.ts";
import { digest } from "./digest.ts";
import { isRhythmic, takeTurns } from "./recurrence.ts";

export interface Plan {
  /** Of this shape. */
  version: 1;
  campaign: { id: string; kind: string; title?: string; audience: "internal" | "external" };
  deliveries: PlannedDelivery[];
  /** The condition under `when:` that does not hold: nothing is sent, and that is as it should be. */
  withheld?: string;
  problems: Problem[];
  /** SHA-256 over what will be sent, where and when. */
  digest: string;
}

export interface PlannedDelivery {
  /** Identity: campaign / channel [/ occurrence]. */
  id: string;
  channel: string;
  network: string;
  audience: "internal" | "external";
  /** What shares the network's limits. */
  account: string;
  /** Where the campaign comes again, which time this is, by the channel's own clock: `2026-12-01T09:00`. */
  occurrence?: string;
  /** ISO date-time, UTC; absent: at once. */
  due?: string;
  expires?: string;
  /** The network gets it now, and publishes it when it is due; absent: we send it then. */
  schedule?: "network";
  /** What happens when it is long after its time; absent: it is sent all the same. */
  late?: "skip" | "ask";
  /** It is sent again when its outcome stays unknown; absent: it is held for a person. */
  uncertain?: "resend";
  /** In which its time was meant. */
  timezone?: string;
  posts: PlannedPost[];
  cost?: Money;
  /** What this network's markup cannot say, and how it is said instead. */
  lost: string[];
  /** Over the posts. */
  digest: string;
}

export interface PlannedPost {
  post: Post;
  measured: Measured;
}

export interface PlanInput {
  campaign: Campaign;
  config: Pick<Config, "channels" | "people" | "utm">;
  templates: Templates;
  /** Every media file of the campaign, by its path as written. */
  media: ReadonlyMap<string, MediaFile>;
  /** What the servers said about themselves, by channel. */
  limits: ReadonlyMap<string, Account["limits"]>;
  /** Epoch milliseconds. */
  now: number;
  /** Which occurrence of a campaign that comes again: its wall-clock time. Default: the next one. */
  occurrence?: string;
}

export async function plan(input: PlanInput): Promise<Plan> {
  const { campaign } = input;
  const deliveries: PlannedDelivery[] = [];
  const problems: Problem[] = [];
  const trees = new Map<string, Tree>();
  const sections: Read = new Map();
  const read = (markdown: string): Tree => {
    const tree = trees.get(markdown) ?? parse(markdown, sections);
    trees.set(markdown, tree);
    return tree;
  };
  const channels = campaign.channels.flatMap((name) => input.config.channels.get(name) ?? []);
  const speaking = channels.filter((channel) => !saidTo(campaign, channel).skip);
  const rhythmic = isRhythmic(campaign) || input.occurrence !== undefined;
  const taken = rhythmic ? await takeTurns(campaign, speaking, input) : undefined;
  problems.push(...(taken?.problems ?? []));
  for (const channel of speaking) {
    const turn = taken?.turns.get(channel.name);
    if (taken && !turn) continue;
    const composed = await compose(channel, turn, input, read);
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
  return {
    version: 1,
    campaign: aboutCampaign(campaign),
    deliveries,
    problems: once(problems).sort(byPlace),
    digest: digestOf(deliveries),
  };
}

/** The plan of a campaign whose `when:` does not hold: nobody gets anything. */
export function withheldPlan(campaign: Campaign, problems: Problem[]): Plan {
  return {
    version: 1,
    campaign: aboutCampaign(campaign),
    deliveries: [],
    withheld: campaign.when,
    problems,
    digest: digestOf([]),
  };
}

// What Liquid makes of a title may differ between channels.
function aboutCampaign({ id, kind, title, audience }: Campaign): Plan["campaign"] {
  const plain = typeof title === "string" && !title.includes("{{") ? title : undefined;
  return { id, kind, title: plain, audience };
}

/** Over everything that decides what is sent, where and when; not over lengths and remarks. */
export function digestOf(deliveries: readonly PlannedDelivery[]): string {
  return digest(
    deliveries.map(({ id, channel, network, account, due, expires, schedule, late, uncertain, posts }) => ({
      id,
      channel,
      network,
      account,
      due,
      expires,
      schedule,
      late,
      uncertain,
      posts: posts.map(({ post }) => post),
    })),
  );
}

export function deliveryId(campaign: string, channel: Pick<Channel, "name">, occurrence?: string): string {
  const id = `${campaign}/${channel.name}`;
  return occurrence === undefined ? id : `${id}/${occurrence}`;
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

// A mistake in the campaign shows in every channel; it is said once.
function once(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, message, place }) => {
    const key = `${code}\0${message}\0${place?.file}:${place?.line}:${place?.column}`;
    return !seen.has(key) && seen.add(key);
  });
}
