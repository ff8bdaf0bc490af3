/** Whether a post is out: looked for among the account's own, by content, time and pictures. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
  expectReply,
  type Found,
  NetworkError,
  type Post,
  type Receipt,
} from "../../adapter.ts";
import { type Likeness, likeness, shownText } from "../../text/likeness.ts";
import { type Channel, Created, type Options, receiptOf, Scheduled, waitingOf, whoAmI } from "./api.ts";
import { asSent } from "./software.ts";

// Who makes the posts may have another clock than who answers.
const MARGIN = 5_000;
const DOUBT = 600_000;

const Status = v.object({
  ...Created.entries,
  created_at: v.string(),
  content: v.string(),
  spoiler_text: v.optional(v.string(), ""),
  in_reply_to_id: v.nullish(v.string()),
  media_attachments: v.optional(v.array(v.unknown()), []),
});
type Status = v.InferOutput<typeof Status>;

export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  // In this order: what leaves the one list meanwhile is in the other.
  const waiting = context.due && (await findWaiting(post, context, context.due));
  if (waiting) return waiting;
  // A due time is the server's own.
  const from = Math.min(since.getTime(), context.due?.getTime() ?? since.getTime()) - MARGIN;
  let like: Receipt | undefined;
  for await (const status of ownStatuses(context, from)) {
    const at = Date.parse(status.created_at);
    const found = at < from - DOUBT ? "other" : likenessOf(status, post, context);
    if (found === "other" || (await context.taken(status.id))) continue;
    if (at >= from && found === "same") return receiptOf(status);
    if (found === "like") {
      // Earlier ones are other posts, since they are not the same.
      if (at >= from) like ??= receiptOf(status);
      continue;
    }
    // The same words from shortly before: another post, or ours by a clock that jumped. Only a person can tell.
    throw new NetworkError("rejected", "the account has the same post from shortly before the attempt");
  }
  return like ? { like } : "absent";
}

/** The account's statuses until the time of the attempt is passed, newest first. */
async function* ownStatuses(context: Context<Channel>, from: number) {
  const { id } = await whoAmI(context);
  const path = `/api/v1/accounts/${encodeURIComponent(id)}/statuses`;
  yield* everyItem(async (max_id) => {
    const reply = await context.http({ path, query: { limit: 40, exclude_reblogs: true, max_id } });
    const statuses = expectReply(reply, v.array(Status), "a list of statuses", true);
    const last = statuses.at(-1);
    const goesOn = last && Date.parse(last.created_at) >= from - DOUBT;
    return { items: statuses, next: goesOn ? last.id : undefined };
  });
}

// The list has no time of creation: the same words for the same moment are the same post.
async function findWaiting(
  post: Post<Options>,
  context: Context<Channel>,
  due: Date,
): Promise<Receipt | undefined> {
  const list = everyItem(async (max_id) => {
    const query = { limit: 40, max_id };
    // A server without the list keeps nothing for later: it published at once.
    const reply = await context.http({ path: "/api/v1/scheduled_statuses", query, ok: [404] });
    if (reply.status === 404) return { items: [] };
    const items = expectReply(reply, v.array(Scheduled), "a list of scheduled statuses", true);
    return { items, next: items.length < 40 ? undefined : items.at(-1)?.id };
  });
  for await (const waiting of list) {
    const { scheduled_at, params, media_attachments } = waiting;
    const same =
      Math.abs(Date.parse(scheduled_at) - due.getTime()) < 1_000 &&
      params.text.trim() === post.text.trim() &&
      (params.spoiler_text ?? "") === (post.options.spoiler_text ?? "") &&
      (media_attachments ?? []).length === post.media.length;
    if (same && !(await context.taken(waiting.id))) return waitingOf(waiting);
  }
  return undefined;
}

/** Compatible servers rewrite what they are given; what is like it and not it, a person must look at. */
function likenessOf(status: Status, post: Post<Options>, { thread, channel }: Context<Channel>): Likeness {
  const words = [
    likeness(post.text, shownText(asSent(status.content, channel.software))),
    likeness(post.options.spoiler_text ?? "", shownText(status.spoiler_text)),
  ];
  if (words.includes("other") && words[0] !== "same") return "other";
  const place = (status.in_reply_to_id ?? undefined) === thread?.parent.id;
  const files = status.media_attachments.length === post.media.length;
  return place && files && words.every((word) => word === "same") ? "same" : "like";
}
