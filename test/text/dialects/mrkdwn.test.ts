import { expect, test } from "vitest";
import { parse } from "../../../src/text/markdown.ts";
import { render } from "../../../src/text/render.ts";

const people = {
  person: (name: string) => (name === "acme" ? { handle: "acme.example", id: "U123" } : undefined),
};

const table: [construct: string, markdown: string, written: string][] = [
  ["paragraphs and a soft break", "one\ntwo\n\nthree", "one two\n\nthree"],
  ["a hard break", "one  \ntwo", "one\ntwo"],
  ["headings", "# One **bold**\n\n#### Four", "*One bold*\n\n*Four*"],
  ["emphasis, nested", "**bold *both*** and *italic* and ~~gone~~", "*bold _both_* and _italic_ and ~gone~"],
  ["emphasis inside a word", "un*frigging*believable", "un\u200B_frigging_\u200Bbelievable"],
  ["emphasis between letters without spaces", "中文**「強調」**中文", "中文\u200B*「強調」*\u200B中文"],
  ["code", "run `a < b` now", "run `a &lt; b` now"],
  ["code with backticks", "``a ` b``", "a \u200B`\u200B b"],
  ["a code block", "```js\nif (a < b) {\n\n  c();\n}\n```", "```\nif (a &lt; b) {\n\n  c();\n}\n```"],
  ["a list in a list", "- one\n  - two\n- three", "• one\n  ◦ two\n• three"],
  ["a list that starts later", "3. a\n4. b", "3. a\n4. b"],
  ["a list with paragraphs", "- one\n\n  more\n\n- two", "• one\n\n  more\n\n• two"],
  ["tasks", "- [x] done\n- [ ] open", "☑ done\n☐ open"],
  ["a quote in a quote", "> one\n>\n> > two", "> one\n>\n> » two"],
  [
    "a table",
    "| Name | Size |\n|---|--:|\n| a | 1 |\n| b\\|c | **2** |",
    "*Name* · *Size*\na · 1\nb|c · *2*",
  ],
  [
    "a link with text",
    "see [the notes](https://acme.example/a_(b)?x=1&y=2) now",
    "see <https://acme.example/a_(b)?x=1&amp;y=2|the notes> now",
  ],
  ["a link at the end", "see [the notes](https://acme.example/n)", "see <https://acme.example/n|the notes>"],
  [
    "a bare link",
    "see https://acme.example/x_(y), or (https://acme.example/).",
    "see <https://acme.example/x_(y)>, or (<https://acme.example/>).",
  ],
  [
    "a link before letters without spaces",
    "见https://acme.example/x。之后",
    "见<https://acme.example/x>。之后",
  ],
  ["a link that is none", "[x](javascript:alert(1)) [y](/relative)", "x y"],
  [
    "mail",
    "[write](mailto:me@acme.example) to me@acme.example",
    "<mailto:me@acme.example|write> to <mailto:me@acme.example|me@acme.example>",
  ],
  ["an image", "![the panel](https://acme.example/p.png)", "<https://acme.example/p.png|the panel>"],
  [
    "mentions",
    "thanks @acme, @nobody and @acme@social.example",
    "thanks <@U123>, nobody and acme@social.example",
  ],
  ["tags", "#OpenSource C# #1 `#code`", "#OpenSource C# #1 `#code`"],
  ["a footnote", "text[^n]\n\n[^n]: the note", "text[1]\n\n[1] the note"],
  ["a rule", "one\n\n---\n\ntwo", "one\n\n———\n\ntwo"],
  [
    "literal signs",
    "2 * 3 * 4, \\*not bold\\*, snake_case, _a_b, a & b, <b>tag</b>, [x], 1 < 2 > 0, ~5",
    "2 * 3 * 4, \u200B*\u200Bnot bold\u200B*\u200B, snake_case, \u200B_\u200Ba_b, a &amp; b, &lt;b&gt;tag&lt;/b&gt;, [x], 1 &lt; 2 &gt; 0, \u200B~\u200B5",
  ],
  [
    "signs at the start of a line",
    "\\# no\n\n\\- no\n\n1\\. no\n\n\\> no",
    "# no\n\n- no\n\n1. no\n\n\u200B&gt; no",
  ],
  ["calls", "@everyone <!channel> <@U1> \\@acme \\#tag", "everyone &lt;!channel&gt; &lt;U1&gt; @acme #tag"],
];

test.each(table)("says %s", (_, markdown, written) => {
  expect(render(parse(markdown), "mrkdwn", people).text).toBe(written);
});

test("says what it cannot say, each once", () => {
  const everything = table.map(([, markdown]) => markdown).join("\n\n");
  expect(render(parse(everything), "mrkdwn", people).lost.sort()).toEqual([
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
