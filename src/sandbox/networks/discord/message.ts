/** A Discord message: what is known of it, what the API says, and how the app shows it. */
import { codePoints } from "../../count.ts";
import { anchor, escapeHtml } from "../../html.ts";
import { chatMarkdown } from "../../markup.ts";
import type { SandboxPost } from "../../network.ts";
import { type Poll, pollEntity } from "./poll.ts";
import type { Fields } from "./refusals.ts";

export const MAX = 2_000;
const SUPPRESS_EMBEDS = 4;
const SUPPRESS_NOTIFICATIONS = 4_096;

export interface Draft {
  content: string;
  embeds: Fields[];
  /** `id` only when it was there before an edit, or came with one. */
  files: { id?: string; name: string; type: string; alt: string; bytes: Uint8Array }[];
  flags: number;
  username?: string;
  parent?: string;
  nonce?: string | number;
  enforceNonce: boolean;
  poll?: Poll;
}

export interface Message extends Draft {
  id: string;
  channel: string;
  /** The sandbox's channel name. */
  name: string;
  author: { id: string; username: string; bot: boolean };
  webhook?: string;
  at: number;
  editedAt?: number;
  /** emoji → who chose it. */
  reactions: Map<string, Set<string>>;
  /** author → the numbers of the answers that they chose. */
  votes: Map<string, number[]>;
  /** A thread of the message's own id hangs below it. */
  thread?: string;
}

// A message's first files are numbered from its own id; an edit gives later ones, and never one again.
export function attachmentId({ id, files }: Pick<Message, "id" | "files">, n: number): string {
  return files[n]?.id ?? String(BigInt(id) + BigInt(n + 1));
}

function attachmentUrl(message: Message, n: number, files: string): string {
  const { channel, files: all } = message;
  return `${files}/${channel}/${attachmentId(message, n)}/${encodeURIComponent(all[n]?.name ?? "")}`;
}

/** `files`: where attachments are. */
export function messageEntity(message: Message, now: number, files: string, answered?: Message): Fields {
  return {
    type: message.parent === undefined ? 0 : 19,
    id: message.id,
    channel_id: message.channel,
    author: { ...message.author, discriminator: "0000", avatar: null, global_name: null },
    content: message.content,
    timestamp: new Date(message.at).toISOString().replace("Z", "000+00:00"),
    edited_timestamp: message.editedAt === undefined ? null : new Date(message.editedAt).toISOString(),
    attachments: message.files.map(({ name, type, alt, bytes }, n) => ({
      id: attachmentId(message, n),
      filename: name,
      size: bytes.length,
      url: attachmentUrl(message, n, files),
      proxy_url: attachmentUrl(message, n, files),
      content_type: type,
      ...(alt ? { description: alt } : {}),
    })),
    embeds: message.embeds,
    mentions: [],
    mention_roles: [],
    mention_everyone: false,
    components: [],
    flags: message.flags,
    pinned: false,
    tts: false,
    ...(message.reactions.size > 0 && {
      reactions: [...message.reactions].map(([name, { size }]) => ({
        count: size,
        count_details: { burst: 0, normal: size },
        emoji: { id: null, name },
      })),
    }),
    ...(message.poll && { poll: pollEntity(message.poll, message.at, message.votes, now) }),
    ...(message.webhook === undefined ? {} : { webhook_id: message.webhook }),
    ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    ...(message.parent === undefined
      ? {}
      : {
          message_reference: { type: 0, message_id: message.parent, channel_id: message.channel },
          // Null: it was deleted.
          referenced_message: answered ? messageEntity(answered, now, files) : null,
        }),
    ...(message.thread !== undefined && { thread: { id: message.id, type: 11, name: message.thread } }),
  };
}

export function postOf(message: Message, url: string): SandboxPost {
  const { content, embeds, files, flags } = message;
  const extra = embeds.map((embed) => {
    const title = escapeHtml(String(embed.title ?? ""));
    const head = title && `<strong>${embed.url ? anchor(String(embed.url), title) : title}</strong>\n`;
    return `<blockquote>${head}${chatMarkdown(String(embed.description ?? ""))}</blockquote>`;
  });
  const link = /https?:\/\/[^\s<>)]+/.exec(content.replace(/<https?:[^>]*>/g, ""))?.[0];
  const post: SandboxPost = {
    network: "discord",
    account: `${message.author.username} in #${message.name}`,
    id: message.id,
    url,
    at: message.at,
    text: content,
    html: chatMarkdown(content) + extra.join(""),
    media: files.map(({ type, alt, bytes }) => ({ type, alt, bytes })),
    length: codePoints(content),
    max: MAX,
    notes: [
      ...(flags & SUPPRESS_NOTIFICATIONS ? ["silent"] : []),
      ...(flags & SUPPRESS_EMBEDS ? ["no link preview"] : []),
      ...(message.poll ? [`poll: ${message.poll.question}`] : []),
    ],
  };
  if (message.parent !== undefined) post.parent = message.parent;
  if (link && embeds.length === 0 && files.length === 0 && !(flags & SUPPRESS_EMBEDS))
    post.card = { url: link };
  return post;
}
