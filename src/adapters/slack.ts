/** Slack: a bot, which gets ids, threads and files; or an incoming webhook, which only writes text. */
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  NetworkError,
  type Post,
  type Receipt,
  type Refusal,
} from "../adapter.ts";
import { expectReply, type HttpRequest } from "../http/http.ts";
import { base, secret, text } from "../settings.ts";

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

export const slack = defineAdapter<Channel, Options>({
  id: "slack",
  name: "Slack",
  source: { url: "https://docs.slack.dev/reference/methods/chat.postMessage", checked: "2026-11-23" },
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

  check(post, channel) {
    if (!channel.webhook || post.media.length === 0) return undefined;
    return {
      message: "a webhook carries no files",
      remedy:
        "Give the channel `token` and `channel` instead, or leave the files out with `media: []` under `only:`.",
      about: "media",
    };
  },

  async publish(post, context) {
    if (context.channel.webhook) return publishByWebhook(post, context);
    if (post.media.length > 0) return publishWithFiles(post, context);

    const { key, thread } = context;
    const { unfurl = true } = post.options;
    const reply = await call(context, "chat.postMessage", {
      json: {
        channel: context.channel.channel,
        text: post.text,
        unfurl_links: unfurl,
        unfurl_media: unfurl,
        metadata: { event_type: EVENT, event_payload: { key } },
        ...(thread?.root.id && { thread_ts: thread.root.id }),
      },
    });
    const { channel, ts } = expectReply(reply, Posted, "a message");
    return receiptOf(channel, ts, context);
  },

  async find(post, context, since) {
    if (context.channel.webhook) {
      throw new NetworkError("rejected", "a webhook cannot look up what it posted; a bot token can");
    }
    if (post.media.length > 0) return findFiles(post, context, since);

    for await (const message of messagesSince(since, context)) {
      const key = message.metadata?.event_payload?.key;
      // An app that may not read metadata sees the message without it; a bot's same words since then are ours.
      const isOurs =
        key === undefined
          ? message.bot_id !== undefined && message.text === post.text && !(await context.taken(message.ts))
          : key === context.key;
      if (isOurs) return receiptOf(context.channel.channel ?? "", message.ts, context);
    }
    return "absent";
  },

  async verify(context) {
    const { channel } = context;
    // Nothing about a webhook can be asked without posting.
    if (channel.webhook) return { id: "", handle: "incoming webhook" };
    const reply = await call(context, "auth.test", { safe: true });
    const Me = v.object({ user_id: v.string(), user: v.string(), team: v.string(), url: v.string() });
    const me = expectReply(reply, Me, "an account", true);
    const scopes = reply.headers["x-oauth-scopes"]?.split(/\s*,\s*/);
    return { id: me.user_id, handle: `@${me.user} in ${me.team}`, url: me.url, ...(scopes && { scopes }) };
  },

  async remove(receipt, context) {
    if (context.channel.webhook) {
      throw new NetworkError(
        "rejected",
        "a webhook cannot take back what it posted; delete the message in Slack",
      );
    }
    try {
      const channel = receipt.ref?.channel ?? context.channel.channel;
      await call(context, "chat.delete", { json: { channel, ts: receipt.id } });
    } catch (error) {
      if (!isRefusal(error, "message_not_found")) throw error;
    }
  },

  classify(reply) {
    if (typeof reply.body === "string") return byWebhookWords(reply.body, reply.status);
    // Refusals come as HTTP 200 with ok: false.
    const refusal = v.safeParse(Refused, reply.body);
    if (!refusal.success) return undefined;
    const { error, needed } = refusal.output;
    const message = needed ? `${error}: needs the scope ${needed}` : error;
    if (AUTH.has(error)) return { code: "auth", message };
    if (LIMITED.has(error)) return { code: "limited", message };
    // "It's possible some aspect of the operation succeeded."
    if (AMBIGUOUS.has(error)) return { code: "uncertain", message };
    return reply.status === 200 ? { code: "rejected", message } : undefined;
  },
});

const EVENT = "broadcast_post";

const AUTH = new Set([
  "invalid_auth",
  "not_authed",
  "token_revoked",
  "token_expired",
  "account_inactive",
  "missing_scope",
  "no_permission",
  "org_login_required",
]);
const LIMITED = new Set(["ratelimited", "rate_limited", "message_limit_exceeded"]);
const AMBIGUOUS = new Set(["fatal_error", "internal_error", "service_unavailable", "request_timeout"]);
const WEBHOOK_AUTH = new Set(["no_service", "no_service_id", "no_team", "team_disabled", "invalid_token"]);

const Refused = v.object({ ok: v.literal(false), error: v.string(), needed: v.optional(v.string()) });
const Posted = v.object({ ok: v.literal(true), channel: v.string(), ts: v.string() });
const Done = v.object({ ok: v.literal(true) });
const Ticket = v.object({ ok: v.literal(true), upload_url: v.string(), file_id: v.string() });
const Shares = v.optional(v.record(v.string(), v.array(v.object({ ts: v.string() }))), {});
const FileInfo = v.object({
  ok: v.literal(true),
  file: v.object({ shares: v.optional(v.object({ public: Shares, private: Shares }), {}) }),
});
const Page = v.object({
  ok: v.literal(true),
  messages: v.array(
    v.object({
      ts: v.string(),
      text: v.optional(v.string()),
      bot_id: v.optional(v.string()),
      files: v.optional(v.array(v.object({ id: v.optional(v.string()) })), []),
      metadata: v.optional(
        v.object({ event_payload: v.optional(v.object({ key: v.optional(v.string()) })) }),
      ),
    }),
  ),
  has_more: v.optional(v.boolean()),
  response_metadata: v.nullish(v.object({ next_cursor: v.optional(v.string()) })),
});

function call({ channel, http }: Context<Channel>, method: string, request: Partial<HttpRequest>) {
  const url = `${channel.server}/api/${method}`;
  return http({ method: "POST", url, headers: { Authorization: `Bearer ${channel.token}` }, ...request });
}

async function publishByWebhook(post: Post<Options>, { channel, http }: Context<Channel>): Promise<Receipt> {
  if (post.media.length > 0) throw new NetworkError("rejected", "a webhook cannot carry files");
  const { unfurl = true } = post.options;
  const json = { text: post.text, unfurl_links: unfurl, unfurl_media: unfurl };
  const reply = await http({ method: "POST", url: channel.webhook ?? "", json });
  if (reply.text.trim() !== "ok") {
    throw new NetworkError("uncertain", `answered ${reply.status} without the word ok`, {
      status: reply.status,
    });
  }
  return { id: "" };
}

/**
 * Text and files in one request, so that there is one moment before which nothing is out and after which all is. The
 * files wait unseen until then. This request takes no metadata; the files' own ids are what a look-up goes by.
 */
async function publishWithFiles(post: Post<Options>, context: Context<Channel>): Promise<Receipt> {
  const ids = await upload(post, context);
  const { thread } = context;
  const reply = await call(context, "files.completeUploadExternal", {
    json: {
      files: ids.map((id, index) => ({ id, title: nameOf(post.media[index]!.file) })),
      channel_id: context.channel.channel,
      ...(post.text && { initial_comment: post.text }),
      ...(thread?.root.id && { thread_ts: thread.root.id }),
    },
  });
  expectReply(reply, Done, "ok");

  // Sharing happens afterwards, and has been seen not to happen at all: only a message with a time is a post.
  for (let wait = 250, waited = 0; waited < 20_000; waited += wait, wait = Math.min(wait * 2, 4_000)) {
    await sleep(wait, undefined, { signal: context.signal });
    const ts = await sharedAt(ids[0]!, context).catch((error: unknown) => {
      throw new NetworkError("uncertain", "took the files, but could not be asked where they are", {
        cause: error,
      });
    });
    if (ts) return receiptOf(context.channel.channel ?? "", ts, context);
  }
  throw new NetworkError("uncertain", "took the files, but does not show them in the channel yet");
}

/**
 * By the files' own ids: from the file, then from the channel. Never `absent`: files that are not there yet may still
 * appear, and a file that cannot be asked about may be shared all the same.
 */
async function findFiles(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Receipt> {
  // Remembered from the attempt, which uploads before it publishes.
  const ids = await upload(post, context);
  const ts = (await sharedAt(ids[0]!, context).catch(unlessNotFound)) ?? (await shownAt(ids, since, context));
  if (ts) return receiptOf(context.channel.channel ?? "", ts, context);
  const words = "the files are in no channel; they may appear still";
  throw new NetworkError(Date.now() < since.getTime() + SHARING ? "uncertain" : "rejected", words);
}

function unlessNotFound(error: unknown): undefined {
  if (!isRefusal(error, "file_not_found")) throw error;
}

async function shownAt(ids: string[], since: Date, context: Context<Channel>): Promise<string | undefined> {
  for await (const { ts, files } of messagesSince(since, context)) {
    if (files.some(({ id }) => id !== undefined && ids.includes(id))) return ts;
  }
  return undefined;
}

async function upload(post: Post<Options>, context: Context<Channel>): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, media] of post.media.entries()) {
    const id = await context.step(`file-${index}`, async () => {
      const bytes = await context.read(media);
      // For anything but an image the server loses the file when there is an alt_txt.
      const alt = media.alt && media.type.startsWith("image/") ? { alt_txt: media.alt } : undefined;
      const form = { filename: nameOf(media.file), length: String(bytes.length), ...alt };
      const reply = await call(context, "files.getUploadURLExternal", { form, safe: true });
      const ticket = expectReply(reply, Ticket, "an upload URL", true);
      await context.http({ method: "POST", url: ticket.upload_url, bytes, type: media.type, safe: true });
      return ticket.file_id;
    });
    ids.push(id);
  }
  return ids;
}

async function sharedAt(id: string, context: Context<Channel>): Promise<string | undefined> {
  const reply = await call(context, "files.info", { form: { file: id }, safe: true });
  const { shares } = expectReply(reply, FileInfo, "a file", true).file;
  const place = context.channel.channel ?? "";
  return (shares.public?.[place] ?? shares.private?.[place])?.[0]?.ts;
}

async function* messagesSince(since: Date, context: Context<Channel>) {
  const { channel, thread } = context;
  const root = thread?.root.id;
  const oldest = String(since.getTime() / 1000 - MARGIN);
  const fixed = { channel: channel.channel ?? "", oldest, limit: "200", include_all_metadata: "true" };
  for (let page = 0, cursor = ""; page < 20; page++) {
    const form = { ...fixed, ...(root && { ts: root }), ...(cursor && { cursor }) };
    const reply = await call(context, root ? "conversations.replies" : "conversations.history", {
      form,
      safe: true,
    });
    const { messages, has_more, response_metadata } = expectReply(reply, Page, "messages", true);
    yield* messages;
    cursor = response_metadata?.next_cursor ?? "";
    if (!cursor && !has_more) return;
    if (!cursor) break;
  }
  throw new NetworkError("rejected", "too much was posted in the channel since then to look through");
}

// Seconds that the clocks may differ; the key decides, not the time.
const MARGIN = 60;
// How long the server may take to share a file that it has accepted; after that a person is asked.
const SHARING = 120_000;

/** The message is out: whatever happens while its address is asked for, this is a success. */
async function receiptOf(channel: string, ts: string, context: Context<Channel>): Promise<Receipt> {
  const Link = v.object({ permalink: v.string() });
  const ask = { form: { channel, message_ts: ts }, safe: true, deadline: 10_000 };
  const url = await call(context, "chat.getPermalink", ask).then(
    (reply) => v.safeParse(Link, reply.body),
    () => undefined,
  );
  return { id: ts, ...(url?.success && { url: url.output.permalink }), ref: { channel } };
}

// A webhook answers in plain words, with a 4xx.
function byWebhookWords(body: string, status: number): Refusal | undefined {
  const message = body.trim();
  return status >= 400 && status < 500 && WEBHOOK_AUTH.has(message) ? { code: "auth", message } : undefined;
}

function isRefusal(error: unknown, name: string): boolean {
  return error instanceof NetworkError && error.code === "rejected" && error.message.endsWith(`: ${name}`);
}

function nameOf(file: string): string {
  return file.split("/").at(-1) ?? file;
}
