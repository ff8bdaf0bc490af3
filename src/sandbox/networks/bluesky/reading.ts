/** What readers see: app.bsky.feed. */
import { text } from "../../body.ts";
import type { SandboxReply } from "../../network.ts";
import { type Call, countOf, type Fields, ok, refuse } from "./call.ts";
import { handleFor } from "./handles.ts";
import { POSTS } from "./records.ts";
import type { Kept, State } from "./state.ts";

export function getPosts({ query, state }: Call): SandboxReply {
  const uris = query.getAll("uris");
  if (uris.length === 0) throw refuse(400, "InvalidRequest", `Params must have the property "uris"`);
  if (uris.length > 25)
    throw refuse(400, "InvalidRequest", "Params/uris must not have more than 25 elements");
  // What is not there is left out.
  const found = uris.flatMap((uri) => postAt(uri, state) ?? []);
  return ok({ posts: found.map((kept) => postView(kept, state)) });
}

export function getPostThread({ query, state }: Call): SandboxReply {
  const uri = query.get("uri") ?? "";
  const depth = countOf(query, "depth", 6, 0, 1_000);
  const height = countOf(query, "parentHeight", 80, 0, 1_000);
  const kept = postAt(uri, state);
  if (!kept) throw refuse(400, "NotFound", `Post not found: ${uri}`);
  return ok({ thread: threadView(kept, depth, height, state) });
}

function threadView(kept: Kept, depth: number, height: number, state: State): Fields {
  const parent = replyTo(kept);
  const above = parent === undefined ? undefined : postAt(parent, state);
  const missing = { $type: "app.bsky.feed.defs#notFoundPost", uri: parent, notFound: true };
  const replies = postsIn(state).filter((one) => replyTo(one) === kept.uri);
  return {
    $type: "app.bsky.feed.defs#threadViewPost",
    post: postView(kept, state),
    ...(parent !== undefined &&
      height > 0 && { parent: above ? threadView(above, 0, height - 1, state) : missing }),
    ...(depth > 0 && { replies: replies.map((one) => threadView(one, depth - 1, 0, state)) }),
  };
}

function postView(kept: Kept, state: State): Fields {
  const subjectOf = ({ record }: Kept) => (record.subject as Fields | undefined)?.uri;
  const about = (collection: string) =>
    [...state.records.values()].filter((one) => one.collection === collection && subjectOf(one) === kept.uri);
  const quoted = ({ record }: Kept) =>
    ((record.embed as Fields | undefined)?.record as Fields | undefined)?.uri === kept.uri;
  return {
    uri: kept.uri,
    cid: kept.cid,
    author: { did: kept.did, handle: handleFor(kept.did, state) },
    record: kept.record,
    likeCount: about("app.bsky.feed.like").length,
    repostCount: about("app.bsky.feed.repost").length,
    replyCount: postsIn(state).filter((one) => replyTo(one) === kept.uri).length,
    quoteCount: postsIn(state).filter(quoted).length,
    bookmarkCount: 0,
    indexedAt: new Date(kept.at).toISOString(),
  };
}

function postsIn(state: State): Kept[] {
  return [...state.records.values()].filter(({ collection }) => collection === POSTS);
}

function postAt(uri: string, state: State): Kept | undefined {
  return postsIn(state).find((kept) => kept.uri === uri);
}

function replyTo({ record }: Kept): string | undefined {
  return text(((record.reply as Fields | undefined)?.parent as Fields | undefined)?.uri);
}
