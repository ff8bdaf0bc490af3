/** JSON Schemas for editors, from the same rules that check the files. Only for scripts/generate: it needs a development dependency. */
import { toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import type { Adapter } from "../src/adapter.ts";
import { campaignSchema } from "../src/campaign/schema.ts";
import { channelEntries, configSchema } from "../src/config/schema.ts";
import { isSecret } from "../src/settings.ts";
import { entriesAt } from "../src/yaml/schema-problems.ts";

export type JsonSchema = Record<string, unknown>;

type Adapters = Iterable<Adapter>;

const REFERENCE = "^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$";

export function campaignJsonSchema(adapters: Adapters): JsonSchema {
  const schema = converted(campaignSchema) as JsonSchema & { properties: Record<string, JsonSchema> };
  const byNetwork = [...adapters].map((adapter) => [
    adapter.id,
    { ...converted(adapter.options), title: adapter.name },
  ]);
  schema.properties.options = {
    ...schema.properties.options,
    properties: Object.fromEntries(byNetwork),
    additionalProperties: false,
  };
  return titled("campaign.schema.json", "A campaign of broadcast", schema);
}

export function configJsonSchema(adapters: Adapters): JsonSchema {
  const all = [...adapters];
  const schema = converted(configSchema) as JsonSchema & { properties: Record<string, JsonSchema> };
  schema.properties.channels = {
    ...schema.properties.channels,
    additionalProperties: channelJsonSchema(all),
  };
  schema.properties.defaults = { ...schema.properties.defaults, properties: defaultsOf(all) };
  return titled("broadcast.schema.json", "The channels of a project", schema);
}

/** Under a network's name, its settings; under other names, of groups, what all channels have. */
function defaultsOf(adapters: readonly Adapter[]): JsonSchema {
  return Object.fromEntries(
    adapters.map((adapter) => {
      const { required: _, properties, ...rest } = settingsJsonSchema(adapter);
      const { network: __, ...settings } = properties as JsonSchema;
      return [adapter.id, { type: "object", ...rest, properties: settings }];
    }),
  );
}

/** By its `network` a channel has that adapter's settings; one that is named like its network need not say it. */
function channelJsonSchema(adapters: readonly Adapter[]): JsonSchema {
  return {
    type: "object",
    properties: { network: { enum: adapters.map(({ id }) => id), description: "The network." } },
    allOf: adapters.map((adapter) => ({
      if: { properties: { network: { const: adapter.id } }, required: ["network"] },
      // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
      then: settingsJsonSchema(adapter),
    })),
  };
}

function settingsJsonSchema(adapter: Adapter): JsonSchema {
  const settings = [...entriesAt(adapter.channel, [])].map(([key, entry]) => [key, settingJsonSchema(entry)]);
  const common = Object.entries(channelEntries).map(([key, entry]) => [key, converted(entry)]);
  return {
    title: adapter.name,
    properties: {
      ...Object.fromEntries(common),
      network: { const: adapter.id },
      ...Object.fromEntries(settings),
    },
    additionalProperties: false,
  };
}

function settingJsonSchema(entry: unknown): JsonSchema {
  const schema = converted(entry as GenericSchema);
  if (isSecret(entry)) return { type: "string", pattern: REFERENCE, description: schema.description };
  // An address may be `${NAME}` too, and an editor that insists on a URL would be wrong.
  const { format: _, pattern: __, ...rest } = schema;
  return rest;
}

/** Rules that JSON Schema cannot say are left to the check itself. */
function converted(schema: GenericSchema): JsonSchema {
  const { $schema: _, ...json } = toJsonSchema(schema, {
    errorMode: "ignore",
    target: "draft-07",
  }) as JsonSchema;
  return json;
}

function titled(id: string, title: string, schema: JsonSchema): JsonSchema {
  return { $schema: "http://json-schema.org/draft-07/schema#", $id: id, title, ...schema };
}
