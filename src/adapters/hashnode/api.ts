/** Hashnode's GraphQL API as far as the adapter speaks it: settings, answers, pictures, and a post's fields. */
import * as v from "valibot";
import {
  type HttpRequest,
  type Media,
  NetworkError,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { base, secret, text, url } from "../../settings.ts";
import { slugOf } from "../../text/slug.ts";

export const channel = v.strictObject({
  token: secret("Personal access token of somebody who may publish there"),
  publication: v.pipe(
    text("The publication's id: in the address of its dashboard"),
    v.regex(/^[0-9a-f]{24}$/, "is not a publication's id: 24 letters and digits"),
  ),
  server: base("Where the API is", "https://gql-beta.hashnode.com"),
});

const MOST_TAGS = 15;
const tag = v.pipe(v.string(), v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "is not a tag's slug: web-development"));

export const options = v.strictObject({
  subtitle: v.optional(text("The line below the title")),
  tags: v.optional(
    v.pipe(
      v.array(tag),
      v.maxLength(MOST_TAGS, `are more than ${MOST_TAGS}`),
      v.description("Slugs of its tags, in place of the campaign's"),
    ),
  ),
  slug: v.optional(
    v.pipe(
      tag,
      v.maxLength(190),
      v.description("The end of its address; default: the title and six signs of its own"),
    ),
  ),
  cover: v.optional(url("Address of the picture above the title")),
  series: v.optional(
    v.pipe(text("Id of the series that it belongs to"), v.regex(/^[0-9a-f]{24}$/, "is not an id")),
  ),
  newsletter: v.optional(v.pipe(v.boolean(), v.description("Subscribers get it by mail as well"))),
  delisted: v.optional(v.pipe(v.boolean(), v.description("It is not shown in the publication's list"))),
  comments: v.optional(v.pipe(v.boolean(), v.description("Whether readers may comment; default true"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

/** Refusals come with status 200, and say of what kind they are. */
export const Refused = v.object({
  errors: v.pipe(
    v.array(v.object({ message: v.string(), extensions: v.object({ code: v.string() }) })),
    v.minLength(1),
  ),
});

export const Published = v.object({ id: v.string(), slug: v.string(), url: v.string() });
export type Published = v.InferOutput<typeof Published>;
const Upload = v.object({
  createImageUploadURL: v.object({
    presignedPut: v.object({ url: v.string(), cdnUrl: v.string(), key: v.string() }),
  }),
});
const Confirmed = v.object({ confirmImageUpload: v.object({ ok: v.boolean() }) });

/** Everything is asked for at one address. `part`: what the request says besides; a question is `safe`. */
export async function ask<S extends v.GenericSchema>(
  reach: Pick<Reach<Channel>, "ask">,
  query: string,
  variables: object,
  schema: S,
  part?: Pick<HttpRequest, "safe" | "ok">,
): Promise<v.InferOutput<S>> {
  const request = { method: "POST", path: "/", json: { query, variables }, ...part } as const;
  const { data } = await reach.ask(request, v.object({ data: schema }), "data");
  return data as v.InferOutput<S>;
}

/** Uploaded with one request, and confirmed with another. Gives the address at which it is shown. */
export async function upload(media: Media, context: Preparation<Channel>): Promise<string> {
  const create =
    "mutation ($input: CreateImageUploadInput!) { createImageUploadURL(input: $input) { presignedPut { url cdnUrl key } } }";
  const contentType = { input: { contentType: media.type } };
  const { presignedPut } = (await ask(context, create, contentType, Upload)).createImageUploadURL;
  const bytes = await context.stream(media);
  await context.http({ method: "PUT", url: presignedPut.url, bytes, type: media.type });
  const confirm =
    "mutation ($input: ConfirmImageUploadInput!) { confirmImageUpload(input: $input) { ok cdnUrl } }";
  const { ok } = (await ask(context, confirm, { input: { key: presignedPut.key } }, Confirmed))
    .confirmImageUpload;
  // The plan knows its size, so it is more likely that it has not arrived.
  if (!ok) throw new NetworkError("unavailable", "Hashnode does not confirm that the picture has arrived");
  return presignedPut.cdnUrl;
}

export function wantedSlug(
  { title = "", options }: Pick<Post<Options>, "title" | "options">,
  key: string,
): string {
  return options.slug ?? slugOf(title, key);
}

/** Slugs of the campaign's tags, as many as are taken. */
export function tagsOf({ tags, options }: Pick<Post<Options>, "tags" | "options">): string[] {
  const slugs = tags.map((one) =>
    one
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, ""),
  );
  return options.tags ?? [...new Set(slugs.filter((slug) => slug !== ""))];
}

/** Pictures stand above the text, where their alternative texts are read. */
export function wordsOf({ text, media }: Pick<Post, "text" | "media">, images: readonly string[]): string {
  const pictures = images.map(
    (src, at) => `![${(media[at]?.alt ?? "").replace(/[[\]\\]/g, "\\$&")}](${src})`,
  );
  return [...pictures, text].join("\n\n");
}

export function withoutPictures(markdown: string): string {
  return markdown.replace(/^(?:!\[(?:\\.|[^\]\\])*\]\([^)\s]*\)\n\n)+/, "");
}

export function receiptOf({ id, url, slug }: Published): Receipt {
  return { id, url, ref: { slug } };
}
