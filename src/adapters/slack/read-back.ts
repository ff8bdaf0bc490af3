/** What became of a message: as it stands, its reactions, and what people answered. Only a bot can ask. */
import * as v from "valibot";
import {
  everyItem,
  type Metrics,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { answer, type Channel, Me, receiptOf } from "./api.ts";

const Full = v.object({
  ts: v.string(),
  text: v.optional(v.string(), ""),
  user: v.optional(v.string()),
  username: v.optional(v.string()),
  edited: v.optional(v.object({ ts: v.string() })),
  reactions: v.optional(v.array(v.object({ count: v.number() })), []),
  reply_count: v.optional(v.number()),
});
const Messages = answer({
  messages: v.array(Full),
  response_metadata: v.nullish(v.object({ next_cursor: v.optional(v.string()) })),
});
const GONE = ["thread_not_found", "message_not_found"];

// The list of the channel has only what hangs below nothing; the others are in their thread's.
async function fullOf({ id, ref }: Receipt, { channel, http }: Reach<Channel>) {
  const place = {
    channel: ref?.channel ?? channel.channel,
    oldest: id,
    latest: id,
    inclusive: "true",
    limit: "10",
  };
  const form = ref?.thread ? { ...place, ts: ref.thread } : place;
  const path = ref?.thread ? "/conversations.replies" : "/conversations.history";
  const { body } = await http({ method: "POST", path, form, safe: true, ok: GONE });
  const answered = v.safeParse(Messages, body);
  return answered.success ? (answered.output.messages.find(({ ts }) => ts === id) ?? "gone") : "gone";
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const message = await fullOf(receipt, reach);
  if (message === "gone") return "gone";
  const { text, edited } = message;
  return { text, url: receipt.url, ...(edited && { edited: dateOf(edited.ts) }) };
}

/** Reactions of every kind together. Views are not counted. */
export async function metrics(
  receipts: readonly Receipt[],
  reach: Reach<Channel>,
): Promise<(Metrics | "gone")[]> {
  const all: (Metrics | "gone")[] = [];
  for (const receipt of receipts) {
    const message = await fullOf(receipt, reach);
    if (message === "gone") all.push("gone");
    else {
      const likes = message.reactions.reduce((sum, { count }) => sum + count, 0);
      all.push({ likes, ...(message.reply_count !== undefined && { replies: message.reply_count }) });
    }
  }
  return all;
}

export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const { channel, ask } = reach;
  const me = await ask({ method: "POST", path: "/auth.test", safe: true }, Me, "an account");
  const room = receipt.ref?.channel ?? channel.channel;
  const form = { channel: room, ts: receipt.id, oldest: String(since.getTime() / 1000), limit: "200" };
  const found: PostReply[] = [];
  const list = everyItem(async (cursor) => {
    const asked = {
      method: "POST",
      path: "/conversations.replies",
      form: { ...form, cursor },
      safe: true,
    } as const;
    const page = await ask(asked, Messages, "messages");
    return { items: page.messages, next: page.response_metadata?.next_cursor || undefined };
  });
  for await (const { ts, text, user = "", username } of list) {
    if (ts === receipt.id || user === me.user_id || Number(ts) * 1000 < since.getTime()) continue;
    const { id, url, ref } = await receiptOf(ts, reach, room);
    const author = { handle: username ?? user };
    found.push({
      id,
      parent: receipt.id,
      author,
      text,
      at: dateOf(ts),
      ...(url && { url }),
      ref: { ...ref, thread: receipt.id },
    });
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function dateOf(ts: string): string {
  return new Date(Number(ts) * 1000).toISOString();
}
