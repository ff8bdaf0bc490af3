/** A post as a record: text, facets, pictures or a card. */
import * as v from "valibot";
import {
  type Context,
  type Entity,
  expectReply,
  type Media,
  NetworkError,
  type Post,
  type Preparation,
  type Receipt,
} from "../../adapter.ts";
import { type Channel, COLLECTION, Refused, xrpc } from "./api.ts";
import type { Login } from "./session.ts";

const Uploaded = v.object({
  blob: v.looseObject({ $type: v.literal("blob"), ref: v.object({ $link: v.string() }) }),
});

/** The record, byte for byte the same at every attempt: its time is the first attempt's. */
export async function recordOf(post: Post, context: Context<Channel>, login: Login) {
  const { thread, startedAt } = context;
  const facets = await facetsOf(post.entities, context, login);
  const embed = embedOf(post, await blobsOf(post, context, login));
  return {
    $type: COLLECTION,
    text: post.text,
    createdAt: startedAt.toISOString(),
    ...(post.lang && { langs: [post.lang] }),
    ...(facets.length > 0 && { facets }),
    ...(thread && { reply: { root: strongRef(thread.root), parent: strongRef(thread.parent) } }),
    ...(embed && { embed }),
  };
}

function strongRef({ id, ref }: Receipt): { uri: string; cid: string } {
  if (!ref?.cid) throw new NetworkError("rejected", "the post to answer was recorded without its cid");
  return { uri: id, cid: ref.cid };
}

export async function facetsOf(entities: Entity[], context: Preparation<Channel>, login: Login) {
  const facets = [];
  for (const entity of entities) {
    const index = { byteStart: entity.start, byteEnd: entity.end };
    facets.push({ index, features: [await featureOf(entity, context, login)] });
  }
  return facets;
}

async function featureOf(entity: Entity, context: Preparation<Channel>, login: Login) {
  const type = (name: string) => ({ $type: `app.bsky.richtext.facet#${name}` });
  switch (entity.kind) {
    case "link":
      return { ...type("link"), uri: entity.url };
    case "tag":
      return { ...type("tag"), tag: entity.tag };
    case "mention":
      return { ...type("mention"), did: entity.id ?? (await didOf(entity.handle, context, login)) };
  }
}

// In a step: a handle may change hands between two attempts, and the record must not.
function didOf(handle: string, context: Preparation<Channel>, login: Login): Promise<string> {
  return context.step(`mention-${handle}`, async () => {
    const asked = xrpc(login, "com.atproto.identity.resolveHandle", { query: { handle } });
    const reply = await context.http({ ...asked, ok: ["Unable to resolve handle"] });
    if (v.is(Refused, reply.body)) throw new NetworkError("rejected", `nobody is called @${handle} there`);
    return expectReply(reply, v.object({ did: v.string() }), "an account", true).did;
  });
}

export function filesOf({ media, link }: Post): Media[] {
  return media.length > 0 ? media : link?.image ? [link.image] : [];
}

type Blob = v.InferOutput<typeof Uploaded>["blob"];

export function blobsOf(post: Post, context: Preparation<Channel>, login: Login): Promise<Blob[]> {
  return context.uploads(post, (media) => uploadBlob(media, context, login), { files: filesOf(post) });
}

export async function uploadBlob(media: Media, context: Preparation<Channel>, login: Login): Promise<Blob> {
  const bytes = await context.stream(media);
  const request = { method: "POST", bytes, type: media.type, safe: true } as const;
  return (await context.ask(xrpc(login, "com.atproto.repo.uploadBlob", request), Uploaded, "a blob")).blob;
}

// The network never fetches a page: without this there is no card.
function embedOf({ media, link, title, summary }: Post, blobs: Blob[]) {
  if (media.length > 0) {
    const images = media.map(({ alt, width, height }, at) => ({
      alt,
      image: blobs[at],
      ...(width && height && { aspectRatio: { width, height } }),
    }));
    return { $type: "app.bsky.embed.images", images };
  }
  if (!link) return undefined;
  const external = {
    uri: link.url,
    title: link.title ?? title ?? new URL(link.url).host,
    description: link.description ?? summary ?? "",
    ...(blobs[0] && { thumb: blobs[0] }),
  };
  return { $type: "app.bsky.embed.external", external };
}
