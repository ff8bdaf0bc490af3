/** Rocket.Chat: a bot, which names its messages itself; or an incoming webhook, which only writes text. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  NetworkError,
  type Objection,
  type Post,
  type Receipt,
} from "../../adapter.ts";
import {
  answer,
  askRoom,
  type Channel,
  channel,
  idOf,
  LoggedOut,
  Me,
  type Options,
  onlyBot,
  options,
  Refused,
  receiptOf,
  roomOf,
  rootOf,
  Sent,
  upload,
} from "./api.ts";
import { find, metrics, read, replies } from "./read-back.ts";

const BYTES = 104_857_600;

export const rocketchat = defineAdapter({
  id: "rocketchat",
  name: "Rocket.Chat",
  source: { url: "https://developer.rocket.chat/apidocs/send-message", checked: "2026-11-23" },
  api: { version: "v1" },
  group: "team",
  shape: "chat",
  look: { mark: "Rc", light: "#b01b27", dark: "#ff8e96", layout: "message", avatar: "soft" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://docs.rocket.chat/docs/manage-personal-access-tokens",
    asks: ["server", "user_id", "token", "room"],
    steps: [
      "Ask an administrator to make a user with the role bot, and log in as that user.",
      "Open My Account, Personal Access Tokens, tick Ignore Two Factor Authentication, and add one.",
      "Copy what is shown: the token is `token`, the user id is `user_id`. It is shown once.",
      "Invite the bot to the channel; its name is `room`, and the server's address is `server`.",
      "Or, for text without files and threads, let an administrator make an incoming integration for the channel and copy its webhook URL: that is `webhook`.",
    ],
  },
  endpoint: ({ server, token, user_id }) => ({
    base: `${server}/api/v1`,
    headers: { "X-Auth-Token": token, "X-User-Id": user_id },
  }),
  // What a webhook's address says that no integration has.
  errors: [{ status: [400, 401, 403, 404], words: "Invalid integration id or token", code: "auth" }],
  own: { body: v.union([Refused, LoggedOut]) },

  // Message_MaxAllowedSize, of JavaScript's length; an administrator may have set another one.
  text: { max: 5_000, unit: "utf16", markup: "rocketchat", tags: "none" },
  media: {
    // A message has one file.
    count: 1,
    // Its description is shown to everybody, and not in the picture's place.
    alt: 0,
    image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp"], bytes: BYTES },
    video: { types: ["video/mp4", "video/webm", "video/quicktime"], bytes: BYTES },
    audio: { types: ["audio/mpeg", "audio/ogg", "audio/mp4", "audio/wav"], bytes: BYTES },
    document: { types: ["application/pdf"], bytes: BYTES },
  },
  thread: "reply",
  card: "network",
  // The default of every endpoint.
  rates: [{ posts: 10, per: "1m" }],
  // A message with an id that is there already is not made again; what the answer is then is not documented, so `find` decides.
  idempotency: "none",
  edits: ({ webhook }) => (webhook ? "none" : { fields: ["text"], visible: true }),
  retracts: ({ webhook }) => (webhook ? "none" : {}),
  blind: ({ webhook }) => (webhook ? ["read", "metrics", "replies"] : []),

  check(post, { webhook }) {
    const found: Objection[] = [];
    if (post.media.length > 0 && webhook)
      found.push({
        message: "a webhook carries no files",
        remedy:
          "Give the channel `server`, `user_id`, `token` and `room` instead, or leave the files out with `media: []` under `only:`.",
        about: "media",
      });
    if (post.media.length > 0 && post.options.preview === false)
      found.push({
        message: "`preview: false` cannot be said of a message with a file",
        remedy: "Leave one of them out.",
        about: "options",
      });
    return found;
  },

  async prepare(posts, context) {
    if (context.channel.webhook) return;
    await roomOf(context);
    for (const post of posts) await upload(post, context);
  },

  async publish(post, context) {
    if (context.channel.webhook) return publishByWebhook(post, context);
    const room = await roomOf(context);
    const file = await upload(post, context);
    const root = rootOf(context);
    const { message } = await context.ask(
      file === undefined ? messageOf(post, room.id, context) : confirmed(post, room.id, file, root),
      Sent,
      "a message",
    );
    return receiptOf(message._id, room, context);
  },

  find,

  async account(reach) {
    // Nothing about a webhook can be asked without posting.
    if (reach.channel.webhook) return { id: "", handle: "incoming webhook" };
    const { _id, username } = await reach.ask({ path: "/me" }, Me, "a user");
    const { name } = await askRoom(reach);
    return { id: _id, handle: `@${username}${name ? ` in #${name}` : ""}` };
  },

  read,
  metrics,
  replies,

  async edit(receipt, { text, options }, context) {
    onlyBot(context.channel, "edit its messages");
    const roomId = receipt.ref?.room ?? (await askRoom(context)).id;
    const json = { roomId, msgId: receipt.id, text, ...unpreviewed(options) };
    await context.ask({ method: "POST", path: "/chat.update", json }, answer({}), "a success");
    return receipt;
  },

  async retract({ id, ref }, context) {
    onlyBot(context.channel, "delete its messages");
    const json = { roomId: ref?.room ?? (await askRoom(context)).id, msgId: id };
    await context.http({
      method: "POST",
      path: "/chat.delete",
      json,
      ok: [404, "No message found with the id"],
    });
  },

  classify({ status, body, headers }) {
    const error = v.safeParse(Refused, body);
    if (!error.success) return undefined;
    const message = error.output.error ?? error.output.errorType ?? "it has failed, and does not say why";
    // "… You must wait 42 seconds before trying this endpoint again."
    const [, seconds] = /wait (\d+) seconds?/.exec(message) ?? [];
    const retryAt = seconds &&
      headers["retry-after"] === undefined && { retryAt: Date.now() + Number(seconds) * 1_000 };
    if (status === 429 || message.includes("error-too-many-requests"))
      return { code: "limited", message, ...retryAt };
    if (status === 401) return { code: "auth", message };
    return status < 500 ? { code: "rejected", message } : undefined;
  },
});

function messageOf({ text, options }: Post<Options>, rid: string, context: Context<Channel>) {
  const tmid = rootOf(context);
  const message = { _id: idOf(context.key), rid, msg: text, ...(tmid && { tmid }) };
  return { method: "POST", path: "/chat.sendMessage", json: { message, ...unpreviewed(options) } } as const;
}

/** The request that makes a message of a file that is there. */
function confirmed({ text }: Post<Options>, rid: string, file: string, tmid: string | undefined) {
  const json = { ...(text && { msg: text }), ...(tmid && { tmid }) };
  return { method: "POST", path: `/rooms.mediaConfirm/${rid}/${file}`, json } as const;
}

function unpreviewed({ preview = true }: Options) {
  return preview ? {} : { previewUrls: [] };
}

async function publishByWebhook(post: Post<Options>, { channel, ask }: Context<Channel>): Promise<Receipt> {
  if (post.media.length > 0) throw new NetworkError("rejected", "a webhook cannot carry files");
  const json = { text: post.text, ...(post.options.preview === false && { parseUrls: false }) };
  await ask({ method: "POST", url: channel.webhook, json }, answer({}), "a success");
  return { id: "" };
}
