/** Discord's API as far as the adapter speaks it: settings, places, messages and what they are made of. */
import * as v from "valibot";
import {
  type Context,
  nameOf,
  type Poll,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { milliseconds } from "../../duration.ts";
import { base, secret, text } from "../../settings.ts";

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

export const Message = v.object({ id: v.string(), channel_id: v.string() });
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

const SUPPRESS_EMBEDS = 1 << 2;
const SUPPRESS_NOTIFICATIONS = 1 << 12;
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

export async function bodyOf(
  { text, entities, media, options, poll, title, plain }: Post<Options>,
  { channel, key, stream, thread }: Context<Channel>,
  purpose: "create" | "edit" = "create",
) {
  const { silent, suppress_embeds, username } = options;
  const isNew = purpose === "create";
  const flags = (suppress_embeds ? SUPPRESS_EMBEDS : 0) | (silent && isNew ? SUPPRESS_NOTIFICATIONS : 0);
  const users = entities.flatMap((entity) => (entity.kind === "mention" && entity.id ? [entity.id] : []));
  const payload = {
    content: text,
    // Those whom the text names by id are notified; @everyone, roles and what merely looks like a mention are not.
    allowed_mentions: { parse: [], ...(users.length > 0 && { users: [...new Set(users)] }) },
    ...((flags > 0 || !isNew) && { flags }),
    // A poll cannot be edited.
    ...(isNew && poll && { poll: pollOf(poll, title ?? plain ?? text) }),
    // What is gone by then is answered all the same, without the quote.
    ...(isNew &&
      thread?.answers && {
        message_reference: { message_id: thread.parent.id, fail_if_not_exists: false },
      }),
    ...(!isNew
      ? {}
      : channel.webhook
        ? username && { username }
        : { nonce: nonceOf(key), enforce_nonce: true }),
  };
  // An edit names the files that stay: these, which come anew, and no other.
  if (media.length === 0) return { json: isNew ? payload : { ...payload, attachments: [] } };
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

export function receiptOf(
  { id, channel_id }: v.InferOutput<typeof Message>,
  guild: string | null | undefined,
  channel: Channel,
  thread: string | undefined,
): Receipt {
  return { id, url: `${urlOf(channel, guild, channel_id)}/${id}`, ...(thread && { ref: { thread } }) };
}

export function urlOf(channel: Channel, guild: string | null | undefined, room: string): string {
  return `${serverOf(channel)}/channels/${guild ?? "@me"}/${room}`;
}

const HOUR = 3_600_000;
const MOST_QUESTION = 300;

function pollOf({ choices, open, multiple }: Poll, words: string) {
  const [first = ""] = words.trim().split("\n");
  const question = first.length <= MOST_QUESTION ? first : `${first.slice(0, MOST_QUESTION - 1)}…`;
  return {
    question: { text: question },
    answers: choices.map((text) => ({ poll_media: { text } })),
    duration: Math.ceil(milliseconds(open) / HOUR),
    allow_multiselect: multiple === true,
  };
}

// A nonce has 25 characters at most.
export function nonceOf(key: string): string {
  return key.slice(0, 25);
}
