/** Discord's API as far as the adapter speaks it: settings, places, messages and what they are made of. */
import * as v from "valibot";
import type { Context, Post, Preparation, Reach, Receipt } from "../../adapter.ts";
import { base, secret, text } from "../../settings.ts";
import { Attachment, filesRef } from "./files.ts";
import { PollShape } from "./poll.ts";

const DISCORD = "https://discord.com";
const WEBHOOK = /^(https?:\/\/.+?)\/api\/(?:v\d+\/)?webhooks\/([^/?#]+)\/([^/?#]+)\/?$/i;

export const channel = v.pipe(
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

export const options = v.strictObject({
  silent: v.optional(v.pipe(v.boolean(), v.description("Nobody is notified"))),
  suppress_embeds: v.optional(v.pipe(v.boolean(), v.description("No cards below the links"))),
  thread_id: v.optional(
    v.pipe(text("The thread to post in, in quotes"), v.regex(/^\w+$/, "is not a thread's id")),
  ),
  username: v.optional(
    v.pipe(text("Name shown as the author; webhook only"), v.maxLength(80, "is longer than 80")),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Message = v.object({
  id: v.string(),
  channel_id: v.string(),
  attachments: v.optional(v.array(Attachment), []),
});
/** Without what an app that may not read messages does not get. */
export const Shown = v.object({
  ...Message.entries,
  content: v.string(),
  author: v.object({
    id: v.string(),
    username: v.optional(v.string(), ""),
    global_name: v.nullish(v.string()),
  }),
  nonce: v.nullish(v.union([v.string(), v.number()])),
  poll: v.nullish(PollShape),
});
export const About = v.object({
  id: v.string(),
  name: v.nullish(v.string()),
  guild_id: v.nullish(v.string()),
  channel_id: v.nullish(v.string()),
  last_message_id: v.nullish(v.pipe(v.string(), v.digits())),
});
export const Me = v.object({ id: v.string(), username: v.optional(v.string()) });
export const Refused = v.object({
  message: v.string(),
  code: v.optional(v.number()),
  errors: v.optional(v.unknown()),
});

export const Coded = v.object({ message: v.string(), code: v.number() });
export const Limited = v.object({ message: v.string(), retry_after: v.number(), global: v.boolean() });

/** Paths below the API's base: where messages go, and what says where that is. */
export function placeOf(channel: Channel, thread?: string) {
  const [, , id, token] = WEBHOOK.exec(channel.webhook ?? "") ?? [];
  const webhook = `/webhooks/${id}/${token}`;
  if (id) return { messages: webhook, about: webhook, query: { thread_id: thread } };
  const room = `/channels/${thread ?? channel.channel_id}`;
  return { messages: `${room}/messages`, about: room, query: {} };
}

/** Unknown Message. */
export const UNKNOWN = ['"code": 10008', '"code":10008'];

/** Where one message is. */
export function messageAt({ id, ref }: Receipt, channel: Channel) {
  const { messages, query } = placeOf(channel, ref?.thread);
  return { path: channel.webhook ? `${messages}/messages/${id}` : `${messages}/${id}`, query };
}

export function serverOf({ server, webhook }: Pick<Channel, "server" | "webhook">): string {
  return server === DISCORD ? (WEBHOOK.exec(webhook ?? "")?.[1] ?? server) : server;
}

export function aboutOf({ options }: Post<Options>, { channel, ask }: Reach<Channel>) {
  return ask({ path: placeOf(channel, options.thread_id).about }, About, "a channel");
}

/** Known before the first message, since a message does not say where it is. */
export function guildOf(post: Post<Options>, context: Preparation<Channel>): Promise<string | null> {
  return context.step("guild", async () => (await aboutOf(post, context)).guild_id ?? null);
}

/** What the message says: a poll may be all of it. */
export function textOf({ content, poll }: Pick<v.InferOutput<typeof Shown>, "content" | "poll">): string {
  return content || (poll?.question.text ?? "");
}

/** The thread that a post goes to: its own, or that of the message which it answers. */
export function threadOf(
  { options }: Post<Options>,
  { thread }: Pick<Context, "thread">,
): string | undefined {
  return thread?.parent.ref?.thread ?? options.thread_id;
}

export function receiptOf(
  { id, channel_id, attachments }: v.InferOutput<typeof Message>,
  post: Post<Options>,
  guild: string | null | undefined,
  { channel, thread: place }: Pick<Context<Channel>, "channel" | "thread">,
): Receipt {
  const thread = threadOf(post, { thread: place });
  const url = `${urlOf(channel, guild, channel_id)}/${id}`;
  return withRef({ id, url }, { ...(thread && { thread }), ...filesRef(attachments, post.media) });
}

export function withRef({ id, url }: Receipt, ref: Record<string, string>): Receipt {
  return { id, ...(url && { url }), ...(Object.keys(ref).length > 0 && { ref }) };
}

export function urlOf(channel: Channel, guild: string | null | undefined, room: string): string {
  return `${serverOf(channel)}/channels/${guild ?? "@me"}/${room}`;
}

const EPOCH = 1_420_070_400_000;

/** The id that a message of this time would have at least. */
export function idAt(time: number): bigint {
  return BigInt(Math.max(0, time - EPOCH)) << 22n;
}

// A nonce has 25 characters at most.
export function nonceOf(key: string): string {
  return key.slice(0, 25);
}
