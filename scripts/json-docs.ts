/** docs/json.md and schema/output.schema.json, from what is said in documents.ts. */
import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { DOCUMENTS, documentOf, FAILURE, LEDGER_LINE, SHAPES } from "./documents.ts";

type Shape = v.GenericSchema;
// As far as it is looked into here.
interface Inside {
  type: string;
  entries?: Record<string, Inside>;
  wrapped?: Inside;
  item?: Inside;
  value?: Inside;
  options?: (Inside | string)[];
  literal?: unknown;
  pipe?: (Inside & { description?: string })[];
}

const NAMES = new Map<unknown, string>(SHAPES.map(([name, schema]) => [schema, name]));

export function outputSchema(): string {
  const documents = Object.keys(DOCUMENTS).map((name) => ({
    title: `broadcast ${name}`,
    ...converted(documentOf(name)),
  }));
  const failure = {
    title: "any command, when it fails",
    type: "object",
    properties: { version: { const: 2 }, command: { type: "string" }, error: { $ref: "#/$defs/Error" } },
    required: ["version", "command", "error"],
  };
  const line = { title: "a line of broadcast ledger export", ...converted(LEDGER_LINE) };
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "What `broadcast … --json` prints",
    anyOf: [...documents, line, failure],
    $defs: toJsonSchema(LEDGER_LINE, OPTIONS).$defs,
  };
  // Who reads a document must bear members that came later.
  return `${JSON.stringify(schema, (key, value) => (key === "additionalProperties" && value === false ? undefined : value), 2)}\n`;
}

const OPTIONS = { definitions: Object.fromEntries(SHAPES), errorMode: "ignore" as const };

function converted(schema: Shape): object {
  const { $schema: _, $defs: __, ...rest } = toJsonSchema(schema, OPTIONS);
  return rest;
}

const INTRODUCTION = `# What \`--json\` prints

<!-- Written by \`npm run generate\` from scripts/documents.ts. Do not edit. -->

Every command takes \`--json\`. It prints one document on stdout and nothing else there; progress, where there is some, goes to
stderr. The document begins with \`{ "version": 2, "command": … }\`.

**Version.** A member may be added without a new version. Members are removed, or given another meaning, only with one. So read
what you know, and let be what you do not.

**Version 2** (before 1.0): \`withheld\` is \`skipped\`; the codes \`over\`, \`bad-rhythm\`, \`no-rhythm\`, \`tangled\` and \`ledger-strays\` are
\`expired\`, \`bad-recurrence\`, \`no-recurrence\`, \`markdown-too-complex\` and \`ledger-orphans\`. A plan that version 1 kept is made again.

**Errors** are a document on stdout as well, with an \`error\` in place of the other members; the exit code is the same as without
\`--json\`. A plan with errors is still a plan: its \`problems\` hold them, and the exit code is 2. \`send\` asks nothing with \`--json\`,
so it needs \`--yes\`.

**Values.** Times are ISO 8601 in UTC. What is absent is left out, and never \`null\`. Nothing secret is in any document.
\`broadcast explain CODE\` has words for every code and state, \`schema/output.schema.json\` is all of this as JSON Schema.

Not one document but several are printed by \`ledger export\`, a line for each delivery, and by \`run --watch\`, one for each round
in which something happened. \`schema\` prints the JSON Schema itself.
`;

export function jsonDocs(): string {
  const documents = Object.entries(DOCUMENTS).map(
    ([name, entries]) => `### ${name}\n\n${members(entries as unknown as Record<string, Inside>)}`,
  );
  const shapes = [...SHAPES, ["Line", LEDGER_LINE] as const].map(
    ([name, schema]) => `### ${name}\n\n${members((schema as unknown as Inside).entries ?? {})}`,
  );
  return [
    INTRODUCTION,
    "## Documents\n\nBesides `version` and `command`:",
    ...documents,
    `### any, when it fails\n\n${members(FAILURE as unknown as Record<string, Inside>)}`,
    "### ledger export\n\nOne `Line` per line, without `version` and `command`.",
    "## Shapes",
    ...shapes,
  ]
    .join("\n\n")
    .replace(/\n*$/, "\n");
}

function members(entries: Record<string, Inside>): string {
  const rows = Object.entries(entries).map(([name, schema]) => {
    const optional = schema.type === "optional";
    return `| \`${name}\`${optional ? " ?" : ""} | ${typeOf(schema)} | ${wordsOf(schema)} |`;
  });
  return ["| | | |", "| --- | --- | --- |", ...rows].join("\n");
}

function typeOf(schema: Inside): string {
  const name = NAMES.get(schema);
  if (name) return `[${name}](#${name.toLowerCase()})`;
  const first = schema.pipe?.[0];
  if (first && first !== schema)
    return schema.pipe?.some(({ type }) => type === "iso_timestamp") ? "time" : typeOf(first);
  switch (schema.type) {
    case "optional":
      return typeOf(schema.wrapped!);
    case "array":
      return `list of ${typeOf(schema.item!)}`;
    case "picklist":
      return (schema.options ?? []).map((one) => `\`${String(one)}\``).join(" ");
    case "union":
      return (schema.options ?? []).map((one) => typeOf(one as Inside)).join(" or ");
    case "literal":
      return `\`${String(schema.literal)}\``;
    case "record":
      return `${typeOf(schema.value!)} by name`;
    case "strict_object":
      return `{ ${Object.keys(schema.entries ?? {})
        .map((key) => `\`${key}\``)
        .join(", ")} }`;
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    case "loose_object":
      return "object";
    default:
      return schema.type;
  }
}

function wordsOf(schema: Inside): string {
  if (schema.type === "optional") return wordsOf(schema.wrapped!);
  const own = schema.pipe?.find(({ type }) => type === "description")?.description;
  return own ?? "";
}
