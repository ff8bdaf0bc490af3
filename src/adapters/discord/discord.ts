/** Discord: a webhook, which only writes; or a bot, which can also look up what it wrote. */
import * as v from "valibot";
import { defineAdapter, type Objection } from "../../adapter.ts";
import { HOMEPAGE, VERSION } from "../../version.ts";
import {
  About,
  Coded,
  channel,
  guildOf,
  Limited,
  Me,
  Message,
  messageAt,
  options,
  placeOf,
  Refused,
  receiptOf,
  serverOf,
  threadOf,
  UNKNOWN,
  urlOf,
  withRef,
} from "./api.ts";
import { created, edited } from "./body.ts";
import { filesRef } from "./files.ts";
import { find } from "./look-up.ts";
import { objectionsTo, POLL } from "./poll.ts";
import { metrics, read, replies } from "./read-back.ts";

export const discord = defineAdapter({
  id: "discord",
  name: "Discord",
  source: { url: "https://docs.discord.com/developers/resources/message", checked: "2026-11-23" },
  group: "community",
  shape: "chat",
  look: { mark: "Di", light: "#4450b8", dark: "#a3acff", layout: "message" },

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
      "Add a bot, switch on Message Content Intent, without which it cannot read what people answer, and copy its token.",
      "Invite it with View Channel, Send Messages, Attach Files and Read Message History.",
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
  errors: [
    { status: [400, 401, 403, 404], words: /"code": ?(10015|50027)\b/, code: "auth" },
    // So many edits of messages older than an hour: "try again later".
    { status: [400, 403, 429], words: /"code": ?30046\b/, code: "limited" },
  ],
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
  poll: POLL,
  thread: "sequence",
  card: "network",
  // Observed, not promised: the documents say to follow the headers.
  rates: [
    { posts: 5, per: "2s" },
    { posts: 30, per: "1m" },
  ],
  // A bot's nonce is kept for "the past few minutes" and a webhook has none; so nothing is relied on, `find` decides.
  idempotency: "none",
  // Edit Message and Edit Webhook Message: content, attachments and, of the flags, the cards' alone.
  edits: {
    fields: ["text", "media", "alt", "options"],
    fixed: ["silent", "thread_id", "username"],
    exceptPolls: true,
    visible: true,
  },
  retracts: {},
  // A webhook gets its own messages, and no list of others'.
  blind: ({ webhook }) => (webhook ? ["replies"] : []),

  check(post, channel) {
    const found: Objection[] = objectionsTo(post);
    if (post.options.username && !channel.webhook)
      found.push({
        message: "`username` is for webhooks; a bot has its own name",
        remedy: "Leave it out, or give the channel a `webhook`.",
        about: "options",
      });
    return found;
  },

  async prepare([post], context) {
    if (post) await guildOf(post, context);
  },

  async publish(post, context) {
    const guild = await guildOf(post, context);
    const place = placeOf(context.channel, threadOf(post, context));
    // Without wait=true a webhook's answer has no id, and a message that was not saved is not an error.
    const query = { ...(context.channel.webhook && { wait: true }), ...place.query };
    const body = await created(post, context);
    const message = await context.ask(
      { method: "POST", path: place.messages, query, ...body },
      Message,
      "a message",
    );
    return receiptOf(message, post, guild, context);
  },

  find,

  async account({ channel, ask }) {
    const about = await ask({ path: placeOf(channel).about }, About, "a channel");
    const url = urlOf(channel, about.guild_id, about.channel_id ?? about.id);
    if (channel.webhook) return { id: about.id, handle: about.name ?? "webhook", url };
    const me = await ask({ path: "/users/@me" }, Me, "a user");
    return { id: me.id, handle: `@${me.username}${about.name ? ` in #${about.name}` : ""}`, url };
  },

  read,
  metrics,
  replies,

  async edit(receipt, post, context) {
    const { path, query } = messageAt(receipt, context.channel);
    const body = await edited(receipt, post, context);
    const message = await context.ask({ method: "PATCH", path, query, ...body }, Message, "a message");
    const { files: _, ...ref } = receipt.ref ?? {};
    return withRef(receipt, { ...ref, ...filesRef(message.attachments, post.media, receipt) });
  },

  async retract(receipt, { channel, http }) {
    const { path, query } = messageAt(receipt, channel);
    await http({ method: "DELETE", path, query, ok: UNKNOWN });
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

/** `{ content: { _errors: [{ message }] } }` as `content: message`. */
function fieldErrors(errors: unknown, path: string[] = []): string[] {
  if (typeof errors !== "object" || errors === null || path.length > 8) return [];
  return Object.entries(errors).flatMap(([name, value]) => {
    if (name !== "_errors" || !Array.isArray(value)) return fieldErrors(value, [...path, name]);
    return value.map(({ message }: { message?: unknown }) => `${path.join(".")}: ${message}`);
  });
}
