/** What stands below a post: https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-media/comments. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
  type Found,
  type Metrics,
  type Objection,
  type Post,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import { asked } from "../facebook/api.ts";
import { type Channel, Id, type Options, Paging, pathOf, whoIs } from "./api.ts";

const PAGE = 100;
// Who makes the comments may have another clock than who answers; times are told in seconds.
const MARGIN = 5_000;
const TAGS = 4;

type Thread = NonNullable<Context["thread"]>;

export const Comment = v.object({
  id: v.string(),
  text: v.optional(v.string(), ""),
  timestamp: v.string(),
  username: v.optional(v.string()),
  like_count: v.optional(v.number()),
});

export function isComment({ ref }: Pick<Receipt, "ref">): boolean {
  return ref?.on !== undefined;
}

/** A post has comments, a comment replies. */
export function belowPath({ root, parent }: Thread): string {
  return `${pathOf(parent)}/${parent.id === root.id ? "comments" : "replies"}`;
}

function commentReceipt({ id }: { id: string }, { root, parent }: Thread): Receipt {
  return { id, ...(root.url !== undefined && { url: root.url }), ref: { on: parent.id } };
}

export async function comment({ text }: Post, thread: Thread, { ask }: Context<Channel>): Promise<Receipt> {
  const request = { method: "POST", path: belowPath(thread), form: { message: text } } as const;
  return commentReceipt(await ask(request, Id, "a comment"), thread);
}

export async function findComment(
  { text }: Post,
  thread: Thread,
  context: Context<Channel>,
  since: Date,
): Promise<Found> {
  const { ask, taken } = context;
  const List = v.object({ data: v.array(Comment), paging: Paging });
  const { username: own } = await whoIs(context);
  const from = since.getTime() - MARGIN;
  const all = everyItem(async (after) => {
    const query = { fields: "id,text,timestamp,username", limit: PAGE, after };
    const { data, paging } = await ask({ path: belowPath(thread), query }, List, "comments");
    return { items: data, next: paging?.next ? paging.cursors?.after : undefined };
  });
  let like: Receipt | undefined;
  for await (const one of all) {
    if (one.username !== own || Date.parse(one.timestamp) < from || (await taken(one.id))) continue;
    const words = likeness(text, one.text);
    if (words === "same") return commentReceipt(one, thread);
    if (words === "like") like ??= commentReceipt(one, thread);
  }
  return like ? { like } : "absent";
}

export async function readComment(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const query = { fields: "id,text,timestamp" };
  const item = await asked({ path: pathOf(receipt), query }, Comment, reach);
  return item === "gone" ? "gone" : { text: item.text, url: receipt.url };
}

export async function measureComment(receipt: Receipt, reach: Reach<Channel>): Promise<Metrics | "gone"> {
  const query = { fields: "id,timestamp,like_count" };
  const item = await asked({ path: pathOf(receipt), query }, Comment, reach);
  return item === "gone" ? "gone" : { likes: item.like_count };
}

/** The rules that Instagram has for comments besides their length. */
export function objectionsToComment({ text, options }: Post<Options>): Objection[] {
  const tags = text.match(/(?<![\p{L}\p{N}_&])#[\p{L}\p{N}_]+/gu)?.length ?? 0;
  const links = text.match(/https?:\/\/\S+/gu)?.length ?? 0;
  const isShouted = /\p{Lu}/u.test(text) && !/\p{Ll}/u.test(text);
  return [
    ...(options.story ? [{ message: "a story has no comments", remedy: "Leave `first_reply` out." }] : []),
    ...(tags > TAGS ? [{ message: `a comment has at most ${TAGS} hashtags there, not ${tags}` }] : []),
    ...(links > 1 ? [{ message: `a comment has at most one address there, not ${links}` }] : []),
    ...(isShouted ? [{ message: "a comment there must not be in capital letters alone" }] : []),
  ];
}
