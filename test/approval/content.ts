/** A plan of two channels, and approvals of it. */
import type { Post } from "../../src/adapter.ts";
import { type Approval, approvedOf } from "../../src/approval/approval.ts";
import type { Examined, Subject } from "../../src/approval/evaluate.ts";
import { subjectOf } from "../../src/approval/status.ts";
import type { Rule } from "../../src/config/policy.ts";
import { digest } from "../../src/plan/digest.ts";
import { type Plan, type PlannedDelivery, withDigest } from "../../src/plan/types.ts";

export const NOW = Date.UTC(2026, 11, 1, 9);

const HASH = "a".repeat(64);

export function post(over: Partial<Post> = {}): Post {
  return {
    text: "Acme 2.4 is out",
    entities: [],
    media: [
      { file: "images/hero.png", sha256: HASH, type: "image/png", bytes: 10, alt: "The new sync panel" },
    ],
    link: { url: "https://acme.example/2-4", title: "Acme 2.4" },
    tags: ["release"],
    options: {},
    ...over,
  };
}

export function delivery(
  channel: string,
  posts: Post[] = [post()],
  over: Partial<PlannedDelivery> = {},
): PlannedDelivery {
  return {
    id: `release.yml/${channel}`,
    channel,
    network: "wall",
    audience: "external",
    account: channel.padEnd(16, "0"),
    posts: posts.map((one) => ({
      post: one,
      measured: { length: 15, max: 60, unit: "grapheme", fits: true },
    })),
    lost: [],
    digest: digest(posts),
    ...over,
  };
}

export function plan(
  deliveries = [delivery("wall"), delivery("room", [post()], { audience: "internal" })],
): Plan {
  return withDigest({
    version: 2,
    campaign: { id: "release.yml", kind: "release", title: "Acme 2.4", audience: "external" },
    deliveries,
    problems: [],
  });
}

export function approval(by: string, of: Plan = plan(), over: Partial<Examined> = {}): Examined {
  return { campaign: of.campaign.id, by, digest: of.digest, at: NOW, approved: approvedOf(of), ...over };
}

export function rule(over: Partial<Rule> = {}): Rule {
  return { when: {}, approvals: 1, signed: false, place: { file: "broadcast.yml", line: 3 }, ...over };
}

export function subject(of: Plan = plan()): Subject {
  return subjectOf(of);
}

export type { Approval };
