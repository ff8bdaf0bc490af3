/** Whether a post went out: by its nonce, or by author and words. Only a bot can look. */
import * as v from "valibot";
import { type Context, everyItem, type Found, NetworkError, type Post, type Receipt } from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import {
  aboutOf,
  type Channel,
  idAt,
  Me,
  nonceOf,
  type Options,
  placeOf,
  receiptOf,
  Shown,
  textOf,
  threadOf,
} from "./api.ts";

// A clock may be off a little; what decides is nonce, author and content.
const MARGIN = 5_000;

export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const { channel, key, ask, taken } = context;
  // There is no list of a webhook's messages, and no key that it would refuse twice.
  if (channel.webhook)
    throw new NetworkError("rejected", "a webhook cannot look up what it posted; a bot can");
  const me = await ask({ path: "/users/@me" }, Me, "a user");
  let like: Pick<Receipt, "id"> | undefined;
  for await (const message of messagesSince(since, post, context)) {
    const { id, nonce, author, attachments } = message;
    const keyed = nonce !== undefined && nonce !== null;
    if (keyed ? String(nonce) !== nonceOf(key) : author.id !== me.id) continue;
    const files = attachments.length === post.media.length;
    const words = keyed ? "same" : likeness(post.text, textOf(message));
    if (words === "other" || (!keyed && (await taken(id)))) continue;
    if (words === "like" || (!keyed && !files)) {
      like ??= { id };
      continue;
    }
    const guild = await aboutOf(post, context);
    return receiptOf(message, post, guild.guild_id, context);
  }
  return like ? { like } : "absent";
}

function messagesSince(since: Date, post: Post<Options>, context: Context<Channel>) {
  const path = placeOf(context.channel, threadOf(post, context)).messages;
  const start = String(idAt(since.getTime() - MARGIN));
  return everyItem(async (after = start) => {
    const items = await context.ask({ path, query: { limit: 100, after } }, v.array(Shown), "messages");
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
  const any = await context.ask({ path, query: { limit: 1 } }, v.array(Shown), "messages");
  if (any.length > 0) return;
  const words = "the channel looks empty; the bot may lack the permission Read Message History";
  throw new NetworkError("rejected", words);
}
