import { describe, expect, it } from "vitest";
import type { Adapter, Post } from "../../src/adapter.ts";
import type { Plan, PlannedDelivery } from "../../src/plan/types.ts";
import { planCards } from "../../src/report/plan.ts";
import { planHead, planSummary } from "../../src/report/plan-summary.ts";
import { PLAIN } from "../../src/report/style.ts";

const NOW = Date.UTC(2026, 11, 1, 9, 0, 0);

const wall = {
  id: "wall",
  name: "The Wall",
  card: "ours",
  text: { max: 60, unit: "grapheme", markup: "facets" },
} as unknown as Adapter;

const room = {
  id: "room",
  name: "Room",
  card: "none",
  title: { max: 40, unit: "grapheme", markup: "plain" },
  text: { max: 60, unit: "grapheme", markup: "html", tags: "field" },
} as unknown as Adapter;

const adapters = new Map([wall, room].map((adapter) => [adapter.id, adapter]));

function post(over: Partial<Post>): Post {
  return { text: "", entities: [], media: [], tags: [], options: {}, ...over };
}

function delivery(
  channel: string,
  network: string,
  posts: Post[],
  over: Partial<PlannedDelivery> = {},
): PlannedDelivery {
  return {
    id: `a/${channel}`,
    channel,
    network,
    audience: "external",
    account: "0",
    posts: posts.map((one) => ({
      post: one,
      measured: { length: one.text.length, max: 60, unit: "grapheme", fits: one.text.length <= 60 },
    })),
    lost: [],
    digest: "d",
    ...over,
  };
}

function plan(...deliveries: PlannedDelivery[]): Plan {
  return {
    version: 2,
    campaign: { id: "a", kind: "release", title: "Acme 2.4 is out", audience: "external" },
    deliveries,
    problems: [],
    digest: "0123456789abcdef0123",
  };
}

function cards(...deliveries: PlannedDelivery[]): string[] {
  return planCards({ plan: plan(...deliveries), adapters, now: NOW }, PLAIN).split("\n");
}

describe("a card", () => {
  it("shows a post as it will look, with what it carries", () => {
    const told = post({
      text: "Read the notes",
      entities: [{ kind: "link", start: 9, end: 14, url: "https://acme.example/notes" }],
      media: [
        {
          file: "a.png",
          sha256: "",
          type: "image/png",
          bytes: 48_213,
          width: 1600,
          height: 900,
          alt: "A panel",
        },
      ],
      link: { url: "https://acme.example", title: "Acme" },
      options: { visibility: "unlisted" },
    });
    expect(cards(delivery("wall", "wall", [told], { lost: ["table as lines"] }))).toEqual([
      "wall  The Wall · external · due now                                        14/60",
      "  │ Read the notes",
      "  │ → notes: https://acme.example/notes",
      "  image       a.png · 1600×900 · png · 48 kB",
      "              “A panel”",
      "  card        Acme",
      "              https://acme.example",
      "  visibility  unlisted",
      "  ! shown differently here: table as lines",
    ]);
  });

  it("does not tell an address twice that the text shows with its references", () => {
    const url = "https://acme.example/?a=1&b=2";
    const text = "See <https://acme.example/?a=1&amp;b=2>";
    const told = post({ text, entities: [{ kind: "link", start: 4, end: text.length, url }] });
    expect(cards(delivery("wall", "wall", [told])).join("\n")).not.toContain("→");
  });

  it("keeps a long heading within the screen, its length whole", () => {
    const waiting = delivery("wall", "wall", [post({ text: "Soon" })], {
      due: "2027-06-01T09:00:00.000Z",
      timezone: "Australia/Sydney",
    });
    const screen = { ...PLAIN, width: 60, wraps: true };
    const view = { plan: plan(waiting), adapters, now: NOW };
    const lines = planCards(view, screen).split("\n");
    expect(lines[0]).toMatch(/^wall {2}The Wall · external · .*4\/60$/);
    expect(lines[1]).toMatch(/^ {2}\S/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(`${lines[0]!.replace(/ +4\/60$/, "")} ${lines[1]!.trim()}`).toBe(
      planCards(view, PLAIN)
        .split("\n")[0]!
        .replace(/ +4\/60$/, ""),
    );
  });

  it("shows a title that stands alone without empty lines below it", () => {
    expect(cards(delivery("room", "room", [post({ title: "Headline" })])).slice(1)).toEqual(["  │ Headline"]);
  });

  it("numbers the parts of a thread", () => {
    const lines = cards(delivery("wall", "wall", [post({ text: "First" }), post({ text: "Second" })]));
    expect(lines[0]).toMatch(/2 posts$/);
    expect(lines.slice(1).map((line) => line.replace(/ {2,}/g, "  "))).toEqual([
      "  1/2  5/60",
      "  │ First",
      "  2/2  6/60",
      "  │ Second",
    ]);
  });

  it("shows a title and tags only where the network has a field for them", () => {
    const told = post({ title: "Headline", text: "<p>Words</p>", tags: ["one"] });
    expect(cards(delivery("room", "room", [told])).slice(1)).toEqual([
      "  │ Headline",
      "  │",
      "  │ Words",
      "  tags  one",
    ]);
    expect(cards(delivery("wall", "wall", [told])).slice(1)).toEqual(["  │ <p>Words</p>"]);
  });

  it("says when it is due, in the channel's time zone and in UTC", () => {
    const due = "2026-12-01T12:00:00.000Z";
    const [head] = cards(delivery("wall", "wall", [post({ text: "x" })], { due, timezone: "Europe/Rome" }));
    expect(head).toContain("due 2026-12-01 13:00 CET (12:00 UTC), in 3 h");
  });

  it("wraps long lines on a terminal, behind the bar", () => {
    const layout = { ...PLAIN, width: 40, wraps: true };
    const view = {
      plan: plan(delivery("wall", "wall", [post({ text: "word ".repeat(20).trim() })])),
      adapters,
      now: NOW,
    };
    const lines = planCards(view, layout)
      .split("\n")
      .filter((line) => line.includes("│"));
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(40);
      expect(line).toMatch(/^ {2}│ word/);
    }
  });

  it("uses 110 columns of a wider terminal, and wraps nothing in a pipe", () => {
    const long = post({ text: "word ".repeat(60).trim() });
    const name = "a channel whose name is far too long ".repeat(4).trim();
    const view = { plan: plan(delivery(name, "wall", [long])), adapters, now: NOW };
    const lines = planCards(view, { ...PLAIN, width: 200, wraps: true }).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBe(110);
    const piped = planCards(view, PLAIN).split("\n");
    expect(piped[0]!.startsWith(`${name}  The Wall`)).toBe(true);
    expect(piped[1]).toBe(`  │ ${long.text}`);
  });

  it("lets no escape sequence of a post through", () => {
    const told = post({
      text: "a\x1b[2Jb\x07",
      options: { note: "\x1b]0;x\x07" },
      link: { url: "https://x.example", title: "\x1b[1mT" },
    });
    const hostile = plan(delivery("wa\x1bll", "wall", [told]));
    hostile.campaign.title = "\x1b[2JAcme\x07";
    const view = { plan: hostile, adapters, now: NOW };
    const text = [planHead(view, PLAIN), planCards(view, PLAIN), planSummary(view, PLAIN)].join("\n");
    expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/);
  });
});

describe("the summary", () => {
  it("is one aligned line per channel", () => {
    const deliveries = [
      delivery("wall", "wall", [post({ text: "abc" })]),
      delivery("back-room", "room", [post({ text: "abcdefghijkl" }), post({ text: "x" })]),
    ];
    expect(planSummary({ plan: plan(...deliveries), adapters, now: NOW }, PLAIN)).toBe(
      [
        "  wall       The Wall  external   3/60           due now",
        "  back-room  Room      external  12/60  2 posts  due now",
      ].join("\n"),
    );
  });

  it("begins with what it is about", () => {
    expect(planHead({ plan: plan() }, PLAIN)).toBe("Acme 2.4 is out\na · release · external · 0 channels");
  });
});
