/** What stands on YouTube: who can watch a video, how it fares, and who commented. */
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
import { type Channel, type Options, receiptOf, type Video, videosOf, whoIs } from "./api.ts";

/** What has become of a video of this post: private means that it was not published, unless it was to be that. */
export function standingOf(
  video: Video,
  { privacy = "public" }: Options,
  channel: Channel,
): Receipt | "absent" {
  const { privacyStatus, publishAt } = video.status ?? {};
  const receipt = receiptOf(video.id, channel);
  if (publishAt !== undefined) return { ...receipt, due: new Date(publishAt).toISOString() };
  if (privacyStatus !== privacy) return "absent";
  return { ...receipt, ...(privacy === "private" && { hidden: "draft" as const }) };
}

/** Its own id was written down before it was published. */
export async function find({ options }: Post<Options>, context: Context<Channel>): Promise<Found> {
  const id = await context.done<string>("video");
  if (id === undefined) return "absent";
  const [video] = await videosOf([id], "status", context);
  return video ? standingOf(video, options, context.channel) : "absent";
}

export async function read({ id, url }: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const [video] = await videosOf([id], "snippet,status", reach);
  if (!video?.snippet) return "gone";
  const { title, description } = video.snippet;
  const isPrivate = video.status?.privacyStatus === "private";
  return { text: description, title, url, ...(isPrivate && { hidden: "draft" as const }) };
}

// So many are counted by one question.
const PAGE = 50;

export async function metrics(
  receipts: readonly Receipt[],
  reach: Reach<Channel>,
): Promise<(Metrics | "gone")[]> {
  const all: (Metrics | "gone")[] = [];
  for (let at = 0; at < receipts.length; at += PAGE) {
    const asked = receipts.slice(at, at + PAGE);
    const found = await videosOf([...new Set(asked.map(({ id }) => id))], "statistics", reach);
    for (const { id } of asked) all.push(countsOf(found.find((video) => video.id === id)));
  }
  return all;
}

/** Numbers are written as strings; what the owner hides is not told. */
function countsOf(video: Video | undefined): Metrics | "gone" {
  if (!video) return "gone";
  const { viewCount, likeCount, commentCount } = video.statistics ?? {};
  const number = (count: string | undefined) => (count === undefined ? undefined : Number(count));
  return { views: number(viewCount), likes: number(likeCount), replies: number(commentCount) };
}

const Comment = v.object({
  id: v.string(),
  snippet: v.object({
    textOriginal: v.optional(v.string()),
    textDisplay: v.optional(v.string(), ""),
    authorDisplayName: v.optional(v.string(), "somebody"),
    authorChannelUrl: v.optional(v.string()),
    authorChannelId: v.optional(v.object({ value: v.string() })),
    publishedAt: v.string(),
    parentId: v.optional(v.string()),
  }),
});
const Threads = v.object({
  items: v.array(
    v.object({
      snippet: v.object({ topLevelComment: Comment }),
      replies: v.optional(v.object({ comments: v.array(Comment) })),
    }),
  ),
  nextPageToken: v.optional(v.string()),
});

/** Comments and what answers them. A video whose comments are off has none. */
export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const own = (await whoIs(reach))?.id;
  const pages = everyItem(async (pageToken) => {
    const reply = await reach.http({
      path: "/youtube/v3/commentThreads",
      query: {
        part: "snippet,replies",
        videoId: receipt.id,
        order: "time",
        textFormat: "plainText",
        maxResults: 100,
        pageToken,
      },
      ok: ["commentsDisabled", "videoNotFound", 404],
    });
    if (reply.status >= 400) return { items: [] };
    const { items, nextPageToken } = expectReply(reply, Threads, "comments", true);
    return { items, next: nextPageToken };
  });
  const found: PostReply[] = [];
  const hear = ({ id, snippet }: v.InferOutput<typeof Comment>) => {
    const { authorChannelId, authorDisplayName, authorChannelUrl, publishedAt, parentId } = snippet;
    if (authorChannelId?.value === own || Date.parse(publishedAt) < since.getTime()) return;
    found.push({
      id,
      url: `${receipt.url}&lc=${encodeURIComponent(id)}`,
      parent: parentId ?? receipt.id,
      author: { handle: authorDisplayName, ...(authorChannelUrl && { url: authorChannelUrl }) },
      text: snippet.textOriginal ?? snippet.textDisplay,
      at: new Date(publishedAt).toISOString(),
    });
  };
  for await (const { snippet, replies: below } of pages) {
    hear(snippet.topLevelComment);
    for (const answer of below?.comments ?? []) hear(answer);
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
