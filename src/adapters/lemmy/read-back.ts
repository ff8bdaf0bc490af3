/** Whether a post or a comment went out, and what became of it. */
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
import {
  type Channel,
  CommentView,
  commentReceipt,
  fieldsOf,
  loggedIn,
  type Options,
  PostView,
  placeIn,
  placeOf,
  postReceipt,
  uploaded,
  wordsOf,
} from "./api.ts";

const LIMIT = 50;
// Who makes the posts may have another clock than who answers.
const MARGIN = 5_000;
const DOUBT = 600_000;
const Person = v.object({ posts: v.array(PostView), comments: v.array(CommentView) });

/** What a server before version 1 writes has no time zone: it means UTC. */
export function timeOf(written: string): number {
  return Date.parse(/Z|[+-]\d\d:\d\d$/.test(written) ? written : `${written}Z`);
}

/** Among the account's own, the newest first, as the server knows no key. */
export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const from = since.getTime() - MARGIN;
  const place = placeIn(context);
  const fields = fieldsOf(post, await uploaded(post, context));
  const { community } = await placeOf(context, undefined);
  let like: Receipt | undefined;
  for await (const { at, receipt, words, isHere } of own()) {
    if (at < from - DOUBT || words === "other" || (await context.taken(receipt.id))) continue;
    const isSame = words === "same" && isHere;
    if (at >= from && isSame) return receipt;
    if (at >= from) like ??= receipt;
    // The same from shortly before: another one, or ours by a clock that jumped. Only a person can tell.
    else if (isSame)
      throw new NetworkError("rejected", "the account has the same post from shortly before the attempt");
  }
  return like ? { like } : "absent";

  async function* own() {
    const { username, server } = context.channel;
    const list = everyItem(async (page = "1") => {
      const query = { username, sort: "New", limit: LIMIT, page };
      const { posts, comments } = await loggedIn(context, (authorised) =>
        context.ask({ ...authorised, path: "/user", query }, Person, "an account's posts"),
      );
      const items = place ? comments.map(ofComment) : posts.map(ofPost);
      const last = items.at(-1);
      return {
        items,
        next:
          items.length === LIMIT && last && last.at >= from - DOUBT ? String(Number(page) + 1) : undefined,
      };
    });
    yield* list;

    function ofPost({ post: its }: PostView) {
      const title = likeness(fields.name, its.name);
      const body = likeness(fields.body ?? "", its.body ?? "");
      const words =
        title === "same" && body === "same"
          ? ("same" as const)
          : title === "other"
            ? title
            : ("like" as const);
      const isHere = its.community_id === community && (its.url ?? undefined) === fields.url;
      return { at: timeOf(its.published), receipt: postReceipt(its.id, context.channel), words, isHere };
    }

    function ofComment({ comment }: CommentView) {
      const words = likeness(post.text, comment.content);
      // 0, the comments above it, itself.
      const above = comment.path.split(".").at(-2);
      const isHere = comment.post_id === place?.post_id && above === String(place.parent_id ?? 0);
      return {
        at: timeOf(comment.published),
        receipt: commentReceipt(comment, { ...context.channel, server }),
        words,
        isHere,
      };
    }
  }
}

const GONE = { ok: [404, "couldnt_find_post", "couldnt_find_comment", "not_found"] };

async function standingOf({ id, ref }: Receipt, reach: Reach<Channel>) {
  const path = ref?.post ? "/comment" : "/post";
  const reply = await loggedIn(reach, (authorised) =>
    reach.http({ ...authorised, path, query: { id }, ...GONE }),
  );
  if (reply.status >= 400) return "gone";
  if (ref?.post) {
    const { comment_view } = expectReply(reply, v.object({ comment_view: CommentView }), "a comment", true);
    return comment_view.comment.deleted || comment_view.comment.removed ? "gone" : { comment: comment_view };
  }
  const { post_view } = expectReply(reply, v.object({ post_view: PostView }), "a post", true);
  return post_view.post.deleted || post_view.post.removed ? "gone" : { post: post_view };
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const standing = await standingOf(receipt, reach);
  if (standing === "gone") return "gone";
  const { updated } = standing.comment?.comment ?? standing.post!.post;
  const edited = updated && { edited: new Date(timeOf(updated)).toISOString() };
  if (standing.comment) return { text: standing.comment.comment.content, url: receipt.url, ...edited };
  const { name, body } = standing.post.post;
  return { text: wordsOf(body ?? ""), title: name, url: receipt.url, ...edited };
}

/** Views are not counted. */
export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  const standing = await standingOf(receipt, reach);
  if (standing === "gone") return "gone";
  if (standing.comment) {
    const { upvotes, child_count } = standing.comment.counts;
    return { likes: upvotes, replies: child_count };
  }
  return { likes: standing.post.counts.upvotes, replies: standing.post.counts.comments };
});

const Comments = v.object({ comments: v.array(CommentView) });

export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const { username, server } = reach.channel;
  const { post } = receipt.ref ?? {};
  const found: PostReply[] = [];
  const list = everyItem(async (page = "1") => {
    const below = post ? { post_id: post, parent_id: receipt.id } : { post_id: receipt.id };
    const query = { ...below, type_: "All", sort: "New", limit: LIMIT, page };
    const reply = await loggedIn(reach, (authorised) =>
      reach.http({ ...authorised, path: "/comment/list", query, ...GONE }),
    );
    if (reply.status >= 400) return { items: [] };
    const { comments } = expectReply(reply, Comments, "comments", true);
    return { items: comments, next: comments.length === LIMIT ? String(Number(page) + 1) : undefined };
  });
  for await (const { comment, creator } of list) {
    const { id, content, path, published, deleted, removed } = comment;
    const host = creator?.actor_id ? new URL(creator.actor_id).host : new URL(server).host;
    const isOurs = creator?.name === username && host === new URL(server).host;
    if (isOurs || deleted || removed || String(id) === receipt.id || timeOf(published) < since.getTime())
      continue;
    const above = path.split(".").at(-2);
    found.push({
      ...commentReceipt(comment, reach.channel),
      parent: above === undefined || above === "0" ? (post ?? receipt.id) : above,
      author: {
        handle: `@${creator?.name ?? ""}@${host}`,
        ...(creator?.display_name && { name: creator.display_name }),
        ...(creator?.actor_id && { url: creator.actor_id }),
      },
      text: content,
      at: new Date(timeOf(published)).toISOString(),
    });
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
