/** Bluesky, and any other server of AT Protocol. The record's key is ours, so that a repeat finds itself. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  expectReply,
  type Limits,
  NetworkError,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { lengthOf } from "../../text/measure.ts";
import {
  type Channel,
  COLLECTION,
  channel,
  NO_RECORD,
  options,
  Refused,
  receiptOf,
  rkeyOf,
  Written,
  xrpc,
} from "./api.ts";
import { metrics, read, replies } from "./read-back.ts";
import { blobsOf, facetsOf, filesOf, recordOf, uploadBlob } from "./record.ts";
import { ENTRYWAY, type Login, loggedIn } from "./session.ts";

// Lexicon app.bsky.richtext.facet, #tag.
const TAG = { graphemes: 64, bytes: 640 };

// Lexicon app.bsky.embed.images: 2,000,000 bytes; older pages still say 1,000,000.
const IMAGE = {
  types: ["image/jpeg", "image/png", "image/webp", "image/gif"],
  bytes: 2_000_000,
  // Its image server makes a JPEG of each: bluesky-social/social-app#6837, read 2026-11-26.
  still: ["image/gif", "image/webp", "image/png"],
};

const LOGIN_REFUSED =
  /"error": ?"(ExpiredToken|InvalidToken|AuthenticationRequired|AuthMissing|AuthFactorTokenRequired|AccountTakedown)"/;

export const bluesky = defineAdapter({
  id: "bluesky",
  name: "Bluesky",
  source: { url: "https://docs.bsky.app/docs/advanced-guides/rate-limits", checked: "2026-11-23" },
  group: "public",
  shape: "short",
  look: { mark: "Bl", light: "#0b62bd", dark: "#6cb6ff", layout: "post" },

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
  // An expired token comes as 400, so the name decides and not the status.
  errors: [{ status: [400, 401, 403], words: LOGIN_REFUSED, code: "auth" }],
  // atproto.com/specs/xrpc: a refusal has a name, one word.
  own: {
    headers: ["ratelimit-policy"],
    body: v.object({ error: v.pipe(v.string(), v.regex(/^[A-Z][A-Za-z]+$/)) }),
  },

  // Lexicon app.bsky.feed.post. Nothing is shortened or linked by the network; facets do both.
  text: { max: 300, unit: "grapheme", bytes: 3000, markup: "facets", tags: "text" },
  media: {
    count: 4,
    // The lexicon sets no limit; 2,000 characters is what the network's own app takes (not verified).
    alt: 2000,
    image: IMAGE,
    // A record has one embed: pictures or a card.
    card: "instead",
  },
  thread: "reply",
  card: "ours",
  // Lexicon app.bsky.embed.external, thumb: image/*, at most 1,000,000 bytes.
  cardImage: { types: ["image/jpeg", "image/png", "image/webp", "image/gif"], bytes: 1_000_000 },
  // 5,000 points an hour and 35,000 a day; a putRecord costs two.
  rates: [
    { posts: 2500, per: "1h" },
    { posts: 17_500, per: "1d" },
  ],
  idempotency: "forever",
  // A record can be overwritten, but the network's own app goes on showing the old one.
  edits: "none",
  retracts: {},

  check({ entities }) {
    const tags = entities.flatMap((entity) => (entity.kind === "tag" ? [entity.tag] : []));
    return tags
      .filter((tag) => lengthOf(tag, "grapheme") > TAG.graphemes || lengthOf(tag, "byte") > TAG.bytes)
      .map((tag) => ({
        message: `the tag \`#${tag.slice(0, 20)}…\` has ${lengthOf(tag, "grapheme")} characters; at most ${TAG.graphemes} fit`,
        remedy: "Shorten it, or leave it out under `only:`.",
      }));
  },

  async prepare(posts, context) {
    await loggedIn(context, async (login) => {
      for (const post of posts) {
        await facetsOf(post.entities, context, login);
        await blobsOf(post, context, login);
      }
    });
  },

  async publish(post, context) {
    return loggedIn(context, async (login) => {
      const record = await recordOf(post, context, login);
      try {
        return await put(record, context, login);
      } catch (error) {
        // An upload that no record uses is thrown away after minutes; a refused record was not taken.
        if (!isLost(error)) throw error;
        for (const media of filesOf(post)) await uploadBlob(media, context, login);
        return put(record, context, login);
      }
    });
  },

  async find(_post, context) {
    return loggedIn(context, async (login) => {
      const query = { repo: login.did, collection: COLLECTION, rkey: rkeyOf(context) };
      const asked = xrpc(login, "com.atproto.repo.getRecord", { query });
      const reply = await context.http({ ...asked, ok: NO_RECORD });
      return v.is(Refused, reply.body)
        ? "absent"
        : receiptOf(expectReply(reply, Written, "a record", true), context, login);
    });
  },

  async account(reach) {
    return loggedIn(reach, async (login) => {
      const Me = v.object({ did: v.string(), handle: v.string() });
      const me = await reach.ask(xrpc(login, "com.atproto.server.getSession"), Me, "a session");
      return {
        id: me.did,
        handle: `@${me.handle}`,
        url: `${reach.channel.web}/profile/${me.handle}`,
        limits: await limitsOf(reach),
      };
    });
  },

  read,
  metrics,
  replies,

  async retract({ id }, context) {
    await loggedIn(context, (login) => {
      const json = { repo: login.did, collection: COLLECTION, rkey: id.split("/").at(-1) };
      // Deleting what is not there is not an error.
      return context.http(xrpc(login, "com.atproto.repo.deleteRecord", { method: "POST", json }));
    });
  },

  classify({ status, body }) {
    const refusal = v.safeParse(Refused, body);
    if (!refusal.success || status < 400 || status >= 500 || status === 401 || status === 429)
      return undefined;
    const { error, message } = refusal.output;
    if (error === "RateLimitExceeded") return undefined;
    // A server of one's own that is told of no app view.
    if (message.startsWith("No service configured for "))
      return {
        code: "rejected",
        message: "this server keeps posts only: it has no app view that counts or shows answers",
      };
    return { code: "rejected", message: `${error}: ${message}` };
  },
});

/** Servers of one's own before version 0.5 have the lexicon of their time: seen on `@atproto/pds` 0.4.217. */
async function limitsOf({ channel, http }: Reach<Channel>): Promise<Limits> {
  if (channel.server === ENTRYWAY) return {};
  const { body } = await http({ url: `${channel.server}/xrpc/_health`, ok: [400, 404, 501, 503] });
  const told = v.safeParse(v.object({ version: v.string() }), body);
  return told.success && /^0\.[0-4]\./.test(told.output.version)
    ? { media: { image: { ...IMAGE, bytes: 1_000_000 } } }
    : {};
}

// An identical record under the same key changes nothing and answers the same; `swapRecord: null` refuses any other.
async function put(record: unknown, context: Context<Channel>, login: Login): Promise<Receipt> {
  const json = { repo: login.did, collection: COLLECTION, rkey: rkeyOf(context), swapRecord: null, record };
  const asked = xrpc(login, "com.atproto.repo.putRecord", { method: "POST", json });
  return receiptOf(await context.ask(asked, Written, "a record's address"), context, login);
}

function isLost(error: unknown): boolean {
  return error instanceof NetworkError && /BlobNotFound:|Could not find blob/.test(error.message);
}
