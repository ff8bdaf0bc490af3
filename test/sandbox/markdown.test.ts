import { describe, expect, it } from "vitest";
import { markdownHtml } from "../../src/sandbox/markdown.ts";

const link = (url: string, label: string) =>
  `<a class="link" href="${url}" target="_blank" rel="noopener noreferrer nofollow">${label}</a>`;

describe("Markdown in the sandbox", () => {
  it.each([
    [
      "**Acme** _2.4_ ~~2.3~~ `a < b`",
      "<p><strong>Acme</strong> <em>2.4</em> <s>2.3</s> <code>a &lt; b</code></p>",
    ],
    ["\\*no\\* snake_case_name 2 * 3 * 4", "<p>*no* snake_case_name 2 * 3 * 4</p>"],
    ["## What is new\ntext", "<h2>What is new</h2><p>text</p>"],
    ["one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"],
    ["- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"],
    ["1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"],
    ["> said\n> he", "<blockquote><p>said<br>he</p></blockquote>"],
    ["```sh\nacme --export\n```", "<pre>acme --export</pre>"],
    [
      "| a | b |\n| --- | --- |\n| 1 | 2 |",
      "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
    ],
    ["---", "<hr>"],
    [
      "[the **docs**](https://acme.example/d)",
      `<p>${link("https://acme.example/d", "the <strong>docs</strong>")}</p>`,
    ],
    [
      "<https://acme.example> and https://b.example.",
      `<p>${link("https://acme.example", "https://acme.example")} and ${link("https://b.example", "https://b.example")}.</p>`,
    ],
    ["![A phone](https://acme.example/a.png)", "<p><i>A phone</i></p>"],
    ["<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"],
    ["[x](javascript:alert(1))", "<p>x</p>"],
  ])("shows %j", (source, html) => {
    expect(markdownHtml(source)).toBe(html);
  });

  it("has the network's own marks and mentions", () => {
    const marks = { strong: ["*"], emphasis: ["_"], strike: ["~"] };
    expect(markdownHtml("*bold* @marta", { marks, mention: /@\w+/g })).toBe(
      '<p><strong>bold</strong> <span class="mention">@marta</span></p>',
    );
    expect(markdownHtml("\\*", { escapes: false })).toBe("<p>\\*</p>");
  });
});
