/** A database as a team may have one: its schema, what may be set there, and what it is asked for. https://developers.notion.com/reference/property-object, /filter-data-source-entries */
import { plainOf, richText } from "./blocks.ts";
import { invalid, minute } from "./said.ts";
import type { StoredPage } from "./state.ts";

const named = (...names: string[]) => ({
  options: names.map((name) => ({ id: name.slice(0, 4), name, color: "default" })),
});

export const SCHEMA: Record<string, { id: string; name: string; type: string; [type: string]: unknown }> = {
  Name: { id: "title", name: "Name", type: "title", title: {} },
  Status: {
    id: "aStS",
    name: "Status",
    type: "status",
    status: named("Draft", "Published", "Decided", "Archived"),
  },
  Tags: { id: "bTgS", name: "Tags", type: "multi_select", multi_select: named("release") },
  Kind: { id: "cKnd", name: "Kind", type: "select", select: named("Decision", "Release") },
  Date: { id: "dDtE", name: "Date", type: "date", date: {} },
  Link: { id: "eLnK", name: "Link", type: "url", url: {} },
  Summary: { id: "fSmY", name: "Summary", type: "rich_text", rich_text: {} },
  Number: { id: "gNmB", name: "Number", type: "number", number: { format: "number" } },
  Done: { id: "hDnE", name: "Done", type: "checkbox", checkbox: {} },
  Owner: { id: "iOwN", name: "Owner", type: "people", people: {} },
  Created: { id: "jCrT", name: "Created", type: "created_time", created_time: {} },
};

type Given = Record<string, unknown>;

const isText = (value: unknown) => typeof value === "string";
const isNamed = (value: unknown) =>
  isText((value as Given | null)?.name) || isText((value as Given | null)?.id);
const CHECKS: Record<string, (value: unknown) => boolean> = {
  number: (value) => typeof value === "number",
  checkbox: (value) => typeof value === "boolean",
  url: isText,
  date: (value) => /^\d{4}-\d{2}-\d{2}(T.+)?$/.test(String((value as Given | null)?.start)),
  select: isNamed,
  status: isNamed,
  multi_select: (value) => Array.isArray(value) && value.length <= 100 && value.every(isNamed),
  people: (value) => Array.isArray(value) && value.every((one: Given) => isText(one.id)),
};

/** The title, and what else is set. Names and ids of properties are both understood. */
export function propertiesIn(
  given: unknown,
  inSource: boolean,
): { title?: ReturnType<typeof richText>; values: Record<string, unknown> } {
  const values: Record<string, unknown> = {};
  let title: ReturnType<typeof richText> | undefined;
  for (const [key, one] of Object.entries((given ?? {}) as Record<string, Given>)) {
    const at = `properties.${key}`;
    const property = Object.values(SCHEMA).find(({ id, name }) => key === id || key === name);
    if (!property || (!inSource && property.type !== "title"))
      throw invalid(
        at,
        inSource ? `is not a property that exists` : "should be not present: the parent is a page",
      );
    const { type, name } = property;
    const value = one[type];
    if (value === undefined) throw invalid(`${at}.${type}`, "should be defined");
    if (type === "title") title = richText(value, `${at}.title`);
    else if (type === "rich_text") values[name] = richText(value, `${at}.rich_text`);
    else if (!CHECKS[type]?.(value)) throw invalid(`${at}.${type}`, `should be a value of the type ${type}`);
    else if (type === "status" && !isOption(property, value))
      throw invalid(`${at}.status`, `Status option "${(value as Given).name}" does not exist`);
    else values[name] = value;
  }
  return { ...(title && { title }), values };
}

function isOption(property: Given, value: unknown): boolean {
  const { options } = property.status as ReturnType<typeof named>;
  return options.some(({ id, name }) => name === (value as Given).name || id === (value as Given).id);
}

/** As a page tells them. */
export function toldOf({ title, values, inSource }: StoredPage): Record<string, unknown> {
  if (!inSource) return { title: { id: "title", type: "title", title } };
  return Object.fromEntries(
    Object.values(SCHEMA).map(({ id, name, type }) => [
      name,
      { id, type, [type]: type === "title" ? title : (values[name] ?? null) },
    ]),
  );
}

/** What a query asks for: titles, times, and several of these together. */
export function queryIn({ filter }: Given): (page: StoredPage) => boolean {
  const one = (given: Given, at: string): ((page: StoredPage) => boolean) => {
    if (Array.isArray(given.and)) {
      const all = (given.and as Given[]).map((part, index) => one(part, `${at}.and[${index}]`));
      return (page) => all.every((isWanted) => isWanted(page));
    }
    if (given.timestamp === "created_time") {
      const from = (given.created_time as Given | undefined)?.on_or_after;
      if (!isText(from) || Number.isNaN(Date.parse(String(from))))
        throw invalid(at, "should be a date filter");
      return ({ at: made }) => Date.parse(minute(made)) >= Date.parse(String(from));
    }
    const wanted = (given.title as Given | undefined)?.equals;
    if ((given.property === "title" || given.property === "Name") && isText(wanted))
      return ({ title }) => plainOf(title) === wanted;
    throw invalid(at, "is a filter that is not known");
  };
  return filter === undefined ? () => true : one(filter as Given, "filter");
}
