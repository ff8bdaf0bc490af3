/** What stands on a page, or waits there for its time. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
  type Found,
  oneByOne,
  type Post,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import { asked, type Channel, pathOf, receiptOf } from "./api.ts";

// Who makes the posts may have another clock than who answers.
const MARGIN = 5_000;

const Item = v.object({
  id: v.string(),
  message: v.optional(v.string(), ""),
  created_time: v.optional(v.string()),
  scheduled_publish_time: v.optional(v.number()),
  permalink_url: v.optional(v.string()),
});
const Paging = v.optional(
  v.object({
    next: v.optional(v.string()),
    cursors: v.optional(v.object({ after: v.optional(v.string()) })),
  }),
);
const List = v.object({ data: v.array(Item), paging: Paging });

export async function find(post: Post, context: Context<Channel>, since: Date): Promise<Found> {
  const { channel, thread, due } = context;
  const waiting =
    due &&
    (await among(
      `/${channel.page}/scheduled_posts`,
      post,
      context,
      ({ scheduled_publish_time }) => scheduled_publish_time === Math.round(due.getTime() / 1000),
    ));
  if (waiting && "id" in waiting) return { ...waiting, due: due!.toISOString() };
  const from = Math.min(since.getTime(), due?.getTime() ?? since.getTime()) - MARGIN;
  const path = thread ? `${pathOf(thread.root)}/comments` : `/${channel.page}/published_posts`;
  const found = await among(
    path,
    post,
    context,
    ({ created_time }) => Date.parse(created_time ?? "") >= from,
    from,
  );
  return found ?? waiting ?? "absent";
}

async function among(
  path: string,
  post: Post,
  context: Context<Channel>,
  isOfThen: (item: v.InferOutput<typeof Item>) => boolean,
  from?: number,
): Promise<Receipt | { like: Receipt } | undefined> {
  const fields = "id,message,created_time,permalink_url,scheduled_publish_time";
  const since = from === undefined ? undefined : Math.floor(from / 1000);
  const items = everyItem(async (after) => {
    const query = { fields, limit: 100, after, since };
    const { data, paging } = await context.ask({ path, query }, List, "posts");
    return { items: data, next: paging?.next ? paging.cursors?.after : undefined };
  });
  let like: Receipt | undefined;
  for await (const item of items) {
    if (!isOfThen(item) || (await context.taken(item.id))) continue;
    const words = likeness(post.text, item.message);
    // Pictures without words look like one another.
    if (words === "same" && post.text.trim() !== "") return receiptOf(item, context.channel);
    if (words !== "other") like ??= receiptOf(item, context.channel);
  }
  return like && { like };
}

const Shown = v.object({
  id: v.string(),
  message: v.optional(v.string(), ""),
  created_time: v.optional(v.string()),
  updated_time: v.optional(v.string()),
  permalink_url: v.optional(v.string()),
  // Of comments they are not told.
  is_published: v.optional(v.boolean()),
});

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const fields = "id,message,created_time,permalink_url";
  const shown = await asked({ path: pathOf(receipt), query: { fields } }, Shown, reach);
  if (shown === "gone") return "gone";
  return { text: shown.message, url: receiptOf(shown, reach.channel).url };
}

const Summary = v.object({ summary: v.object({ total_count: v.number() }) });
const Counted = v.object({
  shares: v.optional(v.object({ count: v.number() })),
  comments: v.optional(Summary),
  reactions: v.optional(Summary),
});

export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  const fields = "shares,comments.summary(true).limit(0),reactions.summary(true).limit(0)";
  const found = await asked({ path: pathOf(receipt), query: { fields } }, Counted, reach);
  return found === "gone"
    ? "gone"
    : {
        likes: found.reactions?.summary.total_count,
        shares: found.shares?.count,
        replies: found.comments?.summary.total_count,
      };
});

const Comments = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      message: v.optional(v.string(), ""),
      created_time: v.string(),
      permalink_url: v.optional(v.string()),
      from: v.optional(v.object({ id: v.string(), name: v.optional(v.string()) })),
      parent: v.optional(v.object({ id: v.string() })),
    }),
  ),
  paging: Paging,
});

/** Who wrote it is told only of people who allow it. */
export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const { channel, ask } = reach;
  const found: PostReply[] = [];
  const pages = everyItem(async (after) => {
    const query = {
      fields: "id,message,created_time,permalink_url,from,parent",
      filter: "stream",
      limit: 100,
      after,
    };
    const { data, paging } = await ask({ path: `${pathOf(receipt)}/comments`, query }, Comments, "comments");
    return { items: data, next: paging?.next ? paging.cursors?.after : undefined };
  });
  for await (const { from, parent, message, created_time, ...item } of pages) {
    if (from?.id === channel.page || Date.parse(created_time) < since.getTime()) continue;
    found.push({
      ...receiptOf(item, channel),
      parent: parent?.id ?? receipt.id,
      author: { handle: from?.name ?? "somebody" },
      text: message,
      at: new Date(created_time).toISOString(),
    });
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
