/** The shipped templates keep the house style, whatever a campaign leaves out. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Root } from "mdast";
import { describe, expect, test } from "vitest";
import { createTemplates, type TemplateData } from "../src/campaign/template.ts";
import { KINDS } from "../src/config/kinds.ts";
import { parse } from "../src/text/markdown.ts";

const folder = fileURLToPath(new URL("../templates", import.meta.url));
const templates = createTemplates({ folders: [folder] });
const SHAPES = ["short", "chat", "article"];

const all = KINDS.flatMap((kind) =>
  readdirSync(`${folder}/${kind}`).map((file) => ({ kind, name: file.replace(/\.md$/, "") })),
);

const TITLE = "Headline";
const SUMMARY = "First paragraph.\n\nSecond paragraph.";
const BODY = "- one\n- two\n";
const LINK = "https://acme.example/a_b_(c)*d*";
const TAGS = ["first", "field work", "third"];

/** Every combination of what a campaign may say and leave out. */
const combinations = Array.from({ length: 32 }, (_, bits) => ({
  title: bits & 1 ? TITLE : undefined,
  summary: bits & 2 ? SUMMARY : undefined,
  body: bits & 4 ? BODY : undefined,
  link: bits & 8 ? LINK : undefined,
  tags: bits & 16 ? TAGS : [],
}));

function filled(kind: string, name: string, said: Partial<TemplateData>): string {
  const data: TemplateData = {
    tags: [],
    vars: {},
    kind,
    channel: { name, network: name },
    campaign: { id: "test" },
    ...said,
  };
  return templates.render(kind, [name], data).markdown;
}

const times = (text: string, part: string) => text.split(part).length - 1;

test.each(KINDS)("%s speaks in all three shapes", (kind) => {
  const names = all.filter((template) => template.kind === kind).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(SHAPES));
});

describe.each(all)("$kind/$name", ({ kind, name }) => {
  const ownTitle = ["article", "mail", "ntfy", "pinterest"].includes(name);
  const hasTags = ["short", "x", "linkedin", "pinterest"].includes(name);
  const each = combinations.map((said) => ({ said, text: filled(kind, name, said) }));

  test("says the title once, except where it has a field of its own", () => {
    for (const { said, text } of each) expect(times(text, TITLE)).toBe(said.title && !ownTitle ? 1 : 0);
  });

  test("has the link once, whole", () => {
    for (const { said, text } of each) {
      expect(times(text, LINK)).toBe(said.link ? 1 : 0);
      expect(linksOf(parse(text) as Root)).toEqual(said.link ? [LINK] : []);
    }
  });

  test("ends with the tags, or has none", () => {
    const last = name === "x" ? "#first #FieldWork" : "#first #FieldWork #third";
    for (const { said, text } of each) {
      if (hasTags && said.tags.length > 0) expect(text.endsWith(last)).toBe(true);
      else expect(text).not.toContain("#");
    }
  });

  test("keeps the summary where there is no body, and the body where there is no summary", () => {
    for (const { said, text } of each) {
      if (said.summary && !said.body) expect(text).toContain("Second paragraph.");
      if (said.body && !said.summary) expect(text).toContain(BODY.trim());
    }
  });

  test("what is left out leaves no markup behind", () => {
    for (const { text } of each) {
      const kinds = (parse(text) as Root).children.map((node) => node.type as string);
      expect(kinds).not.toContain("heading");
      expect(kinds).not.toContain("thematicBreak");
      expect(text).not.toMatch(/\*{4}|<>|^>\s*$(?!\n> )|^ ?· *$/m);
    }
  });
});

function linksOf(tree: Root): string[] {
  const found: string[] = [];
  const visit = (node: { type: string; url?: string; children?: unknown[] }) => {
    if (node.type === "link" && node.url !== undefined) found.push(node.url);
    for (const child of node.children ?? []) visit(child as typeof node);
  };
  visit(tree);
  return found;
}
