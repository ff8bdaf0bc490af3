/** Google Chat: an app, whose messages have ids of our own; or an incoming webhook, which only writes. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  expectReply,
  type Found,
  oneByOne,
  type Post,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import type { ErrorCode } from "../../errors.ts";
import { asApp, type Channel, channel, Made, onlyApp, options, Refused, receiptOf } from "./api.ts";

const Message = v.object({
  ...Made.entries,
  text: v.optional(v.string(), ""),
  createTime: v.optional(v.string()),
  lastUpdateTime: v.optional(v.string()),
  deleteTime: v.optional(v.string()),
  emojiReactionSummaries: v.optional(v.array(v.object({ reactionCount: v.optional(v.number(), 0) })), []),
});
const Space = v.object({ displayName: v.optional(v.string(), ""), spaceUri: v.optional(v.string()) });

const CODES: Record<string, ErrorCode> = {
  UNAUTHENTICATED: "auth",
  RESOURCE_EXHAUSTED: "limited",
  // There is a message with this id: ours, and only `find` knows what it is called.
  ALREADY_EXISTS: "uncertain",
};

export const googlechat = defineAdapter({
  id: "googlechat",
  name: "Google Chat",
  source: {
    url: "https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create",
    checked: "2026-11-26",
  },
  api: { version: "v1" },
  group: "team",
  shape: "chat",
  look: { mark: "Gc", light: "#0b6e38", dark: "#7fd6a3", layout: "message" },

  channel,
  options,
  auth: {
    kind: "webhook",
    url: "https://developers.google.com/workspace/chat/quickstart/webhooks",
    asks: ["webhook"],
    steps: [
      "In Google Chat, open the space's menu, Apps & integrations, and choose Add webhooks.",
      "Name it as readers shall see it, save, and copy the URL: that is `webhook`.",
      "Or use an app, which can look up, correct and take back what it posted: make a project at console.cloud.google.com and enable the Google Chat API.",
      "Configure the app there, make a service account with a JSON key, and copy `client_email` and `private_key` from it.",
      "Add the app to the space (Apps & integrations, Add apps); the space's id in its address is `space`.",
    ],
  },
  endpoint: ({ server }) => ({ base: `${server}/v1` }),
  // What the login says to a key that is not good any more.
  errors: [
    {
      status: [400, 401],
      words: /"error": ?"(invalid_grant|invalid_client|unauthorized_client)"/,
      code: "auth",
    },
  ],
  own: { body: v.union([Refused, v.object({ error: v.string(), error_description: v.string() })]) },

  // "The maximum message size, including any text or cards, is 32,000 bytes"; the rest is for what is around the text.
  text: { max: 30_000, unit: "byte", markup: "google-chat", tags: "none" },
  // Uploads want a person's login, and a card's pictures a public address.
  media: "none",
  thread: "reply",
  card: "network",
  // Not documented for one space; several webhooks share it.
  rates: [{ posts: 1, per: "1s" }],
  // An app names its messages; that `requestId` holds for webhooks as well is not documented, so nothing relies on it.
  idempotency: "none",
  edits: ({ webhook }) => (webhook ? "none" : { fields: ["text"], visible: true }),
  retracts: ({ webhook }) => (webhook ? "none" : {}),
  blind: ({ webhook }) => (webhook ? ["read", "metrics"] : []),

  async prepare(_, context) {
    // A key that is none is found out before the first message.
    if (!context.channel.webhook) await asApp(context, async () => undefined);
  },

  async publish(post, context) {
    const { channel, thread, key, ask } = context;
    const above = thread?.parent.ref?.thread;
    const json = { ...wordsOf(post), ...(above && { thread: { name: above } }) };
    // A thread that somebody has deleted is no reason to fail.
    const query = {
      ...(above && { messageReplyOption: "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD" }),
      requestId: key,
    };
    const send = { method: "POST", query, json } as const;
    const made = channel.webhook
      ? await ask({ ...send, url: channel.webhook }, Made, "a message")
      : await asApp(context, (authorised) => {
          const named = { ...query, messageId: nameOf(context) };
          return ask(
            { ...send, ...authorised, path: `/spaces/${channel.space}/messages`, query: named },
            Made,
            "a message",
          );
        });
    return receiptOf(made, channel);
  },

  /** By the name that it was given. */
  async find(_: Post, context: Context<Channel>): Promise<Found> {
    onlyApp(context.channel, "look up what it posted");
    const message = await messageAt(`spaces/${context.channel.space}/messages/${nameOf(context)}`, context);
    return message === "gone" ? "absent" : receiptOf(message, context.channel);
  },

  async account(reach) {
    const { channel, ask } = reach;
    if (channel.webhook) return { id: "", handle: "incoming webhook" };
    const { displayName, spaceUri } = await asApp(reach, (authorised) =>
      ask({ ...authorised, path: `/spaces/${channel.space}` }, Space, "a space"),
    );
    const id = channel.client_email ?? "";
    return { id, handle: `${id}${displayName && ` in ${displayName}`}`, ...(spaceUri && { url: spaceUri }) };
  },

  async read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
    onlyApp(reach.channel, "look up what it posted");
    const message = await messageAt(receipt.id, reach);
    if (message === "gone") return "gone";
    const { text, lastUpdateTime } = message;
    return { text, url: receipt.url, ...(lastUpdateTime && { edited: lastUpdateTime }) };
  },

  /** Reactions of every kind together. Views are not counted, and an app cannot list a space's answers. */
  metrics: oneByOne(async ({ id }, reach) => {
    onlyApp(reach.channel, "look up what it posted");
    const message = await messageAt(id, reach);
    if (message === "gone") return "gone";
    const counts = message.emojiReactionSummaries.map(({ reactionCount }) => reactionCount);
    return { likes: counts.reduce((sum, count) => sum + count, 0) };
  }),

  async edit(receipt, post, context) {
    onlyApp(context.channel, "edit its messages");
    const query = { updateMask: "text,markup_syntax" };
    const made = await asApp(context, (authorised) =>
      context.ask(
        { ...authorised, method: "PATCH", path: `/${receipt.id}`, query, json: wordsOf(post) },
        Made,
        "a message",
      ),
    );
    return { ...receipt, id: made.name };
  },

  async retract({ id }, context) {
    onlyApp(context.channel, "delete its messages");
    await asApp(context, (authorised) =>
      context.http({ ...authorised, method: "DELETE", path: `/${id}`, ok: [404] }),
    );
  },

  classify({ body, ...reply }) {
    const refusal = v.safeParse(Refused, body);
    if (!refusal.success) return undefined;
    const { status, message } = refusal.output.error;
    const code = CODES[status] ?? (reply.status < 500 ? "rejected" : undefined);
    return code && { code, message: `${status}: ${message}` };
  },
});

/** Of the two syntaxes the one that the text is in: new apps have the other one as their default. */
function wordsOf({ text }: Post) {
  return { text, markupSyntax: "MARKUP_SYNTAX_CHAT" };
}

/** A message's name of ours: client-, then at most 56 small letters, digits and hyphens. */
function nameOf({ key }: Context<Channel>): string {
  return `client-${key}`;
}

async function messageAt(
  name: string,
  reach: Reach<Channel>,
): Promise<v.InferOutput<typeof Message> | "gone"> {
  const reply = await asApp(reach, (authorised) =>
    reach.http({ ...authorised, path: `/${name}`, ok: [404] }),
  );
  if (reply.status === 404) return "gone";
  const message = expectReply(reply, Message, "a message", true);
  return message.deleteTime === undefined ? message : "gone";
}
