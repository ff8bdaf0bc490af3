/** What came of it: what nobody tells is not nought, and every chart has its numbers. */
import { describe, expect, it } from "vitest";
import { openProject } from "../../src/app/project.ts";
import { viewOf } from "../../src/app/report-page.ts";
import type { Stats } from "../../src/app/stats.ts";
import type { History } from "../../src/ledger/types.ts";
import { byKind, bySendingTime, median, thinned } from "../../src/pages/report/numbers.ts";
import { reportPage } from "../../src/pages/report/page.ts";
import type { ReportPost } from "../../src/pages/report/view.ts";

const DAY = 86_400_000;
const FIRST = Date.parse("2026-12-01T08:00:00Z");

const post = (kind: string, acts: number | undefined, at = FIRST): ReportPost => ({
  title: "T",
  campaign: "c",
  channel: "mastodon",
  kind,
  at,
  counts: {},
  ...(acts !== undefined && { acts }),
});

describe("the numbers", () => {
  it("have a median, which one outlier does not move", () => {
    expect([median([]), median([3]), median([1, 2, 300]), median([1, 2, 3, 4])]).toEqual([
      undefined,
      3,
      2,
      2.5,
    ]);
  });

  it("leave out of a kind what tells nothing", () => {
    expect(
      byKind([post("release", 10), post("release", 0), post("release", undefined), post("demo", 7)]),
    ).toEqual([
      { name: "demo", number: 1, lowest: 7, median: 7, highest: 7 },
      { name: "release", number: 2, lowest: 0, median: 5, highest: 10 },
    ]);
  });

  it("say nothing of an hour with fewer than three posts", () => {
    const tuesday = bySendingTime(
      [post("a", 1), post("a", 2), post("a", 9), post("a", 5, FIRST + DAY)],
      "Europe/Rome",
    );
    expect(tuesday[1]![2]).toEqual({ number: 3, median: 2 });
    expect(tuesday[2]![2]).toEqual({ number: 1 });
    // 08:30 in UTC is before nine there, and after nine in Rome.
    expect(bySendingTime([post("a", 1, FIRST + 1_800_000)], "UTC")[1]![1]!.number).toBe(1);
    expect(bySendingTime([post("a", 1, FIRST + 1_800_000)], "Europe/Rome")[1]![2]!.number).toBe(1);
  });

  it("keep their last point when they are thinned", () => {
    const points = Array.from({ length: 1000 }, (_, n) => n);
    expect(thinned(points, 60)).toHaveLength(60);
    expect([thinned(points, 60)[0], thinned(points, 60).at(-1)]).toEqual([0, 999]);
  });
});

const history = (channel: string, network: string): History =>
  ({
    id: `c.yml/${channel}`,
    campaign: "c.yml",
    channel,
    network,
    posts: [{ title: "<b>Title</b>", text: "", entities: [], media: [], tags: [], options: {} }],
    receipts: [{ id: "1", part: 0, at: FIRST, url: "https://acme.example/p" }],
    updatedAt: FIRST,
  }) as unknown as History;

const stats: Stats = {
  histories: [history("mastodon", "mastodon"), history("x", "x"), history("telegram", "telegram")],
  rows: [
    {
      name: "c.yml/mastodon",
      deliveries: 1,
      counts: { likes: 3, shares: 0, replies: 2 },
      known: 1,
      poll: [
        { choice: "<i>A", votes: 3 },
        { choice: "B", votes: 1 },
      ],
    },
    { name: "c.yml/x", deliveries: 1, counts: { views: 500, likes: 40 }, known: 1 },
    { name: "c.yml/telegram", deliveries: 1, counts: {}, known: 0 },
  ],
  series: [
    { delivery: "c.yml/x", part: 0, at: FIRST + DAY, counts: { views: 300, likes: 20 } },
    { delivery: "c.yml/x", part: 0, at: FIRST + 2 * DAY, counts: { views: 500, likes: 40 } },
    { delivery: "c.yml/mastodon", part: 0, at: FIRST + DAY, counts: { likes: 3, shares: 0, replies: 2 } },
  ],
  notAsked: [{ channel: "telegram", why: "Telegram tells no counts on this channel" }],
  code: 0,
};

async function shown(): Promise<string> {
  const project = await openProject({ cwd: process.cwd(), env: {} });
  return reportPage(await viewOf(stats, project, { now: FIRST + 3 * DAY, command: "broadcast report" }));
}

describe("the report", () => {
  it("says of how many channels a sum is, and draws what is not told otherwise than nought", async () => {
    const html = await shown();
    expect(html).toContain('<dd class="n">43</dd><dd class="of">at least: 2 of 3 channels tell</dd>');
    const row = (channel: string) => html.split(`<bdi>${channel}</bdi></span></th>`)[1]!.split("</tr>")[0]!;
    expect(row("telegram").match(/not told/g)).toHaveLength(3);
    expect(row("mastodon")).toContain('<span class="num">0</span>');
    expect(row("x")).toContain("not counted here");
    expect(html).toContain("<b><bdi>telegram</bdi></b>: Telegram tells no counts on this channel.");
  });

  it("has a table behind its lines", async () => {
    const html = await shown();
    expect(html).toMatch(/aria-label="x: 500 views, half of them by Wed 2 Dec/);
    expect(html).toMatch(
      /<summary>The numbers<\/summary>[\s\S]*?<td class="r">300<\/td>[\s\S]*?<td class="r">500<\/td>/,
    );
  });

  it("shows votes with their shares, and every word as text", async () => {
    const html = await shown();
    expect(html).toContain("4 votes on <bdi>mastodon</bdi>");
    expect(html).toContain("75%");
    expect(html).toContain("&lt;i&gt;A");
    expect(html).not.toContain("<b>Title</b>");
  });
});
