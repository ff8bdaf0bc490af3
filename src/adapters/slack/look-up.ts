/** Whether a message went out: by the key in its metadata, by its files, or by the same words of the same bot. */
import * as v from "valibot";
import { type Context, everyItem, type Found, type Post, tooMuch } from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import { answer, type Channel, type Options, onlyBot, receiptOf } from "./api.ts";
import { findFiles } from "./files.ts";

// Seconds that the clocks may differ; the key decides, not the time.
const MARGIN = 60;
const Listed = v.object({
  ts: v.string(),
  text: v.optional(v.string()),
  bot_id: v.optional(v.string()),
  files: v.optional(v.array(v.object({ id: v.optional(v.string()) })), []),
  metadata: v.optional(v.object({ event_payload: v.optional(v.object({ key: v.optional(v.string()) })) })),
});
const Messages = answer({
  messages: v.array(Listed),
  has_more: v.optional(v.boolean()),
  response_metadata: v.nullish(v.object({ next_cursor: v.optional(v.string()) })),
});

export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  onlyBot(context.channel, "look up what it posted");
  if (post.media.length > 0) return findFiles(post, context, since, messagesSince(since, context));
  let like: string | undefined;
  for await (const message of messagesSince(since, context)) {
    const key = message.metadata?.event_payload?.key;
    // An app that may not read metadata sees the message without it; a bot's same words since then are ours.
    if (key === context.key) return receiptOf(message.ts, context);
    if (key !== undefined || message.bot_id === undefined) continue;
    const words = likeness(post.text, message.text ?? "");
    if (words === "other" || (await context.taken(message.ts))) continue;
    if (words === "same") return receiptOf(message.ts, context);
    like ??= message.ts;
  }
  return like === undefined ? "absent" : { like: await receiptOf(like, context) };
}

function messagesSince(since: Date, { channel, thread, ask }: Context<Channel>) {
  const ts = thread?.root.id;
  const path = ts ? "/conversations.replies" : "/conversations.history";
  const oldest = String(since.getTime() / 1000 - MARGIN);
  const fixed = { channel: channel.channel, oldest, limit: "200", include_all_metadata: "true" };
  return everyItem(async (cursor) => {
    const form = { ...fixed, ts, cursor };
    const page = await ask({ method: "POST", path, form, safe: true }, Messages, "messages");
    const next = page.response_metadata?.next_cursor || undefined;
    if (page.has_more && !next) throw tooMuch();
    return { items: page.messages, next };
  });
}
