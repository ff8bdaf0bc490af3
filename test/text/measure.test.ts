import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { findLinks } from "../../src/text/links.ts";
import { lengthOf, measure } from "../../src/text/measure.ts";
import { countGraphemes, graphemeEnds } from "../../src/text/segment.ts";
import type { TextRules } from "../../src/text/types.ts";

interface Oracle {
  parseTweet(text: string): { weightedLength: number };
  extractUrlsWithIndices(text: string): { url: string; indices: [number, number] }[];
}
const oracle = createRequire(import.meta.url)("twitter-text") as Oracle;

const runs = { numRuns: process.env.DEEP ? 100_000 : 1_000, seed: Number(process.env.SEED ?? 20261123) };

vi.setConfig({ testTimeout: process.env.DEEP ? 3_600_000 : 30_000 });

const x: TextRules = { max: 280, unit: "weighted", markup: "plain", link: 23, links: "bare" };
const mastodon: TextRules = { max: 500, unit: "grapheme", markup: "plain", link: 23, mention: "local" };
const bluesky: TextRules = { max: 300, unit: "grapheme", markup: "facets", bytes: 3000 };
const telegram: TextRules = { max: 4096, unit: "codepoint", markup: "chat-html", counts: "parsed" };

const length = (text: string, rules: TextRules) => measure({ text, entities: [] }, rules).length;

describe("X counts by weight", () => {
  it.each([
    ["a Latin text", "Hello, world", 12],
    ["Chinese, Japanese and Korean at two each", "日本語한국어", 12],
    ["an accent that is written apart, composed first", "cafe\u0301", 4],
    ["typographic quotes and dashes at one", "“a” – ‘b’…", 11],
    ["a family", "👨‍👩‍👧‍👦", 2],
    ["a hand with a skin tone", "👍🏽", 2],
    ["a flag", "🇮🇹", 2],
    ["the flag of a part of a country", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", 2],
    ["a keycap", "1️⃣", 2],
    ["a heart in colour", "❤️", 2],
    ["a link", "https://example.com/a/very/long/path/that/goes/on/and/on", 23],
    ["a short link", "http://a.co", 23],
    ["a link without a scheme", "see example.com", 27],
    ["a link amid Japanese", "これはhttps://example.comです", 6 + 23 + 4],
    ["a bare link amid Japanese", "これはexample.comです", 6 + 23 + 4],
    ["a link with balanced parentheses", "(https://en.example.org/wiki/A_(b))", 25],
    ["a link and the full stop behind it", "https://example.com/a.", 24],
    ["a domain of another script behind a scheme", "https://пример.рф/путь", 23],
    ["a mail address in full", "team@example.com", 16],
    ["a handle that looks like a domain in full", "@example.com", 12],
    ["an unknown top-level domain in full", "notes.notatld", 13],
    ["a file name in full", "config.yaml", 11],
    ["nothing", "", 0],
  ])("%s", (_, text, expected) => {
    expect(length(text, x)).toBe(expected);
  });

  it("knows where the light ranges begin and end", () => {
    const heavy = [0x1100, 0x1fff, 0x200e, 0x200f, 0x2020, 0x2031, 0x2038, 0xffff];
    const light = [0x10ff, 0x2000, 0x200d, 0x2010, 0x201f, 0x2032, 0x2037];
    for (const [codes, weight] of [
      [heavy, 2],
      [light, 1],
    ] as const) {
      for (const code of codes) {
        expect(lengthOf(`-${String.fromCharCode(code)}-`, "weighted"), code.toString(16)).toBe(weight + 2);
        expect(lengthOf(`字${String.fromCharCode(code)}字`, "weighted"), code.toString(16)).toBe(weight + 4);
      }
    }
  });

  it("reads a Latin domain with a top-level domain of another script as a link", () => {
    expect(length("acme.中国", x)).toBe(23);
  });
});

/**
 * Where this counter and twitter-text 3.1.0 part, each on purpose:
 * newer emoji that its tables do not know (it takes them apart);
 * newer top-level domains (its list is years old);
 * a bare host whose Latin part is followed by another script and then by a path: we count the path in full.
 */
const newerEmoji: [emoji: string, theirs: number][] = [
  ["🐦‍🔥", 5],
  ["🫱🏻‍🫲🏿", 9],
  ["❤️‍🔥", 5],
  ["🧑‍🎄", 5],
  ["🫶🏽", 4],
];

describe("where X's own counter is known to differ", () => {
  it.each(newerEmoji)("%s is one emoji", (emoji, theirs) => {
    expect(length(emoji, x)).toBe(2);
    expect(oracle.parseTweet(emoji).weightedLength).toBe(theirs);
  });

  it("a top-level domain that is newer than its list", () => {
    expect(length("acme.kids", x)).toBe(23);
    expect(oracle.parseTweet("acme.kids").weightedLength).toBe(9);
  });

  it("a bare host in two scripts with a path", () => {
    expect(length("foo.io—.org/abc", x)).toBe(32);
    expect(oracle.parseTweet("foo.io—.org/abc").weightedLength).toBe(28);
  });
});

describe("X's own counter agrees", () => {
  const words = fc.constantFrom(
    ..."a I the http:// https:// www. example.com example.co.uk .com .org/ / ? & = # @ $ _ - . , : ; ! ( ) [ ] \" ' ~ * % + | 1 23 :80 /path ?q=1 foo.io acme.рф".split(
      " ",
    ),
    ..."日本 は 。 、 é ü ß Ж д ñ ا م ह ि 한 𝒳 ‘ ” … – — “ \u00a0 \u200b \u3000 \n \t ＠ ＃".split(" "),
    ..."👍 👨‍👩‍👧‍👦 🇮🇹 1️⃣ ❤️ 👍🏽 © ™️ e\u0301".split(" "),
    " ",
    "  ",
  );
  const texts = fc.array(words, { maxLength: 14 }).map((parts) => parts.join(""));
  const twoScriptsAndPath = /(?:[^\0-\x7f]|")\.[a-z]+\/|[@#$]\S*[＠＃]/i;

  it("on texts built from links, punctuation, scripts and emoji", () => {
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(!twoScriptsAndPath.test(text));
        expect(length(text, x)).toBe(oracle.parseTweet(text).weightedLength);
      }),
      runs,
    );
  });

  it("on domains that are no more", () => {
    for (const name of ["A.an", "acme.tp", "acme.budapest"]) expect(length(name, x), name).toBe(23);
  });

  it("or counts less than this one, whatever a host looks like", () => {
    const parts = fc.constantFrom(
      ..."example.com .org/ .com / :80/ /a ?q=1 foo.io 日本 é 。 、 — 🇮🇹 👍🏽 👨‍👩‍👧‍👦 1️⃣ @ # ＠ . - _ a Ж \u200d \ufe0f".split(
        " ",
      ),
      " ",
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (all) => {
        const text = all.join("");
        expect(length(text, x)).toBeGreaterThanOrEqual(oracle.parseTweet(text).weightedLength);
      }),
      { ...runs, examples: [[["example.com", "🇮🇹", ".org/", "、"]], [["example.com", "👨‍👩‍👧‍👦", ".org/"]]] },
    );
  });

  it("on any characters at all", () => {
    const olderThan2019 = (text: string) => text.replace(/[\u{1f6d5}-\u{1faff}]/gu, "");
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), fc.string({ unit: "binary" }), (ascii, any) => {
        expect(length(ascii, x)).toBe(oracle.parseTweet(ascii).weightedLength);
        expect(length(olderThan2019(any), x)).toBe(oracle.parseTweet(olderThan2019(any)).weightedLength);
      }),
      runs,
    );
  });
});

describe("graphemes", () => {
  const pieces = fc.constantFrom(
    ..."a Z 1 é e\u0301 \r\n \r \n 日 か が か\u3099 한 \u1112\u1161\u11ab क्षि นี้ 👨‍👩‍👧‍👦 🇮🇹 🇮 👍🏽 ❤️ ❤ \u200d \ufe0f \u0600 \u200b \u00ad © 𝒳 ‼ \u3030 ー ㍿".split(
      " ",
    ),
    " ",
    "\r\n",
  );

  it("are those of Intl.Segmenter, shortcuts or not", () => {
    const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 300, size: "medium" }).map((all) => all.join("")),
          fc.string({ unit: "binary" }),
        ),
        (text) => {
          const theirs = [...segmenter.segment(text)].map((part) => part.index + part.segment.length);
          expect(graphemeEnds(text)).toEqual(theirs);
          expect(countGraphemes(text)).toBe(theirs.length);
        },
      ),
      runs,
    );
  });

  it("wider than a window are still one", () => {
    expect(countGraphemes(`a${"\u0301".repeat(3000)}b`)).toBe(2);
    expect(countGraphemes("🇮🇹".repeat(1000))).toBe(1000);
  });
});

describe("the other units", () => {
  it.each([
    ["codepoint", "a👍🏽é", 4],
    ["utf16", "a👍🏽é", 6],
    ["byte", "a👍🏽é", 11],
    ["grapheme", "a👍🏽é", 3],
    ["emoji-bytes", "a👍🏽é", 10],
    ["emoji-bytes", "日本 🇮🇹 1️⃣ ©", 2 + 1 + 8 + 1 + 7 + 1 + 1],
  ] as const)("%s of %s", (unit, text, expected) => {
    expect(lengthOf(text, unit)).toBe(expected);
  });

  it("a lone surrogate is one code point", () => {
    expect(lengthOf("\ud83d a \udc4d", "codepoint")).toBe(5);
  });
});

describe("Mastodon", () => {
  it.each([
    ["a link counts 23", "https://example.com/a/very/long/path/that/goes/on", 23],
    ["also in another script, with its path", "https://例え.jp/日本語のパスです/続き", 23],
    ["a link without a scheme counts in full", "example.com", 11],
    ["a scheme alone does not make a link", "https://localhost/a/b/c/d/e/f/g/h/i", 35],
    ["a remote mention counts without its host", "@maria@mastodon.example hello", 12],
    ["a local mention counts in full", "hello @maria", 12],
    ["a mail address counts in full", "maria@mastodon.example", 22],
    ["a family counts one", "👨‍👩‍👧‍👦", 1],
  ])("%s", (_, text, expected) => {
    expect(length(text, mastodon)).toBe(expected);
  });

  it("counts the content warning in full, in the same budget", () => {
    const warning = "https://example.com/long/enough/for/more";
    expect(measure({ text: "hello", entities: [] }, mastodon, { warning }).length).toBe(45);
  });
});

it("Bluesky holds graphemes and bytes together", () => {
  const family = "👨‍👩‍👧‍👦";
  const fits = measure({ text: family.repeat(120), entities: [] }, bluesky);
  expect(fits).toEqual({
    length: 120,
    max: 300,
    unit: "grapheme",
    fits: true,
    bytes: { length: 3000, max: 3000 },
  });
  expect(measure({ text: family.repeat(121), entities: [] }, bluesky).fits).toBe(false);
  expect(measure({ text: "a".repeat(301), entities: [] }, bluesky).fits).toBe(false);
});

it("Telegram counts what is left when the markup is parsed", () => {
  const text = '<b>a &lt; b</b> <a href="https://example.com/?a=1&amp;b=2">&#128077;&#x41;</a>';
  expect(length(text, telegram)).toBe("a < b 👍A".length - 1);
  expect(
    measure({ text: "*bold*", plain: "bold", entities: [] }, { ...telegram, markup: "markdown" }).length,
  ).toBe(4);
});

describe("links", () => {
  const found = (text: string, how: "scheme" | "bare") =>
    findLinks(text, how).map(({ start, end }) => text.slice(start, end));

  it("leave the punctuation behind them and keep balanced parentheses", () => {
    expect(found("See (https://a.example.com/b_(c)). Or https://example.com/d!", "scheme")).toEqual([
      "https://a.example.com/b_(c)",
      "https://example.com/d",
    ]);
  });

  it("without a scheme are no part of a mail address, a handle or a path", () => {
    expect(
      found("me@example.com @example.com #example.com $example.com /example.com -example.com", "bare"),
    ).toEqual([]);
    expect(found("example.com, www.example.co.uk/a?b=c. example.com?q=1", "bare")).toEqual([
      "example.com",
      "www.example.co.uk/a?b=c",
      "example.com",
    ]);
  });

  it("need a top-level domain that exists", () => {
    expect(found("https://example.notatld https://example.com read.me index.html a.рф", "bare")).toEqual([
      "https://example.com",
      "read.me",
      "a.рф",
    ]);
  });
});
