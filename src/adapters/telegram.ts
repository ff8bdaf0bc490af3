/** Telegram, by a bot that is a member of the chat or an administrator of the channel. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  type Media,
  NetworkError,
  type Post,
  type Receipt,
} from "../adapter.ts";
import { expectReply, type HttpRequest, type Part, type Reply } from "../http/http.ts";
import { base, secret } from "../settings.ts";

const channel = v.strictObject({
  token: v.pipe(secret("Bot token from @BotFather"), v.regex(/^[^/?#\s]+$/, "is not a bot's token")),
  chat: v.pipe(
    v.union([v.string(), v.number()], "is not a chat: @name, or its id"),
    v.transform(String),
    v.regex(/^(@\w+|-?\d+)$/, "is not a chat: @name, or its id"),
    v.description("The channel or group: @name, or its id such as -1001234567890"),
  ),
  server: base("Where the Bot API is", "https://api.telegram.org"),
  web: base("Where people read", "https://t.me"),
});

const options = v.strictObject({
  silent: v.optional(v.pipe(v.boolean(), v.description("Delivered without a sound"))),
  protect: v.optional(v.pipe(v.boolean(), v.description("Readers cannot forward or save it"))),
  preview: v.optional(v.pipe(v.boolean(), v.description("A card below the text for its link; default true"))),
  message_thread_id: v.optional(v.pipe(v.number(), v.integer(), v.description("The topic of a forum group"))),
});

type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const CAPTION = 1024;

export const telegram = defineAdapter<Channel, Options>({
  id: "telegram",
  name: "Telegram",
  source: { url: "https://core.telegram.org/bots/api", checked: "2026-11-23" },
  shape: "chat",

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://t.me/BotFather",
    steps: [
      "Write to @BotFather in Telegram, send /newbot, and answer its questions.",
      "Copy the token that it gives you: that is `token`.",
      "Add the bot to your channel as an administrator who may post messages, or to your group as a member.",
      "For a public channel, `chat` is its @name; for a private one its id, a number that begins with -100.",
    ],
  },

  // Counted by the server in code points after the markup is parsed away (tdlib, MessageContent.cpp).
  text: { max: 4096, unit: "codepoint", markup: "chat-html", counts: "parsed", tags: "text" },
  media: {
    count: 10,
    // No field for it anywhere in the Bot API.
    alt: 0,
    image: { types: ["image/jpeg", "image/png", "image/webp"], bytes: 10_485_760, sum: 10_000, ratio: 20 },
    video: { types: ["video/mp4"], bytes: 52_428_800 },
    mixed: true,
    // Text and files as two messages would be two chances to lose one of them.
    caption: CAPTION,
  },
  thread: "reply",
  card: "network",
  // The bots' FAQ: a message a second in one chat, twenty a minute in one group. The thirty a second of a whole bot would take
  // as many chats at once; its 429 says when to go on.
  rates: [
    { posts: 1, per: "1s" },
    { posts: 20, per: "1m" },
  ],
  // Nor is there a way to list what a bot has posted: a lost answer is a question to a person.
  idempotency: "none",

  async publish(post, context) {
    const reply = await send(post, context);
    const messages = expectReply(reply, Sent, "a message").result;
    return receiptOf(Array.isArray(messages) ? messages : [messages], context);
  },

  async verify(context) {
    const me = expectReply(await call(context, "getMe", { safe: true }), Me, "a bot", true).result;
    const json = { chat_id: context.channel.chat };
    const chat = expectReply(
      await call(context, "getChat", { json, safe: true }),
      ChatReply,
      "a chat",
      true,
    ).result;
    const handle = `@${me.username} in ${chat.username ? `@${chat.username}` : (chat.title ?? chat.id)}`;
    return { id: String(me.id), handle, ...(chat.username && { url: `${webOf(context)}/${chat.username}` }) };
  },

  async remove(receipt, context) {
    const chat_id = receipt.ref?.chat ?? context.channel.chat;
    for (const id of (receipt.ref?.messages ?? receipt.id).split(",")) {
      try {
        await call(context, "deleteMessage", { json: { chat_id, message_id: Number(id) } });
      } catch (error) {
        if (!(error instanceof NetworkError && /message to delete not found/i.test(error.message)))
          throw error;
      }
    }
  },

  classify(reply) {
    const refusal = v.safeParse(Refused, reply.body);
    if (!refusal.success) return undefined;
    const { description: message, parameters } = refusal.output;
    if (parameters?.migrate_to_chat_id !== undefined) {
      const words = `${message}; the group has become a supergroup: set chat to "${parameters.migrate_to_chat_id}"`;
      return { code: "rejected", message: words };
    }
    if (reply.status === 429) {
      const seconds = parameters?.retry_after;
      return {
        code: "limited",
        message,
        ...(seconds !== undefined && { retryAt: Date.now() + seconds * 1000 }),
      };
    }
    // A token that no bot has is an unknown address.
    return reply.status === 404 ? { code: "auth", message: `${message}: is the token right?` } : undefined;
  },
});

const Refused = v.object({
  ok: v.literal(false),
  description: v.string(),
  parameters: v.optional(
    v.object({ retry_after: v.optional(v.number()), migrate_to_chat_id: v.optional(v.number()) }),
  ),
});
const Chat = v.object({ id: v.number(), username: v.optional(v.string()), title: v.optional(v.string()) });
const Message = v.object({ message_id: v.number(), chat: Chat });
type Message = v.InferOutput<typeof Message>;
const Sent = v.object({
  ok: v.literal(true),
  result: v.union([Message, v.pipe(v.array(Message), v.minLength(1))]),
});
const Me = v.object({ ok: v.literal(true), result: v.object({ id: v.number(), username: v.string() }) });
const ChatReply = v.object({ ok: v.literal(true), result: Chat });

function call(
  { channel, http }: Context<Channel>,
  name: string,
  request: Partial<HttpRequest>,
): Promise<Reply> {
  const { server, token } = channel;
  return http({ method: "POST", url: `${server}/bot${token}/${name}`, ...request });
}

async function send(post: Post<Options>, context: Context<Channel>): Promise<Reply> {
  const { channel, thread } = context;
  const { silent, protect, preview = true, message_thread_id } = post.options;
  const common = {
    chat_id: channel.chat,
    ...(message_thread_id !== undefined && { message_thread_id }),
    ...(silent && { disable_notification: true }),
    ...(protect && { protect_content: true }),
    // A parent that somebody has deleted is no reason to fail.
    ...(thread?.parent.id && {
      reply_parameters: { message_id: Number(thread.parent.id), allow_sending_without_reply: true },
    }),
  };
  const [first, ...others] = post.media;
  if (!first) {
    const link_preview_options = preview
      ? { ...(post.link && { url: post.link.url }) }
      : { is_disabled: true };
    const json = { ...common, text: post.text, parse_mode: "HTML", link_preview_options };
    return call(context, "sendMessage", { json });
  }
  const caption = post.text ? { caption: post.text, parse_mode: "HTML" } : {};
  if (others.length === 0) {
    const kind = kindOf(first);
    const name = kind === "video" ? "sendVideo" : "sendPhoto";
    const file = { ...(await partOf(first, context)), name: kind };
    return call(context, name, { parts: [...fields({ ...common, ...caption }), file] });
  }
  const media = post.media.map((item, index) => ({
    type: kindOf(item),
    media: `attach://file${index}`,
    ...(index === 0 && caption),
  }));
  const files: Part[] = [];
  for (const [index, item] of post.media.entries()) {
    files.push({ ...(await partOf(item, context)), name: `file${index}` });
  }
  return call(context, "sendMediaGroup", { parts: [...fields({ ...common, media }), ...files] });
}

function fields(values: Record<string, unknown>): Part[] {
  return Object.entries(values).map(([name, value]) => ({
    name,
    value: typeof value === "string" ? value : JSON.stringify(value),
  }));
}

async function partOf(media: Media, context: Context<Channel>): Promise<Omit<Part, "name">> {
  return { value: await context.read(media), filename: media.file.split("/").at(-1), type: media.type };
}

function kindOf({ type }: Media): "video" | "photo" {
  return type.startsWith("video/") ? "video" : "photo";
}

/** Several messages when there were several files; the first one stands for all. */
function receiptOf(messages: Message[], context: Context<Channel>): Receipt {
  const { message_id, chat } = messages[0]!;
  const ref = {
    chat: String(chat.id),
    ...(messages.length > 1 && { messages: messages.map((message) => message.message_id).join(",") }),
  };
  // 0: taken, but scheduled by the server (a video for a large chat). It will be out, under an id not known yet.
  if (message_id === 0) return { id: "", ref };
  return { id: String(message_id), url: urlOf(message_id, chat, webOf(context)), ref };
}

// Private supergroups and channels have ids that begin with -100, and pages that only members see.
function urlOf(id: number, chat: Message["chat"], web: string): string | undefined {
  if (chat.username) return `${web}/${chat.username}/${id}`;
  const [, inner] = /^-100(\d+)$/.exec(String(chat.id)) ?? [];
  return inner ? `${web}/c/${inner}/${id}` : undefined;
}

function webOf({ channel }: Context<Channel>): string {
  return channel.web;
}
