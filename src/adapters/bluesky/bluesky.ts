/** Bluesky, and any other server of AT Protocol. The record's key is ours, so that a repeat finds itself. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  type Entity,
  NetworkError,
  type Post,
  type Receipt,
} from "../../adapter.ts";
import { expectReply } from "../../http/http.ts";
import { base, secret, text } from "../../settings.ts";
import { ENTRYWAY, type Login, loggedIn } from "./session.ts";
import { tidOf } from "./tid.ts";

const channel = v.strictObject({
  identifier: text("Handle or e-mail address, such as acme.bsky.social"),
  password: secret("App password, from Settings, Privacy and security, App passwords"),
  server: base("Where to log in", ENTRYWAY),
  web: base("Where people read", "https://bsky.app"),
});

const options = v.strictObject({});

type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const COLLECTION = "app.bsky.feed.post";

export const bluesky = defineAdapter<Channel, Options>({
  id: "bluesky",
  name: "Bluesky",
  source: { url: "https://docs.bsky.app/docs/advanced-guides/rate-limits", checked: "2026-11-23" },
  shape: "short",

  channel,
  options,
  auth: {
    kind: "password",
    url: "https://bsky.app/settings/app-passwords",
    steps: [
      "Log in at bsky.app and open Settings, Privacy and security, App passwords.",
      "Choose Add App Password, give it a name, and copy the password: it is shown once.",
      "Use your handle, such as acme.bsky.social, as the identifier. Never use the account's own password here.",
    ],
  },

  // Lexicon app.bsky.feed.post. Nothing is shortened or linked by the network; facets do both.
  text: { max: 300, unit: "grapheme", bytes: 3000, markup: "facets", tags: "text" },
  media: {
    count: 4,
    // The lexicon sets no limit; 2,000 characters is what the network's own app takes (not verified).
    alt: 2000,
    // Lexicon app.bsky.embed.images: 2,000,000 bytes; older pages still say 1,000,000.
    image: { types: ["image/jpeg", "image/png", "image/webp", "image/gif"], bytes: 2_000_000 },
    // A record has one embed: pictures or a card.
    card: "instead",
  },
  thread: "reply",
  card: "ours",
  // 5,000 points an hour and 35,000 a day; a putRecord costs two.
  rates: [
    { posts: 2500, per: "1h" },
    { posts: 17_500, per: "1d" },
  ],
  idempotency: "forever",

  async publish(post, context) {
    return loggedIn(context, async (login) => {
      const record = await recordOf(post, context, login);
      try {
        return await put(record, context, login);
      } catch (error) {
        // An upload that no record uses is thrown away after minutes; a refused record was not taken.
        if (!isRefusal(error, "BlobNotFound", "Could not find blob")) throw error;
        for (const media of post.media)
          await uploadBlob(await context.read(media), media.type, context, login);
        return put(record, context, login);
      }
    });
  },

  async find(_post, context) {
    return loggedIn(context, async (login) => {
      const query = new URLSearchParams({ repo: login.did, collection: COLLECTION, rkey: rkeyOf(context) });
      try {
        const reply = await xrpc("GET", `com.atproto.repo.getRecord?${query}`, context, login);
        return receiptOf(expectReply(reply, Written, "a record", true), context, login);
      } catch (error) {
        if (isRefusal(error, "RecordNotFound", "Could not locate record")) return "absent";
        throw error;
      }
    });
  },

  async verify(context) {
    return loggedIn(context, async (login) => {
      const reply = await xrpc("GET", "com.atproto.server.getSession", context, login);
      const { did, handle } = expectReply(
        reply,
        v.object({ did: v.string(), handle: v.string() }),
        "a session",
        true,
      );
      return { id: did, handle: `@${handle}`, url: `${webOf(context)}/profile/${handle}` };
    });
  },

  async remove(receipt, context) {
    const rkey = receipt.id.split("/").at(-1);
    await loggedIn(context, (login) =>
      // Deleting what is not there is no error.
      xrpc("POST", "com.atproto.repo.deleteRecord", context, login, {
        json: { repo: login.did, collection: COLLECTION, rkey },
      }),
    );
  },

  classify(reply) {
    const refusal = v.safeParse(Refused, reply.body);
    if (!refusal.success || reply.status < 400 || reply.status >= 500) return undefined;
    const { error, message = "" } = refusal.output;
    // An expired token comes as 400, so the name decides and not the status.
    if (LOGIN_REFUSED.has(error)) return { code: "auth", message: `${error} ${message}`.trim() };
    if (error === "RateLimitExceeded" || reply.status === 429) return undefined;
    return { code: reply.status === 401 ? "auth" : "rejected", message: `${error}: ${message}` };
  },
});

const LOGIN_REFUSED = new Set([
  "ExpiredToken",
  "InvalidToken",
  "AuthenticationRequired",
  "AuthMissing",
  "AuthFactorTokenRequired",
  "AccountTakedown",
]);

const Refused = v.object({ error: v.string(), message: v.optional(v.string()) });
const Written = v.object({ uri: v.pipe(v.string(), v.startsWith("at://")), cid: v.string() });
const Blob = v.looseObject({ $type: v.literal("blob"), ref: v.object({ $link: v.string() }) });
type Blob = v.InferOutput<typeof Blob>;

function xrpc(
  method: "GET" | "POST",
  name: string,
  { http }: Context<Channel>,
  { pds, accessJwt }: Login,
  request: { json?: unknown; bytes?: Uint8Array; type?: string; safe?: boolean } = {},
) {
  return http({
    ...request,
    method,
    url: `${pds}/xrpc/${name}`,
    headers: { Authorization: `Bearer ${accessJwt}` },
  });
}

// An identical record under the same key changes nothing and answers the same; `swapRecord: null` refuses any other.
async function put(record: unknown, context: Context<Channel>, login: Login): Promise<Receipt> {
  const json = { repo: login.did, collection: COLLECTION, rkey: rkeyOf(context), swapRecord: null, record };
  const reply = await xrpc("POST", "com.atproto.repo.putRecord", context, login, { json });
  return receiptOf(expectReply(reply, Written, "a record's address"), context, login);
}

/** The record, byte for byte the same at every attempt: its time is the first attempt's. */
async function recordOf(post: Post<Options>, context: Context<Channel>, login: Login) {
  const facets = await facetsOf(post.entities, context, login);
  const embed = post.media.length > 0 ? await imagesOf(post, context, login) : cardOf(post);
  return {
    $type: COLLECTION,
    text: post.text,
    createdAt: context.startedAt.toISOString(),
    ...(post.lang && { langs: [post.lang] }),
    ...(facets.length > 0 && { facets }),
    ...(context.thread && {
      reply: { root: strongRef(context.thread.root), parent: strongRef(context.thread.parent) },
    }),
    ...(embed && { embed }),
  };
}

function strongRef({ id, ref }: Receipt): { uri: string; cid: string } {
  if (!ref?.cid) throw new NetworkError("rejected", "the post to answer was recorded without its cid");
  return { uri: id, cid: ref.cid };
}

async function facetsOf(entities: Entity[], context: Context<Channel>, login: Login) {
  const facets = [];
  for (const entity of entities) {
    const index = { byteStart: entity.start, byteEnd: entity.end };
    facets.push({ index, features: [await featureOf(entity, context, login)] });
  }
  return facets;
}

async function featureOf(entity: Entity, context: Context<Channel>, login: Login) {
  switch (entity.kind) {
    case "link":
      return { $type: "app.bsky.richtext.facet#link", uri: entity.url };
    case "tag":
      return { $type: "app.bsky.richtext.facet#tag", tag: entity.tag };
    case "mention":
      return {
        $type: "app.bsky.richtext.facet#mention",
        did: entity.id ?? (await didOf(entity.handle, context, login)),
      };
  }
}

// In a step: a handle may change hands between two attempts, and the record must not.
function didOf(handle: string, context: Context<Channel>, login: Login): Promise<string> {
  return context.step(`mention-${handle}`, async () => {
    const query = new URLSearchParams({ handle });
    const reply = await xrpc("GET", `com.atproto.identity.resolveHandle?${query}`, context, login);
    return expectReply(reply, v.object({ did: v.string() }), "an account", true).did;
  });
}

async function imagesOf(post: Post<Options>, context: Context<Channel>, login: Login) {
  const images = [];
  for (const [index, media] of post.media.entries()) {
    const image = await context.step(`image-${index}`, async () =>
      uploadBlob(await context.read(media), media.type, context, login),
    );
    const aspectRatio =
      media.width && media.height ? { width: media.width, height: media.height } : undefined;
    images.push({ alt: media.alt, image, ...(aspectRatio && { aspectRatio }) });
  }
  return { $type: "app.bsky.embed.images", images };
}

async function uploadBlob(
  bytes: Uint8Array,
  type: string,
  context: Context<Channel>,
  login: Login,
): Promise<Blob> {
  const reply = await xrpc("POST", "com.atproto.repo.uploadBlob", context, login, {
    bytes,
    type,
    safe: true,
  });
  return expectReply(reply, v.object({ blob: Blob }), "a blob", true).blob;
}

// The network never fetches a page: without this there is no card.
function cardOf({ link, title, summary }: Post<Options>) {
  if (!link) return undefined;
  const external = {
    uri: link.url,
    title: link.title ?? title ?? new URL(link.url).host,
    description: link.description ?? summary ?? "",
  };
  return { $type: "app.bsky.embed.external", external };
}

function rkeyOf({ startedAt, key }: Context<Channel>): string {
  return tidOf(startedAt, key);
}

function receiptOf(
  { uri, cid }: v.InferOutput<typeof Written>,
  context: Context<Channel>,
  login: Login,
): Receipt {
  const rkey = uri.split("/").at(-1);
  return { id: uri, url: `${webOf(context)}/profile/${login.handle}/post/${rkey}`, ref: { cid } };
}

function webOf({ channel }: Context<Channel>): string {
  return channel.web;
}

function isRefusal(error: unknown, name: string, words: string): boolean {
  if (!(error instanceof NetworkError) || error.code !== "rejected") return false;
  return error.message.includes(`${name}:`) || error.message.includes(words);
}
