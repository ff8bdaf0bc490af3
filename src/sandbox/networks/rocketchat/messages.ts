/** Messages: sent, edited, deleted, reacted to, listed. */
import { text } from "../../body.ts";
import { numberOf } from "../../ids.ts";
import { markdownHtml, type Ways } from "../../markdown.ts";
import type { SandboxPost, SandboxReply, World } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { type Call, ID, type Message, ok, refuse, userIdOf } from "./state.ts";

export const MAX = 5_000;
const FILE_MAX = 104_857_600;

type Fields = Record<string, unknown>;

export function sendMessage(call: Call): SandboxReply {
  const { state } = call;
  const { message, previewUrls, ...more } = call.body().fields as { message?: Fields; previewUrls?: unknown };
  if (typeof message !== "object" || message === null)
    throw refuse('The "message" parameter must be provided.', "error-invalid-params");
  strictly({ ...more }, []);
  strictly(message, [
    "_id",
    "rid",
    "msg",
    "tmid",
    "tshow",
    "t",
    "alias",
    "emoji",
    "avatar",
    "attachments",
    "customFields",
    "blocks",
  ]);
  if (!text(message.rid)) throw refuse("The 'rid' property on the message object is missing.");
  const { rid, name } = call.who();
  if (message.rid !== rid) throw refuse("error-invalid-room");
  const msg = wordsOf(message.msg);
  if (msg === "" && message.attachments === undefined) throw refuse("Body required", "error-invalid-params");
  const tmid = threadOf(message.tmid, call);
  const id = text(message._id) ?? numberOf(`message ${state.messages.size} ${name}`).slice(0, 17);
  // What is there already is not made again: messages.insert of the same _id.
  const there = state.messages.get(id);
  if (there) return ok({ message: entityOf(there, call) });
  call.take("chat.sendMessage", name);
  return ok({ message: entityOf(keep(call, id, msg, tmid, { previews: !isNone(previewUrls) }), call) });
}

function wordsOf(value: unknown): string {
  const words = text(value) ?? "";
  if (words.length > MAX)
    throw refuse("Message size exceeds Message_MaxAllowedSize", "error-message-size-exceeded");
  return words;
}

function isNone(previewUrls: unknown): boolean {
  return Array.isArray(previewUrls) && previewUrls.length === 0;
}

function strictly(object: Fields, known: string[]): void {
  const strange = Object.keys(object).find((name) => !known.includes(name));
  if (strange) throw refuse(`must NOT have additional properties: ${strange}`, "invalid-params");
}

function threadOf(value: unknown, { state, who }: Call): string | undefined {
  const tmid = text(value);
  if (tmid !== undefined && state.messages.get(tmid)?.rid !== who().rid)
    throw refuse("Invalid thread message", "error-invalid-message");
  return tmid;
}

type Rest = Partial<Pick<Message, "file" | "previews">>;

function keep(
  { state, world, who }: Call,
  id: string,
  msg: string,
  tmid: string | undefined,
  rest: Rest,
): Message {
  const { room, rid, name } = who();
  const message: Message = {
    id,
    rid,
    room,
    msg,
    user: name,
    previews: true,
    at: world.now(),
    reactions: new Map(),
    ...(tmid && { tmid }),
    ...rest,
  };
  state.messages.set(id, message);
  world.accept(postOf(message, world));
  return message;
}

export function webhook(call: Call): SandboxReply {
  const { fields } = call.body();
  strictly(fields, [
    "text",
    "alias",
    "avatar",
    "emoji",
    "channel",
    "roomId",
    "attachments",
    "parseUrls",
    "tmid",
    "msg",
  ]);
  const msg = wordsOf(fields.text ?? fields.msg);
  if (msg === "" && fields.attachments === undefined) throw refuse("Message text or attachments are missing");
  const { room, name } = call.who();
  if (fields.channel !== undefined && fields.channel !== `#${room}`)
    throw refuse("invalid-channel", "invalid-channel");
  call.take("chat.sendMessage", name);
  const id = numberOf(`message ${call.state.messages.size} ${name}`).slice(0, 17);
  keep(call, id, msg, undefined, { previews: fields.parseUrls !== false });
  return ok();
}

export function media(call: Call): SandboxReply {
  const { rid } = inRoom(call);
  const file = call.files().find(({ name }) => name === "file");
  if (!file) throw refuse("No file uploaded", "invalid-field");
  if (file.bytes.length > FILE_MAX) throw refuse("File exceeds allowed size", "error-file-too-large", 413);
  const id = numberOf(`file ${call.state.files.size} ${file.filename}`).slice(0, 17);
  const type = sniff(file.bytes) ?? file.type ?? "application/octet-stream";
  call.state.files.set(id, { id, name: file.filename ?? "file", type, bytes: file.bytes, rid });
  return ok({ file: { _id: id, url: `${call.world.base(ID)}/file-upload/${id}/${file.filename}` } });
}

/** A confirmed file is a message, and a second time a second one. */
export function mediaConfirm(call: Call): SandboxReply {
  const { rid, name } = inRoom(call);
  const file = call.state.files.get(call.params.file ?? "");
  if (!file || file.rid !== rid) throw refuse("invalid-file", "invalid-file");
  const { fields } = call.body();
  strictly(fields, ["msg", "tmid", "description", "customFields", "fileName", "groupable"]);
  const msg = wordsOf(fields.msg);
  const tmid = threadOf(fields.tmid, call);
  call.take("chat.sendMessage", name);
  const id = numberOf(`message ${call.state.messages.size} ${name}`).slice(0, 17);
  return ok({ message: entityOf(keep(call, id, msg, tmid, { file }), call) });
}

function inRoom(call: Call) {
  const caller = call.who();
  if (call.params.room !== caller.rid) throw refuse("error-invalid-room", "error-invalid-room", 403);
  return caller;
}

export function messageOf(call: Call, id: unknown): Message | undefined {
  const message = call.state.messages.get(String(id));
  return message?.rid === call.who().rid ? message : undefined;
}

export function getMessage(call: Call): SandboxReply {
  const id = call.query.get("msgId");
  if (!id) throw refuse('The "msgId" query parameter must be provided.');
  const message = messageOf(call, id);
  // `API.v1.failure()` without a word.
  return message ? ok({ message: entityOf(message, call) }) : { status: 400, body: { success: false } };
}

export function update(call: Call): SandboxReply {
  const { roomId, msgId, text: words, ...more } = call.body().fields;
  strictly(more, ["previewUrls", "customFields"]);
  const message = messageOf(call, msgId);
  if (!message) throw refuse(`No message found with the id of "${msgId}".`);
  if (message.rid !== roomId) throw refuse("The room id provided does not match where the message is from.");
  if (message.user !== call.who().name)
    throw refuse("Message editing not allowed", "error-action-not-allowed");
  const msg = wordsOf(words);
  call.take("chat.update", call.who().name);
  if (msg !== message.msg) message.editedAt = call.world.now();
  message.msg = msg;
  call.world.update(postOf(message, call.world));
  return ok({ message: entityOf(message, call) });
}

export function remove(call: Call): SandboxReply {
  const { roomId, msgId } = call.body().fields;
  const message = messageOf(call, msgId);
  if (!message) throw refuse(`No message found with the id of "${msgId}".`);
  if (message.rid !== roomId) throw refuse("The room id provided does not match where the message is from.");
  if (message.user !== call.who().name) throw refuse("Not allowed", "error-action-not-allowed");
  call.state.messages.delete(message.id);
  call.world.remove(ID, message.id);
  return ok({ _id: message.id, ts: String(call.world.now()) });
}

export function react(call: Call): SandboxReply {
  const { messageId, emoji } = call.body().fields;
  const message = messageOf(call, messageId);
  if (!message)
    throw refuse('The required "messageId" param is missing.', "error-messageid-param-not-provided");
  const name = `:${String(emoji).replace(/^:|:$/g, "")}:`;
  message.reactions.set(name, (message.reactions.get(name) ?? new Set()).add(call.who().name));
  return ok();
}

export function list(call: Call, belongs: (message: Message) => boolean, newestFirst: boolean): SandboxReply {
  const { query, state } = call;
  const { rid } = call.who();
  const [count, offset] = [Number(query.get("count") ?? 50), Number(query.get("offset") ?? 0)];
  const all = [...state.messages.values()].filter((message) => message.rid === rid && belongs(message));
  if (newestFirst) all.reverse();
  const page = all.slice(offset, offset + count);
  return ok({
    messages: page.map((message) => entityOf(message, call)),
    count: page.length,
    offset,
    total: all.length,
  });
}

export function entityOf(message: Message, { state }: Pick<Call, "state">): Fields {
  const { id, rid, msg, user, tmid, file, at, editedAt, reactions } = message;
  const below = [...state.messages.values()].filter((one) => one.tmid === id).length;
  return {
    _id: id,
    rid,
    msg,
    ts: new Date(at).toISOString(),
    u: { _id: userIdOf(user), username: user, name: user },
    mentions: [],
    channels: [],
    ...(tmid && { tmid }),
    ...(below > 0 && { tcount: below }),
    ...(file && {
      file: { _id: file.id, name: file.name, type: file.type },
      files: [{ _id: file.id, name: file.name }],
    }),
    ...(editedAt !== undefined && { editedAt: new Date(editedAt).toISOString() }),
    ...(reactions.size > 0 && {
      reactions: Object.fromEntries([...reactions].map(([name, users]) => [name, { usernames: [...users] }])),
    }),
  };
}

// The message parser: single marks anywhere, no escapes, headings of four depths, no tables.
const MARKS: Ways = {
  escapes: false,
  marks: { strong: ["**", "*"], emphasis: ["__", "_"], strike: ["~~", "~"] },
  mention: /(?<![\p{L}\p{N}])[@#][a-z0-9][a-z0-9._-]*/giu,
  tables: false,
  images: false,
};

function postOf(message: Message, world: World): SandboxPost {
  const { id, room, msg, user, tmid, file, at, previews } = message;
  const link = /https?:\/\/[^\s<>)]+/.exec(msg)?.[0];
  return {
    network: ID,
    account: `${user} in #${room}`,
    id,
    url: `${world.base(ID)}/channel/${encodeURIComponent(room)}?msg=${id}`,
    at,
    text: msg,
    html: markdownHtml(msg, MARKS),
    media: file ? [{ type: file.type, alt: "", bytes: file.bytes }] : [],
    length: msg.length,
    max: MAX,
    notes: previews ? [] : ["no link preview"],
    ...(tmid && { parent: tmid }),
    ...(link && previews && !file && { card: { url: link } }),
  };
}
