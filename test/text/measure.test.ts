import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findLinks } from "../../src/text/links.ts";
import { lengthOf, measure } from "../../src/text/measure.ts";
import { countGraphemes, graphemeEnds } from "../../src/text/segment.ts";
import type { TextRules } from "../../src/text/text.ts";

interface Oracle {
  parseTweet(text: string): { weightedLength: number };
  extractUrlsWithIndices(text: string): { url: string; indices: [number, number] }[];
}
const oracle = createRequire(import.meta.url)("twitter-text") as Oracle;

const runs = { numRuns: process.env.DEEP ? 100_000 : 1_000, seed: 20261123 };

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

  it("reads a Latin domain with a top-level domain of another script as a link", () => {
    expect(length("acme.中国", x)).toBe(23);
  });
});

describe("X's own counter agrees", () => {
  const words = fc.constantFrom(
    ..."a I the http:// https:// www. example.com example.co.uk .com .org/ / ? & = # @ $ _ - . , : ; ! ( ) [ ] \" ' ~ * % + | 1 23 :80 /path ?q=1 foo.io acme.рф".split(" "),
    ..."日本 は 。 、 é ü ß Ж д ñ ا م ह ि 한 𝒳 ‘ ” … – — “ \u00a0 \u200b \u3000 \n \t ＠ ＃".split(" "),
    " ", " ", "👍", "👨‍👩‍👧‍👦", "🇮🇹", "1️⃣", "❤️", "👍🏽", "©", "™️", "e\u0301",
  );
  const texts = fc.array(words, { maxLength: 14 }).map((parts) => parts.join(""));

  it("on texts built from links, punctuation, scripts and emoji", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(length(text, x)).toBe(oracle.parseTweet(text).weightedLength);
      }),
      runs,
    );
  });

  it("on any characters at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), fc.string({ unit: "grapheme-composite" }), (ascii, any) => {
        expect(length(ascii, x)).toBe(oracle.parseTweet(ascii).weightedLength);
        expect(length(any.replace(/\p{RGI_Emoji_ZWJ_Sequence}/gv, ""), x)).toBe(oracle.parseTweet(any.replace(/\p{RGI_Emoji_ZWJ_Sequence}/gv, "")).weightedLength);
      }),
      runs,
    );
  });
});
