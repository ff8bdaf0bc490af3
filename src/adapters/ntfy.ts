/** ntfy: notifications to everybody who has subscribed to a topic. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  type Found,
  NetworkError,
  type Post,
  type Receipt,
} from "../adapter.ts";
import { milliseconds } from "../duration.ts";
import { base, secret, text } from "../settings.ts";

const channel = v.strictObject({
  topic: v.pipe(
    text("The topic; anyone who knows its name can read it, unless the server says otherwise"),
    v.regex(/^[-_A-Za-z0-9]{1,64}$/, "is not a topic: letters, digits, - and _, at most 64"),
  ),
  token: v.optional(
    secret("Access token, tk_…, that may read and write the topic; where the server asks for one"),
  ),
  server: base("The server", "https://ntfy.sh"),
});

const options = v.strictObject({
  priority: v.optional(
    v.pipe(
      v.picklist(["min", "low", "default", "high", "urgent"]),
      v.description("How loudly phones tell of it"),
    ),
  ),
  tags: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^[^,\s]+$/, "is not a tag: one word"))),
      v.description(
        "Emoji by their names (tada, warning), which stand before the title; other words below the text",
      ),
    ),
  ),
  icon: v.optional(
    v.pipe(
      v.string(),
      v.url("is not a URL"),
      v.description("Address of a picture beside the text, PNG or JPEG"),
    ),
  ),
});

type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const PRIORITIES = { min: 1, low: 2, default: 3, high: 4, urgent: 5 };
// "Message cache: 12 hours", unless a server keeps them longer; a little less, as the clocks differ.
const CACHE = "11h";
// Who makes the posts may have another clock than who answers; times are whole seconds.
const MARGIN = 60_000;

const Refused = v.object({ code: v.number(), http: v.number(), error: v.string() });
const Message = v.object({
  id: v.string(),
  time: v.number(),
  event: v.string(),
  topic: v.string(),
  title: v.optional(v.string(), ""),
  message: v.optional(v.string(), ""),
  sequence_id: v.optional(v.string()),
});

export const ntfy = defineAdapter({
  id: "ntfy",
  name: "ntfy",
  source: { url: "https://docs.ntfy.sh/publish/", checked: "2026-11-23" },
  group: "team",
  shape: "short",
  look: { mark: "Nt", light: "#256a5f", dark: "#7fd1c4", layout: "bubble", avatar: "soft" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://docs.ntfy.sh/publish/#authentication",
    asks: ["topic"],
    steps: [
      "Choose a topic that is hard to guess, and let people subscribe to it in the app: that is `topic`.",
      "For a topic that is reserved or protected, make an access token (Account, Access tokens) that may read and write it: that is `token`.",
      "For a server of your own, its address is `server`.",
    ],
  },
  endpoint: ({ server, token }) => ({ base: server, headers: { Authorization: token && `Bearer ${token}` } }),
  // Forbidden: the token has no right to the topic.
  errors: [{ status: 403, words: /"code": ?40301\b/, code: "auth" }],
  own: { body: Refused },

  // No length is documented for a title; a phone shows a line or two.
  title: { max: 200, unit: "grapheme", markup: "plain", line: true },
  // What is longer arrives as a file.
  text: { max: 4_096, unit: "byte", markup: "plain", tags: "none" },
  // An attachment is gone after three hours.
  media: "none",
  thread: "sequence",
  card: "none",
  // 60 requests, then one every five seconds; 250 messages a day are ntfy.sh's without an account.
  rates: [
    { posts: 60, per: "5m" },
    { posts: 250, per: "1d" },
  ],
  // A repeat under the same sequence id takes the first one's place on phones, and rings again.
  idempotency: "none",
  edits: { fields: ["text", "title", "link", "options"], replaces: true },
  retracts: {},

  async publish(post, context) {
    return receiptOf(await context.ask(requestOf(post, context), Message, "a message"), context.channel);
  },

  async find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
    const from = since.getTime() - MARGIN;
    if (Date.now() - from > milliseconds(CACHE))
      throw new NetworkError("rejected", "the server keeps messages for twelve hours, and it was longer ago");
    const query = { poll: 1, since: Math.floor(from / 1_000) };
    const { text } = await context.http({ path: `/${context.channel.topic}/json`, query });
    const messages = messagesIn(text).filter(({ event }) => event === "message");
    const ours = messages.findLast(({ sequence_id }) => sequence_id === context.key);
    if (ours) return receiptOf(ours, context.channel);
    // Servers before 2.16 know no sequences; then the same words are ours.
    for (const message of messages) {
      const isSame = message.message === post.text && message.title === (post.title ?? "");
      if (isSame && message.sequence_id === undefined && !(await context.taken(message.id)))
        return receiptOf(message, context.channel);
    }
    return "absent";
  },

  async account({ channel, ask }) {
    const path = `/${channel.topic}/auth`;
    await ask({ path }, v.object({ success: v.literal(true) }), "a success");
    const url = pageOf(channel);
    return { id: channel.topic, handle: `topic ${channel.topic}`, url };
  },

  async edit(receipt, post, context) {
    onlySequences(receipt);
    const made = await context.ask(requestOf(post, context), Message, "a message");
    return receiptOf(made, context.channel);
  },

  async retract(receipt, { channel, http }) {
    const sequence = onlySequences(receipt);
    await http({ method: "DELETE", path: `/${channel.topic}/${sequence}`, ok: [404] });
  },
});

function requestOf({ title, text, link, options }: Post<Options>, { channel, key }: Context<Channel>) {
  const { priority, tags = [], icon } = options;
  const json = {
    topic: channel.topic,
    sequence_id: key,
    ...(title && { title }),
    message: text,
    ...(link && { click: link.url }),
    ...(priority && { priority: PRIORITIES[priority] }),
    ...(tags.length > 0 && { tags }),
    ...(icon && { icon }),
  };
  return { method: "POST", path: "/", json } as const;
}

function receiptOf({ id, sequence_id }: v.InferOutput<typeof Message>, channel: Channel): Receipt {
  return { id, url: pageOf(channel), ...(sequence_id && { ref: { sequence: sequence_id } }) };
}

function pageOf({ server, topic }: Channel): string {
  return `${server}/${topic}`;
}

function onlySequences({ ref }: Receipt): string {
  if (ref?.sequence) return ref.sequence;
  throw new NetworkError("rejected", "the server is older than 2.16: what it has sent stays as it is");
}

/** One JSON object on each line. */
function messagesIn(lines: string): v.InferOutput<typeof Message>[] {
  return lines
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const message = v.safeParse(Message, parsed(line));
      if (message.success) return message.output;
      throw new NetworkError("unavailable", "answered with something else than messages");
    });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
