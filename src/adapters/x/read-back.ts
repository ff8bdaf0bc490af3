/** What stands on X: whether a post is out, how it fares, and who answered. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
  expectReply,
  type Found,
  type Metrics,
  type Post,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import { type Channel, FIELDS, type Options, pathOf, receiptOf, shownTextOf, Tweet, whoAmI } from "./api.ts";

// Who makes the posts may have another clock than who answers.
const MARGIN = 5_000;
const PAGE = 100;

const Meta = v.optional(v.object({ next_token: v.optional(v.string()) }));
const List = v.object({ data: v.optional(v.array(Tweet), []), meta: Meta });

/** Among the account's own posts, by words, place in the thread and files. */
export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const { id } = await whoAmI(context);
  const start_time = new Date(since.getTime() - MARGIN).toISOString();
  const own = everyItem(async (pagination_token) => {
    const query = { max_results: PAGE, start_time, pagination_token, "tweet.fields": FIELDS };
    const { data, meta } = await context.ask({ path: `/users/${id}/tweets`, query }, List, "posts");
    return { items: data, next: meta?.next_token };
  });
  let like: Receipt | undefined;
  for await (const tweet of own) {
    const found = likenessOf(tweet, post, context);
    if (found === "other" || (await context.taken(tweet.id))) continue;
    if (found === "same") return receiptOf(tweet.id, context.channel, tweet.edit_history_tweet_ids);
    like ??= receiptOf(tweet.id, context.channel);
  }
  return like ? { like } : "absent";
}

function likenessOf(tweet: Tweet, post: Post<Options>, { thread }: Context<Channel>) {
  const words = likeness(post.text, shownTextOf(tweet));
  if (words !== "same") return words;
  const parent = tweet.referenced_tweets?.find(({ type }) => type === "replied_to")?.id;
  const files = (tweet.attachments?.media_keys ?? []).length === post.media.length;
  const poll = (tweet.attachments?.poll_ids ?? []).length > 0 === (post.poll !== undefined);
  const above = thread ? [thread.parent.id, thread.parent.ref?.first] : [undefined];
  return above.includes(parent) && files && poll ? "same" : "like";
}

const One = v.object({ data: v.optional(Tweet) });

/** It answers 200 without `data` for what is gone. */
export async function read(receipt: Receipt, { http, channel }: Reach<Channel>): Promise<Standing | "gone"> {
  const query = { "tweet.fields": FIELDS };
  const reply = await http({ path: pathOf(receipt), query, ok: [404] });
  const tweet = reply.status === 404 ? undefined : expectReply(reply, One, "a post", true).data;
  if (!tweet) return "gone";
  const isEdited = (tweet.edit_history_tweet_ids ?? []).length > 1;
  return {
    text: shownTextOf(tweet),
    ...(isEdited && tweet.created_at && { edited: tweet.created_at }),
    ...(receiptOf(tweet.id, channel).url && { url: receiptOf(tweet.id, channel).url }),
  };
}

const Poll = v.object({
  id: v.string(),
  options: v.array(v.object({ label: v.string(), votes: v.number(), position: v.number() })),
});
const Counted = v.object({
  data: v.optional(v.array(Tweet), []),
  includes: v.optional(v.object({ polls: v.optional(v.array(Poll), []) })),
});

/** A hundred in one request, since each is charged. */
export async function metrics(
  receipts: readonly Receipt[],
  { ask }: Reach<Channel>,
): Promise<(Metrics | "gone")[]> {
  const found = new Map<string, Metrics>();
  for (let at = 0; at < receipts.length; at += PAGE) {
    const query = {
      ids: receipts
        .slice(at, at + PAGE)
        .map(({ id }) => id)
        .join(","),
      "tweet.fields": `${FIELDS},public_metrics`,
      expansions: "attachments.poll_ids",
      "poll.fields": "options",
    };
    const { data, includes } = await ask({ path: "/tweets", query }, Counted, "posts");
    for (const tweet of data) found.set(tweet.id, countsOf(tweet, includes?.polls ?? []));
  }
  return receipts.map(({ id }) => found.get(id) ?? "gone");
}

function countsOf(
  { public_metrics: counts = {}, attachments }: Tweet,
  polls: v.InferOutput<typeof Poll>[],
): Metrics {
  const poll = polls.find(({ id }) => attachments?.poll_ids?.includes(id));
  const votes = [...(poll?.options ?? [])].sort((a, b) => a.position - b.position);
  return {
    views: counts.impression_count,
    likes: counts.like_count,
    shares: counts.retweet_count,
    quotes: counts.quote_count,
    replies: counts.reply_count,
    bookmarks: counts.bookmark_count,
    ...(votes.length > 0 && { poll: votes.map(({ label, votes }) => ({ choice: label, votes })) }),
  };
}

const User = v.object({ id: v.string(), username: v.string(), name: v.optional(v.string()) });
const Answers = v.object({
  data: v.optional(v.array(Tweet), []),
  includes: v.optional(v.object({ users: v.optional(v.array(User), []) })),
  meta: Meta,
});

/** The recent search goes back seven days. */
export async function replies(
  receipt: Receipt,
  { ask, channel }: Reach<Channel>,
  since: Date,
): Promise<PostReply[]> {
  const found: PostReply[] = [];
  const week = Date.now() - 7 * 86_400_000 + 60_000;
  const pages = everyItem(async (next_token) => {
    const query = {
      query: `conversation_id:${receipt.id} -from:${channel.handle}`,
      max_results: PAGE,
      start_time: new Date(Math.max(since.getTime(), week)).toISOString(),
      next_token,
      "tweet.fields": `${FIELDS},author_id`,
      expansions: "author_id",
      "user.fields": "username,name",
    };
    const { data, includes, meta } = await ask({ path: "/tweets/search/recent", query }, Answers, "replies");
    const users = new Map(includes?.users?.map((user) => [user.id, user]) ?? []);
    return {
      items: data.map((tweet) => ({ tweet, user: users.get(tweet.author_id ?? "") })),
      next: meta?.next_token,
    };
  });
  for await (const { tweet, user } of pages) {
    if (!user || !tweet.created_at) continue;
    const web = channel.web;
    found.push({
      id: tweet.id,
      url: `${web}/${user.username}/status/${tweet.id}`,
      parent: tweet.referenced_tweets?.find(({ type }) => type === "replied_to")?.id ?? receipt.id,
      author: {
        handle: `@${user.username}`,
        url: `${web}/${user.username}`,
        ...(user.name && { name: user.name }),
      },
      text: shownTextOf(tweet),
      at: tweet.created_at,
    });
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
