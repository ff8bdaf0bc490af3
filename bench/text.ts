/** How fast the text engine is: `node scripts/run.mjs bench/text.ts`. One line per promise, with pass or FAIL. */
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parse } from "../src/text/markdown.ts";
import { measure } from "../src/text/measure.ts";
import { render } from "../src/text/render.ts";
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
const planned = best(5, () => each(parse(text)), false);
console.log(
  `      100 KB in a process that has hardly begun: ${first.toFixed(0)} ms; parsing alone, once warm: ${reading.toFixed(0)} ms`,
);
say(
  `release notes of 100 KB parsed, and planned for ${kinds.length} networks (under 1,000)`,
  planned,
  "ms",
  planned < 1000,
);
say("memory on top of the program (under 150)", grown, "MB", grown < 150);

for (const rules of kinds.filter(({ max }) => max < 5000)) {
  // A new root is laid out anew, as for the first network that asks. Ten short texts leave as much garbage as a long one.
  const [one, other] = [parse(notes(20_000)), parse(notes(200_000))];
  const plan = (tree: Tree) =>
    split({ ...tree }, rules, { fit: "thread", number: true, lang: "en" }, {}, render);
  const small = best(7, () => {
    for (let time = 0; time < 10; time += 1) plan(one);
  });
  const large = best(7, () => plan(other));
  const what = `ten times the text, ${rules.markup} ${rules.max} ${rules.unit} (at most 12)`;
  say(what, (10 * large) / small, "times the time", 10 * large <= 12 * small);
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
  const plan = (letters: number) => {
    const value = unit.repeat(letters / unit.length);
    const children: Tree["children"] = [{ type: "paragraph", children: [{ type: "text", value }] }];
    split({ type: "root", children }, x, { fit: "thread" }, {}, render);
  };
  const large = best(9, () => plan(100_000));
  const small =
    best(9, () => {
      for (let time = 0; time < 10; time += 1) plan(10_000);
    }) / 10;
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
