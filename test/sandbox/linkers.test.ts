/** What each network's own reading makes a link, told from its source. */
import { expect, it } from "vitest";
import { discordLinks } from "../../src/sandbox/linkers/discord.ts";
import { mastodonLinks, shownLinks } from "../../src/sandbox/linkers/mastodon.ts";
import { telegramLinks } from "../../src/sandbox/linkers/telegram.ts";

const values = (links: { value: string }[]) => links.map(({ value }) => value);

it.each([
  ["see https://a.org/x_(y), now", ["https://a.org/x_(y)"]],
  ["(https://a.org/z)", ["https://a.org/z"]],
  ["https://a.org/x?q=1! and", ["https://a.org/x?q=1"]],
  ["https://a.org/日本語のページ。次", ["https://a.org/日本語のページ。次"]],
  ["https://a.org。次", ["https://a.org"]],
  ["„https://a.org/de“ – so", ["https://a.org/de“"]],
  ["https://a.org/“", ["https://a.org/“"]],
  ["https://münchen.de/x", ["https://münchen.de/x"]],
  ["https://a.nosuchtld/x https://acme.example/", []],
  ["xhttps://a.org @https://a.org", []],
  ["a.org is none, gemini://a.org is", ["gemini://a.org"]],
  ["a.org/https://b.org is read as one", []],
  ["https://under_score.org https://sub_domain.a.org", ["https://sub_domain.a.org"]],
  ["https://a.org:8080/x/ https://a.org/x|y|", ["https://a.org:8080/x/", "https://a.org/x|y"]],
])("Mastodon: %s", (text, expected) => {
  expect(values(mastodonLinks(text))).toEqual(expected);
});

it("Mastodon: made-up addresses are shown as links, and counted as text", () => {
  expect(values(shownLinks("https://acme.example/x."))).toEqual(["https://acme.example/x"]);
  expect(values(mastodonLinks("https://acme.example/x."))).toEqual([]);
});

it.each([
  ["https://a.org/x_(y), now", ["https://a.org/x_(y)"]],
  ["(see https://a.org/z).", ["https://a.org/z"]],
  ["((https://a.org/z))", ["https://a.org/z)"]],
  ["https://a.org/z… «https://a.org/y»", ["https://a.org/z…", "https://a.org/y»"]],
  ["xhttps://a.org", ["https://a.org"]],
  ["HTTPS://a.org", []],
  ["steam://run/1", ["steam://run/1"]],
  ["<https://a.org>", ["https://a.org>"]],
])("Discord: %s", (text, expected) => {
  expect(values(discordLinks(text))).toEqual(expected);
});

it.each([
  ["README.md, main.rs, notes.txt", ["http://README.md", "http://main.rs"]],
  ["It works.So there. ASP.NET", ["http://ASP.NET"]],
  ["a.org/x) (b.org/y_(z)).", ["http://a.org/x", "http://b.org/y_(z)"]],
  ["https://acme.example/x! and x.example", ["https://acme.example/x"]],
  ["«https://a.org/x» https://a.org/z…", ["https://a.org/x", "https://a.org/z"]],
  ["请看https://a.org/zh，谢谢", ["https://a.org/zh，谢谢"]],
  ["write to ada@acme.com or /a.org", ["mailto:ada@acme.com"]],
  ["1.2.3 and 10.0.0.1 and 256.0.0.1", ["http://10.0.0.1"]],
  ["a.org:8080/x a.org:99999", ["http://a.org:8080/x", "http://a.org"]],
  ["sftp://a.org ftp://a.org", ["ftp://a.org"]],
  ["a_b.org x.a_b.org a_b.x.org", ["http://a_b.x.org"]],
])("Telegram: %s", (text, expected) => {
  expect(values(telegramLinks(text))).toEqual(expected);
});

it("all three end in time, however hostile the text", () => {
  for (const text of [
    "a.".repeat(20_000),
    `https://${"a".repeat(40_000)}`,
    `https://a.org/${"(".repeat(20_000)}`,
    `https://a.org/${"(a)!".repeat(10_000)}`,
    `https://a.org/${"!".repeat(40_000)}`,
    "https://".repeat(8_000),
    `${"a@".repeat(20_000)}.org`,
    `${"a.b@".repeat(10_000)}`,
    `https://a.org/x${")".repeat(40_000)}`,
    `https://a.org?${"!".repeat(40_000)}`,
  ])
    for (const linker of [mastodonLinks, discordLinks, telegramLinks]) {
      const began = performance.now();
      linker(text);
      expect(performance.now() - began, `${linker.name} ${text.slice(0, 20)}`).toBeLessThan(1_000);
    }
});
