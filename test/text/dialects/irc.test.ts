import { expect, test } from "vitest";
import { parse } from "../../../src/text/markdown.ts";
import { render } from "../../../src/text/render.ts";

const people = {
  person: (name: string) => (name === "acme" ? { handle: "acme.example", id: "U123" } : undefined),
};

const table: [construct: string, markdown: string, written: string][] = [
  ["paragraphs and a soft break", "one\ntwo\n\nthree", "one two\nthree"],
  ["a hard break", "one  \ntwo", "one\ntwo"],
  ["headings", "# One **bold**\n\n#### Four", "\x02One bold\x02\n\x02Four\x02"],
  [
    "emphasis, nested",
    "**bold *both*** and *italic* and ~~gone~~",
    "\x02bold \x1dboth\x1d\x02 and \x1ditalic\x1d and \x1egone\x1e",
  ],
  ["emphasis inside a word", "un*frigging*believable", "un\x1dfrigging\x1dbelievable"],
  ["emphasis between letters without spaces", "中文**「強調」**中文", "中文\x02「強調」\x02中文"],
  ["code", "run `a < b` now", "run \x11a < b\x11 now"],
  ["code with backticks", "``a ` b``", "\x11a ` b\x11"],
  ["a code block", "```js\nif (a < b) {\n\n  c();\n}\n```", "if (a < b) {\n\n  c();\n}"],
  ["a list in a list", "- one\n  - two\n- three", "• one\n  • two\n• three"],
  ["a list that starts later", "3. a\n4. b", "3. a\n4. b"],
  ["a list with paragraphs", "- one\n\n  more\n\n- two", "• one\n  more\n• two"],
  ["tasks", "- [x] done\n- [ ] open", "☑ done\n☐ open"],
  ["a quote in a quote", "> one\n>\n> > two", "> one\n> > two"],
  [
    "a table",
    "| Name | Size |\n|---|--:|\n| a | 1 |\n| b\\|c | **2** |",
    "\x02Name\x02 · \x02Size\x02\na · 1\nb|c · \x022\x02",
  ],
  [
    "a link with text",
    "see [the notes](https://acme.example/a_(b)?x=1&y=2) now",
    "see the notes (https://acme.example/a_(b)?x=1&y=2) now",
  ],
  ["a link at the end", "see [the notes](https://acme.example/n)", "see the notes: https://acme.example/n"],
  [
    "a bare link",
    "see https://acme.example/x_(y), or (https://acme.example/).",
    "see https://acme.example/x_(y), or (https://acme.example/).",
  ],
  [
    "a link before letters without spaces",
    "见https://acme.example/x。之后",
    "见https://acme.example/x。之后",
  ],
  ["a link that is none", "[x](javascript:alert(1)) [y](/relative)", "x y"],
  [
    "mail",
    "[write](mailto:me@acme.example) to me@acme.example",
    "write (me@acme.example) to me@acme.example",
  ],
  ["an image", "![the panel](https://acme.example/p.png)", "the panel: https://acme.example/p.png"],
  [
    "mentions",
    "thanks @acme, @nobody and @acme@social.example",
    "thanks acme.example, nobody and acme@social.example",
  ],
  ["tags", "#OpenSource C# #1 `#code`", "#OpenSource C# #1 \x11#code\x11"],
  ["a footnote", "text[^n]\n\n[^n]: the note", "text[1]\n[1] the note"],
  ["a rule", "one\n\n---\n\ntwo", "one\n———\ntwo"],
  [
    "literal signs",
    "2 * 3 * 4, \\*not bold\\*, snake_case, _a_b, a & b, <b>tag</b>, [x], 1 < 2 > 0, ~5",
    "2 * 3 * 4, *not bold*, snake_case, _a_b, a & b, <b>tag</b>, [x], 1 < 2 > 0, ~5",
  ],
  ["signs at the start of a line", "\\# no\n\n\\- no\n\n1\\. no\n\n\\> no", "# no\n- no\n1. no\n> no"],
  [
    "code that calls",
    "`npm i @acme/cli` and\n\n```\nnpm i @acme/cli\n```",
    "\x11npm i @acme/cli\x11 and\nnpm i @acme/cli",
  ],
  ["calls", "@everyone <!channel> <@U1> \\@acme \\#tag", "everyone <!channel> <U1> @acme #tag"],
];

test.each(table)("says %s", (_, markdown, written) => {
  expect(render(parse(markdown), "irc", people).text).toBe(written);
});

test("says what it cannot say, each once", () => {
  const everything = table.map(([, markdown]) => markdown).join("\n\n");
  expect(render(parse(everything), "irc", people).lost.sort()).toEqual([
    "code as plain text",
    "footnote as numbered line",
    "heading as bold",
    "image as link",
    "link text followed by its address",
    "link without a web address as text",
    "quote as lines with >",
    "rule as a line of dashes",
    "table as lines",
  ]);
});
