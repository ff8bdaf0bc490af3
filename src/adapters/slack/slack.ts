/** Slack: a bot, which gets ids, threads and files; or an incoming webhook, which only writes text. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  expectReply,
  NetworkError,
  type Post,
  type Receipt,
} from "../../adapter.ts";
import type { ErrorCode } from "../../errors.ts";
import {
  answer,
  type Channel,
  channel,
  EVENT,
  inThread,
  Me,
  type Options,
  onlyBot,
  options,
  Posted,
  Refused,
  receiptOf,
  roomOf,
  unfurling,
} from "./api.ts";
import { publishWithFiles, upload } from "./files.ts";
import { find } from "./look-up.ts";
import { metrics, read, replies } from "./read-back.ts";

const CODES: Record<string, ErrorCode> = Object.fromEntries([
  ...["invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope"]
    .concat("no_permission", "org_login_required")
    .map((error) => [error, "auth"]),
  ...["ratelimited", "rate_limited", "message_limit_exceeded"].map((error) => [error, "limited"]),
  // "It's possible some aspect of the operation succeeded."
  ...["fatal_error", "internal_error", "service_unavailable", "request_timeout"].map((error) => [
    error,
    "uncertain",
  ]),
]);
const WEBHOOK_AUTH = /^(no_service|no_service_id|no_team|team_disabled|invalid_token)$/m;

// docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, "Handling errors"; and the limits' word.
const WEBHOOK_REFUSALS =
  /^(invalid_payload|no_text|user_not_found|channel_not_found|channel_is_archived|action_prohibited|posting_to_general_channel_denied|too_many_attachments|no_service|no_service_id|no_team|team_disabled|invalid_token|rollup_error|rate_limited)\s*$/;

export const slack = defineAdapter({
  id: "slack",
  name: "Slack",
  source: { url: "https://docs.slack.dev/reference/methods/chat.postMessage", checked: "2026-11-23" },
  group: "team",
  shape: "chat",
  look: { mark: "Sl", light: "#7a1f6b", dark: "#e39ad6", layout: "message", avatar: "soft" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://api.slack.com/apps",
    asks: ["token", "channel"],
    steps: [
      "Open api.slack.com/apps, choose Create New App, From scratch, and pick your workspace.",
      "Under OAuth & Permissions add the bot scopes chat:write, channels:history, groups:history, files:write and files:read.",
      "Choose Install to Workspace and copy the Bot User OAuth Token, xoxb-…: that is `token`.",
      "Invite the app to the channel (/invite), open the channel's details and copy the channel id: that is `channel`.",
      "Or, for text without files and threads, switch on Incoming Webhooks and copy the webhook URL: that is `webhook`.",
    ],
  },
  endpoint: ({ server, token }) => ({
    base: `${server}/api`,
    headers: { Authorization: `Bearer ${token}` },
  }),
  // A webhook answers in plain words.
  errors: [{ status: [400, 403, 404, 410], words: WEBHOOK_AUTH, code: "auth" }],
  own: { body: v.union([Refused, v.pipe(v.string(), v.regex(WEBHOOK_REFUSALS))]) },

  // "Best" up to 4,000; cut off above 40,000. The unit of these characters is not documented: the strictest is taken.
  text: { max: 4000, unit: "utf16", markup: "mrkdwn", tags: "none" },
  media: {
    count: 10,
    alt: 1000,
    altUnit: "utf16",
    // Slack names no limit per file below 1 GB; larger files than these are a burden in a chat.
    image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp"], bytes: 50_000_000 },
    video: { types: ["video/mp4", "video/quicktime", "video/webm"], bytes: 200_000_000 },
    mixed: true,
  },
  thread: "reply",
  card: "network",
  rates: [{ posts: 1, per: "1s" }],
  // The server knows a client_msg_id, but does not document it and its makers advise against it.
  idempotency: "none",
  // A webhook is told no id. chat.update changes the words; files and where it hangs stay.
  edits: ({ webhook }) => (webhook ? "none" : { fields: ["text"], visible: true }),
  retracts: ({ webhook }) => (webhook ? "none" : {}),
  blind: ({ webhook }) => (webhook ? ["read", "metrics", "replies"] : []),

  check(post, channel) {
    if (!channel.webhook || post.media.length === 0) return undefined;
    return {
      message: "a webhook carries no files",
      remedy:
        "Give the channel `token` and `channel` instead, or leave the files out with `media: []` under `only:`.",
      about: "media",
    };
  },

  async prepare(posts, context) {
    if (context.channel.webhook) return;
    for (const post of posts) await upload(post, context);
  },

  async publish(post, context) {
    const { channel, key } = context;
    if (channel.webhook) return publishByWebhook(post, context);
    if (post.media.length > 0) return publishWithFiles(post, context);
    const posted = await context.ask(
      {
        method: "POST",
        path: "/chat.postMessage",
        json: {
          channel: channel.channel,
          text: post.text,
          ...unfurling(post),
          metadata: { event_type: EVENT, event_payload: { key } },
          ...inThread(context),
        },
      },
      Posted,
      "a message",
    );
    return receiptOf(posted.ts, context, posted.channel);
  },

  find,

  async account({ channel, http }) {
    // Nothing about a webhook can be asked without posting.
    if (channel.webhook) return { id: "", handle: "incoming webhook" };
    const reply = await http({ method: "POST", path: "/auth.test", safe: true });
    const me = expectReply(reply, Me, "an account", true);
    const scopes = reply.headers["x-oauth-scopes"]?.split(/\s*,\s*/);
    return { id: me.user_id, handle: `@${me.user} in ${me.team}`, url: me.url, ...(scopes && { scopes }) };
  },

  read,
  metrics,
  replies,

  async edit(receipt, { text }, { channel, ask }) {
    onlyBot(channel, "edit its messages");
    const json = { channel: roomOf(receipt, channel), ts: receipt.id, text };
    await ask({ method: "POST", path: "/chat.update", json }, answer({}), "ok");
    return receipt;
  },

  async retract(receipt, context) {
    const { channel, http } = context;
    onlyBot(channel, "delete its messages");
    const json = { channel: roomOf(receipt, channel), ts: receipt.id };
    const ok = ["message_not_found", "cant_delete_message"];
    const { body } = await http({ method: "POST", path: "/chat.delete", json, ok });
    // What stands in the place of a deleted message with answers is not ours any more.
    const isRefused = v.is(Refused, body) && body.error === "cant_delete_message";
    if (isRefused && (await read(receipt, context)) !== "gone")
      throw new NetworkError("rejected", "cant_delete_message: this token may not delete it");
  },

  // Refusals come as HTTP 200 with ok: false.
  classify({ status, body }) {
    const refusal = v.safeParse(Refused, body);
    if (!refusal.success) return undefined;
    const { error, needed } = refusal.output;
    const code = CODES[error] ?? (status === 200 ? "rejected" : undefined);
    return code && { code, message: needed ? `${error}: needs the scope ${needed}` : error };
  },
});

async function publishByWebhook(post: Post<Options>, { channel, http }: Context<Channel>): Promise<Receipt> {
  if (post.media.length > 0) throw new NetworkError("rejected", "a webhook cannot carry files");
  const json = { text: post.text, ...unfurling(post) };
  const { status, text } = await http({ method: "POST", url: channel.webhook, json });
  if (text.trim() === "ok") return { id: "" };
  throw new NetworkError("uncertain", `answered ${status} without the word ok`, { status });
}
