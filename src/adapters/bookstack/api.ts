/** BookStack's REST API as far as the adapter speaks it: settings, pages, where they go, and their pictures. */
import * as v from "valibot";
import {
  type Http,
  NetworkError,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
  unlessGone,
} from "../../adapter.ts";
import { secret, text, url } from "../../settings.ts";
import { likeness, shownText } from "../../text/likeness.ts";
import { bodyWith, markOf, wordsOf } from "./body.ts";

export const TAG = 255;

export const channel = v.strictObject({
  server: url("Where BookStack is, such as https://books.acme.example"),
  token: v.pipe(
    secret("Token ID and token secret, with a colon between them"),
    v.regex(/^[^\s:]+:[^\s:]+$/, "is not a token's ID and its secret: write them as ID:SECRET"),
  ),
  book: text("The book: the last part of its address, or its number"),
  chapter: v.optional(text("The chapter in it, likewise; without one, pages stand in the book itself")),
  editor: v.optional(
    v.pipe(
      v.picklist(["wysiwyg", "markdown"]),
      v.description("In which editor people find the page afterwards; default wysiwyg"),
    ),
    "wysiwyg",
  ),
});

export const options = v.strictObject({
  tags: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.description("Tags with values, beside the campaign's own: `{ Status: Decided }`"),
    ),
  ),
  priority: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.description("Its place in the book or chapter: a lower number is higher up"),
    ),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

// 500 leaves it open whether a page was made.
export const Refused = v.object({
  error: v.object({ code: v.picklist([401, 403, 404, 422, 429]), message: v.string() }),
});

const Person = v.object({ id: v.number() });
export const Page = v.object({
  id: v.number(),
  name: v.string(),
  slug: v.string(),
  html: v.optional(v.string(), ""),
  raw_html: v.optional(v.string()),
  markdown: v.optional(v.string(), ""),
  revision_count: v.optional(v.number(), 1),
  updated_at: v.optional(v.string(), ""),
  created_by: v.optional(Person),
});
export type Page = v.InferOutput<typeof Page>;
export const listOf = <S extends v.GenericSchema>(item: S) =>
  v.object({ data: v.array(item), total: v.optional(v.number(), 0) });
const Named = v.object({ id: v.number(), slug: v.string(), name: v.string() });

export interface Place {
  book: { id: number; slug: string; name: string };
  chapter?: number;
}

export function placeOf(context: Preparation<Channel>): Promise<Place> {
  return context.step("place", () => lookUpPlace(context));
}

export async function lookUpPlace(reach: Reach<Channel>): Promise<Place> {
  const { book: wanted, chapter } = reach.channel;
  const { id, slug, name } = await named("book", wanted, {}, reach);
  const book = { id, slug, name };
  if (chapter === undefined) return { book };
  const found = await named("chapter", chapter, { "filter[book_id]": id }, reach);
  return { book, chapter: found.id };
}

async function named(
  kind: "book" | "chapter",
  wanted: string,
  inside: Record<string, number>,
  { ask }: Reach<Channel>,
): Promise<v.InferOutput<typeof Named>> {
  // A slug may be a number as well; the address wins.
  for (const field of ["slug", ...(/^\d+$/.test(wanted) ? ["id"] : [])]) {
    const query = { ...inside, [`filter[${field}]`]: wanted };
    const { data } = await ask({ path: `/${kind}s`, query }, listOf(Named), `${kind}s`);
    if (data[0]) return data[0];
  }
  throw new NetworkError(
    "rejected",
    `there is no ${kind} ${wanted}, or the account does not see it; its name in the address counts`,
  );
}

export async function pageAt(id: string, { http }: { http: Http }): Promise<Page | "gone"> {
  return unlessGone(await http({ path: `/pages/${id}`, ok: [404] }), Page, "a page");
}

/** The page as BookStack takes it. `images`: addresses of its pictures, or the pictures themselves. */
export function writing(post: Post<Options>, images: readonly string[], key: string, { editor }: Channel) {
  const { title: name = "", tags, options } = post;
  const valued = Object.entries(options.tags ?? {}).map(([tag, value]) => ({ name: tag, value }));
  return {
    name,
    [editor === "markdown" ? "markdown" : "html"]: bodyWith(post, images, key, editor),
    tags: [...tags.map((tag) => ({ name: tag, value: "" })), ...valued],
    ...(options.priority !== undefined && { priority: options.priority }),
  };
}

/** They go with the page: the gallery takes pictures of a page that is there, and BookStack moves these into it. */
export async function asData(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  const all: string[] = [];
  for (const media of post.media) {
    const bytes = Buffer.from(await context.bytes(media));
    all.push(`data:${media.type};base64,${bytes.toString("base64")}`);
  }
  return all;
}

export function receiptOf(
  page: Page,
  { book }: Place,
  { server }: Channel,
  ref: Record<string, string>,
): Receipt {
  // It leaves out a picture that it does not take, and says nothing of it.
  const isBare = /<img\b[^>]*\bsrc=""/.test(htmlOf(page));
  const revision = String(page.revision_count);
  return {
    id: String(page.id),
    url: `${server}/books/${book.slug}/page/${page.slug}`,
    ref: {
      first: revision,
      ...ref,
      revision,
      ...(isBare && { note: "without its pictures: the account may not add images, or they are too large" }),
    },
  };
}

export function htmlOf({ html, raw_html }: Page): string {
  return raw_html ?? html;
}

/** Our own mark in it, wherever the page is by now and however it is called. */
export function isMarked({ markdown, ...page }: Page, key: string): boolean {
  return htmlOf({ markdown, ...page }).includes(markOf(key)) || markdown.includes(markOf(key));
}

export function isOurs({ title, text }: Post<Options>, page: Page, { editor }: Channel): boolean {
  const words = editor === "markdown" ? text : shownText(text);
  return page.name === title && likeness(words, wordsOf(page, editor)) === "same";
}
