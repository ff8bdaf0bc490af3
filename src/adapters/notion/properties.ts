/** What a campaign says of a page in a database, as its data source has it: https://developers.notion.com/reference/page-property-values */
import * as v from "valibot";
import { NetworkError } from "../../adapter.ts";
import { textBlock } from "./blocks.ts";

const Value = v.union([v.string(), v.number(), v.boolean(), v.array(v.string())]);
type Value = v.InferOutput<typeof Value>;

export const properties = v.optional(
  v.pipe(
    v.record(v.string(), Value),
    v.description("Properties of the page in its database, by name: `{ Status: Decided, Tags: [api, cli] }`"),
  ),
);

const Choices = v.optional(v.object({ options: v.optional(v.array(v.object({ name: v.string() })), []) }));
export const Property = v.object({ type: v.string(), status: Choices });
type Property = v.InferOutput<typeof Property>;

export type Properties = Record<string, unknown>;

const FORMS: Record<string, (value: Value) => unknown> = {
  rich_text: (value) => (typeof value === "string" ? textBlock(value) : undefined),
  number: (value) => (typeof value === "number" ? value : undefined),
  checkbox: (value) => (typeof value === "boolean" ? value : undefined),
  url: words,
  email: words,
  phone_number: words,
  date: (value) => (typeof value === "string" ? { start: value } : undefined),
  select: named,
  status: named,
  multi_select: (value) => listed(value)?.map((name) => ({ name })),
  people: (value) => listed(value)?.map((id) => ({ id })),
  relation: (value) => listed(value)?.map((id) => ({ id })),
};

const WANTED: Record<string, string> = {
  number: "a number",
  checkbox: "true or false",
  date: "a date, such as 2026-11-27",
  multi_select: "a list of names",
  people: "a list of users' ids",
  relation: "a list of pages' ids",
};

/** Throws `rejected` for what the data source does not have. */
export function valuesOf(wanted: Record<string, Value>, known: Record<string, Property>): Properties {
  const entries = Object.entries(wanted).map(([name, value]) => {
    const property = known[name];
    if (!property) {
      const names = Object.keys(known).join(", ");
      throw new NetworkError("rejected", `the database has no property "${name}"; it has: ${names}`);
    }
    const { type } = property;
    const form = FORMS[type];
    if (!form)
      throw new NetworkError(
        "rejected",
        type === "title"
          ? `the property "${name}" is the page's title; the campaign's title goes there`
          : `the property "${name}" is of the type ${type}, which cannot be set from here`,
      );
    const made = form(value);
    if (made === undefined)
      throw new NetworkError("rejected", `the property "${name}" needs ${WANTED[type] ?? "a text"}`);
    const choices = type === "status" ? (property.status?.options ?? []).map((one) => one.name) : [];
    if (choices.length > 0 && !choices.includes(String(value)))
      throw new NetworkError(
        "rejected",
        `the property "${name}" has no status "${String(value)}"; it has: ${choices.join(", ")}`,
      );
    return [name, { [type]: made }];
  });
  return Object.fromEntries(entries);
}

function words(value: Value): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function named(value: Value): object | undefined {
  return typeof value === "string" ? { name: value } : undefined;
}

function listed(value: Value): string[] | undefined {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value : undefined;
}
