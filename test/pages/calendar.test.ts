/** Moments, collisions and gaps; and the page that shows them. */
import { describe, expect, it } from "vitest";
import {
  collisionsIn,
  daysBetween,
  gapsIn,
  momentsOf,
  mondayOf,
  weekNumber,
} from "../../src/pages/calendar/moments.ts";
import { calendarPage } from "../../src/pages/calendar/page.ts";
import type { CalendarView, Entry } from "../../src/pages/calendar/view.ts";
import { lookOf } from "../../src/pages/look.ts";

const entry = (campaign: string, channel: string, at: string, more: Partial<Entry> = {}): Entry => ({
  id: `${campaign}/${channel}`,
  campaign,
  title: campaign,
  channel,
  at: Date.parse(at),
  state: "planned",
  ...more,
});
const CHANNELS = ["social", "skies", "team"];

describe("moments", () => {
  it("are a campaign at one time, on its channels in their order, with the worst state", () => {
    const moments = momentsOf(
      [
        entry("b", "skies", "2026-12-02T09:00:00Z"),
        entry("a", "skies", "2026-12-01T09:00:20Z", { state: "out" }),
        entry("a", "social", "2026-12-01T09:00:00Z", { state: "held" }),
      ],
      CHANNELS,
    );
    expect(
      moments.map(({ campaign, entries, state }) => [campaign, entries.map(({ channel }) => channel), state]),
    ).toEqual([
      ["a", ["social", "skies"], "held"],
      ["b", ["skies"], "planned"],
    ]);
  });
});

describe("a collision", () => {
  const at = (first: string, second: string, channels: [string, string] = ["social", "social"]) =>
    collisionsIn(momentsOf([entry("a", channels[0], first), entry("b", channels[1], second)], CHANNELS));

  it("is two posts within the hour on one channel", () => {
    expect(at("2026-12-10T18:00:00Z", "2026-12-10T18:30:00Z")).toMatchObject([
      { minutes: 30, channels: ["social"] },
    ]);
    expect(at("2026-12-10T18:00:00Z", "2026-12-10T18:59:00Z")).toHaveLength(1);
    expect(at("2026-12-10T18:00:00Z", "2026-12-10T19:00:00Z")).toEqual([]);
    expect(at("2026-12-10T18:00:00Z", "2026-12-10T18:30:00Z", ["social", "skies"])).toEqual([]);
  });

  it("is found between any two, not only neighbours", () => {
    const found = collisionsIn(
      momentsOf(
        [
          entry("a", "social", "2026-12-10T18:00:00Z"),
          entry("b", "skies", "2026-12-10T18:10:00Z"),
          entry("c", "social", "2026-12-10T18:20:00Z"),
        ],
        CHANNELS,
      ),
    );
    expect(found.map(({ first, second }) => [first.campaign, second.campaign])).toEqual([["a", "c"]]);
  });
});

describe("a gap", () => {
  const days = daysBetween("2026-12-01", "2026-12-31");
  const gaps = (...at: string[]) =>
    gapsIn(
      momentsOf(
        at.map((time, n) => entry(`c${n}`, "social", time)),
        CHANNELS,
      ),
      days,
      () => true,
      "UTC",
    );

  it("is a week or more without a public post", () => {
    expect(
      gaps("2026-12-03T09:00:00Z", "2026-12-10T09:00:00Z", "2026-12-18T09:00:00Z", "2026-12-26T09:00:00Z"),
    ).toEqual([
      { from: "2026-12-11", to: "2026-12-17", days: 7 },
      { from: "2026-12-19", to: "2026-12-25", days: 7 },
    ]);
  });

  it("is not filled by what is internal", () => {
    const moments = momentsOf([entry("a", "team", "2026-12-15T09:00:00Z")], CHANNELS);
    expect(gapsIn(moments, days, ({ channel }) => channel !== "team", "UTC")).toEqual([
      { from: "2026-12-01", to: "2026-12-31", days: 31 },
    ]);
  });
});

it("knows the weeks of a year", () => {
  expect(["2026-01-01", "2026-12-31", "2027-01-03", "2027-01-04", "2024-12-30"].map(weekNumber)).toEqual([
    1, 53, 53, 1, 1,
  ]);
  expect(["2026-12-13", "2026-12-14"].map(mondayOf)).toEqual(["2026-12-07", "2026-12-14"]);
});

const view = (entries: Entry[], more: Partial<CalendarView> = {}): CalendarView => ({
  entries,
  channels: CHANNELS.map((name) => ({
    name,
    network: name,
    look: lookOf({ id: name, name, shape: "short" }),
    audience: name === "team" ? "internal" : "external",
    ...(name === "skies" && { timezone: "America/New_York" }),
  })),
  from: Date.parse("2026-12-01T12:00:00Z"),
  to: Date.parse("2026-12-31T12:00:00Z"),
  now: Date.parse("2026-12-09T09:20:00Z"),
  timezone: "Europe/Rome",
  todo: [],
  isCut: false,
  command: "broadcast calendar",
  ...more,
});

describe("the page", () => {
  it("puts each moment on its day in the project's zone, and says the channel's own time where it differs", () => {
    const html = calendarPage(view([entry("Late news", "skies", "2026-12-10T23:30:00Z")]));
    const cell = html.split('<time datetime="2026-12-11">')[1]!.split('<time datetime="2026-12-12">')[0]!;
    expect(cell).toContain("<bdi>Late news</bdi>");
    expect(cell).toContain("00:30");
    expect(html).toContain('<span class="far">18:30 New York</span>');
  });

  it("says what needs a person, with the command", () => {
    const html = calendarPage(
      view(
        [
          entry("a", "social", "2026-12-07T08:00:00Z", {
            state: "failed",
            trouble: "the webhook <was> deleted",
          }),
        ],
        {
          todo: [
            {
              title: "No more",
              words: "1 approval by `marta` is needed",
              command: "broadcast approve a.yml",
            },
          ],
        },
      ),
    );
    expect(html).toContain("The webhook &lt;was&gt; deleted.");
    expect(html).toContain("broadcast retry a/social");
    expect(html).toContain("broadcast approve a.yml");
  });

  it("lets no title be more than text", () => {
    const html = calendarPage(
      view([
        entry('<img src=x onerror="alert(1)">', "social", "2026-12-10T08:00:00Z", {
          href: "javascript:alert(1)",
        }),
      ]),
    );
    expect(html).not.toContain("<img");
    expect(html).not.toContain('href="javascript:');
  });
});
