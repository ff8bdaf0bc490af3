/** Whether a post is out, as it stands, how it fares, and what people answered. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
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
import {
  answer,
  type Channel,
  idOf,
  type Options,
  Posts,
  pageOf,
  pathOf,
  receiptOf,
  Post as Stored,
  type Standing as There,
} from "./api.ts";
import { isVideo, saidIn, slugOf, wordsOf } from "./body.ts";

const PAGE = 20;
// Who makes the posts may have another clock than who answers; times are whole seconds.
const MARGIN = 60_000;
// How long a film may take, no page says.
const WORKED_ON = 30 * 60_000;

/** By the mark in its address; where that was not kept, by its words and time. */
export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const { due, key, channel } = context;
  const slug = slugOf(post, key);
  const isMarked = ({ slug: own, post_url }: There) => own === slug || (post_url ?? "").includes(slug);
  // In this order: what leaves the one list meanwhile is in the other.
  if (due)
    for await (const one of listed("/posts/queue", context))
      if (isMarked(one)) return { ...receiptOf(idOf(one), context), due: due.toISOString() };
  if (post.options.draft) {
    for await (const one of listed("/posts/draft", context))
      if (isMarked(one)) return { ...receiptOf(idOf(one), context), hidden: "draft" };
    return "absent";
  }
  const from = Math.min(since.getTime(), due?.getTime() ?? since.getTime()) - MARGIN;
  let like: Receipt | undefined;
  for await (const one of listed("/posts", context, from)) {
    if ((one.timestamp ?? 0) * 1_000 < from || (await context.taken(idOf(one)))) continue;
    if (isMarked(one)) return receiptOf(idOf(one), context);
    if (likeness(wordsOf(post), saidIn(one.content)) === "same")
      like ??= { id: idOf(one), url: pageOf(idOf(one), channel) };
  }
  if (like) return { like };
  // A film is worked on before anybody sees it: that it is not there does not say that it will not be.
  if (post.media.some(isVideo)) {
    const code = Date.now() < since.getTime() + WORKED_ON ? "uncertain" : "rejected";
    throw new NetworkError(code, "Tumblr does not show the post, and may still be working on its video");
  }
  return "absent";
}

/** The newest first, until they are older. */
function listed(list: string, { ask, channel }: Reach<Channel>, from = 0): AsyncIterable<There> {
  return everyItem(async (offset = "0") => {
    const query = { npf: true, limit: PAGE, offset };
    const { posts } = (await ask({ path: pathOf(channel, list), query }, Posts, "posts")).response;
    const last = posts.at(-1);
    const goesOn = posts.length === PAGE && (last?.timestamp ?? 0) * 1_000 >= from;
    return { items: posts, next: goesOn ? String(Number(offset) + PAGE) : undefined };
  });
}

async function postAt({ id }: Receipt, { http, channel }: Reach<Channel>): Promise<There | "gone"> {
  const path = pathOf(channel, `/posts/${encodeURIComponent(id)}`);
  const reply = await http({ path, query: { post_format: "npf" }, ok: [404] });
  const found = unlessGone(reply, answer(Stored), "a post");
  return found === "gone" ? "gone" : found.response;
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const post = await postAt(receipt, reach);
  if (post === "gone") return "gone";
  const [first, ...rest] = post.content;
  const isTitled = first?.subtype === "heading1";
  const url = pageOf(receipt.id, reach.channel);
  return {
    text: saidIn(isTitled ? rest : post.content),
    ...(isTitled && { title: first.text }),
    url,
    ...(post.state === "draft" && { hidden: "draft" as const }),
  };
}

const Notes = answer(
  v.object({
    notes: v.array(
      v.object({
        type: v.string(),
        timestamp: v.number(),
        blog_name: v.string(),
        blog_url: v.optional(v.string()),
        post_id: v.optional(v.string()),
        reply_text: v.optional(v.string()),
        added_text: v.optional(v.string()),
      }),
    ),
    total_notes: v.optional(v.number()),
    total_likes: v.optional(v.number()),
    total_reblogs: v.optional(v.number()),
  }),
);

async function notesOf({ id }: Receipt, { http, channel }: Reach<Channel>) {
  const query = { id, mode: "conversation" };
  const found = unlessGone(await http({ path: pathOf(channel, "/notes"), query, ok: [404] }), Notes, "notes");
  return found === "gone" ? "gone" : found.response;
}

export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  const notes = await notesOf(receipt, reach);
  if (notes === "gone") return "gone";
  return { likes: notes.total_likes, shares: notes.total_reblogs };
});

/** Replies, and reblogs with words of their own. */
export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const found = await notesOf(receipt, reach);
  if (found === "gone") return [];
  return found.notes
    .flatMap(({ type, timestamp, blog_name, blog_url, post_id, reply_text, added_text }): PostReply[] => {
      const text = reply_text ?? added_text ?? "";
      if (text === "" || blog_name === reach.channel.blog || timestamp * 1_000 < since.getTime()) return [];
      const isReblog = type === "reblog" && post_id !== undefined;
      return [
        {
          id: isReblog ? post_id : `${blog_name}-${timestamp}`,
          ...(isReblog && { url: pageOf(post_id, { ...reach.channel, blog: blog_name }) }),
          ref: isReblog ? { blog: blog_name } : { kind: "reply" },
          parent: receipt.id,
          author: { handle: blog_name, ...(blog_url && { url: blog_url }) },
          text,
          at: new Date(timestamp * 1_000).toISOString(),
        },
      ];
    })
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
