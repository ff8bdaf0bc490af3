/** What stands below a post: https://learn.microsoft.com/linkedin/marketing/community-management/shares/comments-api. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
  expectReply,
  type Found,
  type HttpRequest,
  NetworkError,
  type Post,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import { type Channel, receiptOf } from "./api.ts";

const PAGE = 100;
// Who makes the comments may have another clock than who answers.
const MARGIN = 5_000;

const Time = v.object({ time: v.number() });
export const Comment = v.object({
  id: v.string(),
  actor: v.string(),
  commentUrn: v.optional(v.string()),
  parentComment: v.optional(v.string()),
  message: v.object({ text: v.string() }),
  created: Time,
  lastModified: v.optional(Time),
});
export const Comments = v.object({ elements: v.array(Comment) });

/** Where a comment of ours stands: below which post or comment, and its number there. */
export function placeOf({ ref }: Pick<Receipt, "ref">): { on: string; number: string } | undefined {
  return ref?.on && ref.number ? { on: ref.on, number: ref.number } : undefined;
}

export function commentsOn(urn: string): string {
  return `/socialActions/${encodeURIComponent(urn)}/comments`;
}

function pathOf({ on, number }: { on: string; number: string }): string {
  return `${commentsOn(on)}/${encodeURIComponent(number)}`;
}

/** Its URN from its number: what LinkedIn calls it may name the post otherwise. */
function commentReceipt(id: string, on: string, root: string, channel: Channel): Receipt {
  const number = id.replace(/^urn:li:comment:\(.*,(\d+)\)$/, "$1");
  return {
    id: `urn:li:comment:(${root},${number})`,
    url: receiptOf(root, channel).url,
    ref: { on, number },
  };
}

export async function comment(
  { text }: Post,
  { root, parent }: NonNullable<Context["thread"]>,
  { http, channel }: Context<Channel>,
): Promise<Receipt> {
  const json = {
    actor: channel.author,
    object: root.id,
    message: { text },
    ...(parent.id !== root.id && { parentComment: parent.id }),
  };
  const reply = await http({ method: "POST", path: commentsOn(parent.id), json });
  const id =
    reply.headers["x-restli-id"] ?? (v.is(v.object({ id: v.string() }), reply.body) ? reply.body.id : "");
  if (!/\d/.test(id)) throw new NetworkError("uncertain", "LinkedIn answered without the comment's number");
  return commentReceipt(id, parent.id, root.id, channel);
}

export async function findComment(
  { text }: Post,
  { root, parent }: NonNullable<Context["thread"]>,
  { ask, channel, taken }: Context<Channel>,
  since: Date,
): Promise<Found> {
  const from = since.getTime() - MARGIN;
  const all = everyItem(async (start) => {
    const query = { count: PAGE, start };
    const { elements } = await ask({ path: commentsOn(parent.id), query }, Comments, "comments");
    const next = elements.length === PAGE ? String(Number(start ?? 0) + PAGE) : undefined;
    return { items: elements, next };
  });
  let like: Receipt | undefined;
  for await (const { id, actor, message, created } of all) {
    const receipt = commentReceipt(id, parent.id, root.id, channel);
    if (actor !== channel.author || created.time < from || (await taken(receipt.id))) continue;
    const found = likeness(text, message.text);
    if (found === "same") return receipt;
    if (found === "like") like ??= receipt;
  }
  return like ? { like } : "absent";
}

export async function readComment(
  place: { on: string; number: string },
  { url }: Receipt,
  { http }: Reach<Channel>,
): Promise<Standing | "gone"> {
  const reply = await http({ path: pathOf(place), ok: [404] });
  if (reply.status === 404) return "gone";
  const { message, created, lastModified } = expectReply(reply, Comment, "a comment", true);
  const isEdited = lastModified !== undefined && lastModified.time > created.time;
  return {
    text: message.text,
    url,
    ...(isEdited && { edited: new Date(lastModified.time).toISOString() }),
  };
}

export function edited(
  place: { on: string; number: string },
  text: string,
  { author }: Channel,
): HttpRequest {
  return {
    method: "POST",
    path: pathOf(place),
    query: { actor: author },
    headers: { "X-RestLi-Method": "PARTIAL_UPDATE" },
    json: { patch: { message: { $set: { text } } } },
  };
}

export function deleted(place: { on: string; number: string }, { author }: Channel): HttpRequest {
  return { method: "DELETE", path: pathOf(place), query: { actor: author }, ok: [404] };
}
