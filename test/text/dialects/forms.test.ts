/** What some markups have besides a text: blocks, ranges, a plain form. */
import { expect, test } from "vitest";
import { parse } from "../../../src/text/markdown.ts";
import { render } from "../../../src/text/render.ts";
import "./all.ts";
import { peopleOf } from "./constructs.ts";

test("card: what the text cannot say is an element", () => {
  const markdown =
    "# Out\n\n- a\n- b\n\n> quote\n\n```\n*x*\n```\n\n![panel](https://acme.example/p.png)\n\n---\n\nend";
  expect(render(parse(markdown), "card", peopleOf("card")).blocks).toEqual([
    { type: "TextBlock", text: "Out", wrap: true, size: "Large", weight: "Bolder", style: "heading" },
    { type: "TextBlock", text: "- a\r- b", wrap: true },
    { type: "Container", style: "emphasis", items: [{ type: "TextBlock", text: "quote", wrap: true }] },
    { type: "RichTextBlock", inlines: [{ type: "TextRun", text: "*x*", fontType: "Monospace" }] },
    { type: "Image", url: "https://acme.example/p.png", altText: "panel" },
    { type: "TextBlock", text: "end", wrap: true, separator: true },
  ]);
});

test("card: an element of its own is not a loss", () => {
  const card = (markdown: string) => render(parse(markdown), "card").lost;
  expect(card("![alt](https://a.example/i.png)\n\n> quote\n\n```\ncode\n```\n\n| a |\n| - |\n| b |")).toEqual(
    [],
  );
  expect(card("a ![alt](https://a.example/i.png)\n\n- > quote")).toEqual([
    "image in a text as link",
    "quote in a list as plain text",
  ]);
});

test("chat-html: the plain form is what is left once the tags are read", () => {
  expect(render(parse("**a < b** & [`c`](https://acme.example)"), "chat-html").plain).toBe("a < b & c");
});

test("facets: links, mentions and tags are UTF-8 byte ranges, and links carry the campaign's parameters", () => {
  const link = (url: string) => `${url}?utm=1`;
  const { text, entities } = render(
    parse("👍 [docs](https://a.example) @acme #Ünïcode https://b.example"),
    "facets",
    { ...peopleOf("facets"), link },
  );
  const words = entities.map(({ start, end }) => Buffer.from(text).subarray(start, end).toString());
  expect(words).toEqual(["docs", "@acme.example", "#Ünïcode", "b.example"]);
  expect(entities).toEqual([
    { kind: "link", url: "https://a.example?utm=1", start: 5, end: 9 },
    { kind: "mention", handle: "acme.example", id: "did:plc:abc", start: 10, end: 23 },
    { kind: "tag", tag: "Ünïcode", start: 24, end: 34 },
    { kind: "link", url: "https://b.example?utm=1", start: 35, end: 44 },
  ]);
});

test.each(["html", "matrix"] as const)("%s comes with a plain form", (markup) => {
  expect(render(parse("**a** [b](https://acme.example)"), markup).plain).toBe("a b: https://acme.example");
});

test.each(["html", "markdown"] as const)(
  "%s: a picture without a web address is not lost silently",
  (markup) => {
    const { text, lost } = render(parse("![a phone](images/phone.png)"), markup);
    expect(text).toContain("a phone");
    expect(lost).toEqual(["image without a web address as its description"]);
  },
);

test("npf: text blocks carry ranges in code points", () => {
  const { blocks } = render(
    parse("# Out\n\n👍 **bold** [docs](https://acme.example/d) @acme\n\n1. one\n   - two"),
    "npf",
    peopleOf("npf"),
  );
  expect(blocks).toEqual([
    { type: "text", subtype: "heading1", text: "Out" },
    {
      type: "text",
      text: "👍 bold docs @acme.example",
      formatting: [
        { start: 2, end: 6, type: "bold" },
        { start: 7, end: 11, type: "link", url: "https://acme.example/d" },
        { start: 12, end: 25, type: "mention", blog: { uuid: "t:abc" } },
      ],
    },
    { type: "text", subtype: "ordered-list-item", text: "one" },
    { type: "text", subtype: "unordered-list-item", text: "two", indent_level: 1 },
  ]);
});

// Zulip calls nobody when name and id do not belong together.
test("zulip: a full name keeps its spaces", () => {
  const marta = { person: () => ({ handle: "Marta Rossi", id: "77" }) };
  expect(render(parse("@marta"), "zulip", marta).text).toBe("@**Marta Rossi|77**");
  expect(render(parse("@marta"), "plain", marta).text).toBe("@MartaRossi");
});
