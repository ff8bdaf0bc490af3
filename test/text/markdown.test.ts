import { describe, expect, test, vi } from "vitest";
import { parse, tag, tagsOf, textOf } from "../../src/text/markdown.ts";
import { plain, render } from "../../src/text/render.ts";
import "./dialects/all.ts";
import type { AnyNode } from "../../src/text/tree.ts";

vi.setConfig({ testTimeout: 60_000 });

/** The tree as words: `strong(text:a)`. */
function outline(node: AnyNode & { url?: string; name?: string; identifier?: string }): string {
  const what = node.name ?? node.url ?? node.identifier ?? node.value;
  const inside = node.children?.map(outline).join(" ");
  return `${node.type}${what === undefined ? "" : `:${what}`}${inside ? `(${inside})` : ""}`;
}

const inline = (markdown: string) =>
  outline(parse(markdown) as AnyNode).replace(/^root\(paragraph\((.*)\)\)$/, "$1");

describe("names and topics", () => {
  test.each([
    ["@acme", "mention:acme"],
    ["(@acme).", "text:( mention:acme text:)."],
    [".@acme", "text:. mention:acme"],
    ["@acme@social.example!", "mention:acme@social.example text:!"],
    ["@acmeさん", "mention:acme text:さん"],
    ["谢谢@acme", "text:谢谢 mention:acme"],
    ["#OpenSource", "tag:OpenSource"],
    ["＃日本語", "tag:日本語"],
    ["#2026年", "tag:2026年"],
    ["#1 C# a#b #", "text:#1 C# a#b #"],
    ["`@acme #x`", "inlineCode:@acme #x"],
    ["[@acme #x](https://a.example)", "link:https://a.example(text:@acme #x)"],
    ["https://a.example/@acme#x", "link:https://a.example/@acme#x(text:https://a.example/@acme#x)"],
    ["me@a.example", "link:mailto:me@a.example(text:me@a.example)"],
    ["@acme/cli", "text:@acme/cli"],
    ["\\@acme \\#x", "text:@acme #x"],
    ["mastodon.example/@acme", "text:mastodon.example/@acme"],
  ])("%s", (markdown, tree) => {
    expect(inline(markdown)).toBe(tree);
  });

  test("a tag is CamelCase from several words, and only where there is a letter", () => {
    expect(["open source", "#open-source", "iOS", "日本", "2026"].map((words) => tag(words)?.value)).toEqual([
      "OpenSource",
      "OpenSource",
      "iOS",
      "日本",
      undefined,
    ]);
  });

  test("the tags that are there already are known, whatever their case", () => {
    expect(tagsOf(parse("# #One\n\n- text #twO and `#code`"))).toEqual(new Set(["one", "two"]));
  });
});

describe("addresses", () => {
  test.each([
    ["https://a.example/x_(y).", "link:https://a.example/x_(y)(text:https://a.example/x_(y)) text:."],
    ["(https://a.example)", "text:( link:https://a.example(text:https://a.example) text:)"],
    ["“https://a.example”", "text:“ link:https://a.example(text:https://a.example) text:”"],
    ["见https://a.example。之后", "text:见 link:https://a.example(text:https://a.example) text:。之后"],
    ["https://例え.jp/道", "link:https://例え.jp/道(text:https://例え.jp/道)"],
    ["[a][b]\n\n[b]: https://a.example", "link:https://a.example(text:a)"],
  ])("%s", (markdown, tree) => {
    expect(inline(markdown)).toBe(tree);
  });
});

describe("emphasis in scripts without spaces", () => {
  test.each([
    ["中文**「強調」**中文", "text:中文 strong(text:「強調」) text:中文"],
    ["これは**重要。**です", "text:これは strong(text:重要。) text:です"],
    ["a * b * c", "text:a * b * c"],
    ["a**(b)**c", "text:a**(b)**c"],
  ])("%s", (markdown, tree) => {
    expect(inline(markdown)).toBe(tree);
  });
});

test("footnotes are numbered as they are mentioned and stand at the end", () => {
  const tree = parse("a[^x] b[^y] c[^x]\n\n[^y]: why\n\n[^z]: never\n\n[^x]: ex");
  expect(tree.children.map((node) => textOf(node))).toEqual(["a b c", "ex", "why", "never"]);
  expect(plain("a[^x] b[^y] c[^x]\n\n[^y]: why\n\n[^x]: ex")).toBe("a[1] b[2] c[1]\n\n[1] ex\n\n[2] why");
});

test("raw HTML is text", () => {
  expect(plain("<script>x</script>\n\na <b>c</b>")).toBe("<script>x</script>\n\na <b>c</b>");
});

test("a thematic break stays, for it may be the author's own break of a thread", () => {
  expect(parse("a\n\n---\n\nb").children.map(({ type }) => type)).toEqual([
    "paragraph",
    "thematicBreak",
    "paragraph",
  ]);
});

test("what nests deeper than anyone reads keeps its words", () => {
  for (const sign of [">", "- "]) expect(textOf(parse(`${sign.repeat(1_000)}end`))).toBe("end");
  expect(render(parse(`${">".repeat(3_000)}end`), "html").text).toContain("end");
});

test("a text that would keep the parser busy for minutes is refused at once", () => {
  for (const sign of ["*a_", "*a* ", "[*", "*]", "](", "1. ", ">- ", "===\n", "a\n---\n", "字*"]) {
    expect(() => parse(sign.repeat(60_000 / sign.length)), sign).toThrow(/too many marks/);
  }
});

test("a long text that people write is not", () => {
  const item = "- **Fix**: _sync_ of `a*b` [lists](https://a.example/x_y) [#1](https://a.example/1)\n";
  expect(parse(item.repeat(300)).children).toHaveLength(1);
  expect(() =>
    parse(`| a | b |\n|---|---|\n${"| **a** | [b](https://a.example) |\n".repeat(500)}`),
  ).not.toThrow();
  expect(() => parse("*one* _two_ [three](https://a.example) ".repeat(500))).not.toThrow();
});

test("ten times the text takes about ten times the time", () => {
  const block =
    "**Acme** is _out_, see [notes](https://a.example/n) @acme #OpenSource\n\n- one\n- two `code`\n\n";
  const seconds = (copies: number) => {
    const tree = parse(block.repeat(copies));
    const runs = [1, 2, 3, 4, 5].map(() => {
      const start = performance.now();
      for (const markup of ["plain", "mrkdwn", "markdown", "html", "npf"] as const) render(tree, markup);
      return performance.now() - start;
    });
    return Math.min(...runs);
  };
  seconds(50);
  // The bench measures the promise; beside other tests only what is quadratic is seen for sure: a hundred.
  expect(seconds(1_000) / Math.max(seconds(100), 1)).toBeLessThan(40);
});
