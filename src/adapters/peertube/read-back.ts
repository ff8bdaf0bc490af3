/** What stands on a PeerTube server: who can watch a video, how it fares, and who commented. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
  expectReply,
  type Found,
  oneByOne,
  type Post,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { textOfHtml } from "../../text/from-html.ts";
import { type Channel, loggedIn, type Options, PRIVACY, pathOf, receiptOf, videoOf } from "./api.ts";
import type { Made } from "./upload.ts";

/** Its own name was written down before it was published. */
export async function find({ options }: Post<Options>, context: Context<Channel>): Promise<Found> {
  const made = await context.done<Made>("video");
  if (!made) return "absent";
  const video = await videoOf(made.uuid, context);
  if (video === "gone") return "absent";
  const receipt = receiptOf(made, context.channel);
  const { privacy = "public" } = options;
  if (video.scheduledUpdate)
    return { ...receipt, due: new Date(video.scheduledUpdate.updateAt).toISOString() };
  if (video.privacy.id !== PRIVACY[privacy]) return "absent";
  return { ...receipt, ...hiddenOf(privacy) };
}

export function hiddenOf(privacy: NonNullable<Options["privacy"]>): Pick<Receipt, "hidden"> {
  return privacy === "private" ? { hidden: "draft" } : {};
}

export async function read({ id, url }: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const video = await videoOf(id, reach);
  if (video === "gone") return "gone";
  const { name, description, privacy, blacklisted } = video;
  const hidden = blacklisted ? "review" : privacy.id === PRIVACY.private ? "draft" : undefined;
  return { text: description ?? "", title: name, url, ...(hidden && { hidden }) };
}

export const metrics = oneByOne(async ({ id }: Receipt, reach: Reach<Channel>) => {
  const video = await videoOf(id, reach);
  if (video === "gone") return "gone";
  return { views: video.views, likes: video.likes, replies: video.comments };
});

const PAGE = 100;
const Comment = v.object({
  id: v.number(),
  url: v.optional(v.string()),
  text: v.optional(v.string(), ""),
  inReplyToCommentId: v.nullish(v.number()),
  createdAt: v.string(),
  isDeleted: v.optional(v.boolean(), false),
  totalReplies: v.optional(v.number(), 0),
  account: v.nullish(
    v.object({
      name: v.string(),
      host: v.string(),
      displayName: v.optional(v.string()),
      url: v.optional(v.string()),
    }),
  ),
});
type Comment = v.InferOutput<typeof Comment>;
const Comments = v.object({ total: v.number(), data: v.array(Comment) });
interface Tree {
  comment: Comment;
  children: Tree[];
}
const Tree: v.GenericSchema<unknown, Tree> = v.object({
  comment: Comment,
  children: v.lazy(() => v.array(Tree)),
});

/** Comments and what answers them, also from other servers; their marks are taken away. */
export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const path = `${pathOf(receipt)}/comment-threads`;
  const pages = everyItem(async (start) => {
    const query = { start: start ?? "0", count: PAGE, sort: "-createdAt" };
    const reply = await loggedIn(reach, (authorised) =>
      reach.http({ ...authorised, path, query, ok: [404] }),
    );
    if (reply.status === 404) return { items: [] };
    const { total, data } = expectReply(reply, Comments, "comments", true);
    const next = Number(query.start) + PAGE;
    return { items: data, next: next < total ? String(next) : undefined };
  });
  const found: PostReply[] = [];
  const hear = ({ comment, children }: Tree) => {
    const { id, url, text, inReplyToCommentId, createdAt, isDeleted, account } = comment;
    for (const child of children) hear(child);
    if (isDeleted || !account || Date.parse(createdAt) < since.getTime() || isOwn(account, reach.channel))
      return;
    found.push({
      id: String(id),
      ...(url && { url }),
      parent: inReplyToCommentId ? String(inReplyToCommentId) : receipt.id,
      author: {
        handle: `@${account.name}@${account.host}`,
        ...(account.displayName && { name: account.displayName }),
        ...(account.url && { url: account.url }),
      },
      text: textOfHtml(text),
      at: new Date(createdAt).toISOString(),
    });
  };
  for await (const comment of pages) {
    const tree = comment.totalReplies > 0 ? await below(path, comment.id, reach) : undefined;
    hear(tree ?? { comment, children: [] });
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function below(path: string, id: number, reach: Reach<Channel>): Promise<Tree> {
  return loggedIn(reach, (authorised) =>
    reach.ask({ ...authorised, path: `${path}/${id}` }, Tree, "answers"),
  );
}

function isOwn({ name, host }: { name: string; host: string }, { username, server }: Channel): boolean {
  return name === username && host === new URL(server).host;
}
