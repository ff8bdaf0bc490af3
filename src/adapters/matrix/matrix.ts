/** Matrix: a room that is not encrypted, by the account of a bot or a person. */
import * as v from "valibot";
import { type Account, defineAdapter, type MediaRules, type Reach } from "../../adapter.ts";
import {
  type Channel,
  channel,
  options,
  placeOf,
  Refused,
  receiptOf,
  roomIn,
  roomPath,
  Sent,
  V1,
  whoAmI,
} from "./api.ts";
import { contentOf, editName, editOf, relationOf, upload } from "./content.ts";
import { find, metrics, read, replies } from "./read-back.ts";

// An event has at most 65,536 bytes with its signatures and all; an edit says its words two times.
const CONTENT_MAX = 56_000;

// Each server has its own, which `account` asks for; this is Synapse's.
const BYTES = 52_428_800;
const MEDIA = {
  count: 1,
  // No field for it beside a picture.
  alt: 0,
  image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp"], bytes: BYTES },
  video: { types: ["video/mp4", "video/webm", "video/quicktime"], bytes: BYTES },
  audio: { types: ["audio/mpeg", "audio/ogg", "audio/mp4", "audio/wav"], bytes: BYTES },
  document: { types: ["application/pdf"], bytes: BYTES },
} satisfies MediaRules;

export const matrix = defineAdapter({
  id: "matrix",
  name: "Matrix",
  source: { url: "https://spec.matrix.org/latest/client-server-api/", checked: "2026-11-23" },
  group: "community",
  shape: "chat",
  look: { mark: "Mx", light: "#0b6448", dark: "#6fdcb5", layout: "message" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://app.element.io",
    steps: [
      "Make an account for the bot on a homeserver and log in with Element in a private window.",
      "Join the room that it posts to; it must not be encrypted, which a public room usually is not.",
      "Open All settings, Help & About, Advanced, and copy the access token: that is `token`. The homeserver there is `server`.",
      "Close the window without logging out: that would end the token.",
      "The room's alias (#news:acme.example) is `room`, or its id from Room settings, Advanced.",
    ],
  },
  endpoint: ({ server, token }) => ({ base: server, headers: { Authorization: `Bearer ${token}` } }),
  errors: [{ status: 403, words: /M_USER_DEACTIVATED|M_UNKNOWN_TOKEN|M_MISSING_TOKEN/, code: "auth" }],
  own: { body: Refused },

  text: { max: 20_000, unit: "byte", markup: "matrix", tags: "none" },
  media: MEDIA,
  thread: "reply",
  card: "network",
  // Synapse's rc_message; others have their own, and say so with a 429.
  rates: [{ posts: 10, per: "50s" }],
  // The transaction's id in the address: for the same device a repeat gets the first answer. The specification says "a reasonable
  // period"; Synapse and Dendrite keep it for half an hour at least.
  idempotency: "30m",
  edits: { fields: ["text"], visible: true },
  retracts: {},

  check(post) {
    const bytes = Buffer.byteLength(JSON.stringify(editOf({ id: "" }, post, undefined)));
    if (bytes <= CONTENT_MAX) return undefined;
    return {
      message: `the message has ${bytes} bytes in its two forms and with an edit's repetition; ${CONTENT_MAX} fit`,
      remedy: "Shorten it, or begin a second post with `---` on a line of its own.",
    };
  },

  async prepare(posts, context) {
    await placeOf(context);
    for (const post of posts) await upload(post, context);
  },

  async publish(post, context) {
    const place = await placeOf(context);
    const content = contentOf(post, await upload(post, context));
    // Part of the event for good: the transaction's id is told to this device alone, and not for ever.
    const json = { ...content, broadcast_key: context.key, ...relationOf(context) };
    const path = `${roomPath(place.room)}/send/m.room.message/${context.key}`;
    const { event_id } = await context.ask({ method: "PUT", path, json }, Sent, "an event");
    return receiptOf(event_id, place, context);
  },

  find,

  async account(reach) {
    const { user_id } = await whoAmI(reach);
    // The room is asked for, so that one that is not there is found out now.
    await roomIn(reach);
    return { id: user_id, handle: `${user_id} in ${reach.channel.room}`, limits: await limitsOf(reach) };
  },

  read,
  metrics,
  replies,

  async edit(receipt, post, context) {
    const { room } = await placeOf(context);
    const json = editOf(receipt, post, await upload(post, context));
    const name = editName(context.key, receipt, post);
    const path = `${roomPath(receipt.ref?.room ?? room)}/send/m.room.message/${name}`;
    await context.ask({ method: "PUT", path, json }, Sent, "an event");
    return { ...receipt, ref: { ...receipt.ref, edits: String(Number(receipt.ref?.edits ?? 0) + 1) } };
  },

  async retract({ id, ref }, context) {
    const room = ref?.room ?? (await roomIn(context));
    const path = `${roomPath(room)}/redact/${encodeURIComponent(id)}/${context.key}-redact`;
    await context.http({ method: "PUT", path, json: {}, ok: [404] });
  },

  classify({ status, body, headers }) {
    const refusal = v.safeParse(
      v.object({ ...Refused.entries, retry_after_ms: v.optional(v.number()) }),
      body,
    );
    if (!refusal.success || status < 400) return undefined;
    const { errcode, error, retry_after_ms } = refusal.output;
    const message = `${errcode}: ${error}`;
    if (status === 429) {
      // Servers older than 1.10 say it in the body alone.
      const told = headers["retry-after"] === undefined && retry_after_ms !== undefined;
      return { code: "limited", message, ...(told && { retryAt: Date.now() + retry_after_ms }) };
    }
    if (status === 401) return { code: "auth", message };
    return status < 500 ? { code: "rejected", message } : undefined;
  },
});

async function limitsOf({ http }: Reach<Channel>): Promise<Account["limits"]> {
  let reply = await http({ path: `${V1}/media/config`, ok: [404] });
  if (reply.status === 404) reply = await http({ path: "/_matrix/media/v3/config", ok: [404] });
  const config = v.safeParse(v.object({ "m.upload.size": v.number() }), reply.body);
  if (!config.success) return {};
  const bytes = config.output["m.upload.size"];
  const { image, video, audio, document } = MEDIA;
  return {
    media: {
      image: { ...image, bytes },
      video: { ...video, bytes },
      audio: { ...audio, bytes },
      document: { ...document, bytes },
    },
  };
}
