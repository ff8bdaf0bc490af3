/** Notion's REST API as far as the adapter speaks it: settings, pages, where they go, and files. */
import * as v from "valibot";
import {
  everyItem,
  type Http,
  type Media,
  NetworkError,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
  unlessGone,
} from "../../adapter.ts";
import { piecesOf } from "../../http/pieces.ts";
import { base, secret, text } from "../../settings.ts";
import { type Block, block, blocksIn, textBlock } from "./blocks.ts";
import { languageOf, PLAIN } from "./languages.ts";
import { type Properties, Property, properties, valuesOf } from "./properties.ts";
import { markOfWords } from "./said.ts";

export const VERSION = "2026-03-11";
// Databases have had data sources since then.
const LEAST = "2025-09-03";

const id = (description: string) =>
  v.pipe(
    text(description),
    v.regex(
      /^[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}$/i,
      "is not an id: it is the 32 letters and digits at the end of the address",
    ),
  );

export const channel = v.strictObject({
  token: secret("Access token of the connection, or a personal one: ntn_…"),
  page: v.optional(id("Id of the page below which pages are made")),
  database: v.optional(id("Id of the database in which they are made")),
  data_source: v.optional(id("Id of its data source, where the database has several")),
  version: v.optional(
    v.pipe(
      text(`Version of the API; default ${VERSION}`),
      v.regex(/^\d{4}-\d{2}-\d{2}$/, "is not a version: it is a date, such as 2026-03-11"),
      v.check((value) => value >= LEAST, `is too old: ${LEAST} is the first version that this works with`),
    ),
    VERSION,
  ),
  server: base("Where Notion's API is", "https://api.notion.com"),
});

export const options = v.strictObject({
  properties,
  icon: v.optional(text("An emoji beside the title")),
  cover: v.optional(v.pipe(v.boolean(), v.description("The first picture stands above the title"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

// 500, 503 and 504 leave it open whether a page was made, so these are not among them.
export const Refused = v.object({
  object: v.literal("error"),
  code: v.picklist([
    "unauthorized",
    "restricted_resource",
    "rate_limited",
    "conflict_error",
    "validation_error",
  ]),
});

const Person = v.object({ id: v.string() });
export const Page = v.object({
  id: v.string(),
  url: v.string(),
  created_time: v.optional(v.string(), ""),
  last_edited_time: v.optional(v.string(), ""),
  created_by: v.optional(Person),
  in_trash: v.optional(v.boolean(), false),
  properties: v.optional(v.record(v.string(), v.unknown()), {}),
});
export type Page = v.InferOutput<typeof Page>;

const Titled = v.object({
  type: v.literal("title"),
  title: v.array(v.object({ plain_text: v.string() })),
});
export const Me = v.object({
  id: v.string(),
  name: v.nullish(v.string()),
  bot: v.optional(
    v.object({
      workspace_name: v.nullish(v.string()),
      workspace_limits: v.nullish(v.object({ max_file_upload_size_in_bytes: v.number() })),
    }),
  ),
});
const Stored = v.looseObject({
  id: v.string(),
  type: v.string(),
  has_children: v.optional(v.boolean(), false),
  created_time: v.optional(v.string(), ""),
  created_by: v.optional(Person),
});
type Stored = v.InferOutput<typeof Stored>;
export const listOf = <S extends v.GenericSchema>(item: S) =>
  v.object({
    results: v.array(item),
    next_cursor: v.nullish(v.string()),
    has_more: v.optional(v.boolean(), false),
  });
const Database = v.object({
  data_sources: v.array(v.object({ id: v.string(), name: v.optional(v.string(), "") })),
});
const DataSource = v.object({ properties: v.record(v.string(), Property) });
const Upload = v.object({ id: v.string(), status: v.string() });

const PAGE = 100;

export function titleOf({ properties }: Page): string {
  const found = Object.values(properties).find((one) => v.is(Titled, one));
  return found
    ? v
        .parse(Titled, found)
        .title.map(({ plain_text }) => plain_text)
        .join("")
    : "";
}

/** Where pages go, and what properties they have there. */
export interface Place {
  parent: { page_id: string } | { data_source_id: string };
  properties: Properties;
}

export function placeOf(post: Post<Options>, context: Preparation<Channel>): Promise<Place> {
  const wanted = post.options.properties ?? {};
  return context.step(`place ${JSON.stringify(wanted)}`, async () => {
    const source = await sourceOf(context);
    if (source === undefined) return { parent: { page_id: context.channel.page ?? "" }, properties: {} };
    const parent = { data_source_id: source };
    if (Object.keys(wanted).length === 0) return { parent, properties: {} };
    const { properties: known } = await context.ask(
      { path: `/data_sources/${source}` },
      DataSource,
      "a data source",
    );
    return { parent, properties: valuesOf(wanted, known) };
  });
}

/** Absent where pages hang below a page. */
export async function sourceOf({ channel, ask }: Reach<Channel>): Promise<string | undefined> {
  const { database, data_source } = channel;
  if (data_source !== undefined || database === undefined) return data_source;
  const { data_sources } = await ask({ path: `/databases/${database}` }, Database, "a database");
  const [only, ...more] = data_sources;
  if (only && more.length === 0) return only.id;
  const names = data_sources.map(({ id, name }) => `${name} (${id})`).join(", ");
  throw new NetworkError(
    "rejected",
    only
      ? `the database has several data sources; name one as \`data_source\`: ${names}`
      : "the database has no data source that the connection reaches",
  );
}

/** Not there, or in the trash. */
export async function pageAt(id: string, { http }: { http: Http }): Promise<Page | "gone"> {
  const found = unlessGone(await http({ path: `/pages/${id}`, ok: [404] }), Page, "a page");
  return found === "gone" || found.in_trash ? "gone" : found;
}

/** All blocks below this one. */
export async function storedIn(
  id: string,
  reach: Reach<Channel>,
): Promise<Record<string, unknown>[] | "gone"> {
  const all: Record<string, unknown>[] = [];
  for await (const one of childrenOf(id, reach)) {
    if (one === "gone") return "gone";
    // A page in the page is its own.
    const isHeld = one.has_children && !one.type.startsWith("child_");
    const children = isHeld ? await storedIn(one.id, reach) : [];
    all.push({ ...one, [one.type]: { ...(one[one.type] as object), children } });
  }
  return all;
}

export async function* childrenOf(id: string, { http }: Reach<Channel>): AsyncGenerator<Stored | "gone"> {
  const list = everyItem<Stored | "gone">(async (start_cursor) => {
    const path = `/blocks/${id}/children`;
    const reply = await http({ path, query: { page_size: PAGE, start_cursor }, ok: [404] });
    const found = unlessGone(reply, listOf(Stored), "blocks");
    if (found === "gone") return { items: ["gone" as const] };
    return { items: found.results, next: found.has_more ? (found.next_cursor ?? undefined) : undefined };
  });
  yield* list;
}

export interface Written {
  blocks: Block[];
  /** As JSON: everything of a page but its blocks and its parent. */
  head: { properties: Properties; icon?: object; cover?: object };
  parent: Place["parent"];
}

const KINDS: Record<string, string> = { image: "image", video: "video", audio: "audio" };

/** The page as Notion takes it: files above the text, their descriptions as captions. */
export async function writtenOf(post: Post<Options>, context: Preparation<Channel>): Promise<Written> {
  const { title = "", options } = post;
  const { parent, properties } = await placeOf(post, context);
  // What no page holds after an hour is thrown away.
  const ids = await context.uploads(post, (media) => upload(media, context), { keeps: "50m" });
  const files = post.media.map(({ type, alt }, at) =>
    block(type === "application/pdf" ? "pdf" : (KINDS[type.split("/")[0] ?? ""] ?? "file"), {
      type: "file_upload",
      file_upload: { id: ids[at] ?? "" },
      ...(alt && { caption: textBlock(alt) }),
    }),
  );
  const first = post.media.findIndex(({ type }) => type.startsWith("image/"));
  const cover = options.cover && first >= 0 && { type: "file_upload", file_upload: { id: ids[first] } };
  return {
    blocks: [...files, ...blocksIn(post.text)],
    head: {
      properties: { ...properties, title: { title: textBlock(title) } },
      ...(options.icon && { icon: { type: "emoji", emoji: options.icon } }),
      ...(cover && { cover }),
    },
    parent,
  };
}

// "Direct Upload" takes so much at once; parts are of 5 to 20 MB.
const WHOLE = 20_000_000;
const PART = 10_000_000;

async function upload(media: Media, context: Preparation<Channel>): Promise<string> {
  const { ask } = context;
  const filename = nameOf(media);
  const count = media.bytes > WHOLE ? Math.ceil(media.bytes / PART) : 1;
  const parts = count > 1 ? { mode: "multi_part", number_of_parts: count } : { mode: "single_part" };
  const json = { ...parts, filename, content_type: media.type };
  const { id } = await ask({ method: "POST", path: "/file_uploads", json }, Upload, "a file upload");
  const path = `/file_uploads/${id}/send`;
  const source = await context.stream(media);
  const file = { name: "file", filename, type: media.type };
  if (count === 1) {
    await ask({ method: "POST", path, parts: [{ ...file, value: source }] }, Upload, "a file upload");
    return id;
  }
  let number = 0;
  for await (const { bytes } of piecesOf(source, PART)) {
    const part = { name: "part_number", value: String(++number) };
    await ask({ method: "POST", path, parts: [{ ...file, value: bytes }, part] }, Upload, "a part");
  }
  await ask({ method: "POST", path: `/file_uploads/${id}/complete`, json: {} }, Upload, "a file upload");
  return id;
}

/** `first`: when it was out, as Notion says. */
export function receiptOf(
  page: Page,
  { blocks }: Written,
  markdown: string,
  first = page.last_edited_time,
): Receipt {
  const fences = fencesIn(markdown);
  return {
    id: page.id,
    url: page.url,
    ref: { first, words: markOfWords(blocks), ...(fences && { fences }) },
  };
}

/** What stands on the fences, where Notion's blocks call a language otherwise: `js sh`. */
function fencesIn(markdown: string): string {
  const written = [...markdown.matchAll(/^ *`{3,}([^\s`]+) *$/gm)].map(([, word = ""]) => word);
  const isOther = (word: string) => languageOf(word) === PLAIN || languageOf(word) !== word.toLowerCase();
  return written.some(isOther) ? written.join(" ") : "";
}
