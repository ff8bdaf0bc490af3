/** An approval: who allows exactly this content. It holds only as much of the content as is needed to show changes. */
import type { Card, Fit, Poll, Post } from "../adapter.ts";
import { canonical } from "../plan/digest.ts";
import type { Plan, PlannedDelivery } from "../plan/types.ts";

export interface Approval {
  campaign: string;
  by: string;
  /** Of the plan: what the approval is bound to. */
  digest: string;
  /** Epoch milliseconds. */
  at: number;
  expiresAt?: number;
  /** SSH, armoured; over `statement`. */
  signature?: string;
  approved: ApprovedDelivery[];
}

export interface ApprovedDelivery {
  id: string;
  channel: string;
  network: string;
  account: string;
  /** ISO date-times, UTC. */
  due?: string;
  expires?: string;
  /** The policy for late and uncertain deliveries. */
  schedule?: string;
  late?: string;
  uncertain?: string;
  /** Over the posts, as the ledger knows them. */
  digest: string;
  posts: ApprovedPost[];
}

/** What a reader meets of a post. */
export interface ApprovedPost {
  title?: string;
  text: string;
  summary?: string;
  /** Addresses behind words, which the text does not show. */
  links?: string[];
  media?: { file: string; sha256: string; alt: string; fit?: Fit }[];
  card?: Card;
  tags?: string[];
  lang?: string;
  poll?: Poll;
  options?: unknown;
}

/** What of a plan is remembered with an approval. */
export function approvedOf(plan: Pick<Plan, "deliveries">): ApprovedDelivery[] {
  return plan.deliveries.map(approvedDelivery);
}

export function approvedDelivery(delivery: PlannedDelivery): ApprovedDelivery {
  const { id, channel, network, account, due, expires, schedule, late, uncertain, digest, posts } = delivery;
  return {
    id,
    channel,
    network,
    account,
    ...(due !== undefined && { due }),
    ...(expires !== undefined && { expires }),
    ...(schedule !== undefined && { schedule }),
    ...(late !== undefined && { late }),
    ...(uncertain !== undefined && { uncertain }),
    digest,
    posts: posts.map(({ post }) => approvedPost(post)),
  };
}

function approvedPost({
  title,
  text,
  summary,
  entities,
  media,
  link,
  tags,
  lang,
  poll,
  options,
}: Post): ApprovedPost {
  const links = entities.flatMap((entity) =>
    entity.kind === "link" && !text.includes(entity.url) ? [entity.url] : [],
  );
  const said = Object.keys((options ?? {}) as object).length > 0;
  return {
    ...(title !== undefined && { title }),
    text,
    ...(summary !== undefined && { summary }),
    ...(links.length > 0 && { links }),
    ...(media.length > 0 && {
      media: media.map(({ file, sha256, alt, fit }) => ({ file, sha256, alt, ...(fit && { fit }) })),
    }),
    ...(link !== undefined && { card: link }),
    ...(tags.length > 0 && { tags }),
    ...(lang !== undefined && { lang }),
    ...(poll !== undefined && { poll }),
    ...(said && { options }),
  };
}

/**
 * The text that is signed: one heading and one line of JSON with sorted keys, without the words themselves, which the
 * digests represent. So the signature covers who, what, when and until when.
 */
export function statement({ campaign, by, digest, at, expiresAt, approved }: Approval): string {
  const deliveries = approved.map(({ id, account, due, digest }) => ({ id, account, due, digest }));
  const expires = expiresAt === undefined ? undefined : iso(expiresAt);
  return `broadcast approval 1\n${canonical({ campaign, by, digest, at: iso(at), expires, deliveries })}\n`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
