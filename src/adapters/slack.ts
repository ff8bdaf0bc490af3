/** Slack: a bot, which gets ids, threads and files; or an incoming webhook, which only writes text. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  everyItem,
  expectReply,
  NetworkError,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
  tooMuch,
} from "../adapter.ts";
import type { ErrorCode } from "../errors.ts";
import { base, secret, text } from "../settings.ts";
import { likeness } from "../text/likeness.ts";

const channel = v.pipe(
  v.strictObject({
    webhook: v.optional(
      v.pipe(
        secret("Incoming webhook URL, https://hooks.slack.com/services/…"),
        v.regex(/^https?:\/\/\S+$/i, "is not a webhook's URL, https://hooks.slack.com/services/…"),
      ),
    ),
    token: v.optional(secret("Bot token, xoxb-…")),
    channel: v.optional(
      v.pipe(
        text("The channel's id, such as C0123ABCD: at the bottom of the channel's details"),
        v.regex(/^[^#@\s]+$/, "is a name; use the channel's id, at the bottom of the channel's details"),
      ),
    ),
    server: base("Where the API is", "https://slack.com"),
  }),
  v.check(
    ({ webhook, token, channel }) =>
      webhook === undefined ? token !== undefined && channel !== undefined : !token,
    "needs either webhook, or token and channel",
  ),
);

const options = v.strictObject({
  unfurl: v.optional(v.pipe(v.boolean(), v.description("Cards below the links; default true"))),
});

type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const answer = <E extends v.ObjectEntries>(entries: E) => v.object({ ok: v.literal(true), ...entries });
const Refused = v.object({ ok: v.literal(false), error: v.string(), needed: v.optional(v.string()) });
const Posted = answer({ channel: v.string(), ts: v.string() });
const Me = answer({ user_id: v.string(), user: v.string(), team: v.string(), url: v.string() });
const Ticket = answer({ upload_url: v.string(), file_id: v.string() });
const Shares = v.optional(v.record(v.string(), v.array(v.object({ ts: v.string() }))), {});
const FileInfo = answer({
  file: v.object({ shares: v.optional(v.object({ public: Shares, private: Shares }), {}) }),
});
const Listed = v.object({
  ts: v.string(),
  text: v.optional(v.string()),
  bot_id: v.optional(v.string()),
  files: v.optional(v.array(v.object({ id: v.optional(v.string()) })), []),
  metadata: v.optional(v.object({ event_payload: v.optional(v.object({ key: v.optional(v.string()) })) })),
});
const Messages = answer({
  messages: v.array(Listed),
  has_more: v.optional(v.boolean()),
  response_metadata: v.nullish(v.object({ next_cursor: v.optional(v.string()) })),
});

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

const EVENT = "broadcast_post";
// Seconds that the clocks may differ; the key decides, not the time.
const MARGIN = 60;
// How long the server may take to share a file that it has accepted; after that a person is asked.
const SHARING = 120_000;

export const slack = defineAdapter({
  id: "slack",
  name: "Slack",
  source: { url: "https://docs.slack.dev/reference/methods/chat.postMessage", checked: "2026-11-23" },
  group: "team",
  shape: "chat",

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
  edits: "none",
  retracts: {},

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

  async find(post, context, since) {
    if (context.channel.webhook)
      throw new NetworkError("rejected", "a webhook cannot look up what it posted; a bot token can");
    if (post.media.length > 0) return findFiles(post, context, since);
    let like: string | undefined;
    for await (const message of messagesSince(since, context)) {
      const key = message.metadata?.event_payload?.key;
      // An app that may not read metadata sees the message without it; a bot's same words since then are ours.
      if (key === context.key) return receiptOf(message.ts, context);
      if (key !== undefined || message.bot_id === undefined) continue;
      const words = likeness(post.text, message.text ?? "");
      if (words === "other" || (await context.taken(message.ts))) continue;
      if (words === "same") return receiptOf(message.ts, context);
      like ??= message.ts;
    }
    return like === undefined ? "absent" : { like: await receiptOf(like, context) };
  },

  async account({ channel, http }) {
    // Nothing about a webhook can be asked without posting.
    if (channel.webhook) return { id: "", handle: "incoming webhook" };
    const reply = await http({ method: "POST", path: "/auth.test", safe: true });
    const me = expectReply(reply, Me, "an account", true);
    const scopes = reply.headers["x-oauth-scopes"]?.split(/\s*,\s*/);
    return { id: me.user_id, handle: `@${me.user} in ${me.team}`, url: me.url, ...(scopes && { scopes }) };
  },

  async retract({ id, ref }, { channel, http }) {
    if (channel.webhook)
      throw new NetworkError("rejected", "a webhook cannot take back its messages; delete it in Slack");
    const json = { channel: ref?.channel ?? channel.channel, ts: id };
    await http({ method: "POST", path: "/chat.delete", json, ok: ["message_not_found"] });
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

/**
 * Text and files in one request, so that there is one moment before which nothing is out and after which all is. The
 * files wait unseen until then. This request takes no metadata; the files' own ids are what a look-up goes by.
 */
async function publishWithFiles(post: Post<Options>, context: Context<Channel>): Promise<Receipt> {
  const ids = await upload(post, context);
  const json = {
    files: ids.map((id, index) => ({ id, title: nameOf(post.media[index]!) })),
    channel_id: context.channel.channel,
    ...(post.text && { initial_comment: post.text }),
    ...inThread(context),
  };
  await context.ask({ method: "POST", path: "/files.completeUploadExternal", json }, answer({}), "ok");
  // Sharing happens afterwards, and has been seen not to happen at all: only a message with a time is a post.
  const ts = await context.until(
    () =>
      sharedAt(ids[0]!, context).catch((cause: unknown) => {
        throw new NetworkError("uncertain", "took the files, but could not be asked where they are", {
          cause,
        });
      }),
    {
      within: "20s",
      words: "took the files, but does not show them in the channel yet",
      otherwise: "uncertain",
    },
  );
  return receiptOf(ts, context);
}

/**
 * By the files' own ids: from the file, then from the channel. Never `absent`: files that are not there yet may still
 * appear, and a file that cannot be asked about may be shared nevertheless.
 */
async function findFiles(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Receipt> {
  // Remembered from the attempt, which uploads before it publishes.
  const ids = await upload(post, context);
  const shared = await sharedAt(ids[0]!, context);
  if (shared) return receiptOf(shared, context);
  for await (const { ts, files } of messagesSince(since, context)) {
    if (files.some(({ id }) => id !== undefined && ids.includes(id))) return receiptOf(ts, context);
  }
  const words = "the files are in no channel; they may appear still";
  throw new NetworkError(Date.now() < since.getTime() + SHARING ? "uncertain" : "rejected", words);
}

function upload(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  return context.uploads(post, async (media) => {
    const bytes = await context.stream(media);
    // For anything but an image the server loses the file when there is an alt_txt.
    const alt_txt = media.type.startsWith("image/") && media.alt ? media.alt : undefined;
    const form = { filename: nameOf(media), length: String(bytes.size), alt_txt };
    const asked = { method: "POST", path: "/files.getUploadURLExternal", form } as const;
    const { upload_url, file_id } = await context.ask(asked, Ticket, "an upload URL");
    await context.http({ method: "POST", url: upload_url, bytes, type: media.type });
    return file_id;
  });
}

async function sharedAt(file: string, { channel, http }: Reach<Channel>): Promise<string | undefined> {
  const asked = { method: "POST", path: "/files.info", form: { file }, safe: true } as const;
  const reply = await http({ ...asked, ok: ["file_not_found"] });
  if (v.is(Refused, reply.body)) return undefined;
  const { shares } = expectReply(reply, FileInfo, "a file", true).file;
  const room = channel.channel ?? "";
  return (shares.public?.[room] ?? shares.private?.[room])?.[0]?.ts;
}

function messagesSince(since: Date, { channel, thread, ask }: Context<Channel>) {
  const ts = thread?.root.id;
  const path = ts ? "/conversations.replies" : "/conversations.history";
  const oldest = String(since.getTime() / 1000 - MARGIN);
  const fixed = { channel: channel.channel, oldest, limit: "200", include_all_metadata: "true" };
  return everyItem(async (cursor) => {
    const form = { ...fixed, ts, cursor };
    const page = await ask({ method: "POST", path, form, safe: true }, Messages, "messages");
    const next = page.response_metadata?.next_cursor || undefined;
    if (page.has_more && !next) throw tooMuch();
    return { items: page.messages, next };
  });
}

function unfurling({ options: { unfurl = true } }: Post<Options>) {
  return { unfurl_links: unfurl, unfurl_media: unfurl };
}

function inThread({ thread }: Context<Channel>) {
  return thread?.root.id ? { thread_ts: thread.root.id } : {};
}

/** The message is out: whatever happens while its address is asked for, this is a success. */
async function receiptOf(ts: string, { channel, ask }: Reach<Channel>, room = channel.channel ?? "") {
  const form = { channel: room, message_ts: ts };
  const asked = { method: "POST", path: "/chat.getPermalink", form, safe: true, deadline: 10_000 } as const;
  const link = await ask(asked, answer({ permalink: v.string() }), "an address").catch(() => undefined);
  return { id: ts, ...(link && { url: link.permalink }), ref: { channel: room } };
}
