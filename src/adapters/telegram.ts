/** Telegram, by a bot that is a member of the chat or an administrator of the channel. */
import * as v from "valibot";
import { type Context, defineAdapter, type Media, nameOf, type Post, type Receipt } from "../adapter.ts";
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

const answer = <S extends v.GenericSchema>(result: S) => v.object({ ok: v.literal(true), result });
const Chat = v.object({ id: v.number(), username: v.optional(v.string()), title: v.optional(v.string()) });
const Message = v.object({ message_id: v.number(), chat: Chat });
const Sent = answer(v.union([v.pipe(v.array(Message), v.minLength(1)), Message]));
const Me = answer(v.object({ id: v.number(), username: v.string() }));
const Refused = v.object({ ok: v.literal(false), error_code: v.number(), description: v.string() });
const Moved = v.object({ description: v.string(), parameters: v.object({ migrate_to_chat_id: v.number() }) });

export const telegram = defineAdapter({
  id: "telegram",
  name: "Telegram",
  source: { url: "https://core.telegram.org/bots/api", checked: "2026-11-23" },
  group: "community",
  shape: "chat",
  look: { mark: "Tg", light: "#1a6d9e", dark: "#6dbdec", layout: "bubble" },

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
  endpoint: ({ server, token }) => ({ base: `${server}/bot${token}` }),
  // A token that no bot has is an unknown address.
  errors: [{ status: 404, words: "error_code", code: "auth" }],
  own: { body: Refused },

  // Counted by the server in code points after the markup is parsed away (tdlib, MessageContent.cpp).
  text: { max: 4096, unit: "codepoint", markup: "chat-html", counts: "parsed", tags: "text" },
  media: {
    count: 10,
    // No field for it anywhere in the Bot API.
    alt: 0,
    image: {
      types: ["image/jpeg", "image/png", "image/webp"],
      bytes: 10_485_760,
      sum: 10_000,
      ratio: 20,
      // As photos, which do not move.
      still: ["image/gif", "image/webp"],
    },
    video: { types: ["video/mp4"], bytes: 52_428_800 },
    mixed: true,
    // Text and files as two messages would be two chances to lose one of them.
    caption: 1024,
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
  // editMessageText and editMessageCaption. The file of a message could be another one (editMessageMedia), but not none.
  edits: { fields: ["text", "options"], fixed: ["silent", "protect", "message_thread_id"], visible: true },
  // deleteMessage: "only if it was sent less than 48 hours ago".
  retracts: { within: "48h" },

  async publish(post, context) {
    const { method, ...body } = await requestOf(post, context);
    const { result } = await context.ask({ method: "POST", path: `/${method}`, ...body }, Sent, "a message");
    return receiptOf([result].flat(), context.channel);
  },

  async account({ channel, ask }) {
    const asked = { method: "POST", safe: true } as const;
    const me = (await ask({ ...asked, path: "/getMe" }, Me, "a bot")).result;
    const json = { chat_id: channel.chat };
    const chat = (await ask({ ...asked, path: "/getChat", json }, answer(Chat), "a chat")).result;
    const handle = `@${me.username} in ${chat.username ? `@${chat.username}` : (chat.title ?? chat.id)}`;
    return { id: String(me.id), handle, ...(chat.username && { url: `${channel.web}/${chat.username}` }) };
  },

  async edit(receipt, { text, media, link, options }, { channel, http }) {
    const place = { chat_id: receipt.ref?.chat ?? channel.chat, message_id: Number(receipt.id) };
    // An album has its words below its first file.
    const [path, json] =
      media.length > 0
        ? ["/editMessageCaption", { caption: text, parse_mode: "HTML" }]
        : ["/editMessageText", { text, parse_mode: "HTML", link_preview_options: previewOf(link, options) }];
    await http({ method: "POST", path, json: { ...place, ...json }, ok: ["message is not modified"] });
    return receipt;
  },

  async retract({ id, ref }, { channel, http }) {
    for (const message of (ref?.messages ?? id).split(",")) {
      const json = { chat_id: ref?.chat ?? channel.chat, message_id: Number(message) };
      await http({ method: "POST", path: "/deleteMessage", json, ok: ["message to delete not found"] });
    }
  },

  classify({ body }) {
    const moved = v.safeParse(Moved, body);
    if (!moved.success) return undefined;
    const { description, parameters } = moved.output;
    const now = `the group has become a supergroup: set chat to "${parameters.migrate_to_chat_id}"`;
    return { code: "rejected", message: `${description}; ${now}` };
  },
});

/** A file goes along in the request that publishes: the Bot API keeps nothing that was not posted. */
async function requestOf({ text, media, link, options }: Post<Options>, context: Context<Channel>) {
  const { channel, thread, stream } = context;
  const { silent, protect, message_thread_id } = options;
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
  if (media.length === 0) {
    const link_preview_options = previewOf(link, options);
    return { method: "sendMessage", json: { ...common, text, parse_mode: "HTML", link_preview_options } };
  }
  const caption = text ? { caption: text, parse_mode: "HTML" } : {};
  const part = async (item: Media, name: string) => ({
    name,
    value: await stream(item),
    filename: nameOf(item),
    type: item.type,
  });
  const kinds = media.map(({ type }) => (type.startsWith("video/") ? "video" : "photo"));
  if (media.length === 1) {
    const file = await part(media[0]!, kinds[0]!);
    const method = kinds[0] === "video" ? "sendVideo" : "sendPhoto";
    return { method, parts: [...fields({ ...common, ...caption }), file] };
  }
  const album = kinds.map((type, at) => ({ type, media: `attach://file${at}`, ...(at === 0 && caption) }));
  const files = await Promise.all(media.map((item, at) => part(item, `file${at}`)));
  return { method: "sendMediaGroup", parts: [...fields({ ...common, media: album }), ...files] };
}

function previewOf(link: Post["link"], { preview = true }: Options) {
  return preview ? { ...(link && { url: link.url }) } : { is_disabled: true };
}

function fields(values: Record<string, unknown>) {
  return Object.entries(values).map(([name, value]) => ({
    name,
    value: typeof value === "string" ? value : JSON.stringify(value),
  }));
}

/** Several messages when there were several files; the first one stands for all. */
function receiptOf(messages: v.InferOutput<typeof Message>[], { web }: Channel): Receipt {
  const { message_id, chat } = messages[0]!;
  const all = messages.length > 1 && { messages: messages.map((message) => message.message_id).join(",") };
  const ref = { chat: String(chat.id), ...all };
  // 0: taken, but scheduled by the server (a video for a large chat). It will be out, under an id not known yet.
  if (message_id === 0) return { id: "", ref };
  // Private supergroups and channels have ids that begin with -100, and pages that only members see.
  const [, inner] = /^-100(\d+)$/.exec(String(chat.id)) ?? [];
  const room = chat.username ?? (inner && `c/${inner}`);
  return { id: String(message_id), url: room && `${web}/${room}/${message_id}`, ref };
}
