/** Whether a post went out: by its nonce, or by author and words. Only a bot can look. */
import * as v from "valibot";
import { type Context, everyItem, type Found, NetworkError, type Post, type Receipt } from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import { aboutOf, type Channel, Me, Message, nonceOf, type Options, placeOf, receiptOf } from "./api.ts";

const Listed = v.object({
  ...Message.entries,
  content: v.string(),
  author: v.object({ id: v.string() }),
  nonce: v.nullish(v.union([v.string(), v.number()])),
  attachments: v.optional(v.array(v.unknown()), []),
});
// A clock may be off a little; what decides is nonce, author and content.
const MARGIN = 5_000;
const DISCORD_EPOCH = 1_420_070_400_000;

export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const { channel, key, ask, taken } = context;
  // There is no list of a webhook's messages, and no key that it would refuse twice.
  if (channel.webhook)
    throw new NetworkError("rejected", "a webhook cannot look up what it posted; a bot can");
  const me = await ask({ path: "/users/@me" }, Me, "a user");
  let like: Pick<Receipt, "id"> | undefined;
  for await (const message of messagesSince(since, post, context)) {
    const { id, nonce, author, content, attachments } = message;
    const keyed = nonce !== undefined && nonce !== null;
    if (keyed ? String(nonce) !== nonceOf(key) : author.id !== me.id) continue;
    const files = attachments.length === post.media.length;
    const words = keyed ? "same" : likeness(post.text, content);
    if (words === "other" || (!keyed && (await taken(id)))) continue;
    if (words === "like" || (!keyed && !files)) {
      like ??= { id };
      continue;
    }
    const guild = await aboutOf(post, context);
    return receiptOf(message, guild.guild_id, channel, post.options.thread_id);
  }
  return like ? { like } : "absent";
}

function messagesSince(since: Date, post: Post<Options>, context: Context<Channel>) {
  const path = placeOf(context.channel, post.options.thread_id).messages;
  const start = String(BigInt(Math.max(0, since.getTime() - MARGIN - DISCORD_EPOCH)) << 22n);
  return everyItem(async (after = start) => {
    const items = await context.ask({ path, query: { limit: 100, after } }, v.array(Listed), "messages");
    if (after === start && items.length === 0) await proveEmpty(start, path, post, context);
    const newest = items.map(({ id }) => BigInt(id)).reduce((a, b) => (a > b ? a : b), 0n);
    return { items, next: items.length < 100 ? undefined : String(newest) };
  });
}

// Without Read Message History the list is empty and not an error. The channel itself says when it was last written to.
async function proveEmpty(after: string, path: string, post: Post<Options>, context: Context<Channel>) {
  const { last_message_id } = await aboutOf(post, context);
  if (last_message_id === null) return;
  if (last_message_id !== undefined && BigInt(last_message_id) < BigInt(after)) return;
  const any = await context.ask({ path, query: { limit: 1 } }, v.array(Listed), "messages");
  if (any.length > 0) return;
  const words = "the channel looks empty; the bot may lack the permission Read Message History";
  throw new NetworkError("rejected", words);
}
