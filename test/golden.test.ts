/**
 * What every kind of campaign looks like in every markup: `test/golden/<kind>.yml` in, `test/golden/<kind>.txt` out, to be
 * read by a person. `npm run golden` writes them anew; whoever does that reads the difference.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse as readYaml } from "yaml";
import { createTemplates, type TemplateData } from "../src/campaign/template.ts";
import { KINDS } from "../src/config/kinds.ts";
import { apart } from "../src/plan/content.ts";
import { parse } from "../src/text/markdown.ts";
import { render } from "../src/text/render.ts";
import { split } from "../src/text/split.ts";
import type { Entity, Handle, Markup, Rendered, TextRules } from "../src/text/types.ts";
import { dialects } from "./text/dialects/all.ts";

/** The template and the limits of a network that reads this markup; `x`, `slack` and the like have a voice of their own. */
const SHOWN: [template: string[], rules: TextRules][] = [
  [["short"], { markup: "plain", max: 500, unit: "grapheme", link: 23, mention: "local" }],
  [["short"], { markup: "facets", max: 300, unit: "grapheme", bytes: 3000 }],
  [["short"], { markup: "irc", max: 400, unit: "byte" }],
  [["short"], { markup: "mfm", max: 3000, unit: "codepoint" }],
  [["linkedin", "short"], { markup: "little-text", max: 3000, unit: "utf16" }],
  [["slack", "chat"], { markup: "mrkdwn", max: 4000, unit: "utf16" }],
  [["chat"], { markup: "chat-markdown", max: 2000, unit: "codepoint" }],
  [["chat"], { markup: "chat-html", max: 4096, unit: "codepoint", counts: "parsed" }],
  [["chat"], { markup: "google-chat", max: 4000, unit: "utf16" }],
  [["chat"], { markup: "card", max: 28_000, unit: "byte" }],
  [["chat"], { markup: "matrix", max: 60_000, unit: "byte" }],
  [["chat"], { markup: "mattermost", max: 16_383, unit: "codepoint" }],
  [["chat"], { markup: "rocketchat", max: 5000, unit: "utf16" }],
  [["chat"], { markup: "zulip", max: 10_000, unit: "codepoint" }],
  [["article"], { markup: "reddit", max: 40_000, unit: "utf16" }],
  [["article"], { markup: "npf", max: 4096, unit: "utf16" }],
  [["article"], { markup: "markdown", max: 65_536, unit: "codepoint" }],
  [["article"], { markup: "html", max: 1_000_000, unit: "byte" }],
  [["article"], { markup: "wikitext", max: 2_000_000, unit: "byte" }],
];

const people: Record<string, Partial<Record<Markup, Handle>> & { rest: Handle }> = {
  acme: {
    plain: { handle: "acme@social.example" },
    facets: { handle: "acme.example", id: "did:plc:acme" },
    mfm: { handle: "acme@social.example" },
    mrkdwn: { handle: "acme", id: "U0ACME" },
    "chat-html": { handle: "acme_team" },
    "little-text": { handle: "Acme Ltd", id: "urn:li:organization:1" },
    npf: { handle: "acme", id: "t:acme" },
    rest: { handle: "acme" },
  },
  marta: {
    plain: { handle: "marta@social.example" },
    facets: { handle: "marta.example" },
    mfm: { handle: "marta@social.example" },
    mrkdwn: { handle: "marta", id: "U0MARTA" },
    "chat-markdown": { handle: "marta", id: "8014" },
    "chat-html": { handle: "Marta Rossi", id: "77" },
    "google-chat": { handle: "marta", id: "users/77" },
    matrix: { handle: "marta:acme.example" },
    zulip: { handle: "Marta Rossi", id: "77" },
    rest: { handle: "marta" },
  },
};

const templates = createTemplates({ folders: [fileURLToPath(new URL("../templates", import.meta.url))] });
const pathOf = (name: string) => fileURLToPath(new URL(`golden/${name}`, import.meta.url));

test.each(KINDS)("a campaign of the kind %s in every markup", async (kind) => {
  const campaign = readYaml(readFileSync(pathOf(`${kind}.yml`), "utf8"));
  const all = SHOWN.map(([names, rules]) => shown(kind, names, rules, campaign));
  await expect(`${LEGEND}\n${all.join("\n")}`).toMatchFileSnapshot(pathOf(`${kind}.txt`));
});

test("no markup is left out", () => {
  expect(new Set(SHOWN.map(([, { markup }]) => markup)).size).toBe(19);
});

test("docs/text.md says what the dialects declare", async () => {
  const page = fileURLToPath(new URL("../docs/text.md", import.meta.url));
  const rows = SHOWN.map(([, { markup }]) => {
    const said = [...new Set(Object.values(dialects[markup]!.lost))].join("; ");
    return `| \`${markup}\` | ${(said || "—").replaceAll("|", "\\|")} |\n`;
  });
  const table = `<!-- table -->\n| markup | says instead |\n| --- | --- |\n${rows.join("")}<!-- /table -->`;
  await expect(
    readFileSync(page, "utf8").replace(/<!-- table -->[\s\S]*<!-- \/table -->/, () => table),
  ).toMatchFileSnapshot(page);
});

const LEGEND = `Written by npm run golden from the .yml beside it. ⸱ is U+200B, which nobody sees; ␂ and the like are control codes.
Below a text: its entities, in UTF-8 bytes, or its blocks; and what was said otherwise than written.
`;

function shown(kind: string, names: string[], rules: TextRules, campaign: Record<string, unknown>): string {
  const { title, summary, body, link, tags = [], lang = "en", vars = {} } = campaign as Partial<TemplateData>;
  const fit = { fit: "thread", number: campaign.number === true, lang } as const;
  const data: TemplateData = {
    ...vars,
    ...{ title, summary, body, link, tags, lang, vars, kind },
    channel: { name: names[0]!, network: names[0]! },
    campaign: { id: "golden" },
  };
  const { markdown } = templates.render(kind, names, data);
  const { body: words, ending } = apart(parse(markdown));
  const context = {
    lang,
    person: (name: string) => people[name]?.[rules.markup] ?? people[name]?.rest,
    link: (url: string) => `${url}${url.includes("?") ? "&" : "?"}utm_source=${names[0]}`,
  };
  const { parts, fits } = split(words, rules, { ...fit, suffix: ending }, context, render);
  expect(fits).toBe(true);
  const texts = parts.map(({ rendered, measured }, index) => {
    const part = parts.length > 1 ? `, post ${index + 1} of ${parts.length}` : "";
    return `━━━━ ${rules.markup}${part} ━━━━ ${measured.length} of ${measured.max} (${rules.unit})\n${whole(rendered, rules.markup)}`;
  });
  const lost = [...new Set(parts.flatMap(({ rendered }) => rendered.lost))];
  return `${texts.join("")}${lost.map((loss) => `  ≠ ${loss}\n`).join("")}`;
}

function whole({ text, entities, blocks = [] }: Rendered, markup: Markup): string {
  const bytes = Buffer.from(text);
  const named = markup === "facets" || markup === "plain" ? entities : [];
  const ranges = named.map((entity) => `  ${said(entity)} = ${bytes.subarray(entity.start, entity.end)}\n`);
  return visible(
    `${text}\n${ranges.join("")}${blocks.map((block) => `  ${JSON.stringify(block)}\n`).join("")}`,
  );
}

function said({ kind, start, end, ...detail }: Entity): string {
  return `${kind} ${start}-${end} ${Object.values(detail).join(" ")}`;
}

function visible(text: string): string {
  return text
    .replaceAll("\u200B", "⸱")
    .replace(/[\x00-\x09\x0B-\x1F]/g, (code) => String.fromCodePoint(0x2400 + code.charCodeAt(0)));
}
