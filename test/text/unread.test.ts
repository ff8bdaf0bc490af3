/** Nothing of a text is lost without a word, and what its author typed as lines stays lines. */
import { describe, expect, it } from "vitest";
import { parse } from "../../src/text/markdown.ts";
import { render } from "../../src/text/render.ts";
import { unreadIn } from "../../src/text/tree.ts";
import "./dialects/all.ts";

describe("stars that mark nothing", () => {
  it.each([
    ["**Status:**Healthy", true],
    ["Say **this and stop", true],
    ["**Status:** Healthy", false],
    ["**重要：**内容", false],
    ["\\*\\*kwargs stay", false],
    ["2 ** 3 is 8", false],
    ["`**kwargs`", false],
    ["Five ***stars***!", false],
  ])("%s: %s", (text, expected) => {
    expect(unreadIn(parse(text)).stars.length > 0).toBe(expected);
  });

  it("are in the text without what remembers that they were escaped", () => {
    expect(render(parse("\\*\\*kwargs \\:rocket: \\@a"), "facets").text).toBe("**kwargs :rocket: @a");
  });
});

describe("HTML in a text", () => {
  it("is found, and an address in it ends at its quote", () => {
    const tree = parse('See <a href="https://a.example.org/x">this</a>.');
    expect(unreadIn(tree).html[0]).toBe('<a href="https://a.example.org/x">');
    expect(JSON.stringify(tree)).not.toContain("%22");
    expect(render(tree, "plain").entities).toMatchObject([{ url: "https://a.example.org/x" }]);
    expect(unreadIn(parse("`<a>` and <https://a.example.org>")).html).toEqual([]);
  });
});

describe("lines that begin like points", () => {
  it.each(["A) yes\nB) no", "• one\n• two\n• three", "🚀 fast\n🔒 safe", "✅ done\n✅ done as well"])(
    "stay lines: %j",
    (text) => {
      for (const markup of ["plain", "facets", "chat-markdown", "chat-html", "mrkdwn"] as const)
        expect(render(parse(text), markup).text.split("\n"), markup).toHaveLength(text.split("\n").length);
    },
  );

  it("and a paragraph that is wrapped is one line", () => {
    expect(render(parse("one line that\ngoes on here"), "plain").text).toBe("one line that goes on here");
  });
});

describe("short names of emoji", () => {
  it("are emoji on every network, wherever they stand; code and unknown names stay", () => {
    for (const markup of ["plain", "facets", "chat-markdown", "chat-html", "mrkdwn"] as const) {
      const { text } = render(
        parse(":rocket: at the start, :bug: inside, `:bug:`, 10:30:45 and :acme_own:"),
        markup,
      );
      expect(text.startsWith("🚀 at the start, 🐛 inside"), markup).toBe(true);
      expect(text).toContain(":bug:");
      expect(text).toContain("10:30:45");
      expect(text.replaceAll("\\", "")).toContain(":acme_own:");
    }
  });
});

describe("marks inside a link", () => {
  it("stay where the network takes them, and are said where it does not", () => {
    const tree = parse("[**bold** and `code`](https://a.example.org)");
    expect(render(tree, "chat-html").text).toBe('<a href="https://a.example.org"><b>bold</b> and code</a>');
    expect(render(tree, "mrkdwn").lost).toContain("bold and the like inside a link as plain text");
  });
});

describe("facets are the network's own app's", () => {
  const facets = (text: string) => {
    const rendered = render(parse(text), "facets");
    const bytes = Buffer.from(rendered.text);
    return rendered.entities.map(({ kind, start, end, ...what }) => [
      bytes.subarray(start, end).toString(),
      kind === "tag" ? (what as { tag: string }).tag : (what as { url?: string }).url,
    ]);
  };

  it.each([
    ["#foo-bar and", "#foo-bar", "foo-bar"],
    ["I like #C++, too", "#C++", "C++"],
    ["see #🎉x!", "#🎉x", "🎉x"],
    ["the end #topic.", "#topic", "topic"],
    ["www.a.example.org", "www.a.example.org", "https://www.a.example.org"],
    [
      "https://a.example.org/2026/06/02/a-very-long-headline",
      "a.example.org/2026/06/02/a...",
      "https://a.example.org/2026/06/02/a-very-long-headline",
    ],
    ["https://a.example.org/2026/short/", "a.example.org/2026/short/", "https://a.example.org/2026/short/"],
    ["https://a.example.org/", "a.example.org", "https://a.example.org/"],
    [
      `https://a.example.org/?q=${"x".repeat(400)}`,
      "a.example.org/?q=xxxxxxxxx...",
      `https://a.example.org/?q=${"x".repeat(400)}`,
    ],
  ])("%s", (text, shown, meant) => {
    expect(facets(text)).toEqual([[shown, meant]]);
  });

  it("and numbers, code and words are none", () => {
    expect(facets("#1 and `#include` and a#b")).toEqual([]);
  });
});
