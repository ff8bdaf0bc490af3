/**
 * What an author may write, once for all markups. How each one says it is in `golden/<markup>.txt`.
 */
import type { Handle, Markup } from "../../../src/text/types.ts";

type Construct = [name: string, markdown: string];

const SHARED: Construct[] = [
  ["paragraphs and a soft break", "one\ntwo\n\nthree"],
  ["a hard break", "one  \ntwo"],
  ["headings", "# One **bold**\n\n#### Four"],
  ["emphasis, nested", "**bold *both*** and *italic* and ~~gone~~"],
  ["emphasis inside a word", "un*frigging*believable"],
  ["emphasis between letters without spaces", "中文**「強調」**中文"],
  ["code", "run `a < b` now"],
  ["code with backticks", "``a ` b``"],
  ["a code block", "```js\nif (a < b) {\n\n  c();\n}\n```"],
  ["a list in a list", "- one\n  - two\n- three"],
  ["a list that starts later", "3. a\n4. b"],
  ["a list with paragraphs", "- one\n\n  more\n\n- two"],
  ["tasks", "- [x] done\n- [ ] open"],
  ["a quote in a quote", "> one\n>\n> > two"],
  ["a table", "| Name | Size |\n|---|--:|\n| a | 1 |\n| b\\|c | **2** |"],
  ["a link with text", "see [the notes](https://acme.example/a_(b)?x=1&y=2) now"],
  ["a link at the end", "see [the notes](https://acme.example/n)"],
  ["a bare link", "see https://acme.example/x_(y), or (https://acme.example/)."],
  ["a link before letters without spaces", "见https://acme.example/x。之后"],
  ["a link that is none", "[x](javascript:alert(1)) [y](/relative)"],
  ["mail", "[write](mailto:me@acme.example) to me@acme.example"],
  ["an image", "![the panel](https://acme.example/p.png)"],
  ["mentions", "thanks @acme, @nobody and @acme@social.example"],
  ["tags", "#OpenSource C# #1 `#code`"],
  ["a footnote", "text[^n]\n\n[^n]: the note"],
  ["a rule", "one\n\n---\n\ntwo"],
  ["literal signs", "2 * 3 * 4, \\*not bold\\*, snake_case, _a_b, a & b, <b>tag</b>, [x], 1 < 2 > 0, ~5"],
  ["signs at the start of a line", "\\# no\n\n\\- no\n\n1\\. no\n\n\\> no"],
  ["calls", "@everyone <!channel> <@U1> \\@acme \\#tag"],
];

/** What only one markup makes difficult. */
const PECULIAR: Partial<Record<Markup, Construct[]>> = {
  irc: [["code that calls", "`npm i @acme/cli` and\n\n```\nnpm i @acme/cli\n```"]],
  // A copied command works wherever nobody would be called by it.
  plain: [["code that calls", "`npm i @acme/cli` and `#include`"]],
  rocketchat: [["a name's sign before a closing mark", "*mail me @*"]],
};

export const constructsFor = (markup: Markup): Construct[] => [...SHARED, ...(PECULIAR[markup] ?? [])];

/** `@acme`, as each network's `people` would have it. */
const ACME: Partial<Record<Markup, Handle>> = {
  "chat-html": { handle: "acme_hq", id: "4242" },
  "chat-markdown": { handle: "acme.example", id: "80351110224678912" },
  facets: { handle: "acme.example", id: "did:plc:abc" },
  "google-chat": { handle: "acme.example", id: "users/1234567890" },
  "little-text": { handle: "acme.example", id: "urn:li:organization:42" },
  matrix: { handle: "acme.example", id: "@acme:hs.example" },
  npf: { handle: "acme.example", id: "t:abc" },
  zulip: { handle: "acme.example", id: "17" },
};

export const peopleOf = (markup: Markup) => ({
  person: (name: string): Handle | undefined =>
    name === "acme" ? (ACME[markup] ?? { handle: "acme.example", id: "U123" }) : undefined,
});
