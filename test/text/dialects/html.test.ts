import { expect, test } from "vitest";
import { parse } from "../../../src/text/markdown.ts";
import { render } from "../../../src/text/render.ts";

const people = {
  person: (name: string) => (name === "acme" ? { handle: "acme.example", id: "U123" } : undefined),
};

const table: [construct: string, markdown: string, written: string][] = [
  ["paragraphs and a soft break", "one\ntwo\n\nthree", "<p>one two</p>\n<p>three</p>"],
  ["a hard break", "one  \ntwo", "<p>one<br>\ntwo</p>"],
  ["headings", "# One **bold**\n\n#### Four", "<h1>One <strong>bold</strong></h1>\n<h4>Four</h4>"],
  [
    "emphasis, nested",
    "**bold *both*** and *italic* and ~~gone~~",
    "<p><strong>bold <em>both</em></strong> and <em>italic</em> and <del>gone</del></p>",
  ],
  ["emphasis inside a word", "un*frigging*believable", "<p>un<em>frigging</em>believable</p>"],
  [
    "emphasis between letters without spaces",
    "中文**「強調」**中文",
    "<p>中文<strong>「強調」</strong>中文</p>",
  ],
  ["code", "run `a < b` now", "<p>run <code>a &lt; b</code> now</p>"],
  ["code with backticks", "``a ` b``", "<p><code>a ` b</code></p>"],
  [
    "a code block",
    "```js\nif (a < b) {\n\n  c();\n}\n```",
    '<pre><code class="language-js">if (a &lt; b) {\n\n  c();\n}\n</code></pre>',
  ],
  [
    "a list in a list",
    "- one\n  - two\n- three",
    "<ul>\n<li>one\n<ul>\n<li>two</li>\n</ul></li>\n<li>three</li>\n</ul>",
  ],
  ["a list that starts later", "3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'],
  [
    "a list with paragraphs",
    "- one\n\n  more\n\n- two",
    "<ul>\n<li><p>one</p>\n<p>more</p></li>\n<li><p>two</p></li>\n</ul>",
  ],
  ["tasks", "- [x] done\n- [ ] open", "<ul>\n<li>☑ done</li>\n<li>☐ open</li>\n</ul>"],
  [
    "a quote in a quote",
    "> one\n>\n> > two",
    "<blockquote>\n<p>one</p>\n<blockquote>\n<p>two</p>\n</blockquote>\n</blockquote>",
  ],
  [
    "a table",
    "| Name | Size |\n|---|--:|\n| a | 1 |\n| b\\|c | **2** |",
    "<table>\n<thead>\n<tr><th>Name</th><th>Size</th></tr>\n</thead>\n<tbody>\n<tr><td>a</td><td>1</td></tr>\n<tr><td>b|c</td><td><strong>2</strong></td></tr>\n</tbody>\n</table>",
  ],
  [
    "a link with text",
    "see [the notes](https://acme.example/a_(b)?x=1&y=2) now",
    '<p>see <a href="https://acme.example/a_(b)?x=1&amp;y=2">the notes</a> now</p>',
  ],
  [
    "a link at the end",
    "see [the notes](https://acme.example/n)",
    '<p>see <a href="https://acme.example/n">the notes</a></p>',
  ],
  [
    "a bare link",
    "see https://acme.example/x_(y), or (https://acme.example/).",
    '<p>see <a href="https://acme.example/x_(y)">https://acme.example/x_(y)</a>, or (<a href="https://acme.example/">https://acme.example/</a>).</p>',
  ],
  [
    "a link before letters without spaces",
    "见https://acme.example/x。之后",
    '<p>见<a href="https://acme.example/x">https://acme.example/x</a>。之后</p>',
  ],
  ["a link that is none", "[x](javascript:alert(1)) [y](/relative)", "<p>x y</p>"],
  [
    "mail",
    "[write](mailto:me@acme.example) to me@acme.example",
    '<p><a href="mailto:me@acme.example">write</a> to <a href="mailto:me@acme.example">me@acme.example</a></p>',
  ],
  [
    "an image",
    "![the panel](https://acme.example/p.png)",
    '<p><img src="https://acme.example/p.png" alt="the panel"></p>',
  ],
  [
    "mentions",
    "thanks @acme, @nobody and @acme@social.example",
    "<p>thanks acme, nobody and acme@social.example</p>",
  ],
  ["tags", "#OpenSource C# #1 `#code`", "<p>#OpenSource C# #1 <code>#code</code></p>"],
  ["a footnote", "text[^n]\n\n[^n]: the note", "<p>text<sup>[1]</sup></p>\n<div>[1] the note</div>"],
  ["a rule", "one\n\n---\n\ntwo", "<p>one</p>\n<hr>\n<p>two</p>"],
  [
    "literal signs",
    "2 * 3 * 4, \\*not bold\\*, snake_case, _a_b, a & b, <b>tag</b>, [x], 1 < 2 > 0, ~5",
    "<p>2 * 3 * 4, *not bold*, snake_case, _a_b, a &amp; b, &lt;b&gt;tag&lt;/b&gt;, [x], 1 &lt; 2 &gt; 0, ~5</p>",
  ],
  [
    "signs at the start of a line",
    "\\# no\n\n\\- no\n\n1\\. no\n\n\\> no",
    "<p># no</p>\n<p>- no</p>\n<p>1. no</p>\n<p>&gt; no</p>",
  ],
  [
    "calls",
    "@everyone <!channel> <@U1> \\@acme \\#tag",
    "<p>everyone &lt;!channel&gt; &lt;U1&gt; @\u200Bacme #\u200Btag</p>",
  ],
];

test.each(table)("says %s", (_, markdown, written) => {
  expect(render(parse(markdown), "html", people).text).toBe(written);
});

test("says what it cannot say, each once", () => {
  const everything = table.map(([, markdown]) => markdown).join("\n\n");
  expect(render(parse(everything), "html", people).lost.sort()).toEqual([
    "footnote as numbered line",
    "link without a web address as text",
    "mention as name",
    "task as a box",
  ]);
});

test("a plain form comes with it", () => {
  expect(render(parse("**a** [b](https://acme.example)"), "html").plain).toBe("a b: https://acme.example");
});

test("a picture without a web address is not lost silently", () => {
  const { text, lost } = render(parse("![a phone](images/phone.png)"), "html");
  expect(text).toContain("a phone");
  expect(lost).toEqual(["image without a web address as its description"]);
});
