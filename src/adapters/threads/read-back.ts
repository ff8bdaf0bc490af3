/** What stands on Threads: whether a post is out, how it fares, and who answered. */
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
import { type Channel, FIELDS, Item, type Options, Paging, pathOf } from "./api.ts";
import { nameOf, statusOf } from "./container.ts";

// Who makes the posts may have another clock than who answers; times are told in seconds.
const MARGIN = 5_000;
const PAGE = 100;

/** Its container knows whether it was published; which post it has become, the account's own list tells. */
export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const { thread, ask, taken } = context;
  const container = await context.done<string>(nameOf(thread?.parent.id));
  if (container === undefined || (await statusOf(container, context)).status !== "PUBLISHED") return "absent";
  const List = v.object({ data: v.array(Item), paging: Paging });
  const from = since.getTime() - MARGIN;
  const path = thread ? "/me/replies" : "/me/threads";
  const own = everyItem(async (after) => {
    const query = { fields: FIELDS, since: Math.floor(from / 1000), limit: PAGE, after };
    const { data, paging } = await ask({ path, query }, List, "posts");
    return { items: data, next: paging?.next ? paging.cursors?.after : undefined };
  });
  const same: Receipt[] = [];
  let like: Receipt | undefined;
  for await (const item of own) {
    if (Date.parse(item.timestamp) < from || (await taken(item.id))) continue;
    const words = likeness(post.text, item.text);
    if (words === "same") same.push(receiptOf(item, thread));
    else if (words === "like") like ??= receiptOf(item, thread);
  }
  const [first, second] = same;
  if (first && !second) return first;
  const seen = first ?? like;
  if (seen) return { like: seen };
  throw new NetworkError("unavailable", "Threads has published it, and does not show it among the posts yet");
}

export function receiptOf(
  { id, permalink }: { id: string; permalink?: string },
  thread: Context["thread"],
): Receipt {
  return {
    id,
    ...(permalink !== undefined && { url: permalink }),
    ...(thread && { ref: { below: thread.parent.id } }),
  };
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const item = await asked({ path: pathOf(receipt), query: { fields: FIELDS } }, Item, reach);
  return item === "gone" ? "gone" : { text: item.text, url: item.permalink ?? receipt.url };
}

const METRICS = "views,likes,replies,reposts,quotes";
const Counted = v.object({
  data: v.array(
    v.object({
      name: v.string(),
      values: v.optional(v.array(v.object({ value: v.number() }))),
      total_value: v.optional(v.object({ value: v.number() })),
    }),
  ),
});

export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  const request = { path: `${pathOf(receipt)}/insights`, query: { metric: METRICS } };
  const counted = await asked(request, Counted, reach);
  return counted === "gone" ? "gone" : metricsOf(counted);
});

function metricsOf({ data }: v.InferOutput<typeof Counted>): Metrics {
  const of = (wanted: string) => {
    const one = data.find(({ name }) => name === wanted);
    return one?.values?.[0]?.value ?? one?.total_value?.value;
  };
  return {
    views: of("views"),
    likes: of("likes"),
    replies: of("replies"),
    shares: of("reposts"),
    quotes: of("quotes"),
  };
}

const Answer = v.object({
  ...Item.entries,
  username: v.optional(v.string()),
  replied_to: v.optional(v.object({ id: v.string() })),
  is_reply_owned_by_me: v.optional(v.boolean()),
});
const Answers = v.object({ data: v.array(Answer), paging: Paging });

/** Below the first post of a thread the whole conversation, below the others what answers them. */
export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const path = `${pathOf(receipt)}/${receipt.ref?.below === undefined ? "conversation" : "replies"}`;
  const fields = `${FIELDS},username,replied_to,is_reply_owned_by_me`;
  const pages = everyItem(async (after) => {
    const query = { fields, reverse: false, limit: PAGE, after };
    const { data, paging } = await reach.ask({ path, query }, Answers, "replies");
    return { items: data, next: paging?.next ? paging.cursors?.after : undefined };
  });
  const found: PostReply[] = [];
  for await (const { is_reply_owned_by_me, replied_to, username = "somebody", ...item } of pages) {
    if (is_reply_owned_by_me || Date.parse(item.timestamp) < since.getTime()) continue;
    found.push({
      ...receiptOf(item, undefined),
      parent: replied_to?.id ?? receipt.id,
      author: { handle: `@${username}`, url: `https://www.threads.net/@${username}` },
      text: item.text,
      at: new Date(item.timestamp).toISOString(),
    });
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
