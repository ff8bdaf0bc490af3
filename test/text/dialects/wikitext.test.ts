import { expect, test } from "vitest";
import { parse } from "../../../src/text/markdown.ts";
import { render } from "../../../src/text/render.ts";

const people = {
  person: (name: string) => (name === "acme" ? { handle: "acme.example", id: "U123" } : undefined),
};

const table: [construct: string, markdown: string, written: string][] = [
  ["paragraphs and a soft break", "one\ntwo\n\nthree", "one two\n\nthree"],
  ["a hard break", "one  \ntwo", "one<br>\ntwo"],
  ["headings", "# One **bold**\n\n#### Four", "== One '''bold''' ==\n\n==== Four ===="],
  [
    "emphasis, nested",
    "**bold *both*** and *italic* and ~~gone~~",
    "'''bold ''both''''' and ''italic'' and <s>gone</s>",
  ],
  ["emphasis inside a word", "un*frigging*believable", "un''frigging''believable"],
  ["emphasis between letters without spaces", "中文**「強調」**中文", "中文'''「強調」'''中文"],
  ["code", "run `a < b` now", "run <code>a &#60; b</code> now"],
  ["code with backticks", "``a ` b``", "<code>a ` b</code>"],
  [
    "a code block",
    "```js\nif (a < b) {\n\n  c();\n}\n```",
    '<syntaxhighlight lang="js">\nif (a < b) {\n\n  c();\n}\n</syntaxhighlight>',
  ],
  ["a list in a list", "- one\n  - two\n- three", "* one\n** two\n* three"],
  ["a list that starts later", "3. a\n4. b", ": 3. a\n: 4. b"],
  ["a list with paragraphs", "- one\n\n  more\n\n- two", "* one<br>more\n\n* two"],
  ["tasks", "- [x] done\n- [ ] open", "* ☑ done\n* ☐ open"],
  [
    "a quote in a quote",
    "> one\n>\n> > two",
    "<blockquote>\none\n\n<blockquote>\ntwo\n</blockquote>\n</blockquote>",
  ],
  [
    "a table",
    "| Name | Size |\n|---|--:|\n| a | 1 |\n| b\\|c | **2** |",
    "{| class=\"wikitable\"\n! Name !! Size\n|-\n| a || 1\n|-\n| b&#124;c || '''2'''\n|}",
  ],
  [
    "a link with text",
    "see [the notes](https://acme.example/a_(b)?x=1&y=2) now",
    "see [https://acme.example/a_(b)?x=1&y=2 the notes] now",
  ],
  ["a link at the end", "see [the notes](https://acme.example/n)", "see [https://acme.example/n the notes]"],
  [
    "a bare link",
    "see https://acme.example/x_(y), or (https://acme.example/).",
    "see https://acme.example/x_(y)<nowiki/>, or (https://acme.example/<nowiki/>).",
  ],
  [
    "a link before letters without spaces",
    "见https://acme.example/x。之后",
    "见https://acme.example/x<nowiki/>。之后",
  ],
  ["a link that is none", "[x](javascript:alert(1)) [y](/relative)", "x y"],
  [
    "mail",
    "[write](mailto:me@acme.example) to me@acme.example",
    "[mailto:me@acme.example write] to [mailto:me@acme.example me@acme.example]",
  ],
  ["an image", "![the panel](https://acme.example/p.png)", "[https://acme.example/p.png the panel]"],
  [
    "mentions",
    "thanks @acme, @nobody and @acme@social.example",
    "thanks [[User:acme.example|acme.example]], nobody and acme@social.example",
  ],
  ["tags", "#OpenSource C# #1 `#code`", "&#35;OpenSource C# #1 <code>#code</code>"],
  ["a footnote", "text[^n]\n\n[^n]: the note", "text&#91;1&#93;\n\n&#91;1&#93; the note"],
  ["a rule", "one\n\n---\n\ntwo", "one\n\n----\n\ntwo"],
  [
    "literal signs",
    "2 * 3 * 4, \\*not bold\\*, snake_case, _a_b, a & b, <b>tag</b>, [x], 1 < 2 > 0, ~5",
    "2 * 3 * 4, *not bold*, snake_case, _a_b, a &#38; b, &#60;b&#62;tag&#60;/b&#62;, &#91;x&#93;, 1 &#60; 2 &#62; 0, &#126;5",
  ],
  [
    "signs at the start of a line",
    "\\# no\n\n\\- no\n\n1\\. no\n\n\\> no",
    "&#35; no\n\n&#45; no\n\n1. no\n\n&#62; no",
  ],
  [
    "calls",
    "@everyone <!channel> <@U1> \\@acme \\#tag",
    "everyone &#60;!channel&#62; &#60;U1&#62; @acme #tag",
  ],
];

test.each(table)("says %s", (_, markdown, written) => {
  expect(render(parse(markdown), "wikitext", people).text).toBe(written);
});

test("says what it cannot say, each once", () => {
  const everything = table.map(([, markdown]) => markdown).join("\n\n");
  expect(render(parse(everything), "wikitext", people).lost.sort()).toEqual([
    "footnote as numbered line",
    "image as link",
    "link without a web address as text",
    "task as a box",
  ]);
});
