/** Outline's RPC API as far as the adapter speaks it: settings, documents, and the files in them. */
import * as v from "valibot";
import {
  type Context,
  expectReply,
  type HttpRequest,
  type Media,
  NetworkError,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { base, secret, text } from "../../settings.ts";
import { likeness } from "../../text/likeness.ts";

const uuid = (description: string) =>
  v.pipe(text(description), v.uuid("is not an id: 8-4-4-4-12 letters and digits"));

export const channel = v.strictObject({
  token: secret("API key, from Settings, API & Apps"),
  collection: v.optional(uuid("Id of the collection in which documents are made")),
  parent: v.optional(uuid("Id of the document below which they are made")),
  server: base("Where Outline is", "https://app.getoutline.com"),
});

export const options = v.strictObject({
  document: v.optional(text("Id of a document that is there, whose words are replaced")),
  icon: v.optional(text("An emoji beside the title")),
  draft: v.optional(v.pipe(v.boolean(), v.description("It is saved and not published"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

const Document = v.object({
  id: v.string(),
  url: v.string(),
  title: v.string(),
  text: v.optional(v.string(), ""),
  revision: v.optional(v.number(), 0),
  createdAt: v.optional(v.string(), ""),
  updatedAt: v.optional(v.string(), ""),
  publishedAt: v.nullish(v.string()),
  deletedAt: v.nullish(v.string()),
});
export type Document = v.InferOutput<typeof Document>;
export const One = v.object({ data: Document });
export const Refused = v.object({ ok: v.literal(false), error: v.string() });
const Me = v.object({
  data: v.object({
    user: v.object({ id: v.string(), name: v.string() }),
    team: v.object({ name: v.string(), url: v.optional(v.string()) }),
  }),
});
const Upload = v.object({
  data: v.object({
    uploadUrl: v.optional(v.string()),
    form: v.optional(v.record(v.string(), v.unknown()), {}),
    url: v.optional(v.string()),
    headers: v.optional(v.record(v.string(), v.string())),
    attachment: v.object({ url: v.string() }),
  }),
});
// Above the text, and told apart from pictures of the author's by their address.
export const PICTURES = /^(?:!\[[^\]\n]*\]\([^)\s]*\/api\/attachments\.redirect\?id=[^)\s]*\)\s*)+/;

/** Every request is a POST; this one changes nothing. */
export function question(path: string, json: object): HttpRequest {
  return { method: "POST", path, json, safe: true };
}

export async function me({ ask }: Reach<Channel>) {
  return (await ask(question("/auth.info", {}), Me, "an account")).data;
}

export async function documentAt(id: string, { http }: Reach<Channel>): Promise<Document | "gone"> {
  const reply = await http({ ...question("/documents.info", { id }), ok: [404] });
  return reply.status === 404 ? "gone" : expectReply(reply, One, "a document", true).data;
}

/** The document whose words are to be replaced, as it is before we begin. */
export function before(
  { options: { document } }: Post<Options>,
  context: Preparation<Channel>,
): Promise<{ id: string; revision: number } | null> {
  return context.step("there", async () => {
    if (document === undefined) return null;
    const found = await documentAt(document, context);
    if (found === "gone" || found.deletedAt)
      throw new NetworkError("rejected", `there is no document ${document}, or the key does not reach it`);
    return { id: found.id, revision: found.revision };
  });
}

/** The pictures above the words, as Markdown. */
export async function bodyOf(post: Post<Options>, context: Preparation<Channel>): Promise<string> {
  const urls = await context.uploads(post, (media) => upload(media, context));
  const pictures = post.media.map(({ alt }, at) => `![${alt.replace(/[[\]\\\s]+/g, " ")}](${urls[at]})`);
  return [...pictures, post.text].filter((part) => part !== "").join("\n\n");
}

/** Outline says where the file goes: to itself, or to the storage behind it. */
async function upload(media: Media, context: Preparation<Channel>): Promise<string> {
  const { ask, http, channel } = context;
  const json = { name: nameOf(media), contentType: media.type, size: media.bytes };
  const { data } = await ask({ method: "POST", path: "/attachments.create", json }, Upload, "an upload");
  const { uploadUrl, form, url, headers, attachment } = data;
  const value = await context.stream(media);
  if (url !== undefined) {
    await http({ method: "PUT", url, headers, bytes: value, type: media.type, safe: true });
    return attachment.url;
  }
  const fields = Object.entries(form).map(([name, value]) => ({ name, value: String(value) }));
  const parts = [...fields, { name: "file", value, filename: nameOf(media), type: media.type }];
  const target = new URL(uploadUrl ?? "", channel.server).href;
  const own = `${channel.server}/api`;
  // Only Outline itself gets the key.
  const where = target.startsWith(`${own}/`) ? { path: target.slice(own.length) } : { url: target };
  await http({ method: "POST", ...where, parts, safe: true });
  return attachment.url;
}

/** On top of the revision that was seen; one that somebody else has made since stays. */
export async function put(
  { id, revision, ...kept }: { id: string; revision?: number; was?: string; first?: string },
  post: Post<Options>,
  body: string,
  context: Context<Channel>,
): Promise<Receipt> {
  const { icon } = post.options;
  const json = { id, title: post.title, text: body, ...(icon && { icon }) };
  const seen = revision !== undefined && { lastRevision: revision };
  const { was, first } = kept;
  const ref: Record<string, string> = { ...(was && { was }), ...(first && { first }) };
  const request = {
    method: "POST",
    path: "/documents.update",
    json: { ...json, ...seen },
    ok: [409],
  } as const;
  const reply = await context.http(request);
  if (reply.status < 300) return receiptOf(expectReply(reply, One, "a document").data, context, ref);
  const found = await documentAt(id, context);
  if (found !== "gone" && isOurs(post, found)) return receiptOf(found, context, ref);
  throw new NetworkError("rejected", "somebody else has changed the document since; edit it there");
}

/** Outline keeps a tree of its own and writes Markdown from it; letters and digits stay. */
export function isOurs({ title, text }: Post<Options>, found: Document): boolean {
  return found.title === title && likeness(text, found.text.replace(PICTURES, "")) === "same";
}

export function receiptOf(
  { id, url, revision, publishedAt }: Document,
  { channel }: Reach<Channel>,
  ref: Record<string, string> = {},
): Receipt {
  const hidden = publishedAt === null ? { hidden: "draft" as const } : {};
  return {
    id,
    url: `${channel.server}${url}`,
    ref: { first: String(revision), ...ref, revision: String(revision) },
    ...hidden,
  };
}
