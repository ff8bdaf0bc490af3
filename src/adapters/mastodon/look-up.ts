/** Whether a post is out: looked for among the account's own, by content, time and pictures. */
import * as v from "valibot";
import { type Context, NetworkError, type Post, type Receipt, type Reply } from "../../adapter.ts";
import { expectReply } from "../../http/http.ts";
import { untagged } from "../../text/html-escape.ts";
import { type Channel, Created, call, type Options, receiptOf, Scheduled, waitingOf, whoAmI } from "./api.ts";

// How far back `find` looks: 20 pages of 40.
const PAGES = 20;
// The Date header counts whole seconds, and a request takes a moment to arrive.
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

export async function find(
  post: Post<Options>,
  context: Context<Channel>,
  since: Date,
): Promise<Receipt | "absent"> {
  // In this order: what leaves the one list meanwhile is in the other.
  const waiting = context.due && (await findWaiting(post, context, context.due));
  if (waiting) return waiting;
  const me = await whoAmI(context);
  for (let page = 0, before = ""; page < PAGES; page++) {
    const path = `/api/v1/accounts/${encodeURIComponent(me.id)}/statuses?limit=40&exclude_reblogs=true${before}`;
    const reply = await call(context, "GET", path);
    const statuses = expectReply(reply, v.array(Status), "a list of statuses", true);
    // A due time is the server's own.
    const begun = since.getTime() + clockOffset(reply);
    const from = Math.min(begun, context.due?.getTime() ?? begun) - MARGIN;
    const same: typeof statuses = [];
    for (const status of statuses) {
      if (isSame(status, post, context) && !(await context.taken(status.id))) same.push(status);
    }
    const ours = same.find((status) => Date.parse(status.created_at) >= from);
    if (ours) return receiptOf(ours);

    // The same words from shortly before: another post, or ours by a clock that jumped. Only a person can tell.
    if (same.some((status) => Date.parse(status.created_at) >= from - DOUBT)) {
      throw new NetworkError("rejected", "the account has the same post from shortly before the attempt");
    }
    const last = statuses.at(-1);
    if (!last || Date.parse(last.created_at) < from - DOUBT) return "absent";
    before = `&max_id=${encodeURIComponent(last.id)}`;
  }
  throw new NetworkError("rejected", "the account has posted too much since then to look through");
}

// A server without the list keeps nothing for later: it published at once.
function isUnknown(error: unknown): undefined {
  if (!(error instanceof NetworkError && error.status === 404)) throw error;
}

// The list has no time of creation: the same words for the same moment are the same post.
async function findWaiting(
  post: Post<Options>,
  context: Context<Channel>,
  due: Date,
): Promise<Receipt | undefined> {
  for (let before = ""; ; ) {
    const reply = await call(context, "GET", `/api/v1/scheduled_statuses?limit=40${before}`).catch(isUnknown);
    if (!reply) return undefined;
    const page = expectReply(reply, v.array(Scheduled), "a list of scheduled statuses", true);
    const same = page.filter(
      ({ scheduled_at, params, media_attachments }) =>
        Math.abs(Date.parse(scheduled_at) - due.getTime()) < 1_000 &&
        params.text.trim() === post.text.trim() &&
        (params.spoiler_text ?? "") === (post.options.spoiler_text ?? "") &&
        (media_attachments ?? []).length === post.media.length,
    );
    for (const waiting of same) if (!(await context.taken(waiting.id))) return waitingOf(waiting);
    const last = page.at(-1);
    if (!last || page.length < 40) return undefined;
    before = `&max_id=${encodeURIComponent(last.id)}`;
  }
}

// How far the server's clock is ahead of ours, by its own Date header.
function clockOffset(reply: Reply): number {
  const date = Date.parse(reply.headers.date ?? "");
  return Number.isNaN(date) ? 0 : date - Date.now();
}

function isSame(
  status: v.InferOutput<typeof Status>,
  post: Post<Options>,
  context: Context<Channel>,
): boolean {
  return (
    essence(fromHtml(status.content)) === essence(post.text) &&
    essence(fromHtml(status.spoiler_text)) === essence(post.options.spoiler_text ?? "") &&
    (status.in_reply_to_id ?? undefined) === context.thread?.parent.id &&
    status.media_attachments.length === post.media.length
  );
}

function fromHtml(html: string): string {
  return untagged(html.replace(/<(?:br|\/p)\b[^>]*>/gi, "\n"));
}

// The server shows @User@host as @user, or in full when two hosts have a user of that name, and lays out white space its
// own way. Host, capitals and white space are left out of the comparison.
function essence(text: string): string {
  return text
    .normalize("NFC")
    .replace(
      /@(\w[\w.-]*)(?:@[\p{L}\p{N}.:-]*[\p{L}\p{N}])?/gu,
      (_, user: string) => `@${user.toLowerCase()}`,
    )
    .replace(/\s+/g, "");
}
