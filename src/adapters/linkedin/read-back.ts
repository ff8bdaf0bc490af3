/** What stands on an organisation's page. Members may not read their own posts through the API. */
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
} from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import { type Channel, type Options, pathOf, receiptOf } from "./api.ts";
import { Comments, commentsOn, findComment, placeOf, readComment } from "./comment.ts";

export const PERSON = "urn:li:person:";
const FINDER = { "X-RestLi-Method": "FINDER" };
const PAGE = 100;
// Who makes the posts may have another clock than who answers.
const MARGIN = 5_000;

const Element = v.object({
  id: v.string(),
  commentary: v.optional(v.string(), ""),
  publishedAt: v.optional(v.number()),
  createdAt: v.optional(v.number()),
  lastModifiedAt: v.optional(v.number()),
  lifecycleStateInfo: v.optional(v.object({ isEditedByAuthor: v.optional(v.boolean()) })),
  content: v.optional(v.looseObject({ article: v.optional(v.object({ source: v.optional(v.string()) })) })),
});
const List = v.object({ elements: v.array(Element) });

export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const { channel, ask } = context;
  if (channel.author.startsWith(PERSON))
    throw new NetworkError(
      "rejected",
      "LinkedIn does not let a member's posts be looked through: only you can see whether it is out",
    );
  if (context.thread) return findComment(post, context.thread, context, since);
  const from = since.getTime() - MARGIN;
  const own = everyItem(async (start) => {
    const query = { author: channel.author, q: "author", count: PAGE, start, sortBy: "CREATED" };
    const { elements } = await ask({ path: "/posts", query, headers: FINDER }, List, "posts");
    const last = elements.at(-1);
    const goesOn = elements.length === PAGE && last && timeOf(last) >= from;
    return { items: elements, next: goesOn ? String(Number(start ?? 0) + PAGE) : undefined };
  });
  let like: Receipt | undefined;
  for await (const element of own) {
    if (timeOf(element) < from || (await context.taken(element.id))) continue;
    const found = likeness(unescaped(post.text), unescaped(element.commentary));
    if (found === "same") return receiptOf(element.id, channel);
    if (found === "like") like ??= receiptOf(element.id, channel);
  }
  return like ? { like } : "absent";
}

function timeOf({ publishedAt, createdAt }: v.InferOutput<typeof Element>): number {
  return publishedAt ?? createdAt ?? 0;
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const { http, channel } = reach;
  const place = placeOf(receipt);
  if (place) return readComment(place, receipt, reach);
  const reply = await http({ path: pathOf(receipt), ok: [404] });
  if (reply.status === 404) return "gone";
  const { commentary, lastModifiedAt, lifecycleStateInfo, content } = expectReply(
    reply,
    Element,
    "a post",
    true,
  );
  const isEdited = lifecycleStateInfo?.isEditedByAuthor === true && lastModifiedAt !== undefined;
  return {
    text: unescaped(commentary),
    url: receiptOf(receipt.id, channel).url,
    ...(isEdited && { edited: new Date(lastModifiedAt).toISOString() }),
    ...(content?.article?.source && { card: content.article.source }),
  };
}

const Social = v.object({
  reactionSummaries: v.optional(v.record(v.string(), v.object({ count: v.optional(v.number(), 0) }))),
  commentSummary: v.optional(v.object({ count: v.optional(v.number()) })),
});

export const metrics = oneByOne(async ({ id }: Receipt, { http }: Reach<Channel>) => {
  const reply = await http({ path: `/socialMetadata/${encodeURIComponent(id)}`, ok: [404] });
  if (reply.status === 404) return "gone";
  const { reactionSummaries, commentSummary } = expectReply(reply, Social, "a post's counts", true);
  const reactions = Object.values(reactionSummaries ?? {}).reduce((sum, { count }) => sum + count, 0);
  return { likes: reactions, replies: commentSummary?.count };
});

/** Names of people are closed to apps: who answered is a URN. */
export async function replies(
  receipt: Receipt,
  { http, channel }: Reach<Channel>,
  since: Date,
): Promise<PostReply[]> {
  const path = commentsOn(receipt.id);
  const reply = await http({ path, query: { count: PAGE }, ok: [404] });
  if (reply.status === 404) return [];
  const { elements } = expectReply(reply, Comments, "comments", true);
  return elements
    .filter(({ actor, created }) => actor !== channel.author && created.time >= since.getTime())
    .sort((a, b) => a.created.time - b.created.time)
    .map(({ id, actor, commentUrn, parentComment, message, created }) => ({
      id: commentUrn ?? id,
      url: receipt.url ?? receiptOf(receipt.id, channel).url,
      parent: parentComment ?? receipt.id,
      author: { handle: actor },
      text: message.text,
      at: new Date(created.time).toISOString(),
    }));
}

/** Little text as readers see it. */
export function unescaped(text: string): string {
  return text
    .replace(/\{hashtag\|\\?#\|((?:\\.|[^}\\])*)\}/g, "#$1")
    .replace(/@\[((?:\\.|[^\]\\])*)\]\([^)]*\)/g, "$1")
    .replace(/\\([|{}@[\]()<>#\\*_~])/g, "$1");
}
