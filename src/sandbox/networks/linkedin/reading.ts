/** What an organisation may look at: https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api. */
import type { SandboxReply } from "../../network.ts";
import { type Call, refuse, type Share } from "./state.ts";

/** The newest first. */
export function finder(call: Call): SandboxReply {
  const { query, request, state } = call;
  if (query.get("q") !== "author" || request.headers["x-restli-method"] !== "FINDER")
    throw refuse(400, "BAD_REQUEST", "q=author and X-RestLi-Method: FINDER are needed");
  const { organization } = call.who();
  const author = query.get("author");
  if (author !== organization)
    throw refuse(403, "ACCESS_DENIED", "Not enough permissions to access: posts.FINDER-author");
  const [start, count] = [Number(query.get("start") ?? 0), Math.min(100, Number(query.get("count") ?? 10))];
  const own = [...state.shares.values()].filter((share) => share.author === author).reverse();
  return {
    status: 200,
    body: { elements: own.slice(start, start + count).map(entityOf), paging: { start, count } },
  };
}

export function entityOf({ urn, author, commentary, at, editedAt, visibility, files, content }: Share) {
  const [only] = files;
  const shown =
    files.length > 1
      ? { multiImage: { images: files.map(({ file, alt }) => ({ id: file.urn, altText: alt })) } }
      : only
        ? { media: { id: only.file.urn, altText: only.alt } }
        : content;
  return {
    id: urn,
    author,
    commentary,
    visibility,
    lifecycleState: "PUBLISHED",
    lifecycleStateInfo: { isEditedByAuthor: editedAt !== undefined },
    createdAt: at,
    publishedAt: at,
    lastModifiedAt: editedAt ?? at,
    ...(shown && { content: shown }),
  };
}

export function shareOf({ params, state }: Call): Share {
  const share = state.shares.get(decodeURIComponent(params.urn!));
  if (!share) throw refuse(404, "NOT_FOUND", "Not Found");
  return share;
}
