/** What became of a message: as it stands, its reactions and votes, and what people answered. */
import * as v from "valibot";
import {
  everyItem,
  NetworkError,
  oneByOne,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
  unlessGone,
} from "../../adapter.ts";
import { type Channel, idAt, Me, messageAt, placeOf, Shown, textOf, UNKNOWN } from "./api.ts";
import { votesOf } from "./poll.ts";

const Reference = v.nullish(v.object({ message_id: v.optional(v.string()) }));
const Full = v.object({
  ...Shown.entries,
  timestamp: v.string(),
  edited_timestamp: v.nullish(v.string()),
  reactions: v.optional(v.array(v.object({ count: v.number() })), []),
  message_reference: Reference,
  referenced_message: v.nullish(v.object({ message_reference: Reference })),
  mentions: v.optional(v.array(v.object({ id: v.string(), username: v.string() })), []),
  /** The thread that somebody has begun below it. */
  thread: v.nullish(v.object({ id: v.string() })),
});
type Message = v.InferOutput<typeof Full>;

// Of a hundred messages each: a busy channel has many more messages than answers.
const PAGES = 100;

async function fullOf(receipt: Receipt, { channel, http }: Reach<Channel>): Promise<Message | "gone"> {
  const reply = await http({ ...messageAt(receipt, channel), ok: UNKNOWN });
  return unlessGone(reply, Full, "a message");
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const message = await fullOf(receipt, reach);
  if (message === "gone") return "gone";
  const { edited_timestamp: edited } = message;
  return { text: textOf(message), url: receipt.url, ...(edited && { edited: dateOf(edited) }) };
}

/** Reactions of every kind together. Views are not counted. */
export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  const message = await fullOf(receipt, reach);
  if (message === "gone") return "gone";
  const poll = votesOf(message.poll);
  return {
    likes: message.reactions.reduce((sum, { count }) => sum + count, 0),
    ...(poll && { poll }),
  };
});

/** Messages that refer to ours, or to an answer; and those in the thread that people have begun below it. */
export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const { channel, ask } = reach;
  if (channel.webhook)
    throw new NetworkError("rejected", "a webhook cannot read what people answered; a bot can");
  const message = await fullOf(receipt, reach);
  if (message === "gone") return [];
  const me = await ask({ path: "/users/@me" }, Me, "a user");
  const known = new Set([receipt.id]);
  const found: PostReply[] = [];
  const rooms = [{ thread: receipt.ref?.thread, all: false }];
  if (message.thread) rooms.push({ thread: message.thread.id, all: true });
  for (const { thread, all } of rooms) {
    for (const one of await messagesAfter(receipt, thread, since, reach)) {
      const answered = one.message_reference?.message_id;
      // An answer that was heard earlier says itself what it answered.
      const above = one.referenced_message?.message_reference?.message_id;
      const isAnswer = answered !== undefined && [answered, above].some((id) => id && known.has(id));
      if (one.author.id === me.id || !(all || isAnswer)) continue;
      known.add(one.id);
      found.push({
        id: one.id,
        parent: isAnswer ? answered : receipt.id,
        author: authorOf(one),
        text: wordsOf(one),
        at: dateOf(one.timestamp),
        ...(receipt.url && { url: receipt.url.replace(/[^/]*\/[^/]*$/, `${one.channel_id}/${one.id}`) }),
        ...(thread && { ref: { thread } }),
      });
    }
  }
  return found
    .filter(({ at }) => Date.parse(at) >= since.getTime())
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** Oldest first. */
async function messagesAfter(
  { id }: Receipt,
  thread: string | undefined,
  since: Date,
  { channel, ask }: Reach<Channel>,
): Promise<Message[]> {
  const path = placeOf(channel, thread).messages;
  const [ours, first] = [BigInt(id), idAt(since.getTime()) - 1n];
  const all: Message[] = [];
  const list = everyItem(async (after = String(first > ours ? first : ours)) => {
    const items = await ask({ path, query: { limit: 100, after } }, v.array(Full), "messages");
    const newest = items.reduce((most, one) => (BigInt(one.id) > most ? BigInt(one.id) : most), 0n);
    return { items, next: items.length < 100 ? undefined : String(newest) };
  }, PAGES);
  for await (const one of list) all.push(one);
  return all.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
}

function authorOf({ author: { username, global_name } }: Message): PostReply["author"] {
  return { handle: `@${username}`, ...(global_name && { name: global_name }) };
}

function wordsOf({ mentions, ...message }: Message): string {
  const nameOf = (whole: string, id: string) => {
    const named = mentions.find((one) => one.id === id);
    return named ? `@${named.username}` : whole;
  };
  return textOf(message).replace(/<@!?(\d+)>/g, nameOf);
}

function dateOf(timestamp: string): string {
  return new Date(timestamp).toISOString();
}
