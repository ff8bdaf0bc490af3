/** Mattermost: a bot, which gets ids, threads and files; or an incoming webhook, which only writes text. */
import * as v from "valibot";
import {
  type Account,
  type Context,
  defineAdapter,
  type MediaRules,
  NetworkError,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import {
  aboutOf,
  type Channel,
  channel,
  Made,
  type Options,
  onlyBot,
  options,
  pathOf,
  Refused,
  receiptOf,
  rootOf,
  teamOf,
  whoAmI,
} from "./api.ts";
import { find } from "./look-up.ts";
import { metrics, read, replies } from "./read-back.ts";

const Uploaded = v.object({ file_infos: v.pipe(v.array(v.object({ id: v.string() })), v.minLength(1)) });
const Config = v.object({ MaxPostSize: v.optional(v.string()), MaxFileSize: v.optional(v.string()) });

const MEDIA = {
  // PostFileidsMaxRunes has room for ten ids, and the app attaches no more; the API's text says five.
  count: 10,
  // No field for it.
  alt: 0,
  // FileSettings: MaxFileSize, and of pictures MaxImageResolution.
  image: {
    types: ["image/png", "image/jpeg", "image/gif", "image/webp"],
    bytes: 104_857_600,
    pixels: 33_177_600,
  },
  video: { types: ["video/mp4", "video/webm", "video/quicktime"], bytes: 104_857_600 },
  document: { types: ["application/pdf"], bytes: 104_857_600 },
  mixed: true,
} satisfies MediaRules;

export const mattermost = defineAdapter({
  id: "mattermost",
  name: "Mattermost",
  source: { url: "https://developers.mattermost.com/api-documentation/", checked: "2026-11-23" },
  api: { version: "v4" },
  group: "team",
  shape: "chat",
  look: { mark: "Mm", light: "#1c4fc2", dark: "#8fb0ff", layout: "message", avatar: "soft" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://developers.mattermost.com/integrate/reference/bot-accounts/",
    asks: ["server", "token", "channel_id"],
    steps: [
      "Ask an administrator to switch on bot accounts: System Console, Integrations, Bot Accounts.",
      "Open Integrations, Bot Accounts, choose Add Bot Account, and copy its access token: that is `token`.",
      "Add the bot to the team (Invite People) and then to the channel (/invite @bot).",
      "Open the channel's View Info and copy the id below its name: that is `channel_id`; `server` is the server's address.",
      "Or, for text without files and threads, open Integrations, Incoming Webhooks, add one for the channel and copy its URL: that is `webhook`.",
    ],
  },
  endpoint: ({ server, token }) => ({
    base: `${server}/api/v4`,
    headers: { Authorization: `Bearer ${token}` },
  }),
  // The id in a webhook's address that no webhook has.
  errors: [{ status: 400, words: "web.incoming_webhook.invalid", code: "auth" }],
  // model.AppError. The rate limiter stands before it, and answers in two words.
  own: { body: v.union([Refused, v.pipe(v.string(), v.regex(/^limit exceeded\s*$/))]) },

  // MaxPostSize, in code points (utf8.RuneCountInString); `account` asks what this server has.
  text: { max: 16_383, unit: "codepoint", markup: "mattermost", tags: "none" },
  media: MEDIA,
  thread: "reply",
  card: "network",
  // RateLimitSettings.PerSec; off unless an administrator has switched it on.
  rates: [{ posts: 10, per: "1s" }],
  // pending_post_id is known again for 30 seconds by one process of the server; `find` decides.
  idempotency: "none",
  // A webhook is told no id. Files and where it hangs stay; patching them is not the same on every version.
  edits: ({ webhook }) => (webhook ? "none" : { fields: ["text"], visible: true }),
  retracts: ({ webhook }) => (webhook ? "none" : {}),
  blind: ({ webhook }) => (webhook ? ["read", "metrics", "replies"] : []),

  check(post, { webhook }) {
    if (!webhook || post.media.length === 0) return undefined;
    return {
      message: "a webhook carries no files",
      remedy:
        "Give the channel `server`, `token` and `channel_id` instead, or leave the files out with `media: []` under `only:`.",
      about: "media",
    };
  },

  async prepare(posts, context) {
    if (context.channel.webhook) return;
    await teamOf(context);
    for (const post of posts) await upload(post, context);
  },

  async publish(post, context) {
    const { channel, key, ask } = context;
    if (channel.webhook) return publishByWebhook(post, context);
    const team = await teamOf(context);
    const files = await upload(post, context);
    const json = {
      channel_id: channel.channel_id,
      message: post.text,
      pending_post_id: key,
      props: { broadcast_key: key },
      ...(rootOf(context) && { root_id: rootOf(context) }),
      ...(files.length > 0 && { file_ids: files }),
      ...labelled(post, context),
    };
    const { id } = await ask({ method: "POST", path: "/posts", json }, Made, "a post");
    return receiptOf(id, team, context);
  },

  find,

  async account(reach) {
    // Nothing about a webhook can be asked without posting.
    if (reach.channel.webhook) return { id: "", handle: "incoming webhook" };
    const { id, username } = await whoAmI(reach);
    const { display_name } = await aboutOf(reach);
    return {
      id,
      handle: `@${username}${display_name && ` in ${display_name}`}`,
      limits: await limitsOf(reach),
    };
  },

  read,
  metrics,
  replies,

  async edit(receipt, { text }, { channel, ask }) {
    onlyBot(channel, "edit its posts");
    await ask({ method: "PUT", path: `${pathOf(receipt)}/patch`, json: { message: text } }, Made, "a post");
    return receipt;
  },

  async retract(receipt, { channel, http }) {
    onlyBot(channel, "delete its posts");
    await http({ method: "DELETE", path: pathOf(receipt), ok: [404] });
  },
});

// Only the first post of a thread may have one.
function labelled({ options: { priority } }: Post<Options>, context: Pick<Context, "thread">) {
  return priority && !rootOf(context) ? { metadata: { priority: { priority } } } : {};
}

function upload(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  return context.uploads(post, async (media) => {
    const { channel_id = "" } = context.channel;
    const file = {
      name: "files",
      value: await context.stream(media),
      filename: nameOf(media),
      type: media.type,
    };
    const parts = [{ name: "channel_id", value: channel_id }, file];
    const { file_infos } = await context.ask(
      { method: "POST", path: "/files", parts },
      Uploaded,
      "a file's id",
    );
    return file_infos[0]!.id;
  });
}

async function publishByWebhook(
  post: Post<Options>,
  { channel, http, thread }: Context<Channel>,
): Promise<Receipt> {
  if (post.media.length > 0) throw new NetworkError("rejected", "a webhook cannot carry files");
  const { priority } = post.options;
  const json = { text: post.text, ...(priority && !thread && { priority: { priority } }) };
  const { status, text } = await http({ method: "POST", url: channel.webhook, json });
  if (text.trim() === "ok") return { id: "" };
  throw new NetworkError("uncertain", `answered ${status} without the word ok`, { status });
}

async function limitsOf({ ask }: Reach<Channel>): Promise<Account["limits"]> {
  const query = { format: "old" };
  const { MaxPostSize, MaxFileSize } = await ask(
    { path: "/config/client", query },
    Config,
    "a configuration",
  );
  const [max, bytes] = [Number(MaxPostSize), Number(MaxFileSize)];
  const { image, video, document } = MEDIA;
  return {
    ...(max > 0 && { text: { max } }),
    ...(bytes > 0 && {
      media: {
        image: { ...image, bytes },
        video: { ...video, bytes },
        document: { ...document, bytes },
      },
    }),
  };
}
