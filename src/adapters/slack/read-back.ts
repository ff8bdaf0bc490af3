/** What became of a message: as it stands, its reactions, and what people answered. Only a bot can ask. */
import * as v from "valibot";
import {
  everyItem,
  expectReply,
  NetworkError,
  oneByOne,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { answer, type Channel, Me, onlyBot, Refused, roomOf } from "./api.ts";

const Name = v.optional(v.string(), "");
const Full = v.object({
  ts: v.string(),
  subtype: v.optional(v.string()),
  text: v.optional(v.string(), ""),
  user: v.optional(v.string()),
  username: v.optional(v.string()),
  user_profile: v.optional(v.object({ display_name: Name, real_name: Name })),
  edited: v.optional(v.object({ ts: v.string() })),
  reactions: v.optional(v.array(v.object({ count: v.number() })), []),
  reply_count: v.optional(v.number()),
});
const Messages = answer({
  messages: v.array(Full),
  is_limited: v.optional(v.boolean()),
  response_metadata: v.nullish(v.object({ next_cursor: v.optional(v.string()) })),
});
type Message = v.InferOutput<typeof Full>;

const GONE = ["thread_not_found", "message_not_found"];
// What stands in the place of a deleted message that has answers.
const TOMBSTONE = "tombstone";

// The list of the channel has only what hangs below nothing; the others are in their thread's.
async function messageOf(receipt: Receipt, { channel, http }: Reach<Channel>): Promise<Message | "gone"> {
  onlyBot(channel, "look up what it posted");
  const { id, ref } = receipt;
  const place = { channel: roomOf(receipt, channel), oldest: id, latest: id, inclusive: "true", limit: "10" };
  const form = ref?.thread ? { ...place, ts: ref.thread } : place;
  const path = ref?.thread ? "/conversations.replies" : "/conversations.history";
  const reply = await http({ method: "POST", path, form, safe: true, ok: GONE });
  if (v.is(Refused, reply.body)) return "gone";
  const { messages, is_limited } = expectReply(reply, Messages, "messages", true);
  const message = messages.find(({ ts }) => ts === id);
  if (!message && is_limited)
    throw new NetworkError("rejected", "the workspace's plan does not show messages that are so old");
  return message && message.subtype !== TOMBSTONE ? message : "gone";
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const message = await messageOf(receipt, reach);
  if (message === "gone") return "gone";
  const { text, edited } = message;
  return { text, url: receipt.url, ...(edited && { edited: dateOf(edited.ts) }) };
}

/** Reactions of every kind together. Views are not counted. */
export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  const message = await messageOf(receipt, reach);
  if (message === "gone") return "gone";
  const likes = message.reactions.reduce((sum, { count }) => sum + count, 0);
  return { likes, ...(message.reply_count !== undefined && { replies: message.reply_count }) };
});

export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const { channel, ask, http } = reach;
  onlyBot(channel, "read the channel");
  // Answers hang below the first message of a thread, whichever of its messages they mean.
  if (receipt.ref?.thread) return [];
  const me = await ask({ method: "POST", path: "/auth.test", safe: true }, Me, "an account");
  const room = roomOf(receipt, channel);
  const form = { channel: room, ts: receipt.id, oldest: String(since.getTime() / 1000), limit: "200" };
  const found: PostReply[] = [];
  const list = everyItem(async (cursor) => {
    const asked = { method: "POST", path: "/conversations.replies", safe: true, ok: GONE } as const;
    const reply = await http({ ...asked, form: { ...form, cursor } });
    if (v.is(Refused, reply.body)) return { items: [] };
    const page = expectReply(reply, Messages, "messages", true);
    return { items: page.messages, next: page.response_metadata?.next_cursor || undefined };
  });
  for await (const { ts, text, user = "", username, user_profile, subtype } of list) {
    const isOurs = ts === receipt.id || user === me.user_id;
    if (isOurs || subtype === TOMBSTONE || Number(ts) * 1000 < since.getTime()) continue;
    const name = user_profile?.display_name || user_profile?.real_name;
    // The address of an answer is its root's, with its own time.
    const url = receipt.url?.replace(/\/p\d+$/, `/p${ts.replace(".", "")}`);
    found.push({
      id: ts,
      parent: receipt.id,
      author: { handle: username ?? user, ...(name && { name }) },
      text: wordsOf(text),
      at: dateOf(ts),
      ...(url && { url: `${url}?thread_ts=${receipt.id}&cid=${room}` }),
      ref: { channel: room, thread: receipt.id },
    });
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function dateOf(ts: string): string {
  return new Date(Number(ts) * 1000).toISOString();
}

/** docs.slack.dev/messaging/formatting-message-text: `<url|label>`, `<@U1>`, `<#C1|name>`, `<!here>`, and three entities. */
function wordsOf(text: string): string {
  return text
    .replace(/<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g, (_, sign: string, value: string, label?: string) => {
      if (sign === "#") return `#${label || value}`;
      return sign === "" ? label || value : `@${(label || value).replace(/^@/, "")}`;
    })
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
