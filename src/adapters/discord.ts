/** Discord: a webhook, which only writes; or a bot, which can also look up what it wrote. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  everyItem,
  NetworkError,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../adapter.ts";
import { base, secret, text } from "../settings.ts";
import { likeness } from "../text/likeness.ts";
import { HOMEPAGE, VERSION } from "../version.ts";

const DISCORD = "https://discord.com";
const WEBHOOK = /^(https?:\/\/.+?)\/api\/(?:v\d+\/)?webhooks\/([^/?#]+)\/([^/?#]+)\/?$/i;

const channel = v.pipe(
  v.strictObject({
    webhook: v.optional(
      v.pipe(
        secret("Webhook URL, from the channel's settings, Integrations, Webhooks"),
        v.regex(WEBHOOK, "is not a webhook's URL, https://discord.com/api/webhooks/…"),
      ),
    ),
    token: v.optional(secret("Bot token, from the developer portal")),
    channel_id: v.optional(
      v.pipe(
        text("The channel's id, in quotes"),
        v.regex(/^\w+$/, "is not a channel's id: a long number, in quotes"),
      ),
    ),
    server: base("Where the API is", DISCORD),
  }),
  v.check(
    ({ webhook, token, channel_id }) =>
      webhook === undefined ? token !== undefined && channel_id !== undefined : !token,
    "needs either webhook, or token and channel_id",
  ),
);

const options = v.strictObject({
  silent: v.optional(v.pipe(v.boolean(), v.description("Nobody is notified"))),
  suppress_embeds: v.optional(v.pipe(v.boolean(), v.description("No cards below the links"))),
  thread_id: v.optional(
    v.pipe(text("The thread to post in, in quotes"), v.regex(/^\w+$/, "is not a thread's id")),
  ),
  username: v.optional(
    v.pipe(text("Name shown as the author; webhook only"), v.maxLength(80, "is longer than 80")),
  ),
});

type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const Message = v.object({ id: v.string(), channel_id: v.string() });
const Listed = v.object({
  ...Message.entries,
  content: v.string(),
  author: v.object({ id: v.string() }),
  nonce: v.nullish(v.union([v.string(), v.number()])),
  attachments: v.optional(v.array(v.unknown()), []),
});
const About = v.object({
  id: v.string(),
  name: v.nullish(v.string()),
  guild_id: v.nullish(v.string()),
  channel_id: v.nullish(v.string()),
  last_message_id: v.nullish(v.pipe(v.string(), v.digits())),
});
const Me = v.object({ id: v.string(), username: v.optional(v.string()) });
const Refused = v.object({
  message: v.string(),
  code: v.optional(v.number()),
  errors: v.optional(v.unknown()),
});

const Coded = v.object({ message: v.string(), code: v.number() });
const Limited = v.object({ message: v.string(), retry_after: v.number(), global: v.boolean() });

const SUPPRESS_EMBEDS = 1 << 2;
const SUPPRESS_NOTIFICATIONS = 1 << 12;
// A clock may be off a little; what decides is nonce, author and content.
const MARGIN = 5_000;
const DISCORD_EPOCH = 1_420_070_400_000;

export const discord = defineAdapter({
  id: "discord",
  name: "Discord",
  source: { url: "https://docs.discord.com/developers/resources/message", checked: "2026-11-23" },
  group: "community",
  shape: "chat",

  channel,
  options,
  auth: {
    kind: "webhook",
    asks: ["webhook"],
    url: "https://support.discord.com/hc/en-us/articles/228383668-Intro-to-Webhooks",
    steps: [
      "In Discord, open the channel's settings, Integrations, Webhooks; you need the permission Manage Webhooks.",
      "Choose New Webhook, give it the name that readers will see, and copy the webhook URL: that is `webhook`.",
      "Or use a bot, which can look up a post after a lost connection: create an application at discord.com/developers.",
      "Add a bot, copy its token, and invite it with View Channel, Send Messages, Attach Files and Read Message History.",
      "Switch on Developer Mode in your own settings, then copy the channel's id from its menu: that is `channel_id`.",
    ],
  },

  endpoint: ({ token, ...channel }) => ({
    base: `${serverOf(channel)}/api/v10`,
    headers: {
      // Requests without a name of this form are refused (error 40333).
      "User-Agent": `DiscordBot (${HOMEPAGE}, ${VERSION})`,
      Authorization: token && `Bot ${token}`,
    },
  }),
  // Unknown webhook, invalid webhook token: nothing but another credential helps.
  errors: [{ status: [400, 401, 403, 404], words: /"code": ?(10015|50027)\b/, code: "auth" }],
  // developers/topics/rate-limits and opcodes-and-status-codes: every refusal has a code, but for a full window.
  own: { headers: ["x-ratelimit-bucket", "x-ratelimit-scope"], body: v.union([Coded, Limited]) },

  // A discord employee in issue 1315 of the API's documents: code points. The API description allows 4,000; the text, 2,000.
  text: { max: 2000, unit: "codepoint", markup: "chat-markdown", tags: "none" },
  media: {
    count: 10,
    alt: 1024,
    altUnit: "utf16",
    image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp"], bytes: 10_485_760 },
    video: { types: ["video/mp4", "video/webm", "video/quicktime"], bytes: 10_485_760 },
    mixed: true,
    // One request takes 25 MiB.
    total: 26_214_400,
  },
  thread: "sequence",
  card: "network",
  // Observed, not promised: the documents say to follow the headers.
  rates: [
    { posts: 5, per: "2s" },
    { posts: 30, per: "1m" },
  ],
  // A bot's nonce is kept for "the past few minutes" and a webhook has none; so nothing is relied on, `find` decides.
  idempotency: "none",
  edits: "none",
  retracts: {},

  check(post, channel) {
    if (!post.options.username || channel.webhook) return undefined;
    return {
      message: "`username` is for webhooks; a bot has its own name",
      remedy: "Leave it out, or give the channel a `webhook`.",
      about: "options",
    };
  },

  async prepare([post], context) {
    if (post) await guildOf(post, context);
  },

  async publish(post, context) {
    const guild = await guildOf(post, context);
    const place = placeOf(context.channel, post.options.thread_id);
    // Without wait=true a webhook's answer has no id, and a message that was not saved is not an error.
    const query = { ...(context.channel.webhook && { wait: true }), ...place.query };
    const body = await bodyOf(post, context);
    const message = await context.ask(
      { method: "POST", path: place.messages, query, ...body },
      Message,
      "a message",
    );
    return receiptOf(message, guild, context.channel, post.options.thread_id);
  },

  async find(post, context, since) {
    const { channel, key, ask, taken } = context;
    // There is no list of a webhook's messages, and no key that it would refuse twice.
    if (channel.webhook)
      throw new NetworkError("rejected", "a webhook cannot look up what it posted; a bot can");
    const me = await ask({ path: "/users/@me" }, Me, "a user");
    let like: Pick<Receipt, "id"> | undefined;
    for await (const message of messagesSince(since, post, context)) {
      const { id, nonce, author, content, attachments } = message;
      const keyed = nonce !== undefined && nonce !== null;
      if (keyed ? String(nonce) !== nonceOf(key) : author.id !== me.id) continue;
      const files = attachments.length === post.media.length;
      const words = keyed ? "same" : likeness(post.text, content);
      if (words === "other" || (!keyed && (await taken(id)))) continue;
      if (words === "like" || (!keyed && !files)) {
        like ??= { id };
        continue;
      }
      const guild = await aboutOf(post, context);
      return receiptOf(message, guild.guild_id, channel, post.options.thread_id);
    }
    return like ? { like } : "absent";
  },

  async account({ channel, ask }) {
    const about = await ask({ path: placeOf(channel).about }, About, "a channel");
    const url = urlOf(channel, about.guild_id, about.channel_id ?? about.id);
    if (channel.webhook) return { id: about.id, handle: about.name ?? "webhook", url };
    const me = await ask({ path: "/users/@me" }, Me, "a user");
    return { id: me.id, handle: `@${me.username}${about.name ? ` in #${about.name}` : ""}`, url };
  },

  async retract({ id, ref }, { channel, http }) {
    const { messages, query } = placeOf(channel, ref?.thread);
    const path = channel.webhook ? `${messages}/messages/${id}` : `${messages}/${id}`;
    await http({ method: "DELETE", path, query, ok: ['"code": 10008', '"code":10008'] });
  },

  classify({ status, body }) {
    const refusal = v.safeParse(Refused, body);
    if (!refusal.success || status < 400 || status >= 500 || status === 401 || status === 429)
      return undefined;
    const { code, message, errors } = refusal.output;
    const words = [message, ...fieldErrors(errors)].join("; ");
    return { code: "rejected", message: code ? `${words} (${code})` : words };
  },
});

/** Paths below the API's base: where messages go, and what says where that is. */
function placeOf(channel: Channel, thread?: string) {
  const [, , id, token] = WEBHOOK.exec(channel.webhook ?? "") ?? [];
  const webhook = `/webhooks/${id}/${token}`;
  if (id) return { messages: webhook, about: webhook, query: { thread_id: thread } };
  const room = `/channels/${thread ?? channel.channel_id}`;
  return { messages: `${room}/messages`, about: room, query: {} };
}

function serverOf({ server, webhook }: Pick<Channel, "server" | "webhook">): string {
  return server === DISCORD ? (WEBHOOK.exec(webhook ?? "")?.[1] ?? server) : server;
}

function aboutOf({ options }: Post<Options>, { channel, ask }: Reach<Channel>) {
  return ask({ path: placeOf(channel, options.thread_id).about }, About, "a channel");
}

/** Known before the first message, since a message does not say where it is. */
function guildOf(post: Post<Options>, context: Preparation<Channel>): Promise<string | null> {
  return context.step("guild", async () => (await aboutOf(post, context)).guild_id ?? null);
}

async function bodyOf(
  { text, entities, media, options }: Post<Options>,
  { channel, key, stream }: Context<Channel>,
) {
  const { silent, suppress_embeds, username } = options;
  const flags = (suppress_embeds ? SUPPRESS_EMBEDS : 0) | (silent ? SUPPRESS_NOTIFICATIONS : 0);
  const users = entities.flatMap((entity) => (entity.kind === "mention" && entity.id ? [entity.id] : []));
  const payload = {
    content: text,
    // Those whom the text names by id are notified; @everyone, roles and what merely looks like a mention are not.
    allowed_mentions: { parse: [], ...(users.length > 0 && { users: [...new Set(users)] }) },
    ...(flags > 0 && { flags }),
    ...(channel.webhook ? username && { username } : { nonce: nonceOf(key), enforce_nonce: true }),
  };
  if (media.length === 0) return { json: payload };
  const attachments = media.map((item, index) => ({
    id: String(index),
    filename: nameOf(item),
    ...(item.alt && { description: item.alt }),
  }));
  const files = media.map(async (item, index) => ({
    name: `files[${index}]`,
    value: await stream(item),
    filename: nameOf(item),
    type: item.type,
  }));
  const value = JSON.stringify({ ...payload, attachments });
  return {
    parts: [{ name: "payload_json", value, type: "application/json" }, ...(await Promise.all(files))],
  };
}

function receiptOf(
  { id, channel_id }: v.InferOutput<typeof Message>,
  guild: string | null | undefined,
  channel: Channel,
  thread: string | undefined,
): Receipt {
  return { id, url: `${urlOf(channel, guild, channel_id)}/${id}`, ...(thread && { ref: { thread } }) };
}

function urlOf(channel: Channel, guild: string | null | undefined, room: string): string {
  return `${serverOf(channel)}/channels/${guild ?? "@me"}/${room}`;
}

// A nonce has 25 characters at most.
function nonceOf(key: string): string {
  return key.slice(0, 25);
}

function messagesSince(since: Date, post: Post<Options>, context: Context<Channel>) {
  const path = placeOf(context.channel, post.options.thread_id).messages;
  const start = String(BigInt(Math.max(0, since.getTime() - MARGIN - DISCORD_EPOCH)) << 22n);
  return everyItem(async (after = start) => {
    const items = await context.ask({ path, query: { limit: 100, after } }, v.array(Listed), "messages");
    if (after === start && items.length === 0) await proveEmpty(start, path, post, context);
    const newest = items.map(({ id }) => BigInt(id)).reduce((a, b) => (a > b ? a : b), 0n);
    return { items, next: items.length < 100 ? undefined : String(newest) };
  });
}

// Without Read Message History the list is empty and not an error. The channel itself says when it was last written to.
async function proveEmpty(after: string, path: string, post: Post<Options>, context: Context<Channel>) {
  const { last_message_id } = await aboutOf(post, context);
  if (last_message_id === null) return;
  if (last_message_id !== undefined && BigInt(last_message_id) < BigInt(after)) return;
  const any = await context.ask({ path, query: { limit: 1 } }, v.array(Listed), "messages");
  if (any.length > 0) return;
  const words = "the channel looks empty; the bot may lack the permission Read Message History";
  throw new NetworkError("rejected", words);
}

/** `{ content: { _errors: [{ message }] } }` as `content: message`. */
function fieldErrors(errors: unknown, path: string[] = []): string[] {
  if (typeof errors !== "object" || errors === null || path.length > 8) return [];
  return Object.entries(errors).flatMap(([name, value]) => {
    if (name !== "_errors" || !Array.isArray(value)) return fieldErrors(value, [...path, name]);
    return value.map(({ message }: { message?: unknown }) => `${path.join(".")}: ${message}`);
  });
}
