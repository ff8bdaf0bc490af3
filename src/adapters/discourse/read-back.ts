/** Whether a topic or a reply went out, and what became of it. */
import * as v from "valibot";
import {
  type Context,
  expectReply,
  type Found,
  oneByOne,
  type Post,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import {
  type Channel,
  externalIdOf,
  type FullPost,
  isTopic,
  newestOf,
  type Options,
  pictures,
  postIn,
  rawOf,
  receiptOf,
  type Topic,
  topicByExternalId,
  topicOf,
  wordsOf,
} from "./api.ts";

// Who makes the posts may have another clock than who answers.
const MARGIN = 5_000;
const LIKES = 2;

/** A topic by its external id; a reply among the newest of its topic. Both may wait for a moderator. */
export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const raw = rawOf(post, await pictures(post, context));
  if (!context.thread) {
    const id = externalIdOf(context);
    const number = await topicByExternalId(id, context);
    const topic = number === undefined ? "gone" : await topicOf(number, context);
    const first = topic === "gone" ? undefined : topic.post_stream.posts.find((one) => one.post_number === 1);
    if (topic !== "gone" && first) return receiptIn(topic, first, context);
    const pending = await waiting(raw, context, since);
    return pending === undefined ? "absent" : { id: pending, ref: { external: id }, hidden: "review" };
  }
  const number = context.thread.root.ref?.topic;
  const topic = number === undefined ? "gone" : await topicOf(number, context);
  if (topic === "gone") return "absent";
  let like: Receipt | undefined;
  for await (const one of newestOf(topic, context)) {
    const at = Date.parse(one.created_at);
    if (at < since.getTime() - MARGIN) break;
    if (!isOwn(one, context.channel) || one.post_number === 1) continue;
    if (await context.taken(String(one.id))) continue;
    const alike = likeness(raw, one.raw);
    if (alike === "same") return receiptIn(topic, one, context);
    if (alike === "like") like ??= receiptIn(topic, one, context);
  }
  if (like) return { like };
  const pending = await waiting(raw, context, since);
  return pending === undefined ? "absent" : { id: pending, hidden: "review" };
}

const Pending = v.object({
  pending_posts: v.array(
    v.object({ id: v.number(), raw_text: v.optional(v.string(), ""), created_at: v.optional(v.string()) }),
  ),
});

/** Among the user's own posts that a moderator has yet to look at; forums without such a list have none. */
async function waiting(
  raw: string,
  { http, channel }: Context<Channel>,
  since: Date,
): Promise<string | undefined> {
  const path = `/posts/${encodeURIComponent(channel.username)}/pending.json`;
  const reply = await http({ path, ok: [403, 404] });
  if (reply.status >= 400) return undefined;
  const { pending_posts } = expectReply(reply, Pending, "posts", true);
  const ours = pending_posts.find(
    ({ raw_text, created_at }) =>
      likeness(raw, raw_text) === "same" &&
      Date.parse(created_at ?? since.toISOString()) >= since.getTime() - MARGIN,
  );
  return ours && `review-${ours.id}`;
}

function isOwn({ username }: FullPost, channel: Channel): boolean {
  return username.toLowerCase() === channel.username.toLowerCase();
}

function receiptIn({ id, slug }: Topic, post: FullPost, { channel }: Reach<Channel>): Receipt {
  return receiptOf({ ...post, topic_id: id, topic_slug: slug }, channel);
}

async function standingOf(receipt: Receipt, reach: Reach<Channel>) {
  const { topic: number } = receipt.ref ?? {};
  if (number === undefined) return "gone";
  if (!isTopic(receipt)) {
    const post = await postIn(number, receipt.id, reach);
    return post === "gone" ? post : { post };
  }
  const topic = await topicOf(number, reach);
  const post = topic === "gone" ? undefined : topic.post_stream.posts.find((one) => one.post_number === 1);
  return topic !== "gone" && post ? { post, topic } : "gone";
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const there = await approved(receipt, reach);
  if (there === "waits") return { text: "", hidden: "review" };
  const standing = await standingOf(there, reach);
  if (standing === "gone") return "gone";
  const { post, topic } = standing;
  return {
    text: wordsOf(post.raw),
    ...(topic && { title: topic.title }),
    url: there.url,
    ...(post.version > 1 && post.updated_at && { edited: new Date(post.updated_at).toISOString() }),
  };
}

/** What a moderator has let through in the meantime. */
async function approved(receipt: Receipt, reach: Reach<Channel>): Promise<Receipt | "waits"> {
  if (receipt.hidden !== "review") return receipt;
  const number = receipt.ref?.external && (await topicByExternalId(receipt.ref.external, reach));
  const topic = number ? await topicOf(number, reach) : "gone";
  const post = topic === "gone" ? undefined : topic.post_stream.posts[0];
  return topic !== "gone" && post ? receiptIn(topic, post, reach) : "waits";
}

export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  const standing = await standingOf(receipt, reach);
  if (standing === "gone") return "gone";
  const { post, topic } = standing;
  return {
    likes: post.actions_summary.find(({ id }) => id === LIKES)?.count ?? 0,
    ...(topic?.views !== undefined && { views: topic.views }),
    replies: topic?.posts_count === undefined ? post.reply_count : topic.posts_count - 1,
  };
});

/** Of a topic all that stands below it, of a reply what answers it. */
export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const { topic: number, number: own } = receipt.ref ?? {};
  const topic = number === undefined ? "gone" : await topicOf(number, reach);
  if (topic === "gone") return [];
  const ids = new Map<number, string>();
  const found: FullPost[] = [];
  for await (const post of newestOf(topic, reach)) {
    ids.set(post.post_number, String(post.id));
    if (Date.parse(post.created_at) < since.getTime()) break;
    if (isOwn(post, reach.channel) || post.post_number === 1 || post.deleted_at || post.user_deleted)
      continue;
    if (isTopic(receipt) || String(post.reply_to_post_number ?? 1) === own) found.push(post);
  }
  return found.reverse().map((post) => ({
    ...receiptIn(topic, post, reach),
    parent: ids.get(post.reply_to_post_number ?? 1) ?? receipt.id,
    author: {
      handle: `@${post.username}`,
      ...(post.name && { name: post.name }),
      url: `${reach.channel.server}/u/${post.username}`,
    },
    text: post.raw,
    at: new Date(post.created_at).toISOString(),
  }));
}
