/** Discourse's API as far as the adapter speaks it. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
  expectReply,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { secret, text, url } from "../../settings.ts";

export const channel = v.strictObject({
  server: url("The forum's address, such as https://forum.acme.example"),
  username: text("Who posts: the user's name"),
  api_key: secret("API key of this user"),
  category: v.pipe(
    v.union(
      [v.pipe(v.number(), v.integer(), v.minValue(1)), v.pipe(v.string(), v.digits())],
      "is the number at the end of the category's address",
    ),
    v.transform(Number),
    v.description("Number of the category: the 12 of https://forum.acme.example/c/news/12"),
  ),
  shortest_title: v.optional(
    v.pipe(
      v.union([v.pipe(v.number(), v.integer(), v.minValue(1)), v.pipe(v.string(), v.digits())]),
      v.transform(Number),
      v.description("The forum's min_topic_title_length, where it is another one; default 15"),
    ),
  ),
});

export const options = v.strictObject({
  tags: v.optional(
    v.pipe(
      v.array(text("A tag")),
      v.description("The forum's tags for this topic, in place of the campaign's"),
    ),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Refused = v.object({ errors: v.array(v.string()) });

export const ForumPost = v.object({
  id: v.number(),
  topic_id: v.number(),
  topic_slug: v.optional(v.string(), "-"),
  post_number: v.number(),
});
export type ForumPost = v.InferOutput<typeof ForumPost>;

export const FullPost = v.object({
  id: v.number(),
  post_number: v.number(),
  username: v.string(),
  name: v.nullish(v.string()),
  created_at: v.string(),
  updated_at: v.nullish(v.string()),
  version: v.optional(v.number(), 1),
  raw: v.optional(v.string(), ""),
  reply_to_post_number: v.nullish(v.number()),
  reply_count: v.optional(v.number()),
  actions_summary: v.optional(v.array(v.object({ id: v.number(), count: v.optional(v.number(), 0) })), []),
  deleted_at: v.nullish(v.string()),
  user_deleted: v.optional(v.boolean(), false),
});
export type FullPost = v.InferOutput<typeof FullPost>;

export const Topic = v.object({
  id: v.number(),
  title: v.string(),
  slug: v.optional(v.string(), "-"),
  views: v.optional(v.number()),
  like_count: v.optional(v.number()),
  posts_count: v.optional(v.number()),
  deleted_at: v.nullish(v.string()),
  post_stream: v.object({ posts: v.array(FullPost), stream: v.optional(v.array(v.number()), []) }),
});
export type Topic = v.InferOutput<typeof Topic>;
const Stream = v.object({ post_stream: v.object({ posts: v.array(FullPost) }) });

const GONE = { ok: [404, 410] };
// TopicView's chunk.
const CHUNK = 20;

export async function topicOf(id: string, reach: Reach<Channel>): Promise<Topic | "gone"> {
  const reply = await reach.http({ path: `/t/${id}.json`, query: { include_raw: 1 }, ...GONE });
  if (reply.status >= 400) return "gone";
  const topic = expectReply(reply, Topic, "a topic", true);
  return topic.deleted_at ? "gone" : topic;
}

export async function postIn(topic: string, id: string, reach: Reach<Channel>): Promise<FullPost | "gone"> {
  const query = { "post_ids[]": id, include_raw: 1 };
  const reply = await reach.http({ path: `/t/${topic}/posts.json`, query, ...GONE });
  if (reply.status >= 400) return "gone";
  const { posts } = expectReply(reply, Stream, "posts", true).post_stream;
  const post = posts.find((one) => String(one.id) === id);
  return !post || post.deleted_at || post.user_deleted ? "gone" : post;
}

/** A topic's posts, the newest first, as long as somebody asks. */
export function newestOf({ id, post_stream }: Topic, reach: Reach<Channel>): AsyncIterable<FullPost> {
  const ids = [...post_stream.stream].sort((a, b) => b - a);
  return everyItem(async (from = "0") => {
    const next = Number(from) + CHUNK;
    const some = ids.slice(Number(from), next);
    if (some.length === 0) return { items: [] };
    const query = { "post_ids[]": some, include_raw: 1 };
    const { post_stream } = await reach.ask({ path: `/t/${id}/posts.json`, query }, Stream, "posts");
    const items = post_stream.posts.toSorted((a, b) => b.id - a.id);
    return { items, next: next < ids.length ? String(next) : undefined };
  });
}

// "External" ids have up to 50 letters, digits, `-` and `_`, and each is there once.
export function externalIdOf({ key }: Pick<Context, "key">): string {
  return `broadcast-${key}`;
}

/** The topic's number, behind a redirect. */
export async function topicByExternalId(id: string, reach: Reach<Channel>): Promise<string | undefined> {
  const { status, headers } = await reach.http({
    path: `/t/external_id/${id}.json`,
    ok: [301, 302, 404, 410],
  });
  if (status >= 400) return undefined;
  return /\/t\/(?!external_id\/)(?:[^/?#]+\/)?(\d+)(?:\.json)?(?:[/?#]|$)/.exec(headers.location ?? "")?.[1];
}

const Uploaded = v.object({
  short_url: v.string(),
  width: v.nullish(v.number()),
  height: v.nullish(v.number()),
});

/** Lines of Markdown that show the post's pictures. */
export async function pictures(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  const uploads = await context.uploads(post, async (media) => {
    const file = {
      name: "file",
      value: await context.stream(media),
      filename: nameOf(media),
      type: media.type,
    };
    const parts = [{ name: "type", value: "composer" }, { name: "synchronous", value: "true" }, file];
    return context.ask({ method: "POST", path: "/uploads.json", parts }, Uploaded, "an upload");
  });
  return post.media.map(({ alt }, at) => pictureLine(alt, uploads[at]!));
}

export function pictureLine(
  alt: string,
  { short_url, width, height }: v.InferOutput<typeof Uploaded>,
): string {
  const size = width && height ? `|${width}x${height}` : "";
  return `![${alt.replace(/[[\]|\\\r\n]+/g, " ")}${size}](${short_url})`;
}

export function rawOf({ text }: Post<Options>, shown: readonly string[]): string {
  return [...shown, text].filter((part) => part !== "").join("\n\n");
}

/** The words alone, without the pictures above them. */
export function wordsOf(raw: string): string {
  return raw.replace(/^(?:!\[[^\]\n]*\]\(upload:\/\/[^)\s]+\)\n*)+/, "").trim();
}

export function receiptOf(
  { id, topic_id, topic_slug, post_number }: ForumPost,
  { server }: Channel,
): Receipt {
  const page = `${server}/t/${topic_slug}/${topic_id}`;
  return {
    id: String(id),
    url: post_number > 1 ? `${page}/${post_number}` : page,
    ref: { topic: String(topic_id), number: String(post_number) },
  };
}

export function isTopic({ ref }: Receipt): boolean {
  return ref?.number === "1";
}

/** As Discourse writes them. */
export function tagsOf({ tags, options }: Post<Options>): string[] {
  const written = (options.tags ?? tags).map((tag) => tag.trim().toLowerCase().replace(/\s+/g, "-"));
  return [...new Set(written.filter((tag) => tag !== ""))];
}
