/** The bytes that go out, as their readers will see them. */
import { describe, expect, it } from "vitest";
import { read } from "../../src/pages/reading/read.ts";
import { parse } from "../../src/text/markdown.ts";
import { loadDialects, MARKUPS, render } from "../../src/text/render.ts";
import type { Markup } from "../../src/text/types.ts";

const seen = (text: string, markup: Markup) => read({ text, entities: [] }, markup).html.toString();
const words = (html: string) =>
  html
    .replace(/<[^<>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&");

describe("a text", () => {
  it("has its entities where their bytes are", () => {
    const text = "é @ann #tag https://a.example";
    const at = (part: string) => Buffer.byteLength(text.slice(0, text.indexOf(part)));
    const entities = [
      { kind: "link" as const, start: at("https"), end: Buffer.byteLength(text), url: "https://a.example" },
      { kind: "mention" as const, start: at("@ann"), end: at("@ann") + 4, handle: "ann" },
      { kind: "tag" as const, start: at("#tag"), end: at("#tag") + 4, tag: "tag" },
    ];
    expect(read({ text, entities }, "plain").html.toString()).toBe(
      'é <span class="at">@ann</span> <span class="tag">#tag</span> <a href="https://a.example" rel="noopener noreferrer nofollow">https://a.example</a>',
    );
  });

  it("says people's names where the network writes ids", () => {
    const entities = [{ kind: "mention" as const, start: 0, end: 9, handle: "marta", id: "U0MARTA" }];
    expect(read({ text: "<@U0MARTA> hi", entities }, "mrkdwn").html.toString()).toContain(
      '<span class="at">@marta</span>',
    );
  });

  it.each([
    [
      "mrkdwn",
      "*b* _i_ ~s~ `c` <https://a.example|w &amp; x>",
      "<strong>b</strong> <em>i</em> <s>s</s> <code>c</code>",
    ],
    ["chat-markdown", "**b** *i* __u__ ~~s~~ \\*x\\*", "<strong>b</strong> <em>i</em> <u>u</u> <s>s</s> *x*"],
    ["google-chat", "*b* <https://a.example|w>", "<strong>b</strong>"],
    ["mfm", "<b>b</b> <plain>*n*</plain>", "<strong>b</strong> *n*"],
    ["little-text", "a \\(b\\) {hashtag|\\#|c}", 'a (b) <span class="tag">#c</span>'],
    ["markdown", "**b** [w](https://a.example)", "<strong>b</strong>"],
    ["card", "**b** _i_", "<strong>b</strong> <em>i</em>"],
    ["zulip", "@**Marta|12** **b**", '<span class="at">@Marta</span> <strong>b</strong>'],
    ["reddit", "u/acme **b**", '<span class="at">u/acme</span> <strong>b</strong>'],
  ] as const)("is read by the rules of %s", (markup, text, expected) => {
    expect(seen(text, markup)).toContain(expected);
  });

  it("leaves marks alone that do not pair", () => {
    expect(seen("2 * 3 * 4 **open snake_case_word", "chat-markdown")).toBe(
      '<p dir="auto">2 * 3 * 4 **open snake_case_word</p>',
    );
  });

  it("has lists, quotes, code and tables where the network has them", () => {
    const html = seen(
      "# T\n\n- a\n  - b\n1. x\n\n> q\n\n```sh\ncode <x>\n```\n\n| h |\n|---|\n| c |",
      "markdown",
    );
    expect(html).toContain('<ul><li dir="auto">a<ul><li dir="auto">b</li></ul></li></ul>');
    expect(html).toContain('<ol start="1">');
    expect(html).toContain('<blockquote><p dir="auto">q</p></blockquote>');
    expect(html).toContain("<pre>code &lt;x&gt;</pre>");
    expect(html).toContain("<td>c</td>");
    expect(html).not.toContain("<h1");
  });
});

const SAMPLE = [
  "# A heading",
  "",
  "**Bold**, *italic*, ~~gone~~, `code & <b>` and [words](https://acme.example/a_b?c=d&e=f).",
  "",
  "- one *star",
  "- two 1 < 2 & 3 > 2",
  "",
  "> a quote",
  "",
  "```\nlet a = b * c;\n```",
  "",
  "The end: snake_case_name, 5 * 6 * 7, #1, a@b.example \\*.",
].join("\n");

describe("what the text engine wrote", () => {
  // A wiki's is shown as it is sent.
  it.each(MARKUPS.filter((markup) => markup !== "wikitext"))(
    "is read back without a sign of %s's markup",
    async (markup) => {
      await loadDialects([markup]);
      const rendered = render(parse(SAMPLE), markup);
      const text = words(
        read(rendered, markup)
          .html.toString()
          .replace(/<(?:br|\/p|\/li|\/pre)>/g, "\n"),
      ).replace(/[\u200b\u2060]/g, "");
      for (const part of ["A heading", "italic", "snake_case_name", "1 < 2 & 3 > 2", "a quote"])
        expect(text, `${markup}: ${part}`).toContain(part);
      // Only what says that a network has no markup for it may show its marks.
      if (markup !== "irc") {
        expect(text).not.toContain("**Bold");
        expect(text).not.toMatch(/\\[*_<&(]/);
        expect(text).not.toMatch(/&(?:amp|lt|gt);/);
      }
    },
  );
});

const ATTACKS = [
  "<script>alert(1)</script>",
  '<img src=x onerror="alert(1)">',
  '<a href="javascript:alert(1)" onclick="x">go</a>',
  "[go](javascript:alert(1)) <javascript:alert(1)|go>",
  '<svg onload=alert(1)><use href="data:x"/></svg>',
  "</p></div></article><style>*{display:none}</style>",
  '"><iframe src=https://a.example>',
  '<b onmouseover=alert(1)>x</b><p style="position:fixed">',
  "`<script>` ```\n<script>\n```",
  "[![x](https://a.example/x.png)](https://a.example)",
  "&lt;script&gt; &#60;script&#62; &#x3c;img src=x&#x3e;",
];

describe("hostile text", () => {
  it("says nothing of what is not a text: style sheets, scripts, drawings", () => {
    const source = "<style>*{display:none}</style><p>a</p><svg><text>b</text></svg><script>c</script>d";
    expect(seen(source, "html")).toBe('<p dir="auto">a</p>d');
  });

  it.each(MARKUPS)("is inert in %s", (markup) => {
    for (const attack of ATTACKS) {
      const html = seen(attack, markup);
      const tags = [...html.matchAll(/<\/?([a-z]+)([^<>]*)>/g)];
      for (const [, name, attributes = ""] of tags) {
        expect([
          "a",
          "strong",
          "em",
          "s",
          "u",
          "p",
          "br",
          "code",
          "pre",
          "span",
          "ul",
          "ol",
          "li",
          "blockquote",
          "div",
          "hr",
          "table",
          "thead",
          "tbody",
          "tr",
          "th",
          "td",
        ]).toContain(name);
        expect(attributes).toMatch(
          /^(?: (?:href="(?:https?:|mailto:)[^"]*"|rel="[\w ]+"|dir="auto"|class="[\w-]+"|start="\d+"))*$/,
        );
      }
      // Nothing opens a tag but these.
      expect(html.replace(/<\/?[a-z]+[^<>]*>/g, "")).not.toContain("<");
    }
  });

  it.each(MARKUPS)("takes no longer than its length in %s", (markup) => {
    const begun = Date.now();
    for (const sign of [
      "*",
      "[",
      "<",
      "`",
      "@[",
      "<!--",
      "> ",
      "- ",
      "[](",
      "  \n",
      "```\n",
      "|",
      "{hashtag|",
    ])
      seen(`${sign.repeat(20_000 / sign.length)}x`, markup);
    expect(Date.now() - begun).toBeLessThan(4_000);
  });
});
