/** WordPress's REST API v2 as far as the adapter speaks it. */
import * as v from "valibot";
import {
  type Context,
  expectReply,
  type Media,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { secret, text, url } from "../../settings.ts";
import { escapeHtml } from "../../text/html-escape.ts";
import { slugOf as slugFor } from "../../text/slug.ts";

export const channel = v.strictObject({
  server: url("The site's address, such as https://acme.example/blog"),
  username: text("Who posts: the user's login name"),
  password: secret("An application password of this user"),
  status: v.optional(
    v.pipe(
      v.picklist(["publish", "draft", "pending", "private"]),
      v.description("What a post becomes, unless the campaign says otherwise; default publish"),
    ),
  ),
  categories: v.optional(
    v.pipe(v.array(text("A name")), v.description("Names of the categories of each post")),
  ),
});

export const options = v.strictObject({
  status: v.optional(
    v.pipe(
      v.picklist(["publish", "draft", "pending", "private"]),
      v.description("publish, draft, pending or private"),
    ),
  ),
  slug: v.optional(
    v.pipe(
      text("The end of its address; default: the title and six signs of its own"),
      v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "is not letters, digits and hyphens"),
      v.maxLength(190),
    ),
  ),
  categories: v.optional(v.pipe(v.array(text("A name")), v.description("Names of its categories"))),
  sticky: v.optional(v.pipe(v.boolean(), v.description("It stays on top"))),
  comments: v.optional(
    v.pipe(v.boolean(), v.description("Whether readers may comment; default: as the site says")),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Refused = v.object({ code: v.pipe(v.string(), v.regex(/^[a-z0-9_-]+$/)), message: v.string() });

const Words = v.object({ raw: v.optional(v.string(), ""), rendered: v.optional(v.string(), "") });
export const WpPost = v.object({
  id: v.number(),
  link: v.string(),
  slug: v.string(),
  status: v.string(),
  date_gmt: v.nullish(v.string()),
  modified_gmt: v.nullish(v.string()),
  title: v.optional(Words, { raw: "", rendered: "" }),
  content: v.optional(Words, { raw: "", rendered: "" }),
});
export type WpPost = v.InferOutput<typeof WpPost>;

const Term = v.object({ id: v.number(), name: v.string() });
const File = v.object({ id: v.number(), source_url: v.string() });
type File = v.InferOutput<typeof File>;

/** Readable, and another one for each post, so that it can be looked for. */
export function slugOf({ title, options }: Post<Options>, { key }: Pick<Context, "key">): string {
  return options.slug ?? slugFor(title ?? "", key);
}

export interface Filed {
  files: File[];
  categories: number[];
  tags: number[];
}

/** Everything that the post refers to by number: files, categories and tags, which are made where they are missing. */
export async function file(post: Post<Options>, context: Preparation<Channel>): Promise<Filed> {
  const categories: number[] = [];
  for (const name of post.options.categories ?? context.channel.categories ?? [])
    categories.push(await termOf("categories", name, context));
  const tags: number[] = [];
  for (const name of post.tags) tags.push(await termOf("tags", name, context));
  return { files: await context.uploads(post, (media) => upload(media, context)), categories, tags };
}

function termOf(kind: "categories" | "tags", name: string, context: Preparation<Channel>): Promise<number> {
  return context.step(`${kind} ${name}`, async () => {
    const query = { search: name, per_page: 100 };
    const terms = await context.ask({ path: `/${kind}`, query }, v.array(Term), "terms");
    // A server writes & as &amp;.
    const there = terms.find((term) => term.name.replace(/&amp;/g, "&").toLowerCase() === name.toLowerCase());
    if (there) return there.id;
    const made = await context.ask({ method: "POST", path: `/${kind}`, json: { name } }, Term, "a term");
    return made.id;
  });
}

async function upload(media: Media, context: Preparation<Channel>): Promise<File> {
  const name = nameOf(media).replace(/[^\w.-]/g, "-");
  const headers = { "Content-Disposition": `attachment; filename="${name}"` };
  const bytes = await context.stream(media);
  const made = await context.ask(
    { method: "POST", path: "/media", headers, bytes, type: media.type },
    File,
    "a file",
  );
  const json = { alt_text: media.alt };
  if (media.alt) await context.ask({ method: "POST", path: `/media/${made.id}`, json }, File, "a file");
  return { id: made.id, source_url: made.source_url };
}

/** The first picture is the post's own; the theme shows it. The others stand above the text. */
export function fieldsOf(post: Post<Options>, { files, categories, tags }: Filed) {
  const { options, summary } = post;
  const [first, ...others] = files;
  const figures = others.map(({ id, source_url }, at) => {
    const alt = escapeHtml(post.media[at + 1]?.alt ?? "");
    return `<figure class="wp-block-image"><img src="${escapeHtml(source_url)}" alt="${alt}" class="wp-image-${id}"/></figure>`;
  });
  return {
    title: post.title ?? "",
    content: [...figures, post.text].filter(Boolean).join("\n"),
    excerpt: summary ?? "",
    featured_media: first?.id ?? 0,
    categories: categories.length > 0 ? categories : undefined,
    tags,
    ...(options.sticky !== undefined && { sticky: options.sticky }),
    ...(options.comments !== undefined && { comment_status: options.comments ? "open" : "closed" }),
  };
}

export function withoutFigures(content: string): string {
  return content.replace(/^(?:<figure class="wp-block-image">.*?<\/figure>\n?)+/s, "");
}

/** What the server writes in UTC has no zone. */
export function timeOf(gmt: string): number {
  return Date.parse(/Z|[+-]\d\d:\d\d$/.test(gmt) ? gmt : `${gmt}Z`);
}

export function receiptOf({ id, link, status, date_gmt }: WpPost): Receipt {
  const due = status === "future" && date_gmt ? { due: new Date(timeOf(date_gmt)).toISOString() } : {};
  const hidden =
    status === "draft" ? ("draft" as const) : status === "pending" ? ("review" as const) : undefined;
  return { id: String(id), url: link, ...due, ...(hidden && { hidden }) };
}

/** As its author sees it. */
export async function postAt(id: string, { http }: Reach<Channel>): Promise<WpPost | "gone"> {
  const reply = await http({ path: `/posts/${id}`, query: { context: "edit" }, ok: [404, 410] });
  if (reply.status >= 400) return "gone";
  const post = expectReply(reply, WpPost, "a post", true);
  return post.status === "trash" ? "gone" : post;
}
