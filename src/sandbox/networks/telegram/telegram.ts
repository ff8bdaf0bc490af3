/** Telegram's Bot API 10.1: https://core.telegram.org/bots/api, limits also from tdlib's source. Read 2026-11-23. */
import { api, refusal, type Call as SomeCall } from "../../api.ts";
import { flag, text } from "../../body.ts";
import { codePoints, spans } from "../../count.ts";
import { marked } from "../../html.ts";
import { channelOf, numberOf } from "../../ids.ts";
import type { FormPart } from "../../multipart.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply } from "../../network.ts";
import { pngSize, sniff } from "../../sniff.ts";
import { type Parsed, parseHtml } from "./html.ts";

const ID = "telegram";
const TEXT_MAX = 4_096;
const CAPTION_MAX = 1_024;
const PHOTO_BYTES = 10_000_000;
const VIDEO_BYTES = 50_000_000;
const POLL = { question: 300, options: 12, option: 100, least: 5, most: 2_628_000 };
const DELETABLE_MS = 48 * 3_600_000;
// Objects inside forms are JSON in a string.
const OBJECTS = [
  "reply_parameters",
  "link_preview_options",
  "media",
  "options",
  "message_ids",
  "entities",
  "caption_entities",
];

type Fields = Record<string, unknown>;
/** `who()` is the channel's name: every one has a bot of its own. */
type Call = SomeCall<State, string>;

interface State {
  /** `chat message_id` → message. */
  messages: Map<string, Message>;
  /** The last message of each chat. */
  last: Map<string, number>;
}

interface Message {
  entity: Fields;
  /** What of it can be edited. */
  words: "text" | "caption" | "none";
  at: number;
}

interface Chat {
  id: number;
  title: string;
  username: string;
  type: "channel";
}

interface Draft {
  words: Parsed;
  kind: Message["words"];
  media: SandboxPost["media"];
  max: number;
  extra: Fields;
  note?: string;
}

export const telegram: SandboxNetwork = {
  id: ID,
  name: "Telegram",
  look: { light: "#1f7fb8", dark: "#62b8ec", mark: "T", layout: "message", alt: false },
  ways: [{ name: "bot", lookUp: "none", media: { counts: [1, 2] }, threads: true }],
  channel: (name, base) => ({
    server: base,
    web: base,
    token: `sandbox-${name}`,
    chat: `@${usernameOf(name)}`,
  }),
  publishes: (method, path) =>
    method === "POST" && /^\/bot[^/]+\/send(Message|Photo|Video|MediaGroup|Poll)$/i.test(path),
  handle: api<State, string>({
    id: ID,
    state: () => ({ messages: new Map(), last: new Map() }),
    // Method names are case-insensitive.
    path: ({ path }) => path.replace(/[^/]*$/, (method) => method.toLowerCase()),
    auth({ params }) {
      const name = channelOf(params.token);
      if (name === undefined) throw refuse(401, "Unauthorized");
      return name;
    },
    expired: () => said(401, "Unauthorized"),
    windows: { messages: [{ posts: 20, ms: 60_000 }] },
    pause: 2_000,
    // The wait is in the body, too.
    limited: ({ seconds }) => {
      const wait = Math.max(1, Math.ceil(seconds));
      const { status, body } = said(429, `Too Many Requests: retry after ${wait}`);
      return { status, body: { ...(body as object), parameters: { retry_after: wait } } };
    },
    malformed: ({ malformed }) => malformed && said(400, "Bad Request: can't parse request body"),
    unknown({ path }) {
      const [, token] = /^\/bot([^/]+)\/\w+$/.exec(path) ?? [];
      if (token !== undefined && channelOf(token) === undefined) return said(401, "Unauthorized");
      return path.startsWith("/bot") ? said(404, "Not Found") : undefined;
    },
    routes: {
      ...method("getMe", ({ who }) => botEntity(who())),
      ...method("getChat", chatOf),
      ...method("getChatMember", (call) => {
        chatOf(call);
        return { status: "administrator", user: botEntity(call.who()), can_post_messages: true };
      }),
      ...method("sendMessage", (call) => send(call, textOf)),
      ...method("sendPhoto", (call) => send(call, (fields, files) => fileOf(fields, files, "photo"))),
      ...method("sendVideo", (call) => send(call, (fields, files) => fileOf(fields, files, "video"))),
      ...method("sendPoll", (call) => send(call, pollOf)),
      ...method("sendMediaGroup", sendGroup),
      ...method("editMessageText", (call) => edit(call, "text")),
      ...method("editMessageCaption", (call) => edit(call, "caption")),
      ...method("deleteMessage", (call) => {
        const message = messageIn(call, chatOf(call), argumentsOf(call).message_id, "delete");
        if (!isDeletable(call, message)) throw bad("message can't be deleted");
        forget(call, message);
        return true;
      }),
      ...method("deleteMessages", (call) => {
        const ids = argumentsOf(call).message_ids;
        if (!Array.isArray(ids) || ids.length < 1 || ids.length > 100)
          throw bad("message identifiers are not specified");
        const chat = chatOf(call);
        // Those that are not there are skipped.
        for (const id of ids) {
          const message = call.state.messages.get(`${chat.id} ${id}`);
          if (message && isDeletable(call, message)) forget(call, message);
        }
        return true;
      }),
    },
  }),
};

/** A method answers to GET and POST alike. */
function method(name: string, run: (call: Call) => unknown) {
  const answer = (call: Call): SandboxReply => ({ status: 200, body: { ok: true, result: run(call) } });
  const path = `/bot:token/${name.toLowerCase()}`;
  return { [`GET ${path}`]: answer, [`POST ${path}`]: answer };
}

function argumentsOf(call: Call): Fields {
  const entries = Object.entries(call.fields()).map(([key, value]) => [
    key,
    OBJECTS.includes(key) ? parsed(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function chatOf(call: Call): Chat {
  const said = text(argumentsOf(call).chat_id);
  const title = call.who();
  const username = usernameOf(title);
  const id = -1_000_000_000_000 - Number(BigInt(numberOf(`chat ${title}`)) % 1_000_000_000n);
  if (said === undefined || said === "") throw bad("chat_id is empty");
  if (said.toLowerCase() !== `@${username}` && said !== String(id)) throw bad("chat not found");
  return { id, title, username, type: "channel" };
}

// --- sending ----------------------------------------------------------------------------------------------------

function send(call: Call, read: (fields: Fields, files: FormPart[]) => Draft): Fields {
  const chat = chatOf(call);
  const draft = read(argumentsOf(call), call.files());
  const parent = parentOf(call, chat);
  call.take("messages", String(chat.id));
  const message = keep(call, chat, draft, parent);
  show(call, chat, draft, message, parent);
  return message.entity;
}

function sendGroup(call: Call): Fields[] {
  const chat = chatOf(call);
  const list = argumentsOf(call).media;
  if (!Array.isArray(list)) throw bad("can't parse media JSON object");
  if (list.length < 2 || list.length > 10) throw bad("a media group must include 2-10 items");
  const drafts = (list as Fields[]).map((item) => {
    const { type } = item;
    if (type !== "photo" && type !== "video") throw bad(`type "${type}" is not played by the sandbox`);
    return fileOf({ ...item, [type]: item.media }, call.files(), type);
  });
  const parent = parentOf(call, chat);
  // An album counts as so many messages.
  call.take("messages", String(chat.id), drafts.length);

  const media_group_id = numberOf(`album ${chat.id} ${nextId(call.state, chat)}`);
  const messages = drafts.map((draft) =>
    keep(call, chat, { ...draft, extra: { ...draft.extra, media_group_id } }, parent),
  );
  const [first] = messages;
  const captioned = drafts.find(({ words }) => words.plain !== "") ?? drafts[0];
  if (first && captioned)
    show(call, chat, { ...captioned, media: drafts.flatMap(({ media }) => media) }, first, parent);
  return messages.map(({ entity }) => entity);
}

function parentOf(call: Call, chat: Chat): number | undefined {
  const { reply_parameters, reply_to_message_id } = argumentsOf(call);
  const said = (reply_parameters ?? {}) as Fields;
  const id = said.message_id ?? reply_to_message_id;
  if (id === undefined) return undefined;
  if (call.state.messages.has(`${chat.id} ${id}`)) return Number(id);
  if (flag(said.allow_sending_without_reply)) return undefined;
  throw bad("message to be replied not found");
}

function textOf(fields: Fields): Draft {
  const words = wordsOf(text(fields.text) ?? "", fields.parse_mode);
  if (words.plain.trim() === "") throw bad("message text is empty");
  if (codePoints(words.plain) > TEXT_MAX) throw bad("message is too long");
  return {
    words,
    kind: "text",
    media: [],
    max: TEXT_MAX,
    extra: { text: words.plain, ...(words.entities && { entities: words.entities }) },
  };
}

function captionOf(fields: Fields): Parsed {
  const words = wordsOf(text(fields.caption) ?? "", fields.parse_mode);
  if (codePoints(words.plain) > CAPTION_MAX) throw bad("message caption is too long");
  return words;
}

function fileOf(fields: Fields, files: FormPart[], kind: "photo" | "video"): Draft {
  const words = captionOf(fields);
  const { type, bytes } = uploaded(fields, files, kind);
  const id = numberOf(`file ${bytes?.length ?? 0} ${fields[kind]}`);
  const unique = { file_id: id, file_unique_id: id, file_size: bytes?.length ?? 0 };
  const { width = 0, height = 0 } = (bytes && pngSize(bytes)) ?? {};
  const extra = {
    ...(words.plain ? { caption: words.plain } : {}),
    ...(words.entities && { caption_entities: words.entities }),
    [kind]: kind === "photo" ? [{ ...unique, width, height }] : unique,
  };
  const media = bytes ? [{ type, alt: "", bytes }] : [];
  return { words, kind: "caption", media, max: CAPTION_MAX, extra };
}

function uploaded(
  fields: Fields,
  files: FormPart[],
  kind: "photo" | "video",
): { type: string; bytes?: Buffer } {
  const said = text(fields[kind]);
  if (said !== undefined && !said.startsWith("attach://")) {
    // The server would fetch a URL and knows its file ids; the sandbox takes their word for it.
    if (/^https?:\/\/|^\d+$/.test(said)) return { type: kind };
    throw bad("wrong file identifier/HTTP URL specified");
  }
  const part = said?.slice("attach://".length) ?? kind;
  const file = files.find(({ name }) => name === part);
  if (!file) throw bad(`there is no ${kind} in the request`);
  if (file.bytes.length === 0) throw bad("file must be non-empty");
  if (file.bytes.length > (kind === "photo" ? PHOTO_BYTES : VIDEO_BYTES))
    throw refuse(413, "Request Entity Too Large");
  const type = sniff(file.bytes) ?? "";
  if (kind === "photo" && !type.startsWith("image/")) throw bad("IMAGE_PROCESS_FAILED");
  const { width = 1, height = 1 } = pngSize(file.bytes) ?? {};
  if (width + height > 10_000 || Math.max(width / height, height / width) > 20)
    throw bad("PHOTO_INVALID_DIMENSIONS");
  return { type: type || "application/octet-stream", bytes: file.bytes };
}

function pollOf(fields: Fields): Draft {
  const question = (text(fields.question) ?? "").trim();
  const list = Array.isArray(fields.options) ? (fields.options as (Fields | string)[]) : [];
  const options = list.map((option) => String(typeof option === "string" ? option : option.text).trim());
  if (question === "") throw bad("poll question must be non-empty");
  if (codePoints(question) > POLL.question)
    throw bad(`poll question length must not exceed ${POLL.question}`);
  if (options.length < 1) throw bad("poll must have at least 1 option");
  if (options.length > POLL.options) throw bad(`poll can't have more than ${POLL.options} options`);
  if (options.includes("")) throw bad("poll options must be non-empty");
  if (options.some((option) => codePoints(option) > POLL.option))
    throw bad(`poll options length must not exceed ${POLL.option}`);
  const period = fields.open_period === undefined ? undefined : Number(fields.open_period);
  if (period !== undefined && !(period >= POLL.least && period <= POLL.most))
    throw bad(`open_period must be between ${POLL.least} and ${POLL.most}`);
  const poll = {
    id: numberOf(`poll ${question}`),
    question,
    options: options.map((text) => ({ text, voter_count: 0 })),
    total_voter_count: 0,
    is_closed: false,
    is_anonymous: fields.is_anonymous === undefined || flag(fields.is_anonymous),
    type: "regular",
    allows_multiple_answers: flag(fields.allows_multiple_answers),
    ...(period !== undefined && { open_period: period }),
  };
  const words = { plain: question, html: marked(question) };
  const note = `poll: ${options.join(" / ")}`;
  return { words, kind: "none", media: [], max: POLL.question, extra: { poll }, note };
}

function wordsOf(source: string, mode: unknown): Parsed {
  if (String(mode ?? "").toLowerCase() === "html") {
    const parsed = parseHtml(source);
    if ("error" in parsed) throw bad(`can't parse entities: ${parsed.error}`);
    return parsed;
  }
  if (mode !== undefined && mode !== "") throw bad("the sandbox plays parse_mode HTML only");
  return { plain: source, html: marked(source) };
}

// --- what is kept -----------------------------------------------------------------------------------------------

function keep(call: Call, chat: Chat, draft: Draft, parent: number | undefined): Message {
  const { state, world } = call;
  const id = nextId(state, chat);
  const replied = parent === undefined ? undefined : state.messages.get(`${chat.id} ${parent}`)?.entity;
  const entity = {
    message_id: id,
    sender_chat: chat,
    chat,
    date: Math.floor(world.now() / 1000),
    ...draft.extra,
    ...(replied ? { reply_to_message: replied } : {}),
  };
  const message = { entity, words: draft.kind, at: world.now() };
  state.last.set(String(chat.id), id);
  state.messages.set(`${chat.id} ${id}`, message);
  return message;
}

function show(call: Call, chat: Chat, draft: Draft, { entity }: Message, parent: number | undefined): void {
  const fields = argumentsOf(call);
  const id = entity.message_id;
  const post: SandboxPost = {
    network: ID,
    account: `${chat.title} (@${chat.username})`,
    id: `${chat.id} ${id}`,
    url: `${call.world.base(ID)}/${chat.username}/${id}`,
    at: call.world.now(),
    ...shown(fields, draft.words, draft.media.length > 0),
    media: draft.media,
    max: draft.max,
    notes: [
      ...(draft.note ? [draft.note] : []),
      ...(flag(fields.disable_notification) ? ["silent"] : []),
      ...(flag(fields.protect_content) ? ["protected"] : []),
    ],
  };
  if (parent !== undefined) post.parent = `${chat.id} ${parent}`;
  call.world.accept(post);
}

function shown(fields: Fields, words: Parsed, hasMedia: boolean) {
  const preview = (fields.link_preview_options ?? {}) as Fields;
  const link =
    text(preview.url) ?? words.link ?? spans(words.plain).find(({ kind }) => kind === "link")?.value;
  const isCard = link && !hasMedia && !flag(preview.is_disabled) && /^https?:/.test(link);
  return {
    text: words.plain,
    html: words.html,
    length: codePoints(words.plain),
    ...(isCard ? { card: { url: link } } : {}),
  };
}

// --- what is changed afterwards ---------------------------------------------------------------------------------

function edit(call: Call, what: "text" | "caption"): Fields {
  const { world } = call;
  const chat = chatOf(call);
  const fields = argumentsOf(call);
  const message = messageIn(call, chat, fields.message_id, "edit");
  if (message.words !== what) throw bad(`there is no ${what} in the message to edit`);
  const words = what === "text" ? textOf(fields).words : captionOf(fields);
  const post = world.posts.find((one) => one.network === ID && one.id === idIn(message));
  // An album's other messages have no words of their own on the page.
  const html = post?.html ?? "";
  if ((message.entity[what] ?? "") === words.plain && (!post || html === words.html))
    throw bad(
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
  message.entity[what] = words.plain;
  message.entity[what === "text" ? "entities" : "caption_entities"] = words.entities;
  message.entity.edit_date = Math.floor(world.now() / 1000);
  if (post) {
    const { card: _, ...kept } = post;
    world.update({ ...kept, ...shown(fields, words, post.media.length > 0) });
  }
  return message.entity;
}

function messageIn(call: Call, chat: Chat, id: unknown, purpose: "edit" | "delete"): Message {
  const message = call.state.messages.get(`${chat.id} ${Number(id)}`);
  if (!message) throw bad(`message to ${purpose} not found`);
  return message;
}

function isDeletable({ world }: Call, { at }: Message): boolean {
  return world.now() - at < DELETABLE_MS;
}

function forget({ state, world }: Call, message: Message): void {
  state.messages.delete(idIn(message));
  world.remove(ID, idIn(message));
}

function idIn({ entity }: Message): string {
  return `${(entity.chat as Chat).id} ${entity.message_id}`;
}

// --- small things -----------------------------------------------------------------------------------------------

function said(status: number, description: string): SandboxReply {
  return { status, body: { ok: false, error_code: status, description } };
}

function refuse(status: number, description: string): Error {
  return refusal(said(status, description));
}

function bad(words: string): Error {
  return refuse(400, `Bad Request: ${words}`);
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function botEntity(name: string): Fields {
  const id = Number(BigInt(numberOf(`bot ${name}`)) % 1_000_000_000n);
  return { id, is_bot: true, first_name: name, username: `${usernameOf(name)}_bot`, can_join_groups: true };
}

function usernameOf(name: string): string {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  return `${words.replace(/^_|_$/g, "")}_sandbox`;
}

function nextId(state: State, chat: Chat): number {
  return (state.last.get(String(chat.id)) ?? 0) + 1;
}
