/** Zulip: a topic of a channel, by a bot. */
import * as v from "valibot";
import { type Account, defineAdapter, type MediaRules, type Reach } from "../../adapter.ts";
import {
  answer,
  askChannelId,
  type Channel,
  channel,
  channelIdOf,
  contentOf,
  labelOf,
  Me,
  options,
  Refused,
  receiptOf,
  Sent,
  topicOf,
  UNKNOWN,
  uploaded,
} from "./api.ts";
import { find, metrics, read, replies } from "./read-back.ts";

// The server cuts what is longer, and says nothing: max_message_length and max_topic_length.
const MAX = 10_000;
const TOPIC_MAX = 60;
// What a link to a file has besides its words and the file's name: an organisation's number and a random part.
const LINK = 60;

const BYTES = 26_214_400;
const MEDIA = {
  count: 10,
  // It is the text of a link above the picture, and counts with the message.
  alt: 500,
  image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp"], bytes: BYTES },
  video: { types: ["video/mp4", "video/webm", "video/quicktime"], bytes: BYTES },
  audio: { types: ["audio/mpeg", "audio/ogg", "audio/mp4", "audio/wav"], bytes: BYTES },
  document: { types: ["application/pdf"], bytes: BYTES },
  mixed: true,
} satisfies MediaRules;

const Registered = answer({
  queue_id: v.nullish(v.string()),
  max_message_length: v.optional(v.number()),
  max_file_upload_size_mib: v.optional(v.number()),
});

export const zulip = defineAdapter({
  id: "zulip",
  name: "Zulip",
  source: { url: "https://zulip.com/api/send-message", checked: "2026-11-23" },
  group: "team",
  shape: "chat",
  look: { mark: "Zu", light: "#5a4fd0", dark: "#b3acff", layout: "message", avatar: "soft" },

  channel,
  options,
  auth: {
    kind: "key",
    url: "https://zulip.com/help/add-a-bot-or-integration",
    steps: [
      "In Zulip, open Personal settings, Bots, and choose Add a new bot; its type is Generic bot.",
      "Copy its e-mail address and its API key: these are `email` and `api_key`.",
      "Subscribe the bot to the channel: Channel settings, Subscribers.",
      "`server` is the organisation's address, `channel` the channel's name, and `topic` the topic that announcements go to.",
    ],
  },
  endpoint: ({ server, email, api_key }) => ({
    base: `${server}/api/v1`,
    headers: { Authorization: `Basic ${Buffer.from(`${email}:${api_key}`).toString("base64")}` },
  }),
  errors: [
    {
      status: [400, 401, 403],
      words: /"code": ?"(INVALID_API_KEY|USER_DEACTIVATED|REALM_DEACTIVATED)"/,
      code: "auth",
    },
  ],
  own: { body: Refused },

  // Python's len(): code points, without white space at the end.
  text: { max: MAX, unit: "codepoint", markup: "zulip", tags: "none" },
  media: MEDIA,
  thread: "sequence",
  card: "network",
  // Of every request of an account; `account` and look-ups count as well.
  rates: [{ posts: 200, per: "1m" }],
  // local_id is not one: it only comes back in the sender's own queue.
  idempotency: "none",
  edits: { fields: ["text", "media", "alt"], visible: true },
  retracts: {},

  check(post, channel) {
    const topic = topicOf(post, channel);
    if ([...topic].length > TOPIC_MAX)
      return {
        message: `the topic has ${[...topic].length} characters; ${TOPIC_MAX} fit, and the server would cut the rest`,
        remedy: "Choose a shorter one.",
        about: "options",
      };
    if (post.media.length === 0) return undefined;
    const links = post.media.reduce(
      (sum, item) => sum + [...labelOf(item)].length + [...item.file].length + LINK,
      0,
    );
    const length = [...post.text].length + links;
    if (length <= MAX) return undefined;
    return {
      message: `with the links to its files the message has up to ${length} characters; ${MAX} fit, and the server would cut the rest`,
      remedy: "Shorten the text or the alternative texts.",
    };
  },

  async prepare(posts, context) {
    await channelIdOf(context);
    for (const post of posts) await uploaded(post, context);
  },

  async publish(post, context) {
    const { channel, ask, thread } = context;
    const stream = await channelIdOf(context);
    const topic = topicOf(post, channel, thread);
    const content = contentOf(post, await uploaded(post, context));
    // Servers before 9.0 know "stream" only, and later ones still do.
    const form = { type: "stream", to: String(stream), topic, content };
    const { id } = await ask({ method: "POST", path: "/messages", form }, Sent, "a message");
    return receiptOf(id, stream, topic, channel);
  },

  find,

  async account(reach) {
    const { user_id, full_name } = await reach.ask({ path: "/users/me" }, Me, "a user");
    // A channel that is not there is found out now.
    await askChannelId(reach);
    const { channel, topic } = reach.channel;
    return {
      id: String(user_id),
      handle: `${full_name} in #${channel} > ${topic}`,
      limits: await limitsOf(reach),
    };
  },

  read,
  metrics,
  replies,

  async edit(receipt, post, context) {
    const content = contentOf(post, await uploaded(post, context));
    const path = `/messages/${encodeURIComponent(receipt.id)}`;
    await context.ask({ method: "PATCH", path, form: { content } }, answer({}), "a success");
    return receipt;
  },

  async retract({ id }, { http }) {
    await http({ method: "DELETE", path: `/messages/${encodeURIComponent(id)}`, ok: [UNKNOWN] });
  },

  classify({ body }) {
    const refusal = v.safeParse(Refused, body);
    if (!refusal.success || refusal.output.code !== "RATE_LIMIT_HIT") return undefined;
    return { code: "limited", message: refusal.output.msg };
  },
});

/** They are only told to one who registers for events; that queue is taken back at once. */
async function limitsOf({ ask, http }: Reach<Channel>): Promise<Account["limits"]> {
  const form = { event_types: "[]", fetch_event_types: '["realm"]' };
  const asked = { method: "POST", path: "/register", form, safe: true } as const;
  const {
    queue_id,
    max_message_length: max,
    max_file_upload_size_mib,
  } = await ask(asked, Registered, "a queue");
  if (queue_id)
    await http({ method: "DELETE", path: "/events", form: { queue_id }, safe: true, ok: [400, 404] });
  const bytes = (max_file_upload_size_mib ?? 0) * 1_048_576;
  const { image, video, audio, document } = MEDIA;
  return {
    ...(max && { text: { max } }),
    ...(bytes > 0 && {
      media: {
        image: { ...image, bytes },
        video: { ...video, bytes },
        audio: { ...audio, bytes },
        document: { ...document, bytes },
      },
    }),
  };
}
