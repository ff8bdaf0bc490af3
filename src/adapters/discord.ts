/** Discord: a webhook, which only writes; or a bot, which can also look up what it wrote. */
import * as v from "valibot";
import { type Context, defineAdapter, NetworkError, type Post, type Receipt } from "../adapter.ts";
import { expectReply, type HttpRequest, type Part, type Reply } from "../http/http.ts";
import { base, secret, text } from "../settings.ts";
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

export const discord = defineAdapter<Channel, Options>({
  id: "discord",
  name: "Discord",
  source: { url: "https://docs.discord.com/developers/resources/message", checked: "2026-11-23" },
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

  check(post, channel) {
    if (!post.options.username || channel.webhook) return undefined;
    return {
      message: "`username` is for webhooks; a bot has its own name",
      remedy: "Leave it out, or give the channel a `webhook`.",
      about: "options",
    };
  },

  async publish(post, context) {
    const place = placeOf(context.channel, post.options.thread_id);
    const guild = await context.step("guild", async () => {
      const reply = await call(context, "GET", place.about);
      return (
        expectReply(reply, v.object({ guild_id: v.nullish(v.string()) }), "a channel", true).guild_id ?? "@me"
      );
    });

    const payload = payloadOf(post, context);
    const reply = await call(context, "POST", place.messages, await bodyOf(payload, post, context));
    return receiptOf(expectReply(reply, Message, "a message"), guild, place);
  },

  async find(post, context, since) {
    const { channel, key } = context;
    // There is no list of a webhook's messages, and no key that it would refuse twice.
    if (channel.webhook)
      throw new NetworkError("rejected", "a webhook cannot look up what it posted; a bot can");

    const place = placeOf(channel, post.options.thread_id);
    const { id: me } = expectReply(
      await call(context, "GET", "/users/@me"),
      v.object({ id: v.string() }),
      "a user",
      true,
    );
    const after = snowflakeOf(since.getTime() - MARGIN);
    for await (const message of messagesAfter(after, place, context)) {
      const { nonce, author, content, attachments } = message;
      const same = content === post.text.trim() && attachments.length === post.media.length;
      const keyed = nonce !== undefined && nonce !== null;
      const isOurs = keyed
        ? String(nonce) === nonceOf(key)
        : author.id === me && same && !(await context.taken(message.id));
      if (isOurs) {
        const about = expectReply(await call(context, "GET", place.about), About, "a channel", true);
        return receiptOf(message, about.guild_id ?? "@me", place);
      }
    }
    return "absent";
  },

  async verify(context) {
    const { channel } = context;
    const about = expectReply(await call(context, "GET", placeOf(channel).about), About, "a channel", true);
    const url = `${baseOf(channel)}/channels/${about.guild_id ?? "@me"}/${about.channel_id ?? about.id}`;
    if (channel.webhook) return { id: about.id, handle: about.name ?? "webhook", url };
    const Me = v.object({ id: v.string(), username: v.string() });
    const me = expectReply(await call(context, "GET", "/users/@me"), Me, "a user", true);
    return { id: me.id, handle: `@${me.username}${about.name ? ` in #${about.name}` : ""}`, url };
  },

  async remove(receipt, context) {
    const { messages } = placeOf(context.channel, receipt.ref?.thread);
    const [path, query] = messages.split("?");
    const thread = new URLSearchParams(query).get("thread_id");
    const one = context.channel.webhook ? `${path}/messages/${receipt.id}` : `${path}/${receipt.id}`;
    try {
      await call(context, "DELETE", thread ? `${one}?thread_id=${thread}` : one);
    } catch (error) {
      if (!(error instanceof NetworkError && error.message.includes("(10008)"))) throw error;
    }
  },

  classify(reply) {
    const refusal = v.safeParse(Refused, reply.body);
    if (!refusal.success || reply.status < 400 || reply.status >= 500) return undefined;
    const { code, message, errors, retry_after } = refusal.output;
    if (reply.status === 429) {
      return {
        code: "limited",
        message,
        ...(retry_after && { retryAt: Date.now() + Math.ceil(retry_after * 1000) }),
      };
    }
    const words = `${[message, ...fieldErrors(errors)].join("; ")}${code ? ` (${code})` : ""}`;
    return { code: reply.status === 401 || CREDENTIAL.has(code ?? 0) ? "auth" : "rejected", message: words };
  },
});

// Discord refuses requests without a name of this form (error 40333).
const AGENT = `DiscordBot (${HOMEPAGE}, ${VERSION})`;

// Unknown webhook, invalid webhook token: nothing but another credential helps.
const CREDENTIAL = new Set([10015, 50027]);

const SUPPRESS_EMBEDS = 1 << 2;
const SUPPRESS_NOTIFICATIONS = 1 << 12;

// A clock may be off a little; what decides is nonce, author and content.
const MARGIN = 5_000;
const DISCORD_EPOCH = 1_420_070_400_000;

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
const Refused = v.object({
  message: v.string(),
  code: v.optional(v.number()),
  errors: v.optional(v.unknown()),
  retry_after: v.optional(v.number()),
});

/** Paths below the API's base: where messages go, and what says where that is. */
interface Place {
  messages: string;
  about: string;
  base: string;
  thread?: string;
}

function placeOf(channel: Channel, thread?: string): Place {
  const base = baseOf(channel);
  const [, , id, token] = WEBHOOK.exec(channel.webhook ?? "") ?? [];
  if (id) {
    // Without wait=true the answer has no id, and a message that was not saved is no error.
    const query = thread ? `?wait=true&thread_id=${thread}` : "?wait=true";
    return { messages: `/webhooks/${id}/${token}${query}`, about: `/webhooks/${id}/${token}`, base, thread };
  }
  const room = `/channels/${thread ?? channel.channel_id}`;
  return { messages: `${room}/messages`, about: room, base, thread };
}

function baseOf({ server, webhook }: Channel): string {
  return server === DISCORD ? (WEBHOOK.exec(webhook ?? "")?.[1] ?? server) : server;
}

function call(
  { channel, http }: Context<Channel>,
  method: HttpRequest["method"],
  path: string,
  body: Pick<HttpRequest, "json" | "parts"> = {},
): Promise<Reply> {
  const authorization = channel.token ? { Authorization: `Bot ${channel.token}` } : undefined;
  const headers = { "User-Agent": AGENT, ...authorization };
  return http({ method, url: `${baseOf(channel)}/api/v10${path}`, headers, ...body });
}

function payloadOf(post: Post<Options>, { channel, key }: Context<Channel>) {
  const { silent, suppress_embeds, username } = post.options;
  const flags = (suppress_embeds ? SUPPRESS_EMBEDS : 0) | (silent ? SUPPRESS_NOTIFICATIONS : 0);
  const users = post.entities.flatMap((entity) =>
    entity.kind === "mention" && entity.id ? [entity.id] : [],
  );
  return {
    content: post.text,
    // Whoever the text names by id is notified; @everyone, roles and what merely looks like a mention are not.
    allowed_mentions: { parse: [], ...(users.length > 0 && { users: [...new Set(users)] }) },
    ...(flags > 0 && { flags }),
    ...(channel.webhook ? username && { username } : { nonce: nonceOf(key), enforce_nonce: true }),
  };
}

async function bodyOf(
  payload: object,
  { media }: Post,
  context: Context<Channel>,
): Promise<Pick<HttpRequest, "json" | "parts">> {
  if (media.length === 0) return { json: payload };
  const attachments = media.map(({ file, alt }, index) => ({
    id: String(index),
    filename: nameOf(file),
    ...(alt && { description: alt }),
  }));
  const json = JSON.stringify({ ...payload, attachments });
  const parts: Part[] = [{ name: "payload_json", value: json, type: "application/json" }];
  for (const [index, item] of media.entries()) {
    const value = await context.read(item);
    parts.push({ name: `files[${index}]`, value, filename: nameOf(item.file), type: item.type });
  }
  return { parts };
}

function receiptOf(
  { id, channel_id }: v.InferOutput<typeof Message>,
  guild: string,
  { base, thread }: Place,
): Receipt {
  return { id, url: `${base}/channels/${guild}/${channel_id}/${id}`, ...(thread && { ref: { thread } }) };
}

// A nonce has 25 characters at most.
function nonceOf(key: string): string {
  return key.slice(0, 25);
}

function snowflakeOf(time: number): string {
  return (BigInt(Math.max(0, time - DISCORD_EPOCH)) << 22n).toString();
}

async function* messagesAfter(after: string, place: Place, context: Context<Channel>) {
  let last = after;
  for (let page = 0; page < 20; page++) {
    const reply = await call(context, "GET", `${place.messages}?limit=100&after=${last}`);
    const messages = expectReply(reply, v.array(Listed), "a list of messages", true);
    if (page === 0 && messages.length === 0) await proveEmpty(after, place, context);
    yield* messages;
    if (messages.length < 100) return;
    last = messages.map(({ id }) => id).reduce((a, b) => (BigInt(a) > BigInt(b) ? a : b));
  }
  throw new NetworkError("rejected", "too much was posted in the channel since then to look through");
}

// Without Read Message History the list is empty and no error. The channel itself says when it was last written to.
async function proveEmpty(after: string, place: Place, context: Context<Channel>): Promise<void> {
  const { last_message_id } = expectReply(await call(context, "GET", place.about), About, "a channel", true);
  if (last_message_id === null) return;
  if (last_message_id !== undefined && BigInt(last_message_id) < BigInt(after)) return;
  const reply = await call(context, "GET", `${place.messages}?limit=1`);
  if (expectReply(reply, v.array(Listed), "a list of messages", true).length > 0) return;
  throw new NetworkError(
    "rejected",
    "the channel looks empty; the bot may lack the permission Read Message History",
  );
}

/** `{ content: { _errors: [{ message }] } }` as `content: message`. */
function fieldErrors(errors: unknown, path: string[] = []): string[] {
  if (typeof errors !== "object" || errors === null || path.length > 8) return [];
  return Object.entries(errors).flatMap(([name, value]) => {
    if (name !== "_errors" || !Array.isArray(value)) return fieldErrors(value, [...path, name]);
    return value.map(({ message }: { message?: unknown }) => `${path.join(".")}: ${message}`);
  });
}

function nameOf(file: string): string {
  return file.split("/").at(-1) ?? file;
}
