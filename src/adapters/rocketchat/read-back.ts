/** Whether a message went out, and what became of it. Only a bot can ask. */
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
import {
  answer,
  type Channel,
  idOf,
  Me,
  Message,
  type Options,
  onlyBot,
  Refused,
  receiptOf,
  roomOf,
  upload,
} from "./api.ts";

const Messages = answer({ messages: v.array(Message), total: v.optional(v.number(), 0) });
const LISTS: Record<string, string> = { p: "groups", d: "im" };
const COUNT = 100;
// Of clocks; the file's id decides, not the time.
const MARGIN = 60_000;

/** By the name that it was given; with a file, which gets no name of ours, by the file. */
export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  onlyBot(context.channel, "look up what it posted");
  const room = await roomOf(context);
  const file = await upload(post, context);
  if (file === undefined) {
    const message = await messageAt(idOf(context.key), context);
    return message === "gone" ? "absent" : receiptOf(message._id, room, context);
  }
  const from = since.getTime() - MARGIN;
  const path = `/${LISTS[room.type] ?? "channels"}.messages`;
  const list = everyItem(async (offset = "0") => {
    const query = { roomId: room.id, count: COUNT, offset, sort: '{"ts":-1}' };
    const { messages } = await context.ask({ path, query }, Messages, "messages");
    const last = messages.at(-1);
    const goesOn = messages.length === COUNT && last && Date.parse(last.ts) >= from;
    return { items: messages, next: goesOn ? String(Number(offset) + COUNT) : undefined };
  });
  for await (const { _id, file: its } of list) if (its?._id === file) return receiptOf(_id, room, context);
  return "absent";
}

// Of one that is not there the answer says only that it has failed; of a deleted one the place may be left.
async function messageAt(id: string, { channel, http }: Reach<Channel>): Promise<Message | "gone"> {
  onlyBot(channel, "look up what it posted");
  const reply = await http({ path: "/chat.getMessage", query: { msgId: id }, ok: [400, 404] });
  const refusal = v.safeParse(Refused, reply.body);
  if (refusal.success && refusal.output.error === undefined) return "gone";
  if (reply.status === 404) return "gone";
  const { message } = expectReply(reply, answer({ message: Message }), "a message", true);
  return message.t === "rm" ? "gone" : message;
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const message = await messageAt(receipt.id, reach);
  if (message === "gone") return "gone";
  const { msg, editedAt } = message;
  return { text: msg, url: receipt.url, ...(editedAt && { edited: editedAt }) };
}

/** Reactions of every kind together. Views are not counted. */
export const metrics = oneByOne(async ({ id }: Receipt, reach: Reach<Channel>) => {
  const message = await messageAt(id, reach);
  if (message === "gone") return "gone";
  const counts = Object.values(message.reactions ?? {}).map(({ usernames }) => usernames.length);
  return { likes: counts.reduce((sum, count) => sum + count, 0), replies: message.tcount ?? 0 };
});

export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  onlyBot(reach.channel, "read the room");
  // Answers hang below the first message of a thread, whichever of its messages they mean.
  if (receipt.ref?.root) return [];
  const me = await reach.ask({ path: "/me" }, Me, "a user");
  const found: PostReply[] = [];
  const list = everyItem(async (offset = "0") => {
    const query = { tmid: receipt.id, count: COUNT, offset };
    const reply = await reach.http({ path: "/chat.getThreadMessages", query, ok: ["error-invalid-message"] });
    if (v.is(Refused, reply.body)) return { items: [] };
    const { messages } = expectReply(reply, Messages, "a thread", true);
    return { items: messages, next: messages.length === COUNT ? String(Number(offset) + COUNT) : undefined };
  });
  for await (const { _id, msg, ts, u, t } of list) {
    if (_id === receipt.id || t !== undefined || u?._id === me._id || Date.parse(ts) < since.getTime())
      continue;
    found.push({
      id: _id,
      parent: receipt.id,
      author: { handle: `@${u?.username ?? u?._id ?? ""}`, ...(u?.name && { name: u.name }) },
      text: msg,
      at: new Date(ts).toISOString(),
      ...(receipt.url && { url: receipt.url.replace(/\?msg=.*$/, `?msg=${_id}`) }),
      ref: { ...receipt.ref, root: receipt.id },
    });
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
