/** Zulip's API as far as the adapter speaks it: settings, answers, files, and where a message is. */
import * as v from "valibot";
import {
  type Context,
  type Media,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { secret, text, url } from "../../settings.ts";

const topic = v.pipe(text("The topic"), v.regex(/^[^\p{Cc}]+$/u, "has a control character or a line break"));

export const channel = v.strictObject({
  server: url("The organisation's address, such as https://acme.zulipchat.com"),
  email: v.pipe(text("The bot's e-mail address"), v.regex(/^\S+@\S+$/, "is not an e-mail address")),
  api_key: secret("The bot's API key"),
  channel: v.pipe(
    v.union([v.string(), v.number()], "is not a channel: its name, or its id"),
    v.transform(String),
    v.regex(/^[^#\s].*$/u, "is not a channel: its name without #, or its id"),
    v.description("The channel: its name without #, or its id"),
  ),
  topic: v.pipe(topic, v.description("The topic that it posts to, unless a campaign names another")),
});

export const options = v.strictObject({
  topic: v.optional(v.pipe(topic, v.description("The topic of this campaign"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Refused = v.object({ result: v.literal("error"), msg: v.string(), code: v.string() });
export const answer = <E extends v.ObjectEntries>(entries: E) =>
  v.object({ result: v.literal("success"), ...entries });
export const Sent = answer({ id: v.number() });
export const Me = answer({ user_id: v.number(), email: v.string(), full_name: v.string() });
export const Message = v.object({
  id: v.number(),
  content: v.string(),
  subject: v.optional(v.string(), ""),
  timestamp: v.number(),
  sender_id: v.optional(v.number()),
  sender_email: v.string(),
  sender_full_name: v.optional(v.string()),
  last_edit_timestamp: v.nullish(v.number()),
  reactions: v.optional(v.array(v.unknown()), []),
});
export type Message = v.InferOutput<typeof Message>;

/** What is said of a message that is not there. */
export const UNKNOWN = "Invalid message(s)";

/** The channel's number, known before the first post: links need it, and a name may be given to another channel. */
export function channelIdOf(context: Preparation<Channel>): Promise<number> {
  return context.step("channel", () => askChannelId(context));
}

export async function askChannelId({ channel: { channel }, ask }: Reach<Channel>): Promise<number> {
  if (/^\d+$/.test(channel)) return Number(channel);
  const query = { stream: channel };
  return (await ask({ path: "/get_stream_id", query }, answer({ stream_id: v.number() }), "a channel"))
    .stream_id;
}

export function topicOf(
  { options }: Pick<Post<Options>, "options">,
  { topic }: Channel,
  thread?: Context["thread"],
): string {
  return thread?.parent.ref?.topic ?? options.topic ?? topic;
}

export function receiptOf(id: number, stream: number, topic: string, channel: Channel): Receipt {
  const page = `${channel.server}/#narrow/channel/${stream}${slugOf(channel)}/topic/${encoded(topic)}/near/${id}`;
  return { id: String(id), url: page, ref: { channel: String(stream), topic } };
}

function slugOf({ channel }: Channel): string {
  return /^\d+$/.test(channel) ? "" : `-${encoded(channel.replaceAll(" ", "-"))}`;
}

// Percent signs are not left alone by all that pass links on, so the app writes dots.
function encoded(words: string): string {
  return encodeURIComponent(words)
    .replace(/[.()*!'~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%", ".");
}

export function uploaded(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  return context.uploads(post, async (media) => {
    const file = {
      name: "filename",
      value: await context.stream(media),
      filename: nameOf(media),
      type: media.type,
    };
    const asked = { method: "POST", path: "/user_uploads", parts: [file] } as const;
    return (await context.ask(asked, answer({ url: v.pipe(v.string(), v.startsWith("/")) }), "an address"))
      .url;
  });
}

/** The words, and below them a link for each file: a picture is shown under it, and the alternative text is what it says. */
export function contentOf({ text, media }: Pick<Post, "text" | "media">, files: readonly string[]): string {
  const links = media.map((item, at) => `[${labelOf(item)}](${files[at]})`);
  return [text, links.join("\n")].filter((part) => part !== "").join("\n\n");
}

export function labelOf(media: Media): string {
  return (media.alt || nameOf(media))
    .replace(/[[\]\n`*|]/g, " ")
    .replace(/ +/g, " ")
    .trim();
}

/** The words of ours alone. */
export function wordsOf(content: string): string {
  return content.replace(/(?:^|\n\n)(?:\[[^\]\n]*\]\(\/user_uploads\/[^)\s]*\)\n?)+$/, "").trim();
}
