/** How fast the text engine is: `node scripts/run.mjs bench/text.ts`. One line per promise, with pass or FAIL. */
import { createRequire } from "node:module";
import { parse } from "../src/text/markdown.ts";
import { measure } from "../src/text/measure.ts";
import { render } from "../src/text/render.ts";
import { split } from "../src/text/split.ts";
import type { TextRules } from "../src/text/text.ts";
import type { Tree } from "../src/text/tree.ts";

const { parseTweet } = createRequire(import.meta.url)("twitter-text") as {
  parseTweet(text: string): unknown;
};

const release = `**Acme 2.4** is out. It syncs twice as fast, works offline, and has a new CLI that completes your words in bash, zsh and fish.

- Offline mode: everything is kept and sent later.
- \`acme sync --all\` needs only 5 GB.

Thanks to @maria and to everyone who helped! #release https://acme.example/blog/2-4`;

const section = `## Version 2.4.0

We have **made** it, and it is *good*. It needs 5 GB of disk; see [the notes](https://acme.example/blog/2-4) for more. Thanks to @maria, as ever. #release

1. Offline mode: everything you do is kept and sent later, e.g. on trains.
2. A new CLI, with completion for bash, zsh and fish: \`acme sync --all\`.

> It is the best that we have seen so far, and we have seen a few.

これは日本語のテキストです。とても速くなりました。🎉

\`\`\`sh
npm i -g acme
acme login
\`\`\`

`;

/** What networks ask of each markup, roughly; the short ones make threads. */
const kinds: TextRules[] = [
  { markup: "plain", max: 280, unit: "weighted", link: 23, links: "bare" },
  { markup: "plain", max: 500, unit: "grapheme", link: 23, mention: "local" },
  { markup: "plain", max: 500, unit: "emoji-bytes" },
  { markup: "facets", max: 300, unit: "grapheme", bytes: 3000 },
  { markup: "irc", max: 400, unit: "byte" },
  { markup: "chat-markdown", max: 2000, unit: "codepoint" },
  { markup: "chat-html", max: 4096, unit: "codepoint", counts: "parsed" },
  { markup: "mrkdwn", max: 40_000, unit: "utf16" },
  { markup: "google-chat", max: 4000, unit: "utf16" },
  { markup: "card", max: 28_000, unit: "byte" },
  { markup: "matrix", max: 60_000, unit: "byte" },
  { markup: "mattermost", max: 16_383, unit: "codepoint" },
  { markup: "rocketchat", max: 5000, unit: "utf16" },
  { markup: "zulip", max: 10_000, unit: "codepoint" },
  { markup: "mfm", max: 3000, unit: "codepoint" },
  { markup: "little-text", max: 3000, unit: "utf16" },
  { markup: "reddit", max: 40_000, unit: "utf16" },
  { markup: "npf", max: 4096, unit: "utf16" },
  { markup: "markdown", max: 65_536, unit: "codepoint" },
  { markup: "html", max: 1_000_000, unit: "byte" },
  { markup: "wikitext", max: 2_000_000, unit: "byte" },
];

const notes = (letters: number) => section.repeat(Math.ceil(letters / section.length)).slice(0, letters);

/** The best of several runs, in milliseconds of CPU, all threads: what else the machine does hardly shows in it. */
function best(times: number, work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < times; run += 1) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

function say(what: string, value: number, unit: string, holds: boolean): void {
  console.log(`${holds ? "pass" : "FAIL"}  ${what}: ${value.toFixed(value < 100 ? 2 : 0)} ${unit}`);
  if (!holds) process.exitCode = 1;
}

const each = (tree: Tree) => {
  for (const rules of kinds) split(tree, rules, { fit: "thread", lang: "en" }, { lang: "en" }, render);
};

best(100, () => each(parse(release)));
// A tree is laid out once, so every round gets a new one; parsing is not what is timed here.
const trees = Array.from({ length: 200 }, () => parse(release));
const rounds = best(1, () => trees.forEach(each));
const perSecond = ((kinds.length * trees.length) / rounds) * 1000;
say(
  "a release of 300 characters rendered, measured and split (at least 2,000)",
  perSecond,
  "posts/s",
  perSecond >= 2000,
);

const before = process.memoryUsage().rss;
const reading = best(1, () => parse(notes(100_000)));
const cold = best(1, () => each(parse(notes(100_000))));
console.log(`      (parsing 100 KB once: ${reading.toFixed(0)} ms)`);
say(
  "release notes of 100 KB parsed, and planned for every kind of network (under 1,000)",
  cold,
  "ms",
  cold < 1000,
);
const grown = (process.resourceUsage().maxRSS * 1024 - before) / 1e6;
say("memory on top of the program (under 150)", grown, "MB", grown < 150);

for (const rules of kinds.filter(({ max }) => max < 5000)) {
  const [small, large] = [20_000, 200_000].map((letters) => {
    const tree = parse(notes(letters));
    // A new root is laid out anew, as for the first network that asks.
    return best(6, () => split({ ...tree }, rules, { fit: "thread", number: true, lang: "en" }, {}, render));
  }) as [number, number];
  const what = `ten times the text, ${rules.markup} ${rules.max} ${rules.unit} (at most 12)`;
  say(what, large / small, "times the time", large / small <= 12);
}

const hostile: [string, string][] = [
  ["one word", "a"],
  ["dots", "a."],
  ["brackets", "example.com/("],
  ["emoji", "👩‍👩‍👧"],
  ["marks", "e\u0301"],
  ["digits", "1"],
  ["Devanagari", "हिंदी "],
  ["words", "word "],
];
const x = kinds[0]!;
for (const [name, unit] of hostile) {
  const [small, large] = [2_000, 20_000].map((times) => {
    const text = (): Tree => ({
      type: "root",
      children: [{ type: "paragraph", children: [{ type: "text", value: unit.repeat(times) }] }],
    });
    return best(5, () => split(text(), x, { fit: "thread" }, {}, render));
  }) as [number, number];
  say(
    `ten times ${name} (at most 12)`,
    large / small,
    `times the time (${large.toFixed(0)} ms)`,
    large / small <= 12,
  );
}

const texts: [string, string][] = [
  ["a release", render(parse(release), "plain").text],
  ["Japanese", "これは日本語のテキストです。とても速くなりました。".repeat(6)],
  ["emoji", "🎉 👩‍👩‍👧‍👦 👍🏽 ok ".repeat(12)],
  ["links", "see https://acme.example/blog/2-4 or acme.example ".repeat(6)],
];
for (const [name, text] of texts) {
  const many = (work: (text: string) => unknown) =>
    best(30, () => {
      for (let time = 0; time < 50; time += 1) work(text);
    });
  const [ours, theirs] = [
    many((value) => measure({ text: value, entities: [] }, x)),
    many((value) => parseTweet(value)),
  ];
  say(
    `weighing ${name} against twitter-text (at least as fast)`,
    theirs / ours,
    "times as fast",
    theirs >= ours,
  );
}
