/** Writes what is derived from the adapters' declarations. `--check` fails when something is not current. */
import { readFileSync } from "node:fs";
import type { Adapter, FileRules, MediaRules } from "../src/adapter.ts";
import { LOADERS } from "../src/adapters/index.ts";
import { COMMANDS } from "../src/cli/commands/index.ts";
import { entriesOf, isSecret } from "../src/settings.ts";
import { emit } from "./emit.ts";
import { jsonDocs, outputSchema } from "./json-docs.ts";
import { campaignJsonSchema, configJsonSchema } from "./json-schema.ts";
import { manPage } from "./man.ts";

const adapters = await Promise.all(Object.values(LOADERS).map((load) => load()));

const NOTE = "<!-- Written by `npm run generate` from the adapters' declarations. Do not edit. -->";
const list = adapters as Adapter[];

function limits(): string {
  const rows = list.map((adapter) => [
    `[${adapter.name}](${adapter.source.url})`,
    `${adapter.text.max.toLocaleString("en")} ${unit(adapter)}`,
    { reply: "replies", sequence: "one after another", none: "no" }[adapter.thread],
    media(adapter.media),
    adapter.rates.map(({ posts, per }) => `${posts} per ${per}`).join(", ") || "none stated",
    adapter.idempotency === "none" ? "no" : adapter.idempotency,
    adapter.find ? "yes" : "no",
    adapter.source.checked,
  ]);
  return table(["Network", "Text", "Threads", "Media", "Rates", "Idempotency", "Look-up", "Checked"], rows);
}

function unit({ text }: Adapter): string {
  const also = text.bytes ? ` and ${text.bytes.toLocaleString("en")} bytes` : "";
  const names = {
    grapheme: "graphemes",
    codepoint: "code points",
    utf16: "UTF-16 units",
    byte: "bytes",
    weighted: "weighted",
    "emoji-bytes": "graphemes",
  };
  return `${names[text.unit]}${also}${text.link ? `, links ${text.link}` : ""}`;
}

function media(rules: MediaRules | "none"): string {
  if (rules === "none") return "none";
  const size = (kind: string, file: FileRules | undefined) =>
    file ? [`${kind} ≤ ${megabytes(file.bytes)}`] : [];
  return [
    `${rules.count}`,
    ...size("image", rules.image),
    ...size("video", rules.video),
    rules.alt > 0 ? `alt ≤ ${rules.alt}` : "no alt text",
  ].join(", ");
}

function megabytes(bytes: number): string {
  return bytes >= 1_000_000
    ? `${Number((bytes / 1_000_000).toFixed(1))} MB`
    : `${Math.round(bytes / 1000)} kB`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function chapter(adapter: Adapter): string {
  const settings = Object.entries(entriesOf(adapter.channel)).map(([name, schema]) => [
    `\`${name}\``,
    describe(schema),
    isSecret(schema) ? "secret: `${ENV_NAME}` only" : "",
  ]);
  const options = Object.entries(entriesOf(adapter.options)).map(([name, schema]) => [
    `\`${name}\``,
    describe(schema),
  ]);
  return [
    `## ${adapter.name}`,
    `Numbers from <${adapter.source.url}>, read on ${adapter.source.checked}.`,
    adapter.auth.steps.map((step, index) => `${index + 1}. ${step}`).join("\n"),
    table(["Setting of a channel", "", ""], settings),
    options.length > 0
      ? table([`Option under \`options: { ${adapter.id}: … }\``, ""], options)
      : "It has no options of its own.",
    ...(adapter.schedules
      ? [
          `With \`schedule: network\` it publishes by itself what it gets at least ${adapter.schedules.least} ahead.`,
        ]
      : []),
  ].join("\n\n");
}

function describe(schema: unknown): string {
  const { wrapped, pipe } = schema as { wrapped?: unknown; pipe?: { type?: string; description?: string }[] };
  const own = pipe?.find(({ type }) => type === "description")?.description;
  if (own) return own;
  for (const inner of [wrapped, ...(pipe ?? [])]) {
    const found = inner && typeof inner === "object" ? describe(inner) : "";
    if (found) return found;
  }
  return "";
}

function environment(): string {
  const lines = list.flatMap((adapter) => {
    const secrets = Object.entries(entriesOf(adapter.channel)).filter(([, schema]) => isSecret(schema));
    if (secrets.length === 0) return [];
    const names = secrets.map(
      ([name, schema]) => `# ${describe(schema)}\n${adapter.id.toUpperCase()}_${name.toUpperCase()}=`,
    );
    return [`# --- ${adapter.name}${adapter.auth.url ? `: ${adapter.auth.url}` : ""}`, ...names, ""];
  });
  return [
    "# Copy to .env (never commit that) and fill in what your channels use.",
    "# Written by `npm run generate`.",
    "",
    ...lines,
  ].join("\n");
}

function readme(): string {
  const text = readFileSync("README.md", "utf8");
  return text.replace(/(<!-- networks -->\n)[\s\S]*?(<!-- \/networks -->)/, `$1${limits()}\n$2`);
}

function skill(): string {
  const text = readFileSync("skills/broadcast/SKILL.md", "utf8");
  const rows = COMMANDS.map(({ spec }) => [`\`broadcast ${spec.usage}\``, spec.summary]);
  return text.replace(
    /(<!-- commands -->\n)[\s\S]*?(<!-- \/commands -->)/,
    `$1${table(["Command", ""], rows)}\n$2`,
  );
}

emit({
  "schema/campaign.schema.json": `${JSON.stringify(campaignJsonSchema(list), null, 2)}\n`,
  "schema/broadcast.schema.json": `${JSON.stringify(configJsonSchema(list), null, 2)}\n`,
  "docs/networks.md": `# Networks\n\n${NOTE}\n\n${limits()}\n\n${list.map(chapter).join("\n\n")}\n`,
  ".env.example": environment(),
  "README.md": readme(),
  "man/broadcast.1": manPage(),
  "skills/broadcast/SKILL.md": skill(),
  "docs/json.md": jsonDocs(),
  "schema/output.schema.json": outputSchema(),
});
