import { expect, test } from "vitest";
import { parse } from "../../../src/text/markdown.ts";
import { render } from "../../../src/text/render.ts";

const people = {
  person: (name: string) => (name === "acme" ? { handle: "acme_hq", id: "4242" } : undefined),
};

const table: [construct: string, markdown: string, written: string][] = [
  ["paragraphs and a soft break", "one\ntwo\n\nthree", "one two\n\nthree"],
  ["a hard break", "one  \ntwo", "one\ntwo"],
  ["headings", "# One **bold**\n\n#### Four", "<b>One bold</b>\n\n<b>Four</b>"],
  [
    "emphasis, nested",
    "**bold *both*** and *italic* and ~~gone~~",
    "<b>bold <i>both</i></b> and <i>italic</i> and <s>gone</s>",
  ],
  ["emphasis inside a word", "un*frigging*believable", "un<i>frigging</i>believable"],
  ["emphasis between letters without spaces", "中文**「強調」**中文", "中文<b>「強調」</b>中文"],
  ["code", "run `a < b` now", "run <code>a &lt; b</code> now"],
  ["code with backticks", "``a ` b``", "<code>a ` b</code>"],
  [
    "a code block",
    "```js\nif (a < b) {\n\n  c();\n}\n```",
    '<pre><code class="language-js">if (a &lt; b) {\n\n  c();\n}</code></pre>',
  ],
  ["a list in a list", "- one\n  - two\n- three", "• one\n  ◦ two\n• three"],
  ["a list that starts later", "3. a\n4. b", "3. a\n4. b"],
  ["a list with paragraphs", "- one\n\n  more\n\n- two", "• one\n\n  more\n\n• two"],
  ["tasks", "- [x] done\n- [ ] open", "☑ done\n☐ open"],
  ["a quote in a quote", "> one\n>\n> > two", "<blockquote>one\n\n» two</blockquote>"],
  [
    "a table",
    "| Name | Size |\n|---|--:|\n| a | 1 |\n| b\\|c | **2** |",
    "<b>Name</b> · <b>Size</b>\na · 1\nb|c · <b>2</b>",
  ],
  [
    "a link with text",
    "see [the notes](https://acme.example/a_(b)?x=1&y=2) now",
    'see <a href="https://acme.example/a_(b)?x=1&amp;y=2">the notes</a> now',
  ],
  [
    "a link at the end",
    "see [the notes](https://acme.example/n)",
    'see <a href="https://acme.example/n">the notes</a>',
  ],
  [
    "a bare link",
    "see https://acme.example/x_(y), or (https://acme.example/).",
    'see <a href="https://acme.example/x_(y)">https://acme.example/x_(y)</a>, or (<a href="https://acme.example/">https://acme.example/</a>).',
  ],
  [
    "a link before letters without spaces",
    "见https://acme.example/x。之后",
    '见<a href="https://acme.example/x">https://acme.example/x</a>。之后',
  ],
  ["a link that is none", "[x](javascript:alert(1)) [y](/relative)", "x y"],
  [
    "mail",
    "[write](mailto:me@acme.example) to me@acme.example",
    "write (me@acme.example) to me@acme.example",
  ],
  [
    "an image",
    "![the panel](https://acme.example/p.png)",
    '<a href="https://acme.example/p.png">the panel</a>',
  ],
  [
    "mentions",
    "thanks @acme, @nobody and @acme@social.example",
    "thanks @acme_hq, nobody and acme@social.example",
  ],
  ["tags", "#OpenSource C# #1 `#code`", "#OpenSource C# #1 <code>#code</code>"],
  ["a footnote", "text[^n]\n\n[^n]: the note", "text[1]\n\n[1] the note"],
  ["a rule", "one\n\n---\n\ntwo", "one\n\n———\n\ntwo"],
  [
    "literal signs",
    "2 * 3 * 4, \\*not bold\\*, snake_case, _a_b, a & b, <b>tag</b>, [x], 1 < 2 > 0, ~5",
    "2 * 3 * 4, *not bold*, snake_case, _a_b, a &amp; b, &lt;b&gt;tag&lt;/b&gt;, [x], 1 &lt; 2 &gt; 0, ~5",
  ],
  [
    "signs at the start of a line",
    "\\# no\n\n\\- no\n\n1\\. no\n\n\\> no",
    "# no\n\n- no\n\n1. no\n\n&gt; no",
  ],
  [
    "calls",
    "@everyone <!channel> <@U1> \\@acme \\#tag",
    "everyone &lt;!channel&gt; &lt;U1&gt; @\u200Bacme #\u200Btag",
  ],
];

test.each(table)("says %s", (_, markdown, written) => {
  expect(render(parse(markdown), "chat-html", people).text).toBe(written);
});

test("says what it cannot say, each once", () => {
  const everything = table.map(([, markdown]) => markdown).join("\n\n");
  expect(render(parse(everything), "chat-html", people).lost.sort()).toEqual([
    "footnote as numbered line",
    "heading as bold",
    "image as link",
    "link without a web address as text",
    "list as lines with bullets or numbers",
    "rule as a line of dashes",
    "table as lines",
    "task as a box",
  ]);
});

test("the plain form is what is left once the tags are read", () => {
  expect(render(parse("**a < b** & [`c`](https://acme.example)"), "chat-html").plain).toBe("a < b & c");
});
