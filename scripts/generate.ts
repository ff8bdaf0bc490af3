/** Writes what is derived from the adapters' declarations. `--check` fails when something is not current. */
import { readFileSync } from "node:fs";
import type { Adapter } from "../src/adapter.ts";
import { LOADERS } from "../src/adapters/index.ts";
import { COMMANDS } from "../src/cli/commands/index.ts";
import { descriptionOf, entriesOf, isSecret } from "../src/settings.ts";
import { emit } from "./emit.ts";
import { jsonDocs, outputSchema } from "./json-docs.ts";
import { campaignJsonSchema, configJsonSchema } from "./json-schema.ts";
import { manPage } from "./man.ts";
import { abilities, networkPages, short, table } from "./network-pages.ts";

const adapters = await Promise.all(Object.values(LOADERS).map((load) => load()));

const NOTE = "<!-- Written by `npm run generate` from the adapters' declarations. Do not edit. -->";
const list = adapters as Adapter[];

function environment(): string {
  const lines = list.flatMap((adapter) => {
    const secrets = Object.entries(entriesOf(adapter.channel)).filter(([, schema]) => isSecret(schema));
    if (secrets.length === 0) return [];
    const names = secrets.map(
      ([name, schema]) => `# ${descriptionOf(schema)}\n${adapter.id.toUpperCase()}_${name.toUpperCase()}=`,
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
  return text.replace(
    /(<!-- networks -->\n)[\s\S]*?(<!-- \/networks -->)/,
    `$1${short(list, "docs/networks/")}\n$2`,
  );
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
  "docs/networks.md": `# Networks\n\n${NOTE}\n\n${abilities(list, "networks/")}\n`,
  ...networkPages(list),
  ".env.example": environment(),
  "README.md": readme(),
  "man/broadcast.1": manPage(),
  "skills/broadcast/SKILL.md": skill(),
  "docs/json.md": jsonDocs(),
  "schema/output.schema.json": outputSchema(),
});
