/** What became of a message: as it stands, its reactions, and what people answered. */
import * as v from "valibot";
import {
  everyItem,
  expectReply,
  type Metrics,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { type Channel, Me, Message, messageAt, placeOf, UNKNOWN } from "./api.ts";

const Full = v.object({
  ...Message.entries,
  content: v.string(),
  timestamp: v.string(),
  edited_timestamp: v.nullish(v.string()),
  author: v.object({ id: v.string(), username: v.string(), global_name: v.nullish(v.string()) }),
  reactions: v.optional(v.array(v.object({ count: v.number() })), []),
  message_reference: v.nullish(v.object({ message_id: v.optional(v.string()) })),
});

// A busy channel has more messages than answers: so many are looked through, 100 in each request.
const MOST = 1_000;

async function fullOf(receipt: Receipt, { channel, http }: Reach<Channel>) {
  const reply = await http({ ...messageAt(receipt, channel), ok: UNKNOWN });
  return reply.status === 404 ? "gone" : expectReply(reply, Full, "a message", true);
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const message = await fullOf(receipt, reach);
  if (message === "gone") return "gone";
  const { content, edited_timestamp } = message;
  return { text: content, url: receipt.url, ...(edited_timestamp && { edited: edited_timestamp }) };
}

/** Reactions of every kind together. Views are not counted. */
export async function metrics(
  receipts: readonly Receipt[],
  reach: Reach<Channel>,
): Promise<(Metrics | "gone")[]> {
  const all: (Metrics | "gone")[] = [];
  for (const receipt of receipts) {
    const message = await fullOf(receipt, reach);
    all.push(
      message === "gone" ? "gone" : { likes: message.reactions.reduce((sum, { count }) => sum + count, 0) },
    );
  }
  return all;
}

/** A bot reads the channel; a webhook cannot, and hears nothing. */
export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const { channel, ask } = reach;
  if (channel.webhook) return [];
  const me = await ask({ path: "/users/@me" }, Me, "a user");
  const path = placeOf(channel, receipt.ref?.thread).messages;
  const found: PostReply[] = [];
  let seen = 0;
  const list = everyItem(async (after = receipt.id) => {
    const items = await ask({ path, query: { limit: 100, after } }, v.array(Full), "messages");
    seen += items.length;
    const newest = items.map(({ id }) => BigInt(id)).reduce((a, b) => (a > b ? a : b), 0n);
    return { items, next: items.length < 100 || seen >= MOST ? undefined : String(newest) };
  });
  for await (const { id, content, author, timestamp, message_reference } of list) {
    const answers = message_reference?.message_id === receipt.id;
    if (!answers || author.id === me.id || Date.parse(timestamp) < since.getTime()) continue;
    const { username, global_name } = author;
    found.push({
      id,
      parent: receipt.id,
      author: { handle: `@${username}`, ...(global_name && { name: global_name }) },
      text: content,
      at: new Date(timestamp).toISOString(),
      ...(receipt.url && { url: receipt.url.replace(/[^/]*$/, id) }),
    });
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
