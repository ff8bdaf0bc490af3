/** A Slack message: what the methods accept, and how the app shows it. */
import { flag, text } from "../../body.ts";
import { spans } from "../../count.ts";
import { escapeHtml } from "../../html.ts";
import { numberOf } from "../../ids.ts";
import { chatMarkdown, mrkdwn } from "../../markup.ts";
import type { SandboxPost } from "../../network.ts";

const MAX = 40_000;
// "For best results, limit the number of characters in the text field to 4,000."
const BEST = 4_000;
const MARKDOWN_MAX = 12_000;

type Fields = Record<string, unknown>;

export interface Message {
  channel: string;
  /** The sandbox's channel name. */
  room: string;
  author: string;
  isBot: boolean;
  ts: string;
  thread?: string;
  at: number;
  editedAt?: number;
  /** What is left is a tombstone. */
  deleted?: true;
  /** Epoch milliseconds from which readers see it: files are looked at first. */
  shownAt: number;
  /** emoji → who chose it. */
  reactions: Map<string, Set<string>>;
  text: string;
  /** The text came as `markdown_text`. */
  markdown: boolean;
  blocks: Fields[];
  metadata?: { event_type: string; event_payload: Fields };
  unfurl: boolean;
  files: { id: string; name: string; type: string; alt: string; bytes: Uint8Array }[];
}

/** The message that the arguments ask for, or the name of what is wrong. */
export function readMessage(
  fields: Fields,
): Pick<Message, "text" | "markdown" | "blocks" | "metadata" | "unfurl"> | string {
  const blocks = parsed(fields.blocks) ?? [];
  const metadata = parsed(fields.metadata);
  const markdown = text(fields.markdown_text);
  const words = text(fields.text) ?? "";
  if (!Array.isArray(blocks)) return "invalid_blocks_format";
  if (markdown !== undefined && (words !== "" || blocks.length > 0)) return "markdown_text_conflict";
  if (markdown !== undefined && markdown.length > MARKDOWN_MAX) return "msg_too_long";
  if (words === "" && markdown === undefined && blocks.length === 0 && fields.attachments === undefined)
    return "no_text";
  // UTF-16 units: the document says "characters" and not which.
  if (words.length > MAX) return "msg_too_long";
  const fault = checkBlocks(blocks as Fields[]) ?? checkMetadata(metadata);
  if (fault) return fault;
  return {
    text: markdown ?? words,
    markdown: markdown !== undefined,
    blocks: blocks as Fields[],
    unfurl: fields.unfurl_links === undefined || flag(fields.unfurl_links),
    ...(metadata === undefined ? {} : { metadata: metadata as Message["metadata"] }),
  };
}

// https://docs.slack.dev/reference/block-kit/blocks, read 2026-11-27.
const BLOCKS = new Set(
  "actions alert card carousel container context context_actions data_table data_visualization divider file header image input markdown plan rich_text section table task_card video".split(
    " ",
  ),
);

function checkBlocks(blocks: Fields[]): string | undefined {
  if (blocks.length > 50) return "invalid_blocks";
  let markdown = 0;
  for (const block of blocks) {
    const words = String((block.text as Fields | undefined)?.text ?? block.text ?? "");
    if (!BLOCKS.has(String(block.type))) return "invalid_blocks";
    if (block.type === "section" && words.length > 3_000) return "invalid_blocks";
    if (block.type === "header" && (words.length > 150 || words === "")) return "invalid_blocks";
    if (block.type === "image" && !block.image_url && !block.slack_file) return "invalid_blocks";
    if (block.type === "image" && (typeof block.alt_text !== "string" || block.alt_text.length > 2_000))
      return "invalid_blocks";
    if (block.type === "markdown") markdown += words.length;
  }
  return markdown > MARKDOWN_MAX ? "msg_blocks_too_long" : undefined;
}

function checkMetadata(metadata: unknown): string | undefined {
  if (metadata === undefined) return undefined;
  const { event_type: type, event_payload: payload } = (metadata ?? {}) as Fields;
  if (typeof type !== "string" || typeof payload !== "object" || payload === null)
    return "invalid_metadata_format";
  return JSON.stringify(payload).length > 16_384 ? "metadata_too_large" : undefined;
}

export function messageEntity(message: Message, withMetadata: boolean): Fields {
  const { ts, thread, author, isBot, blocks, metadata, files, editedAt, reactions } = message;
  const number = numberOf(author).slice(0, 9);
  const place = { type: "message", ts, ...(thread !== undefined && { thread_ts: thread }) };
  if (message.deleted)
    return {
      ...place,
      subtype: "tombstone",
      user: "USLACKBOT",
      text: "This message was deleted.",
      hidden: true,
    };
  return {
    ...place,
    text: message.text,
    user: `U${number}`,
    ...(isBot
      ? { bot_id: `B${number}` }
      : { user_profile: { name: author, display_name: author, real_name: author } }),
    ...(editedAt !== undefined && { edited: { user: `U${number}`, ts: (editedAt / 1000).toFixed(6) } }),
    ...(reactions.size > 0 && {
      reactions: [...reactions].map(([name, users]) => ({
        name,
        count: users.size,
        users: [...users].map((user) => `U${numberOf(user).slice(0, 9)}`),
      })),
    }),
    ...(blocks.length > 0 ? { blocks } : {}),
    ...(files.length > 0
      ? { files: files.map((file) => ({ id: file.id, name: file.name, mimetype: file.type })) }
      : {}),
    ...(metadata && withMetadata ? { metadata } : {}),
  };
}

export function postOf(message: Message, permalink: string): SandboxPost {
  const { channel, room, ts, thread, files, blocks } = message;
  const shown = blocks.length > 0 ? blocks.map(blockHtml).join("\n") : textHtml(message);
  const link =
    /<(https?:\/\/[^|>\s]+)/.exec(message.text)?.[1] ??
    spans(message.text).find(({ kind }) => kind === "link")?.value;
  const post: SandboxPost = {
    network: "slack",
    account: `#${room}`,
    id: `${channel} ${ts}`,
    url: permalink.split("?")[0] as string,
    at: message.at,
    text: message.text,
    html: shown,
    media: files.map(({ type, alt, bytes }) => ({ type, alt, bytes })),
    length: message.text.length,
    max: message.markdown ? MARKDOWN_MAX : BEST,
    notes: message.unfurl ? [] : ["links not unfurled"],
  };
  if (thread !== undefined && thread !== ts) post.parent = `${channel} ${thread}`;
  if (link && message.unfurl && files.length === 0) post.card = { url: link.replace(/&amp;/g, "&") };
  return post;
}

function textHtml({ text, markdown }: Message): string {
  return markdown ? chatMarkdown(text) : mrkdwn(text, mentionOf);
}

function blockHtml(block: Fields): string {
  const inner = block.text as Fields | string | undefined;
  const words = typeof inner === "string" ? inner : String(inner?.text ?? "");
  switch (block.type) {
    case "header":
      return `<h3>${escapeHtml(words)}</h3>`;
    case "divider":
      return "<hr>";
    case "markdown":
      return chatMarkdown(words);
    case "context": {
      const elements = Array.isArray(block.elements) ? (block.elements as Fields[]) : [];
      return `<span class="quiet">${elements.map((element) => mrkdwn(String(element.text ?? ""), mentionOf)).join(" ")}</span>`;
    }
    case "image":
      return `<span class="quiet">Image: ${escapeHtml(String(block.alt_text))}</span>`;
    default:
      return mrkdwn(words, mentionOf);
  }
}

// `<@U1|name>`, `<#C1|room>`, `<!here>`, `<!date^1^{date}|fallback>`.
function mentionOf(token: string): string {
  const [head = "", label] = token.split("|");
  if (label) return head.startsWith("!date") ? label : `${head[0] === "!" ? "@" : head[0]}${label}`;
  return head.startsWith("!") ? `@${head.slice(1).split("^")[0]}` : head;
}

/** Lists and objects inside forms are JSON in a string. */
export function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
