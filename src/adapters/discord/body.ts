/** What a message is made of: words, whom they ping, flags, files and a poll. */
import { type Context, nameOf, type Post, type Receipt } from "../../adapter.ts";
import { type Channel, nonceOf, type Options } from "./api.ts";
import { type File, filesIn, keptOf } from "./files.ts";
import { pollOf, saysItAll } from "./poll.ts";

const SUPPRESS_EMBEDS = 1 << 2;
const SUPPRESS_NOTIFICATIONS = 1 << 12;

/** A new message. */
export function created(post: Post<Options>, context: Context<Channel>) {
  const { poll, options } = post;
  const { channel, key, thread } = context;
  const payload = {
    ...wordsOf(post),
    ...(poll && { poll: pollOf(post, poll) }),
    ...(flagsOf(options) > 0 && { flags: flagsOf(options) }),
    // A webhook can neither answer a message nor repeat itself safely.
    ...(channel.webhook
      ? options.username && { username: options.username }
      : { nonce: nonceOf(key), enforce_nonce: true }),
    ...(thread?.answers && !channel.webhook && { message_reference: { message_id: thread.parent.id } }),
  };
  if (poll && saysItAll(post)) payload.content = undefined;
  if (thread?.answers) Object.assign(payload.allowed_mentions, { replied_user: true });
  return withFiles(payload, post.media, [], context);
}

/** The whole of it in the old one's place: what is not listed of the files goes, and what it has already stays. */
export function edited(receipt: Receipt, post: Post<Options>, context: Context<Channel>) {
  // "Ensure to include all previously set flags": also the one that cannot be changed any more.
  const payload = { ...wordsOf(post), flags: flagsOf(post.options), attachments: [] };
  return withFiles(payload, post.media, filesIn(receipt), context);
}

interface Payload {
  content?: string;
  allowed_mentions: object;
}

function wordsOf({ text, entities }: Post<Options>): Payload {
  const users = entities.flatMap((entity) => (entity.kind === "mention" && entity.id ? [entity.id] : []));
  return {
    content: text,
    // Those whom the text names by id are notified; @everyone, roles and what merely looks like a mention are not.
    allowed_mentions: { parse: [], ...(users.length > 0 && { users: [...new Set(users)] }) },
  };
}

function flagsOf({ silent, suppress_embeds }: Options): number {
  return (suppress_embeds ? SUPPRESS_EMBEDS : 0) | (silent ? SUPPRESS_NOTIFICATIONS : 0);
}

/** `there`: files that the message has. */
async function withFiles(
  payload: object,
  media: Post["media"],
  there: readonly File[],
  { stream }: Context<Channel>,
) {
  if (media.length === 0) return { json: payload };
  const kept = keptOf(media, there);
  const fresh = media.filter((_, n) => kept[n] === undefined);
  const attachments = media.map((item, n) => {
    const description = item.alt && { description: item.alt };
    if (kept[n]) return { id: kept[n], description: item.alt || null };
    return { id: String(fresh.indexOf(item)), filename: nameOf(item), ...description };
  });
  if (fresh.length === 0) return { json: { ...payload, attachments } };
  const files = fresh.map(async (item, n) => ({
    name: `files[${n}]`,
    value: await stream(item),
    filename: nameOf(item),
    type: item.type,
  }));
  const value = JSON.stringify({ ...payload, attachments });
  return {
    parts: [{ name: "payload_json", value, type: "application/json" }, ...(await Promise.all(files))],
  };
}
