/** A report with all that reports can have. */
import { lookOf } from "../../src/pages/look.ts";
import type { ReportChannel, ReportView } from "../../src/pages/report/view.ts";

const HOUR = 3_600_000;
const now = Date.parse("2026-12-09T09:20:00Z");
const first = Date.parse("2026-12-01T08:00:00Z");

function channel(name: string, counts: ReportChannel["counts"], of?: "views" | "likes"): ReportChannel {
  const end = of === undefined ? 0 : (counts[of] ?? 0);
  const series = Array.from({ length: of === undefined ? 0 : 30 }, (_, n) => ({
    at: first + (n + 1) * 6 * HOUR,
    counts: { [of!]: Math.round(end * (1 - Math.exp(-(n + 1) / 4))) },
  }));
  const look = lookOf({ id: name, name, shape: "short" });
  const isSilent = Object.keys(counts).length === 0;
  return {
    name,
    network: name,
    look,
    posts: 1,
    counts,
    series,
    ...(isSilent && { silent: "it tells a bot nothing" }),
  };
}

const channels = [
  channel("alpha", { views: 9410, likes: 92, shares: 21, replies: 14 }, "views"),
  channel("beta", { views: 6870, likes: 132, shares: 9, replies: 17 }, "views"),
  channel("gamma", { likes: 81, shares: 40 }, "likes"),
  channel("delta", {}),
];

export const reported: ReportView = {
  title: "What is out",
  first,
  last: now - 24 * HOUR,
  countedAt: now - HOUR,
  now,
  timezone: "Europe/Rome",
  campaigns: 4,
  channels,
  posts: Array.from({ length: 48 }, (_, n) => ({
    title: `Campaign ${n % 4}`,
    campaign: `c${n % 4}`,
    channel: channels[n % 4]!.name,
    kind: ["release", "question", "demo"][n % 3]!,
    at: first - (n % 14) * 24 * HOUR,
    counts: {},
    acts: (n * 37) % 140,
    url: "https://acme.example/p",
  })),
  polls: [
    {
      title: "What do you tick your rounds on?",
      channel: "alpha",
      choices: [
        { choice: "Phone", votes: 152 },
        { choice: "Paper", votes: 29 },
      ],
    },
  ],
  replies: [
    {
      name: "9c1e0a11",
      channel: "alpha",
      author: "@ilse",
      text: "Chapeau.",
      at: now - HOUR,
      unread: true,
      url: "https://acme.example/r",
    },
    {
      name: "71aa0a11",
      channel: "beta",
      author: "سلمى",
      text: "أيضاً؟ <img src=x onerror=alert(1)>",
      at: now - 30 * HOUR,
      unread: false,
    },
  ],
  repliesInAll: 115,
  command: "broadcast report --html report.html",
  repliesCommand: "broadcast replies",
};
