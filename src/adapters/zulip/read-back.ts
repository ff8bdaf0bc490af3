/** Whether a message went out, and what became of it: as it stands, its reactions, and what was said after it. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
  expectReply,
  type Found,
  oneByOne,
  type Post,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import {
  answer,
  askChannelId,
  type Channel,
  channelIdOf,
  contentOf,
  Message,
  type Options,
  receiptOf,
  UNKNOWN,
  uploaded,
  wordsOf,
} from "./api.ts";

const Messages = answer({
  messages: v.array(Message),
  found_oldest: v.optional(v.boolean(), false),
  found_newest: v.optional(v.boolean(), false),
});
const PAGE = 100;
// Times are whole seconds, of another clock than ours.
const MARGIN = 5_000;

/** In the whole channel, as topics can be renamed. Words are kept as they were sent, so the same are ours and none is absent. */
export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const { channel, ask, taken } = context;
  const stream = await channelIdOf(context);
  const sent = contentOf(post, await uploaded(post, context)).trim();
  const narrow = narrowed({ sender: channel.email, channel: stream });
  const from = since.getTime() - MARGIN;
  let like: Receipt | undefined;
  const list = everyItem(async (anchor = "newest") => {
    const query = {
      anchor,
      num_before: PAGE,
      num_after: 0,
      apply_markdown: false,
      narrow,
      include_anchor: anchor === "newest",
    };
    const { messages, found_oldest } = await ask({ path: "/messages", query }, Messages, "messages");
    const [first] = messages;
    const goesOn = first && !found_oldest && first.timestamp * 1_000 >= from;
    return { items: messages.toReversed(), next: goesOn ? String(first.id) : undefined };
  });
  for await (const { id, content, timestamp, subject } of list) {
    if (timestamp * 1_000 < from) continue;
    const words = content.trim() === sent ? "same" : likeness(sent, content);
    if (words === "other" || (await taken(String(id)))) continue;
    const receipt = receiptOf(id, stream, subject, channel);
    if (content.trim() === sent) return receipt;
    like ??= receipt;
  }
  return like ? { like } : "absent";
}

function narrowed(terms: Record<string, string | number>): string {
  return JSON.stringify(Object.entries(terms).map(([operator, operand]) => ({ operator, operand })));
}

async function messageOf({ id }: Receipt, { http }: Reach<Channel>): Promise<Message | "gone"> {
  const path = `/messages/${encodeURIComponent(id)}`;
  const reply = await http({ path, query: { apply_markdown: false }, ok: [UNKNOWN] });
  if (reply.status >= 400) return "gone";
  return expectReply(reply, answer({ message: Message }), "a message", true).message;
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const message = await messageOf(receipt, reach);
  if (message === "gone") return "gone";
  const { content, last_edit_timestamp } = message;
  const edited = last_edit_timestamp && { edited: dateOf(last_edit_timestamp) };
  return { text: wordsOf(content), url: receipt.url, ...edited };
}

/** Reactions of every kind together. Views are not counted, and what is said after it is not a count of answers. */
export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  const message = await messageOf(receipt, reach);
  return message === "gone" ? "gone" : { likes: message.reactions.length };
});

/** A topic is the thread: what others say in it after this message, until the bot's own next one. */
export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const { channel, ask } = reach;
  const message = await messageOf(receipt, reach);
  if (message === "gone") return [];
  const stream = Number(receipt.ref?.channel ?? (await askChannelId(reach)));
  const narrow = narrowed({ channel: stream, topic: message.subject });
  const found: PostReply[] = [];
  const list = everyItem(async (anchor = receipt.id) => {
    const query = {
      anchor,
      num_before: 0,
      num_after: PAGE,
      include_anchor: false,
      apply_markdown: false,
      narrow,
    };
    const { messages, found_newest } = await ask({ path: "/messages", query }, Messages, "messages");
    const last = messages.at(-1);
    return { items: messages, next: last && !found_newest ? String(last.id) : undefined };
  });
  for await (const { id, sender_email, sender_full_name, sender_id, content, timestamp, subject } of list) {
    if (sender_email === channel.email) break;
    if (timestamp * 1_000 < since.getTime()) continue;
    found.push({
      ...receiptOf(id, stream, subject, channel),
      parent: receipt.id,
      author: {
        handle: sender_email,
        ...(sender_full_name && { name: sender_full_name }),
        ...pageOf(sender_id, channel),
      },
      text: content,
      at: dateOf(timestamp),
    });
  }
  return found;
}

function pageOf(user: number | undefined, { server }: Channel) {
  return user === undefined ? {} : { url: `${server}/#user/${user}` };
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
