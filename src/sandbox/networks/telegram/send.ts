/** A message, or a group of files, appears in the chat. */
import { flag, text } from "../../body.ts";
import { codePoints, spans } from "../../count.ts";
import { numberOf } from "../../ids.ts";
import type { FormPart } from "../../multipart.ts";
import type { SandboxPost } from "../../network.ts";
import {
  argumentsOf,
  bad,
  type Call,
  type Chat,
  chatOf,
  type Fields,
  ID,
  type Message,
  nextId,
} from "./call.ts";
import { type Draft, fileOf } from "./draft.ts";
import type { Parsed } from "./html.ts";

function keep(call: Call, chat: Chat, draft: Draft, parent: number | undefined): Message {
  const { state, world } = call;
  const id = nextId(state, chat);
  const replied = parent === undefined ? undefined : state.messages.get(`${chat.id} ${parent}`)?.entity;
  const entity = {
    message_id: id,
    sender_chat: chat,
    chat,
    date: Math.floor(world.now() / 1_000),
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

export function shown(fields: Fields, words: Parsed, hasMedia: boolean) {
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

export function send(call: Call, read: (fields: Fields, files: FormPart[]) => Draft): Fields {
  const chat = chatOf(call);
  const draft = read(argumentsOf(call), call.files());
  const parent = parentOf(call, chat);
  call.take("messages", String(chat.id));
  const message = keep(call, chat, draft, parent);
  show(call, chat, draft, message, parent);
  return message.entity;
}

export function sendGroup(call: Call): Fields[] {
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
