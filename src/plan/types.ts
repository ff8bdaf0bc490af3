/** What a plan is made of, and what it is made from. */
import type { Account, Media, Money, Post } from "../adapter.ts";
import type { Campaign } from "../campaign/campaign.ts";
import type { Templates } from "../campaign/template.ts";
import { type Channel, type Config, NOT_READY } from "../config/config.ts";
import type { Problem } from "../errors.ts";
import type { MediaFile } from "../media/file.ts";
import type { Measured } from "../text/types.ts";
import type { Answers } from "./answer.ts";
import { digest } from "./digest.ts";

export interface Plan {
  /** Of this shape. */
  version: 2;
  campaign: {
    id: string;
    kind: string;
    title?: string;
    audience: "internal" | "external";
    /** External channels that an internal campaign may reach. */
    allowExternal?: string[];
  };
  deliveries: PlannedDelivery[];
  /** The condition under `when:` that does not hold: nothing is sent, and that is as it should be. */
  skipped?: string;
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
  /** What happens if it is more than an hour late; absent: `run` sends it, and `send` asks. */
  late?: "send" | "skip" | "ask";
  /** It is sent again when its outcome stays unknown; absent: it is held for a person. */
  uncertain?: "resend";
  /** In which its time was meant. */
  timezone?: string;
  /** Whom it answers. */
  answers?: Answers;
  /** The place where a person posts it; absent: it is sent. */
  byHand?: string;
  posts: PlannedPost[];
  cost?: Money;
  /** What this network's markup cannot say, and how it is said instead. */
  lost: string[];
  /** What else is otherwise on this server than elsewhere on the network. */
  differs?: string[];
  /** Over the posts. */
  digest: string;
}

export interface PlannedPost {
  post: Post;
  measured: Measured;
  /** The first reply to the posts before it; absent: it goes on with them. */
  reply?: true;
  /** What its pictures become that do not fit as they are, by file. On this computer: not part of what is approved. */
  fitted?: Record<string, FittedFile>;
}

export interface FittedFile {
  /** MIME type. */
  type: string;
  bytes: number;
  width: number;
  height: number;
}

/** What a page says of itself, for a card of ours. */
export interface PageCard {
  title?: string;
  description?: string;
  image?: Omit<Media, "alt">;
  /** It names a picture, which could not be had. */
  lacksImage?: true;
}

export interface PlanInput {
  campaign: Campaign;
  config: Pick<Config, "channels" | "people" | "utm" | "fitMedia" | "mediaHost">;
  templates: Templates;
  /** Every media file of the campaign, by its path as written. */
  media: ReadonlyMap<string, MediaFile>;
  /** What the pages behind links say, by the link's address as posts have it. */
  cards?: ReadonlyMap<string, PageCard>;
  /** What the servers said about themselves, by channel. */
  limits: ReadonlyMap<string, Account["limits"]>;
  /** Epoch milliseconds. */
  now: number;
  /** Which occurrence of a campaign that comes again: its wall-clock time. Default: the next one. */
  occurrence?: string;
}

/** Takes a problem of this channel down; an error unless it says otherwise. */
export type Report = (
  problem: Omit<Problem, "severity" | "channel"> & { severity?: Problem["severity"] },
) => void;

/**
 * Over everything that decides what is sent, to whom, where and when, and whether it may be; not over lengths and remarks.
 * A missing credential is this computer's, and not the plan's.
 */
export function digestOf({
  campaign: { kind, audience, allowExternal },
  deliveries,
  skipped,
  problems,
}: Omit<Plan, "digest" | "version">): string {
  const errors = problems
    .filter(({ severity, code }) => severity === "error" && !NOT_READY.has(code))
    .map(({ code, channel }) => ({ code, channel }));
  return digest({
    kind,
    audience,
    allowExternal,
    skipped,
    errors,
    deliveries: deliveries.map(({ posts, ...one }) => ({
      id: one.id,
      channel: one.channel,
      network: one.network,
      audience: one.audience,
      account: one.account,
      due: one.due,
      expires: one.expires,
      schedule: one.schedule,
      late: one.late,
      uncertain: one.uncertain,
      answers: one.answers,
      posts: posts.map(({ post }) => post),
    })),
  });
}

/** The plan with the digest of what it holds now. */
export function withDigest(plan: Omit<Plan, "digest">): Plan {
  return { ...plan, digest: digestOf(plan) };
}

export function deliveryId(campaign: string, channel: Pick<Channel, "name">, occurrence?: string): string {
  const id = `${campaign}/${channel.name}`;
  return occurrence === undefined ? id : `${id}/${occurrence}`;
}
