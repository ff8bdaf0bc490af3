/** What stands on Reddit: whether a post or a comment is out, how it fares, and who answered. */
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
import { type Channel, type Options, receiptOf } from "./api.ts";
import { wordsOf } from "./body.ts";

// Times are told in seconds, by Reddit's clock.
const MARGIN = 5_000;
const PAGE = 100;

const Thing = v.object({
  name: v.string(),
  title: v.optional(v.string()),
  selftext: v.optional(v.string()),
  body: v.optional(v.string()),
  url: v.optional(v.string()),
  author: v.optional(v.string(), ""),
  subreddit: v.optional(v.string(), ""),
  permalink: v.optional(v.string()),
  parent_id: v.optional(v.string()),
  created_utc: v.number(),
  edited: v.optional(v.union([v.boolean(), v.number()])),
  removed_by_category: v.optional(v.nullable(v.string())),
  ups: v.optional(v.number()),
  num_comments: v.optional(v.number()),
  replies: v.optional(v.unknown()),
});
type Thing = v.InferOutput<typeof Thing>;

const Listing = v.object({
  data: v.object({
    after: v.optional(v.nullable(v.string())),
    children: v.array(v.object({ kind: v.string(), data: v.unknown() })),
  }),
});
const Listed = v.object({
  data: v.object({
    after: v.optional(v.nullable(v.string())),
    children: v.array(v.object({ data: Thing })),
  }),
});

/** The account's own, newest first, as far back as the attempt. */
export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const { channel, thread, ask, taken } = context;
  const from = since.getTime() - MARGIN;
  const path = `/user/${channel.user}/${thread ? "comments" : "submitted"}`;
  const own = everyItem(async (after) => {
    const query = { sort: "new", limit: PAGE, after, raw_json: 1 };
    const { children, after: next } = (await ask({ path, query }, Listed, "posts")).data;
    const items = children.map(({ data }) => data);
    const last = items.at(-1);
    return { items, next: last && timeOf(last) >= from ? (next ?? undefined) : undefined };
  });
  let like: Receipt | undefined;
  for await (const thing of own) {
    if (timeOf(thing) < from || (await taken(thing.name))) continue;
    const words = thread ? commentLike(thing, post, thread.parent) : postLike(thing, post, channel);
    if (words === "same") return found(thing, channel);
    if (words === "like") like ??= found(thing, channel);
  }
  return like ? { like } : "absent";
}

function commentLike({ body = "", parent_id }: Thing, { text }: Post, parent: Receipt) {
  return parent_id === parent.id ? likeness(text, wordsOf(body)) : "other";
}

function postLike({ title = "", selftext = "", subreddit }: Thing, post: Post, channel: Channel) {
  if (subreddit.toLowerCase() !== channel.subreddit.toLowerCase()) return "other";
  const same = likeness(post.title ?? "", title) === "same";
  if (!same) return "other";
  return likeness(post.text, wordsOf(selftext)) === "same" ? "same" : "like";
}

const timeOf = ({ created_utc }: Thing) => created_utc * 1000;
const found = ({ name: id, permalink }: Thing, channel: Channel) => receiptOf({ id, permalink }, channel);

async function thingOf({ id }: Receipt, { ask }: Reach<Channel>): Promise<Thing | "gone"> {
  const listed = await ask({ path: "/api/info", query: { id, raw_json: 1 } }, Listed, "a post");
  const [thing] = listed.data.children.map(({ data }) => data);
  const isGone = !thing || thing.author === "[deleted]" || (thing.removed_by_category ?? null) !== null;
  return isGone ? "gone" : thing;
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const thing = await thingOf(receipt, reach);
  if (thing === "gone") return "gone";
  const { title, selftext, body, edited, permalink } = thing;
  return {
    text: wordsOf(body ?? selftext ?? ""),
    ...(title !== undefined && { title }),
    url: permalink === undefined ? receipt.url : receiptOf({ id: thing.name, permalink }, reach.channel).url,
    ...(typeof edited === "number" && { edited: new Date(edited * 1000).toISOString() }),
  };
}

/** Views are not told. */
export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  const thing = await thingOf(receipt, reach);
  return thing === "gone" ? "gone" : { likes: thing.ups, replies: thing.num_comments };
});

/** The comments below it, as far as Reddit gives them at once. */
export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const { channel, ask } = reach;
  const [, article] = /\/comments\/(\w+)/.exec(receipt.url ?? "") ?? [];
  const isComment = receipt.id.startsWith("t1_");
  const path = `/comments/${article ?? receipt.id.slice(3)}`;
  const query = {
    limit: 500,
    sort: "old",
    raw_json: 1,
    comment: isComment ? receipt.id.slice(3) : undefined,
  };
  const [, below] = await ask({ path, query }, v.tuple([Listing, Listing]), "comments");
  const found: PostReply[] = [];
  const hear = (listing: v.InferOutput<typeof Listing>) => {
    for (const { kind, data } of listing.data.children) {
      const thing = v.safeParse(Thing, data);
      if (kind !== "t1" || !thing.success) continue;
      const { name, author, body = "", parent_id, replies, permalink } = thing.output;
      const isOurs = author.toLowerCase() === channel.user.toLowerCase();
      const at = timeOf(thing.output);
      if (!isOurs && author !== "[deleted]" && at >= since.getTime() && name !== receipt.id)
        found.push({
          ...receiptOf({ id: name, permalink }, channel),
          parent: parent_id ?? receipt.id,
          author: { handle: `u/${author}`, url: `${channel.web}/user/${author}` },
          text: wordsOf(body),
          at: new Date(at).toISOString(),
        });
      const nested = v.safeParse(Listing, replies);
      if (nested.success) hear(nested.output);
    }
  };
  hear(below);
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
