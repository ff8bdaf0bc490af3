import { describe, expect, it } from "vitest";
import type { Campaign, Content } from "../../src/campaign/campaign.ts";
import { contentFor } from "../../src/campaign/campaign.ts";
import type { Channel } from "../../src/config/config.ts";
import type { Problem } from "../../src/errors.ts";
import { isPast, latenessOf, termsOf } from "../../src/plan/late.ts";
import type { PlanInput } from "../../src/plan/types.ts";

const campaign = {
  only: {},
  options: {},
  tags: [],
  media: [],
  source: { place: (path: (string | number)[]) => ({ file: path.join(".") }) },
} as unknown as Campaign;

function terms(
  said: Partial<Campaign>,
  idempotency: "none" | "1h" | "forever" = "none",
): { found: object; problems: Partial<Problem>[] } {
  const channel = { name: "chat", network: "testnet", adapter: { idempotency } } as unknown as Channel;
  const all: Campaign = { ...campaign, ...said };
  const heard: Content = contentFor(all, channel);
  const problems: Partial<Problem>[] = [];
  const found = termsOf(channel, heard, { campaign: all } as PlanInput, (problem) => problems.push(problem));
  return { found, problems };
}

describe("what is done in bad cases", () => {
  it("makes no other plan when the campaign says what is usual", () => {
    expect(terms({ uncertain: "hold" })).toEqual({ found: {}, problems: [] });
  });

  it("is the author's own word where it says `late: send`: then nobody asks", () => {
    expect(terms({ late: "send" })).toEqual({ found: { late: "send" }, problems: [] });
  });

  it("is the channel's own word, else the network's, else everyone's", () => {
    const only = { chat: { late: "ask" as const }, testnet: { late: "send" as const } };
    expect(terms({ late: "skip" }).found).toEqual({ late: "skip" });
    expect(terms({ late: "skip", only: { testnet: only.testnet } }).found).toEqual({ late: "send" });
    expect(terms({ late: "skip", only }).found).toEqual({ late: "ask" });
  });

  it("that may appear twice is said in words, at its place", () => {
    const { found, problems } = terms({ only: { chat: { uncertain: "resend" } } });
    expect(found).toEqual({ uncertain: "resend" });
    expect(problems).toMatchObject([
      { severity: "warning", code: "may-appear-twice", place: { file: "only.chat.uncertain" } },
    ]);
    expect(problems[0]?.message).toContain("readers may see it twice");
  });

  it("cannot appear twice where the network refuses a repeat for ever", () => {
    expect(terms({ uncertain: "resend" }, "forever")).toEqual({ found: {}, problems: [] });
    expect(terms({ uncertain: "resend" }, "1h").found).toEqual({ uncertain: "resend" });
  });
});

describe("a time that is past", () => {
  const NOW = Date.parse("2026-12-01T12:00:00Z");
  const due = (hours: number) => new Date(NOW - hours * 3_600_000).toISOString();

  it("is more than an hour ago, and nothing says what then", () => {
    expect(isPast({ due: due(1) }, NOW)).toBe(false);
    expect(isPast({ due: due(1.01) }, NOW)).toBe(true);
    expect(isPast({}, NOW)).toBe(false);
    for (const late of ["send", "skip", "ask"] as const)
      expect(isPast({ due: due(9), late }, NOW)).toBe(false);
    expect(isPast({ due: due(9), expires: due(1) }, NOW)).toBe(false);
  });

  it("does not keep back what says `late: send`", () => {
    expect(latenessOf({ dueAt: NOW - 86_400_000, late: "send" }, NOW)).toBeUndefined();
    expect(latenessOf({ dueAt: NOW - 86_400_000, late: "send", expiresAt: NOW }, NOW)).toBe("expired");
  });
});
