/** Whether a note went out, and what became of it: as it stands, how it fares, and what people answered. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
  expectReply,
  type Found,
  NetworkError,
  oneByOne,
  type Post,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
  unlessGone,
} from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import { asked, type Channel, Note, type Options, receiptOf, whoAmI } from "./api.ts";

const LIMIT = 100;
// Who makes the posts may have another clock than who answers.
const MARGIN = 5_000;
const DOUBT = 600_000;

/** Among the account's own, by words, place and files: the network knows no key. */
export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const { channel, ask, thread, taken } = context;
  const { id: userId } = await whoAmI(context);
  const from = since.getTime() - MARGIN;
  let like: Receipt | undefined;
  const list = everyItem(async (untilId) => {
    const json = { userId, limit: LIMIT, withReplies: true, withRenotes: false, ...(untilId && { untilId }) };
    const notes = await ask(asked("users/notes", json), v.array(Note), "notes");
    const last = notes.at(-1);
    const goesOn = notes.length === LIMIT && last && Date.parse(last.createdAt) >= from - DOUBT;
    return { items: notes, next: goesOn ? last.id : undefined };
  });
  for await (const note of list) {
    const at = Date.parse(note.createdAt);
    const isHere =
      (note.replyId ?? undefined) === thread?.parent.id && (note.cw ?? "") === (post.options.cw ?? "");
    const words = likeness(post.text, note.text ?? "");
    if (at < from - DOUBT || words === "other" || (await taken(note.id))) continue;
    const isSame = words === "same" && isHere && (note.fileIds ?? []).length === post.media.length;
    if (at >= from && isSame) return receiptOf(note, channel);
    if (at >= from) like ??= receiptOf(note, channel);
    // The same words from shortly before: another note, or ours by a clock that jumped. Only a person can tell.
    else if (isSame)
      throw new NetworkError("rejected", "the account has the same note from shortly before the attempt");
  }
  return like ? { like } : "absent";
}

async function noteOf({ id }: Receipt, { http }: Reach<Channel>): Promise<Note | "gone"> {
  const reply = await http({ ...asked("notes/show", { noteId: id }), ok: [404, "NO_SUCH_NOTE"] });
  return unlessGone(reply, Note, "a note");
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const note = await noteOf(receipt, reach);
  return note === "gone" ? "gone" : { text: note.text ?? "", url: receipt.url };
}

/** Reactions of every kind together. Views are not counted. */
export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  const note = await noteOf(receipt, reach);
  if (note === "gone") return "gone";
  const { reactions, renoteCount, repliesCount, poll } = note;
  return {
    likes: Object.values(reactions).reduce((sum, count) => sum + count, 0),
    shares: renoteCount,
    replies: repliesCount,
    ...(poll && { poll: poll.choices.map(({ text, votes }) => ({ choice: text, votes })) }),
  };
});

export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const me = await whoAmI(reach);
  const found: PostReply[] = [];
  const list = everyItem(async (untilId) => {
    const json = { noteId: receipt.id, limit: LIMIT, ...(untilId && { untilId }) };
    const reply = await reach.http({ ...asked("notes/children", json), ok: [404, "NO_SUCH_NOTE"] });
    if (reply.status >= 400) return { items: [] };
    const notes = expectReply(reply, v.array(Note), "notes", true);
    return { items: notes, next: notes.length === LIMIT ? notes.at(-1)?.id : undefined };
  });
  for await (const { id, text, createdAt, replyId, user } of list) {
    // A note that quotes it is not an answer.
    if (replyId !== receipt.id || user?.id === me.id || Date.parse(createdAt) < since.getTime()) continue;
    found.push({
      ...receiptOf({ id }, reach.channel),
      parent: receipt.id,
      author: {
        handle: `@${user?.username ?? ""}@${user?.host ?? new URL(reach.channel.server).host}`,
        ...(user?.name && { name: user.name }),
      },
      text: text ?? "",
      at: createdAt,
    });
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
