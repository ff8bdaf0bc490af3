import { describe, expect, it } from "vitest";
import type { Campaign } from "../../src/campaign/campaign.ts";
import { contentFor } from "../../src/campaign/campaign.ts";
import type { Channel } from "../../src/config/config.ts";
import type { Problem } from "../../src/errors.ts";
import { acceptsSchedule, nativeScheduleOf } from "../../src/plan/native-schedule.ts";
import { digestOf, type PlannedDelivery } from "../../src/plan/types.ts";

const NOW = Date.parse("2026-12-01T08:00:00Z");
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
const SCHEDULES = { least: "5m", cancel: async () => "gone" as const } as const;

const base = {
  only: {},
  options: {},
  tags: [],
  media: [],
  source: { place: (path: (string | number)[]) => ({ file: path.join(".") }) },
} as unknown as Campaign;

function ahead(said: Partial<Campaign>, { due = at(60), parts = 1, schedules = true, timed = true } = {}) {
  const adapter = { name: "Testnet", ...(schedules && { schedules: SCHEDULES }) };
  const channel = { name: "social", network: "testnet", adapter } as unknown as Channel;
  const campaign: Campaign = { ...base, ...said };
  const problems: Partial<Problem>[] = [];
  const found = nativeScheduleOf(
    { channel, content: contentFor(campaign, channel), due: timed ? due : undefined, parts },
    { campaign, now: NOW },
    (problem) => problems.push({ severity: "error", ...problem }),
  );
  return { found, problems };
}

describe("a post for the network's own schedule", () => {
  it("makes no other plan when the campaign says what is usual", () => {
    expect(ahead({})).toEqual({ found: {}, problems: [] });
    expect(ahead({ schedule: "broadcast" })).toEqual({ found: {}, problems: [] });
  });

  it("is the channel's own word, else the network's, else everyone's", () => {
    expect(ahead({ schedule: "network" }).found).toEqual({ schedule: "network" });
    expect(ahead({ only: { testnet: { schedule: "network" } } }).found).toEqual({ schedule: "network" });
    expect(ahead({ schedule: "network", only: { social: { schedule: "broadcast" } } }).found).toEqual({});
  });

  it.each([
    ["a network that has none", { schedules: false }, "cannot-schedule"],
    ["no time", { timed: false }, "schedule-without-time"],
    ["a thread", { parts: 3 }, "cannot-schedule"],
  ])("is refused for %s, at its place and with a remedy", (_, given, code) => {
    const { found, problems } = ahead({ only: { social: { schedule: "network" } } }, given);
    expect(found).toEqual({});
    expect(problems).toMatchObject([
      { severity: "error", code, remedy: expect.any(String), place: { file: "only.social.schedule" } },
    ]);
  });

  it("that is too near is warned of, and stays the same plan whenever it is made", () => {
    const near = ahead({ schedule: "network" }, { due: at(5) });
    expect(near.problems).toMatchObject([{ severity: "warning", code: "too-near" }]);
    expect(near.found).toEqual(ahead({ schedule: "network" }).found);
    expect(ahead({ schedule: "network" }, { due: at(-5) })).toEqual({
      found: { schedule: "network" },
      problems: [],
    });
  });

  it("is part of what is approved", () => {
    const delivery = {
      id: "a/social",
      channel: "social",
      due: at(60),
      posts: [],
    } as unknown as PlannedDelivery;
    const campaign = { id: "a", kind: "update", audience: "external" } as const;
    const of = (one: PlannedDelivery) => digestOf({ campaign, deliveries: [one], problems: [] });
    expect(of({ ...delivery, schedule: "network" })).not.toBe(of(delivery));
  });

  it("leaves the request a minute to arrive", () => {
    const takes = (minutes: number) => acceptsSchedule({ schedules: SCHEDULES }, NOW + minutes * 60_000, NOW);
    expect([5, 5.9, 6, 600].map(takes)).toEqual([false, false, true, true]);
    expect(acceptsSchedule({}, NOW + 3_600_000, NOW)).toBe(false);
  });
});
