/** How fast the text engine is: `node scripts/run.mjs bench/text.ts`. One line per promise, with pass or FAIL. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parse } from "../src/text/markdown.ts";
import { measure } from "../src/text/measure.ts";
import { render } from "../src/text/render.ts";
import "../test/text/dialects/all.ts";
import { split } from "../src/text/split.ts";
import type { Tree } from "../src/text/tree.ts";
import type { TextRules } from "../src/text/types.ts";

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

/** No two sections are the same: equal ones would be read once. */
const notes = (letters: number) =>
  Array.from({ length: Math.ceil(letters / section.length) }, (_, n) => section.replace("2.4.0", `2.4.${n}`))
    .join("")
    .slice(0, letters);

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/**
 * The best of several runs, in milliseconds by the clock. With `clean` the garbage of one run is not the next one's; but
 * such a collection also throws away compiled code.
 */
function best(times: number, work: () => void, clean = true): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < times; run += 1) {
    if (clean) collect();
    const start = performance.now();
    work();
    least = Math.min(least, performance.now() - start);
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

best(1, () => {
  for (let time = 0; time < 100; time += 1) each(parse(release));
});
// A tree is laid out once, so every round gets a new one.
const perSecond = (make: () => Tree[]) => {
  const rounds = Array.from({ length: 5 }, () => {
    const trees = make();
    return best(1, () => trees.forEach(each));
  });
  return ((kinds.length * 100) / Math.min(...rounds)) * 1000;
};
const rate = perSecond(() => Array.from({ length: 100 }, () => parse(release)));
say(
  "a release rendered, measured and split for every markup (at least 2,000)",
  rate,
  "posts/s",
  rate >= 2000,
);

const rss = () => process.resourceUsage().maxRSS / 1024;
const before = rss();
const text = notes(100_000);
const first = best(1, () => each(parse(text)));
const grown = rss() - before;
const reading = best(5, () => parse(text));
// In turns, so that a busy moment hits both alike.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
let bare = Number.POSITIVE_INFINITY;
let planned = Number.POSITIVE_INFINITY;
for (let run = 0; run < 15; run += 1) {
  bare = Math.min(
    bare,
    best(1, () => spawnSync(process.execPath, ["-e", "0"], { env }), false),
  );
  planned = Math.min(
    planned,
    best(1, () => each(parse(text)), false),
  );
}
console.log(
  `      100 KB in a process that has hardly begun: ${first.toFixed(0)} ms; parsing alone, once warm: ${reading.toFixed(0)} ms`,
);
say(
  `release notes of 100 KB parsed, and planned for ${kinds.length} networks (at most 35)`,
  planned / bare,
  `× node -e 0 (${planned.toFixed(0)} ms)`,
  planned <= 35 * bare,
);
say("memory on top of the program (under 150)", grown, "MB", grown < 150);

/** Milliseconds of the process's own time: on a busy machine the clock also counts what others do. */
function spent(work: () => void): number {
  const from = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

/** How many times longer the large work takes than a tenth of the small one, which is ten times the same; in turns. */
function growth(small: () => void, large: () => void): { times: number; ms: number } {
  for (let run = 0; run < 3; run += 1) {
    small();
    large();
  }
  let [few, many] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 0; run < 9; run += 1) {
    few = Math.min(few, spent(small));
    many = Math.min(many, spent(large));
  }
  return { times: (10 * many) / few, ms: many };
}

function sayGrowth(what: string, small: () => void, large: () => void): void {
  const { times, ms } = growth(small, large);
  say(`ten times ${what} (at most 12)`, times, `times the time (${ms.toFixed(0)} ms)`, times <= 12);
}

for (const rules of kinds.filter(({ max }) => max < 5000)) {
  // A new root is laid out anew, as for the first network that asks. Ten short texts leave as much garbage as a long one.
  const [one, other] = [parse(notes(20_000)), parse(notes(200_000))];
  const plan = (tree: Tree) =>
    split({ ...tree }, rules, { fit: "thread", number: true, lang: "en" }, {}, render);
  const small = () => {
    for (let time = 0; time < 10; time += 1) plan(one);
  };
  sayGrowth(`the text, ${rules.markup} ${rules.max} ${rules.unit}`, small, () => plan(other));
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
const ranged = kinds.filter(({ markup }) => markup === "irc" || markup === "npf");
for (const [name, unit] of hostile) {
  for (const rules of [x, ...ranged]) {
    const plan = (letters: number) => {
      const value = unit.repeat(letters / unit.length);
      const children: Tree["children"] = [{ type: "paragraph", children: [{ type: "text", value }] }];
      split({ type: "root", children }, rules, { fit: "thread" }, {}, render);
    };
    const small = () => {
      for (let time = 0; time < 10; time += 1) plan(10_000);
    };
    sayGrowth(`${name}, ${rules.markup}`, small, () => plan(100_000));
  }
}
const linked = "see [the notes](https://acme.example/n) by @acme ";
for (const rules of ranged) {
  const [one, other] = [parse(linked.repeat(200)), parse(linked.repeat(2_000))];
  const small = () => {
    for (let time = 0; time < 10; time += 1) render(one, rules.markup);
  };
  sayGrowth(`links in one paragraph, ${rules.markup}`, small, () => render(other, rules.markup));
}

const tangled: [string, string][] = [
  ["quotes in quotes", "> ".repeat(40_000)],
  ["lists in lists", "- ".repeat(40_000)],
  ["stars and underscores", "*a_ ".repeat(25_000)],
  ["links that are none", "[a](".repeat(25_000)],
  ["comments that nothing ends", "a <!-- ".repeat(14_000)],
  ["open brackets", "[".repeat(100_000)],
  ["definitions", "[a]: b\n".repeat(14_000)],
];
for (const [name, text] of tangled) {
  const ms = spent(() => {
    try {
      parse(text);
    } catch {
      // Refused in time is as good as read.
    }
  });
  say(`${name}, ${(text.length / 1000).toFixed(0)} KB read or refused (under 2,000)`, ms, "ms", ms < 2000);
}

const texts: [string, string][] = [
  ["a release", render(parse(release), "plain").text],
  ["Japanese", "これは日本語のテキストです。とても速くなりました。".repeat(6)],
  ["emoji", "🎉 👩‍👩‍👧‍👦 👍🏽 ok ".repeat(12)],
  ["links", "see https://acme.example/blog/2-4 or acme.example ".repeat(6)],
  // `.example` is no top-level domain; these have some.
  ["real links", "see https://acme.com/blog/2-4 or acme.org ".repeat(6)],
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
