/** What stands on Instagram: whether a post is out, how it fares, and who commented. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
  type Found,
  type Metrics,
  NetworkError,
  oneByOne,
  type Post,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import { asked } from "../facebook/api.ts";
import { type Channel, FIELDS, Item, type Options, Paging, pathOf, whoIs } from "./api.ts";
import { Comment, findComment, isComment, measureComment, readComment } from "./comment.ts";
import { nameOf, statusOf } from "./container.ts";

// Who makes the posts may have another clock than who answers; times are told in seconds.
const MARGIN = 5_000;
const PAGE = 100;

/** Its container knows whether it was published; which post it has become, the account's own list tells. */
export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const { ask, taken, channel, thread } = context;
  if (thread) return findComment(post, thread, context, since);
  const container = await context.done<string>(nameOf(context.index));
  if (container === undefined || (await statusOf(container, context)).status_code !== "PUBLISHED")
    return "absent";
  const List = v.object({ data: v.array(Item), paging: Paging });
  const from = since.getTime() - MARGIN;
  const own = everyItem(async (after) => {
    const query = { fields: FIELDS, since: Math.floor(from / 1000), limit: PAGE, after };
    const path = `/${channel.user}/${post.options.story ? "stories" : "media"}`;
    const { data, paging } = await ask({ path, query }, List, "posts");
    return { items: data, next: paging?.next ? paging.cursors?.after : undefined };
  });
  const same: Receipt[] = [];
  let like: Receipt | undefined;
  for await (const item of own) {
    if (Date.parse(item.timestamp) < from || (await taken(item.id))) continue;
    // A story has no words to know it by.
    const words = post.options.story ? "same" : likeness(post.text, item.caption);
    if (words === "same") same.push(receiptOf(item));
    else if (words === "like") like ??= receiptOf(item);
  }
  const [first, second] = same;
  if (first && !second) return first;
  const seen = first ?? like;
  if (seen) return { like: seen };
  throw new NetworkError(
    "unavailable",
    "Instagram has published it, and does not show it among the posts yet",
  );
}

export function receiptOf({ id, permalink }: { id: string; permalink?: string }): Receipt {
  return { id, ...(permalink !== undefined && { url: permalink }) };
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  if (isComment(receipt)) return readComment(receipt, reach);
  const item = await asked({ path: pathOf(receipt), query: { fields: FIELDS } }, Item, reach);
  return item === "gone" ? "gone" : { text: item.caption, url: item.permalink ?? receipt.url };
}

const METRICS = "views,likes,comments,shares,saved";
const Counted = v.object({
  data: v.array(v.object({ name: v.string(), values: v.array(v.object({ value: v.number() })) })),
});

export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  if (isComment(receipt)) return measureComment(receipt, reach);
  const request = { path: `${pathOf(receipt)}/insights`, query: { metric: METRICS } };
  const counted = await asked(request, Counted, reach);
  return counted === "gone" ? "gone" : metricsOf(counted);
});

function metricsOf({ data }: v.InferOutput<typeof Counted>): Metrics {
  const of = (wanted: string) => data.find(({ name }) => name === wanted)?.values[0]?.value;
  return {
    views: of("views"),
    likes: of("likes"),
    replies: of("comments"),
    shares: of("shares"),
    bookmarks: of("saved"),
  };
}

const Comments = v.object({
  data: v.array(v.object({ ...Comment.entries, replies: v.optional(v.object({ data: v.array(Comment) })) })),
  paging: Paging,
});

/** Comments and what answers them, our own left out. */
export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const { username: own } = await whoIs(reach);
  const below = isComment(receipt) ? "" : ",replies{id,text,timestamp,username}";
  const fields = `id,text,timestamp,username${below}`;
  const pages = everyItem(async (after) => {
    const query = { fields, limit: PAGE, after };
    const path = `${pathOf(receipt)}/${isComment(receipt) ? "replies" : "comments"}`;
    const { data, paging } = await reach.ask({ path, query }, Comments, "comments");
    return { items: data, next: paging?.next ? paging.cursors?.after : undefined };
  });
  const found: PostReply[] = [];
  const hear = (
    { id, text, timestamp, username = "somebody" }: v.InferOutput<typeof Comment>,
    parent: string,
  ) => {
    if (username === own || Date.parse(timestamp) < since.getTime()) return;
    const author = { handle: `@${username}`, url: `https://www.instagram.com/${username}/` };
    found.push({ id, parent, author, text, at: new Date(timestamp).toISOString() });
  };
  for await (const comment of pages) {
    hear(comment, receipt.id);
    for (const answer of comment.replies?.data ?? []) hear(answer, comment.id);
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
