/**
 * What became of a post: as it stands, how it fares, and what people answered. Lexicons com.atproto.repo.getRecord,
 * app.bsky.feed.getPosts, getPostThread. A server of one's own may have no app view: it keeps records, and counts nothing.
 */
import * as v from "valibot";
import {
  expectReply,
  type Metrics,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { type Channel, NO_RECORD, Refused, receiptOf, Written, xrpc } from "./api.ts";
import { loggedIn } from "./session.ts";

const Words = v.looseObject({
  text: v.optional(v.string(), ""),
  embed: v.optional(v.looseObject({ external: v.optional(v.looseObject({ uri: v.string() })) })),
});

const View = v.object({
  ...Written.entries,
  author: v.object({ did: v.string(), handle: v.string(), displayName: v.optional(v.string()) }),
  record: Words,
  indexedAt: v.string(),
  likeCount: v.optional(v.number()),
  repostCount: v.optional(v.number()),
  quoteCount: v.optional(v.number()),
  replyCount: v.optional(v.number()),
  bookmarkCount: v.optional(v.number()),
});
type View = v.InferOutput<typeof View>;

// A post that was deleted, or whose author blocks us, has another type and no answers.
interface Thread {
  post?: View | undefined;
  replies?: Thread[] | undefined;
}
const Thread: v.GenericSchema<unknown, Thread> = v.object({
  post: v.optional(v.fallback(v.optional(View), undefined)),
  replies: v.optional(v.lazy(() => v.array(Thread))),
});

// getPosts, `uris`: maxLength.
const MOST_URIS = 25;
const DEPTH = 20;

async function viewsOf(receipts: readonly Receipt[], reach: Reach<Channel>): Promise<(View | "gone")[]> {
  const found = new Map<string, View>();
  await loggedIn(reach, async (login) => {
    for (let from = 0; from < receipts.length; from += MOST_URIS) {
      const uris = receipts.slice(from, from + MOST_URIS).map(({ id }) => id);
      const asked = xrpc(login, "app.bsky.feed.getPosts", { query: { uris } });
      const { posts } = await reach.ask(asked, v.object({ posts: v.array(View) }), "posts");
      for (const post of posts) found.set(post.uri, post);
    }
  });
  // What is not there is left out of the list.
  return receipts.map(({ id }) => found.get(id) ?? "gone");
}

/** Asks the account's own server, which knows at once; the app view hears of it later. */
export async function read({ id, url }: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  return loggedIn(reach, async (login) => {
    const [repo, collection, rkey] = id.replace("at://", "").split("/");
    const reply = await reach.http({
      ...xrpc(login, "com.atproto.repo.getRecord", { query: { repo, collection, rkey } }),
      ok: NO_RECORD,
    });
    if (v.is(Refused, reply.body)) return "gone";
    const { value } = expectReply(reply, v.object({ value: Words }), "a record", true);
    return { text: value.text, url, card: value.embed?.external?.uri ?? "none" };
  });
}

export async function metrics(
  receipts: readonly Receipt[],
  reach: Reach<Channel>,
): Promise<(Metrics | "gone")[]> {
  return (await viewsOf(receipts, reach)).map((view) =>
    view === "gone"
      ? "gone"
      : {
          likes: view.likeCount,
          shares: view.repostCount,
          quotes: view.quoteCount,
          replies: view.replyCount,
          bookmarks: view.bookmarkCount,
        },
  );
}

export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  return loggedIn(reach, async (login) => {
    const query = { uri: receipt.id, depth: DEPTH, parentHeight: 0 };
    const asked = xrpc(login, "app.bsky.feed.getPostThread", { query });
    const reply = await reach.http({ ...asked, ok: ["NotFound"] });
    if (reply.status >= 400) return [];
    const { thread } = expectReply(reply, v.object({ thread: Thread }), "a thread", true);
    return answersTo(thread, receipt.id)
      .filter(({ view }) => view.author.did !== login.did && timeOf(view) >= since.getTime())
      .sort((a, b) => timeOf(a.view) - timeOf(b.view))
      .map(({ view, parent }) => ({
        ...receiptOf(view, reach, view.author),
        parent,
        author: {
          handle: `@${view.author.handle}`,
          url: `${reach.channel.web}/profile/${view.author.handle}`,
          ...(view.author.displayName && { name: view.author.displayName }),
        },
        text: view.record.text,
        at: new Date(timeOf(view)).toISOString(),
      }));
  });
}

// The author's clock says `createdAt`; the author cannot choose when the network saw it.
function timeOf({ indexedAt }: View): number {
  return Date.parse(indexedAt);
}

function answersTo({ replies = [] }: Thread, parent: string): { view: View; parent: string }[] {
  return replies.flatMap((one) =>
    one.post ? [{ view: one.post, parent }, ...answersTo(one, one.post.uri)] : [],
  );
}
