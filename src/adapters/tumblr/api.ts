/** Tumblr's API v2: https://github.com/tumblr/docs/blob/master/api.md */
import * as v from "valibot";
import type { Reach, Receipt } from "../../adapter.ts";
import { base, secret, text } from "../../settings.ts";

export const channel = v.strictObject({
  token: secret("Access token with the scopes basic and write"),
  blog: v.pipe(
    text("The blog's name: acme of acme.tumblr.com"),
    v.regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/, "is not a blog's name: acme of acme.tumblr.com"),
  ),
  server: base("Where the API is", "https://api.tumblr.com"),
  web: base("Where people log in and read", "https://www.tumblr.com"),
});

export const options = v.strictObject({
  draft: v.optional(v.pipe(v.boolean(), v.description("Saves it as a draft, for a person to publish"))),
  private: v.optional(v.pipe(v.boolean(), v.description("Only the blog's members see it"))),
  reblogs: v.optional(v.pipe(v.picklist(["everyone", "noone"]), v.description("Who may reblog it"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Refused = v.object({ meta: v.object({ status: v.number(), msg: v.string() }) });

/** The answer's envelope. */
export function answer<S extends v.GenericSchema>(response: S) {
  return v.object({ response });
}

export const Made = answer(v.object({ id: v.string() }));

const Range = v.object({ type: v.string(), start: v.number(), end: v.number(), url: v.optional(v.string()) });
const Block = v.object({
  type: v.string(),
  text: v.optional(v.string()),
  subtype: v.optional(v.string()),
  formatting: v.optional(v.array(Range)),
});

/** One post; lists write the id as a number that may be too large, and beside it as text. */
export const Post = v.object({
  id: v.optional(v.union([v.string(), v.number()])),
  id_string: v.optional(v.string()),
  post_url: v.optional(v.string()),
  slug: v.optional(v.string()),
  timestamp: v.optional(v.number()),
  state: v.optional(v.string()),
  reblog_key: v.optional(v.string()),
  tumblelog_uuid: v.optional(v.string()),
  content: v.optional(v.array(Block), []),
});
export type Standing = v.InferOutput<typeof Post>;

export const Posts = answer(v.object({ posts: v.array(Post) }));

export function idOf({ id, id_string }: Pick<Standing, "id" | "id_string">): string {
  return id_string ?? String(id ?? "");
}

export function pathOf({ blog }: Channel, rest: string): string {
  return `/v2/blog/${blog}${rest}`;
}

export function pageOf(id: string, { blog, web }: Channel): string {
  return `${web}/${blog}/${id}`;
}

export function receiptOf(id: string, { channel }: Pick<Reach<Channel>, "channel">): Receipt {
  return { id, url: pageOf(id, channel) };
}
