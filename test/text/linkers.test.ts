/** Where an address ends is decided by the network that reads it: its own rules, as the sandbox has them, find what was meant. */
import { describe, expect, it } from "vitest";
import { discordLinks } from "../../src/sandbox/linkers/discord.ts";
import { mastodonLinks } from "../../src/sandbox/linkers/mastodon.ts";
import { telegramLinks } from "../../src/sandbox/linkers/telegram.ts";
import { parse } from "../../src/text/markdown.ts";
import { render } from "../../src/text/render.ts";
import type { Markup } from "../../src/text/types.ts";
import "./dialects/all.ts";

const TEXTS = [
  "Sie sagte: „https://a.example.org/de“ – lesen!",
  "«https://a.example.org/fr» et »https://a.example.org/da«",
  "请看https://a.example.org/zh，谢谢。",
  "見てhttps://a.example.org/ja。次",
  "“https://a.example.org/en”, she said",
  "‘https://a.example.org/en’s",
  '"https://a.example.org/q"and on',
  "https://a.example.org/x|https://a.example.org/y",
  "https://a.example.org/x_and_y_ ends",
  "(https://a.example.org/x), (see https://a.example.org/y).",
  "https://a.example.org/x_(y) and https://a.example.org/z)…",
  "https://a.example.org/x…more",
  "https://a.example.org/x?q=1”",
  "<https://a.example.org/x>“angle”",
  "https://a.example.org/x—dash",
  'before <a href="https://a.example.org/h">here</a> behind',
];

describe.each<[Markup, typeof mastodonLinks]>([
  ["plain", mastodonLinks],
  ["chat-markdown", discordLinks],
])("%s", (markup, linker) => {
  it.each(TEXTS)("%s: what the network links is what was meant", (text) => {
    const { text: written, entities } = render(parse(text), markup);
    const meant = entities.flatMap((entity) => (entity.kind === "link" ? [entity.url] : []));
    expect(meant.length).toBeGreaterThan(0);
    const bare = written.replace(/\[[^\]]*\]\([^)]*\)/g, (label) => label.replace(/https?:/, "x"));
    expect(linker(bare).map(({ value }) => value)).toEqual(meant.slice(0, linker(bare).length));
    expect(linker(bare).length + (written.match(/\]\(https/g)?.length ?? 0)).toBe(meant.length);
    for (const url of meant) expect(decodeURI(url)).toMatch(/^https:\/\/a\.example\.org\/[\w/()?=]*$/);
  });
});

describe("chat-html", () => {
  it("makes no link of a file's name, which the network would lead to a stranger's host", () => {
    const words =
      "README.md, install.sh, setup.py, main.rs and ASP.NET; it works.So there, see acme.com too.";
    const { text, plain = "" } = render(parse(words), "chat-html");
    expect(telegramLinks(words).length).toBeGreaterThan(4);
    expect(telegramLinks(text).map(({ value }) => value)).toEqual(["http://acme.com"]);
    expect(plain.replaceAll("\u200B", "")).toBe(words);
  });
});
