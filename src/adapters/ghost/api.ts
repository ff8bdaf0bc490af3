/** Ghost's Admin API as far as the adapter speaks it: settings, answers, how a request proves who sends it, and a post's fields. */
import { createHmac } from "node:crypto";
import * as v from "valibot";
import {
  type Endpoint,
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

export const channel = v.strictObject({
  server: url("The address under which the site is administered: https://acme.ghost.io"),
  admin_api_key: v.pipe(
    secret("Admin API key of a custom integration"),
    v.regex(/^[0-9a-f]{24}:[0-9a-f]{64}$/, "is not an Admin API key: 24 signs, a colon, 64 signs"),
  ),
  newsletter: v.optional(
    v.pipe(
      text("Slug of the newsletter by which posts are mailed as well; absent: nothing is mailed"),
      v.regex(/^[a-z0-9-]+$/, "is not a newsletter's slug: weekly-news"),
    ),
  ),
  segment: v.optional(text("Which members get the mail: all, status:free or status:-free; default all")),
});

export const options = v.strictObject({
  mail: v.optional(
    v.pipe(
      v.picklist(["also", "only", "none"]),
      v.description("With the channel's newsletter: mailed as well (default), mailed only, or not mailed"),
    ),
  ),
  draft: v.optional(v.pipe(v.boolean(), v.description("It is saved and not published"))),
  slug: v.optional(
    v.pipe(
      text("The end of its address; default: the title and six signs of its own"),
      v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "is not letters, digits and hyphens"),
      v.maxLength(185),
    ),
  ),
  visibility: v.optional(
    v.pipe(v.picklist(["public", "members", "paid"]), v.description("Who may read it on the site")),
  ),
  featured: v.optional(v.pipe(v.boolean(), v.description("Themes show it first"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Refused = v.object({ errors: v.array(v.object({ message: v.string(), type: v.string() })) });

const Email = v.object({
  status: v.optional(v.string()),
  opened_count: v.nullish(v.number()),
});
export const GhostPost = v.object({
  id: v.string(),
  url: v.string(),
  slug: v.string(),
  status: v.string(),
  updated_at: v.string(),
  title: v.optional(v.string()),
  html: v.nullish(v.string()),
  published_at: v.nullish(v.string()),
  email: v.nullish(Email),
  count: v.nullish(v.object({ clicks: v.optional(v.number()) })),
});
export type GhostPost = v.InferOutput<typeof GhostPost>;
export const Posts = v.object({ posts: v.pipe(v.array(GhostPost), v.minLength(1)) });
const Images = v.object({ images: v.pipe(v.array(v.object({ url: v.string() })), v.minLength(1)) });

// At most five minutes from `iat` (https://docs.ghost.org/admin-api#token-authentication).
const HOLDS = 300;

/** Each request has a token of its own. */
export function endpoint({ server, admin_api_key }: Channel): Endpoint {
  const [id = "", hex = ""] = admin_api_key.split(":");
  return {
    base: `${server}/ghost/api/admin`,
    headers: { "Accept-Version": "v5.0" },
    sign: () => ({ authorization: `Ghost ${tokenOf(id, Buffer.from(hex, "hex"))}` }),
  };
}

/** A JSON web token, HS256. */
function tokenOf(kid: string, key: Uint8Array): string {
  const coded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const iat = Math.floor(Date.now() / 1000);
  const words = `${coded({ alg: "HS256", typ: "JWT", kid })}.${coded({ iat, exp: iat + HOLDS, aud: "/admin/" })}`;
  return `${words}.${createHmac("sha256", key).update(words).digest("base64url")}`;
}

/** The addresses of the post's pictures, at the site. */
export function pictures(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  return context.uploads(post, (media) => upload(media, context));
}

async function upload(media: Media, { ask, stream }: Preparation<Channel>): Promise<string> {
  const filename = nameOf(media).replace(/[^\w.-]/g, "-");
  const parts = [
    { name: "purpose", value: "image" },
    { name: "file", value: await stream(media), filename, type: media.type },
  ];
  const { images } = await ask({ method: "POST", path: "/images/upload/", parts }, Images, "an image");
  return images[0]?.url ?? "";
}

/** The first picture is the post's own; the theme shows it. The others stand above the text. */
export function fieldsOf(post: Post<Options>, images: readonly string[]) {
  const { title, summary, canonical, tags, options, media } = post;
  const [first, ...others] = images;
  const figures = others.map((src, at) => {
    const alt = escapeHtml(media[at + 1]?.alt ?? "");
    return `<figure><img src="${escapeHtml(src)}" alt="${alt}"></figure>`;
  });
  return {
    title: title ?? "",
    html: [...figures, kept(post.text)].filter(Boolean).join("\n"),
    tags,
    custom_excerpt: summary ?? null,
    canonical_url: canonical ?? null,
    feature_image: first ?? null,
    feature_image_alt: (first !== undefined && media[0]?.alt) || null,
    ...(options.visibility && { visibility: options.visibility }),
    ...(options.featured !== undefined && { featured: options.featured }),
  };
}

/** Ghost's editor has no tables: what stands between such comments stays as it is. */
function kept(html: string): string {
  return html.replace(
    /<table[\s>].*?<\/table>/gs,
    (table) => `<!--kg-card-begin: html-->${table}<!--kg-card-end: html-->`,
  );
}

export async function postAt(
  path: string,
  { http }: Pick<Reach<Channel>, "http">,
  query: Record<string, string> = {},
): Promise<GhostPost | "gone"> {
  const reply = await http({ path, query, ok: [404] });
  if (reply.status === 404) return "gone";
  return expectReply(reply, Posts, "a post", true).posts[0]!;
}

export function isOut({ status }: GhostPost): boolean {
  // What was only mailed is `sent`.
  return status === "published" || status === "sent";
}

export function receiptOf({ id, url, status, published_at, updated_at }: GhostPost): Receipt {
  const due = status === "scheduled" && published_at ? { due: new Date(published_at).toISOString() } : {};
  return { id, url, ref: { updated_at }, ...due, ...(status === "draft" && { hidden: "draft" as const }) };
}
