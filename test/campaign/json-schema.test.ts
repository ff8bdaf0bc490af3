// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
import { describe, expect, test } from "vitest";
import { campaignJsonSchema, configJsonSchema } from "../../scripts/json-schema.ts";
import { KINDS } from "../../src/config/kinds.ts";
import { adapters } from "./project.ts";

// biome-ignore lint/suspicious/noExplicitAny: a JSON Schema is a tree without a type
const campaign = campaignJsonSchema(adapters.values()) as any;
// biome-ignore lint/suspicious/noExplicitAny: a JSON Schema is a tree without a type
const config = configJsonSchema(adapters.values()) as any;

describe("the JSON Schema of a campaign", () => {
  test("offers the kinds and refuses unknown keys", () => {
    expect(campaign.properties.kind.enum).toEqual([...KINDS]);
    expect(campaign.additionalProperties).toBe(false);
    expect(campaign.required).toEqual(["kind", "channels"]);
    expect(campaign.properties.only.additionalProperties.additionalProperties).toBe(false);
  });

  test("has every network's options", () => {
    expect(Object.keys(campaign.properties.options.properties)).toEqual(["birdsong", "roomy"]);
    expect(campaign.properties.options.properties.birdsong.properties.visibility.enum).toEqual([
      "public",
      "unlisted",
    ]);
  });

  test("describes every key", () => {
    const silent = Object.entries<{ description?: string }>(campaign.properties).filter(
      ([, { description }]) => !description,
    );
    expect(silent.map(([key]) => key)).toEqual([]);
  });
});

describe("the JSON Schema of broadcast.yml", () => {
  const settings = (network: string) =>
    config.properties.channels.additionalProperties.allOf.find(
      (rule: { if: { properties: { network: { const: string } } } }) =>
        rule.if.properties.network.const === network,
    ).then.properties;

  test("has every network's settings, of unions too", () => {
    expect(Object.keys(settings("birdsong"))).toEqual([
      "network",
      "audience",
      "lang",
      "timezone",
      "max_posts",
      "server",
      "token",
    ]);
    expect(Object.keys(settings("roomy"))).toEqual([
      "network",
      "audience",
      "lang",
      "timezone",
      "max_posts",
      "webhook",
      "token",
      "room",
    ]);
  });

  test("takes secrets as references only", () => {
    const { pattern } = settings("birdsong").token;
    expect("${BIRD_TOKEN}").toMatch(new RegExp(pattern));
    expect("s3cret").not.toMatch(new RegExp(pattern));
  });

  test("lets an address be a reference", () => {
    expect(settings("birdsong").server.format).toBeUndefined();
    expect(settings("birdsong").server.description).toBe("Server");
  });
});
