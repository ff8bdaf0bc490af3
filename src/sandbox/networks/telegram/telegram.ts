/** Telegram's Bot API 10.1: https://core.telegram.org/bots/api, limits also from tdlib's source. Read 2026-11-23. */
import { flag, fromPairs, readBody, text } from "../../body.ts";
import { codePoints, spans } from "../../count.ts";
import { marked } from "../../html.ts";
import { channelOf, numberOf } from "../../ids.ts";
import type { FormPart } from "../../multipart.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, SandboxRequest, World } from "../../network.ts";
import { pngSize, sniff } from "../../sniff.ts";
import { type Parsed, parseHtml } from "./html.ts";

const ID = "telegram";
const TEXT_MAX = 4_096;
const CAPTION_MAX = 1_024;
const PHOTO_BYTES = 10_000_000;
const VIDEO_BYTES = 50_000_000;
const PER_CHAT = [{ posts: 20, ms: 60_000 }];

interface State {
  /** `chat message_id` → message. */
  messages: Map<string, Record<string, unknown>>;
  /** The last message of each chat. */
  last: Map<string, number>;
}

interface Chat {
  id: number;
  title: string;
  username: string;
  type: "channel";
}

/** A call that is known to be from a bot of ours. */
interface Call {
  name: string;
  fields: Record<string, unknown>;
  files: FormPart[];
  request: SandboxRequest;
  state: State;
  world: World;
}

type Draft = { words: Parsed; media: SandboxPost["media"]; max: number; extra: Record<string, unknown> };

export const telegram: SandboxNetwork = {
  id: ID,
  name: "Telegram",
  look: { light: "#1f7fb8", dark: "#62b8ec", mark: "T", layout: "message", alt: false },
  channel: (name, base) => ({
    server: base,
    web: base,
    token: `sandbox-${name}`,
    chat: `@${usernameOf(name)}`,
  }),
  publishes: (method, path) =>
    method === "POST" && /^\/bot[^/]+\/send(Message|Photo|Video|MediaGroup)$/i.test(path),
  handle(request, world) {
    const [, token, method = ""] = /^\/bot([^/]+)\/(\w+)$/.exec(request.path) ?? [];
    if (token === undefined) return request.path.startsWith("/bot") ? refuse(404, "Not Found") : undefined;
    const name = channelOf(token);
    if (name === undefined || request.trouble?.kind === "expired") return refuse(401, "Unauthorized");
    const state = world.state<State>(ID, () => ({ messages: new Map(), last: new Map() }));
    const body = readBody(request);
    if (body.malformed) return refuse(400, "Bad Request: can't parse request body");
    const fields = unpacked({ ...fromPairs(request.query), ...body.fields });
    const run = METHODS[method.toLowerCase()];
    if (!run) return refuse(404, "Not Found");
    return run({ name, fields, files: body.files, request, state, world });
  },
};

// Method names are case-insensitive.
const METHODS: Record<string, (call: Call) => SandboxReply> = {
  getme: ({ name }) => ok(botEntity(name)),
  getchat: (call) => withChat(call, (chat) => ok(chat)),
  getchatmember: (call) =>
    withChat(call, () =>
      ok({ status: "administrator", user: botEntity(call.name), can_post_messages: true }),
    ),
  sendmessage: (call) => send(call, textOf(call)),
  sendphoto: (call) => send(call, fileOf(call, "photo")),
  sendvideo: (call) => send(call, fileOf(call, "video")),
  sendmediagroup: sendGroup,
  deletemessage: remove,
};

function send(call: Call, draft: Draft | SandboxReply): SandboxReply {
  return withChat(call, (chat) => {
    if ("status" in draft) return draft;
    const parent = parentOf(call, chat);
    if (parent !== undefined && typeof parent !== "number") return parent;
    const refusal = takeRate(call, chat, 1);
    if (refusal) return refusal;
    return ok(publish(call, chat, draft, parent));
  });
}

function sendGroup(call: Call): SandboxReply {
  return withChat(call, (chat) => {
    const list = call.fields.media;
    if (!Array.isArray(list)) return refuse(400, "Bad Request: can't parse media JSON object");
    if (list.length < 2 || list.length > 10)
      return refuse(400, "Bad Request: a media group must include 2-10 items");
    const drafts: Draft[] = [];
    for (const item of list as Record<string, unknown>[]) {
      const type = String(item.type);
      if (type !== "photo" && type !== "video")
        return refuse(400, `Bad Request: type "${type}" is not played by the sandbox`);
      const draft = fileOf({ ...call, fields: { ...item, [type]: item.media } }, type);
      if ("status" in draft) return draft;
      drafts.push(draft);
    }
    const parent = parentOf(call, chat);
    if (parent !== undefined && typeof parent !== "number") return parent;
    // An album counts as so many messages.
    const refusal = takeRate(call, chat, drafts.length);
    if (refusal) return refusal;

    const group = numberOf(`album ${chat.id} ${nextId(call.state, chat)}`);
    const entities = drafts.map((draft) => {
      const entity = messageEntity(call, chat, draft, parent);
      return { ...entity, media_group_id: group } as Record<string, unknown>;
    });
    const captioned = drafts.find(({ words }) => words.plain !== "") ?? drafts[0];
    if (captioned)
      show(
        call,
        chat,
        { ...captioned, media: drafts.flatMap(({ media }) => media) },
        entities[0]?.message_id as number,
        parent,
      );
    return ok(entities);
  });
}

function remove(call: Call): SandboxReply {
  return withChat(call, (chat) => {
    const id = Number(call.fields.message_id);
    if (!call.state.messages.delete(`${chat.id} ${id}`))
      return refuse(400, "Bad Request: message to delete not found");
    call.world.remove(ID, `${chat.id} ${id}`);
    return ok(true);
  });
}

// --- what is sent -----------------------------------------------------------------------------------------------

function textOf({ fields }: Call): Draft | SandboxReply {
  const words = wordsOf(text(fields.text) ?? "", fields.parse_mode);
  if ("status" in words) return words;
  if (words.plain.trim() === "") return refuse(400, "Bad Request: message text is empty");
  if (codePoints(words.plain) > TEXT_MAX) return refuse(400, "Bad Request: message is too long");
  return { words, media: [], max: TEXT_MAX, extra: { text: words.plain } };
}

function fileOf(call: Call, kind: "photo" | "video"): Draft | SandboxReply {
  const { fields } = call;
  const words = wordsOf(text(fields.caption) ?? "", fields.parse_mode);
  if ("status" in words) return words;
  if (codePoints(words.plain) > CAPTION_MAX) return refuse(400, "Bad Request: message caption is too long");
  const file = uploaded(call, kind);
  if ("status" in file) return file;
  const size = file.bytes && pngSize(file.bytes);
  const extra: Record<string, unknown> = { ...(words.plain ? { caption: words.plain } : {}) };
  const id = numberOf(`file ${file.bytes?.length ?? 0} ${fields[kind]}`);
  const unique = { file_id: id, file_unique_id: id, file_size: file.bytes?.length ?? 0 };
  extra[kind] =
    kind === "photo" ? [{ ...unique, width: size?.width ?? 0, height: size?.height ?? 0 }] : unique;
  const media = file.bytes ? [{ type: file.type, alt: "", bytes: file.bytes }] : [];
  return { words, media, max: CAPTION_MAX, extra };
}

function uploaded(call: Call, kind: "photo" | "video"): { type: string; bytes?: Buffer } | SandboxReply {
  const said = text(call.fields[kind]);
  const part = said?.startsWith("attach://")
    ? said.slice("attach://".length)
    : said === undefined
      ? kind
      : undefined;
  if (part === undefined) {
    // The server would fetch a URL and knows its file ids; the sandbox takes their word for it.
    return /^https?:\/\/|^\d+$/.test(said ?? "")
      ? { type: kind }
      : refuse(400, "Bad Request: wrong file identifier/HTTP URL specified");
  }
  const file = call.files.find(({ name }) => name === part);
  if (!file) return refuse(400, `Bad Request: there is no ${kind} in the request`);
  if (file.bytes.length === 0) return refuse(400, "Bad Request: file must be non-empty");
  if (file.bytes.length > (kind === "photo" ? PHOTO_BYTES : VIDEO_BYTES))
    return refuse(413, "Request Entity Too Large");
  const type = sniff(file.bytes) ?? "";
  if (kind === "photo" && !type.startsWith("image/")) return refuse(400, "Bad Request: IMAGE_PROCESS_FAILED");
  const { width = 1, height = 1 } = pngSize(file.bytes) ?? {};
  if (width + height > 10_000 || Math.max(width / height, height / width) > 20) {
    return refuse(400, "Bad Request: PHOTO_INVALID_DIMENSIONS");
  }
  return { type: type || "application/octet-stream", bytes: file.bytes };
}

function wordsOf(source: string, mode: unknown): Parsed | SandboxReply {
  if (String(mode ?? "").toLowerCase() === "html") {
    const parsed = parseHtml(source);
    return "error" in parsed ? refuse(400, `Bad Request: can't parse entities: ${parsed.error}`) : parsed;
  }
  if (mode !== undefined && mode !== "")
    return refuse(400, "Bad Request: the sandbox plays parse_mode HTML only");
  return { plain: source, html: marked(source) };
}

function parentOf({ fields, state }: Call, chat: Chat): number | SandboxReply | undefined {
  const reply = fields.reply_parameters;
  const said = typeof reply === "object" && reply !== null ? (reply as Record<string, unknown>) : undefined;
  const id = said?.message_id ?? fields.reply_to_message_id;
  if (id === undefined) return undefined;
  if (state.messages.has(`${chat.id} ${id}`)) return Number(id);
  if (flag(said?.allow_sending_without_reply)) return undefined;
  return refuse(400, "Bad Request: message to be replied not found");
}

// --- what is kept -----------------------------------------------------------------------------------------------

function publish(call: Call, chat: Chat, draft: Draft, parent: number | undefined): Record<string, unknown> {
  const entity = messageEntity(call, chat, draft, parent);
  show(call, chat, draft, entity.message_id as number, parent);
  return entity;
}

function messageEntity(
  call: Call,
  chat: Chat,
  draft: Draft,
  parent: number | undefined,
): Record<string, unknown> {
  const id = nextId(call.state, chat);
  const replied = parent === undefined ? undefined : call.state.messages.get(`${chat.id} ${parent}`);
  const entity = {
    message_id: id,
    sender_chat: chat,
    chat,
    date: Math.floor(call.world.now() / 1000),
    ...draft.extra,
    ...(replied ? { reply_to_message: replied } : {}),
  };
  call.state.last.set(String(chat.id), id);
  call.state.messages.set(`${chat.id} ${id}`, entity);
  return entity;
}

function show(
  { fields, world }: Call,
  chat: Chat,
  draft: Draft,
  id: number,
  parent: number | undefined,
): void {
  const { words, media, max } = draft;
  const preview = (fields.link_preview_options ?? {}) as Record<string, unknown>;
  const link =
    text(preview.url) ?? words.link ?? spans(words.plain).find(({ kind }) => kind === "link")?.value;
  const post: SandboxPost = {
    network: ID,
    account: `${chat.title} (@${chat.username})`,
    id: `${chat.id} ${id}`,
    url: `${world.base(ID)}/${chat.username}/${id}`,
    at: world.now(),
    text: words.plain,
    html: words.html,
    media,
    length: codePoints(words.plain),
    max,
    notes: [
      ...(flag(fields.disable_notification) ? ["silent"] : []),
      ...(flag(fields.protect_content) ? ["protected"] : []),
    ],
  };
  if (parent !== undefined) post.parent = `${chat.id} ${parent}`;
  if (link && media.length === 0 && !flag(preview.is_disabled) && /^https?:/.test(link))
    post.card = { url: link };
  world.accept(post);
}

// --- small things -----------------------------------------------------------------------------------------------

function withChat(call: Call, then: (chat: Chat) => SandboxReply): SandboxReply {
  const said = text(call.fields.chat_id);
  if (said === undefined || said === "") return refuse(400, "Bad Request: chat_id is empty");
  const username = usernameOf(call.name);
  const id = -1_000_000_000_000 - Number(BigInt(numberOf(`chat ${call.name}`)) % 1_000_000_000n);
  if (said.toLowerCase() !== `@${username}` && said !== String(id))
    return refuse(400, "Bad Request: chat not found");
  return then({ id, title: call.name, username, type: "channel" });
}

function takeRate({ request, world }: Call, chat: Chat, messages: number): SandboxReply | undefined {
  if (request.trouble?.kind === "limited") return limited(2, request.trouble.retryAfter ?? null);
  for (let n = 0; n < messages; n++) {
    const taken = world.take(ID, String(chat.id), PER_CHAT);
    if (!taken.ok) return limited(Math.max(1, Math.ceil((taken.resetAt - world.now()) / 1000)));
  }
  return undefined;
}

// The wait is in the body; chaos may also put it into the header, or leave the body's as the only one.
function limited(seconds: number, header: string | null = String(seconds)): SandboxReply {
  const body = {
    ok: false,
    error_code: 429,
    description: `Too Many Requests: retry after ${seconds}`,
    parameters: { retry_after: seconds },
  };
  return { status: 429, headers: header === null ? {} : { "retry-after": header }, body };
}

function ok(result: unknown): SandboxReply {
  return { status: 200, body: { ok: true, result } };
}

function refuse(status: number, description: string): SandboxReply {
  return { status, body: { ok: false, error_code: status, description } };
}

// Objects inside forms are JSON in a string.
function unpacked(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]) => {
    if (!["reply_parameters", "link_preview_options", "media", "entities", "caption_entities"].includes(key))
      return [key, value];
    if (typeof value !== "string" || !/^[[{]/.test(value)) return [key, value];
    try {
      return [key, JSON.parse(value)];
    } catch {
      return [key, value];
    }
  });
  return Object.fromEntries(entries);
}

function botEntity(name: string): Record<string, unknown> {
  const id = Number(BigInt(numberOf(`bot ${name}`)) % 1_000_000_000n);
  return { id, is_bot: true, first_name: name, username: `${usernameOf(name)}_bot`, can_join_groups: true };
}

function usernameOf(name: string): string {
  return `${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "")}_sandbox`;
}

function nextId(state: State, chat: Chat): number {
  return (state.last.get(String(chat.id)) ?? 0) + 1;
}
