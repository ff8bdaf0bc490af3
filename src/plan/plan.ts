/**
 * What will be said, where and when, down to the last byte. Pure: the same campaign, channels, templates, media, limits and
 * time give the same plan. Nothing has happened yet.
 */
import type { Account, Money, Post } from "../adapter.ts";
import type { Campaign } from "../campaign/campaign.ts";
import type { Channel, Config } from "../campaign/channel.ts";
import type { Templates } from "../campaign/template.ts";
import type { Place, Problem } from "../errors.ts";
import type { MediaFile } from "../media/file.ts";
import { parse } from "../text/markdown.ts";
import type { Measured } from "../text/text.ts";
import type { Tree } from "../text/tree.ts";
import { compose } from "./compose.ts";
import { digest } from "./digest.ts";

export interface Plan {
  /** Of this shape. */
  version: 1;
  campaign: { id: string; kind: string; title?: string; audience: "internal" | "external" };
  deliveries: PlannedDelivery[];
  problems: Problem[];
  /** SHA-256 over what will be sent, where and when. */
  digest: string;
}

export interface PlannedDelivery {
  /** Identity: campaign / channel. */
  id: string;
  channel: string;
  network: string;
  audience: "internal" | "external";
  /** What shares the network's limits. */
  account: string;
  /** ISO date-time, UTC; absent: at once. */
  due?: string;
  expires?: string;
  /** What happens when it is long after its time; absent: it is sent all the same. */
  late?: "skip" | "ask";
  /** It is sent again when its outcome stays unknown; absent: it is held for a person. */
  uncertain?: "resend";
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
}

export async function plan(input: PlanInput): Promise<Plan> {
  const { campaign, config } = input;
  const deliveries: PlannedDelivery[] = [];
  const problems: Problem[] = [];
  const trees = new Map<string, Tree>();
  const read = (markdown: string): Tree => {
    const tree = trees.get(markdown) ?? parse(markdown);
    trees.set(markdown, tree);
    return tree;
  };
  for (const name of campaign.channels) {
    const channel = config.channels.get(name);
    if (!channel) continue;
    const composed = await compose(channel, input, read);
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
    campaign: {
      id: campaign.id,
      kind: campaign.kind,
      title: typeof campaign.title === "string" ? campaign.title : undefined,
      audience: campaign.audience,
    },
    deliveries,
    problems: once(problems),
    digest: digestOf(deliveries),
  };
}

/** Over everything that decides what is sent, where and when; not over lengths and remarks. */
export function digestOf(deliveries: readonly PlannedDelivery[]): string {
  return digest(
    deliveries.map(({ id, channel, network, account, due, expires, posts }) => ({
      id,
      channel,
      network,
      account,
      due,
      expires,
      posts: posts.map(({ post }) => post),
    })),
  );
}

export function deliveryId(campaign: string, channel: Pick<Channel, "name">): string {
  return `${campaign}/${channel.name}`;
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
