/** Events: sent, redacted, listed with what hangs on them, and how clients show them. */
import { utf8 } from "../../count.ts";
import { marked } from "../../html.ts";
import { base32, sha256 } from "../../ids.ts";
import type { SandboxPost, SandboxReply, World } from "../../network.ts";
import { shownOf } from "./html.ts";
import {
  aliasOf,
  type Call,
  type Event,
  eventIn,
  type Fields,
  ID,
  inRoom,
  ok,
  refuse,
  type State,
} from "./state.ts";

// Client-server API, "Size limits"; signatures, hashes and references of the room's graph are in it.
const EVENT_MAX = 65_536;
const ENVELOPE = 1_500;
const FILES = ["m.image", "m.video", "m.audio", "m.file"];

export function send(call: Call): SandboxReply {
  const { state, world, params, path } = call;
  const caller = inRoom(call);
  const known = state.transactions.get(`${caller.device} ${path}`);
  if (known !== undefined) return ok({ event_id: known });
  const { fields, type, malformed } = call.body();
  if (type !== "json" || malformed) throw refuse(400, "M_NOT_JSON", "Content not JSON.");
  checkContent(fields, params.type ?? "", call);
  call.take("messages", caller.user);
  const id = `$${base32(sha256(`${caller.room} ${state.events.length} ${JSON.stringify(fields)}`)).slice(0, 43)}`;
  const { room, name, user, device } = caller;
  const event: Event = {
    id,
    room,
    name,
    type: params.type ?? "",
    sender: user,
    device,
    transaction: decodeURIComponent(params.transaction ?? ""),
    content: fields,
    at: world.now(),
  };
  state.events.push(event);
  state.transactions.set(`${device} ${path}`, id);
  if (event.type === "m.room.message") show(event, state, world);
  return ok({ event_id: id });
}

/** A server looks at little of a message; clients show nothing of one without these. */
function checkContent(content: Fields, type: string, { state }: Call): void {
  if (utf8(JSON.stringify(content)) + ENVELOPE > EVENT_MAX)
    throw refuse(413, "M_TOO_LARGE", "event too large");
  const bad = (words: string) => refuse(400, "M_BAD_JSON", words);
  if (type === "m.reaction") {
    const relation = relationOf(content);
    if (relation?.rel_type !== "m.annotation" || typeof relation.key !== "string")
      throw bad("not an annotation");
    return;
  }
  if (type !== "m.room.message") throw bad(`the sandbox plays no events of the type ${type}`);
  const inner = (content["m.new_content"] ?? content) as Fields;
  for (const one of [content, inner]) {
    if (typeof one.msgtype !== "string") throw bad("msgtype is missing");
    if (typeof one.body !== "string") throw bad("body is missing");
    if ((one.format === undefined) !== (one.formatted_body === undefined))
      throw bad("format without formatted_body");
    if (one.format !== undefined && one.format !== "org.matrix.custom.html") throw bad("format is not known");
    const mentions = one["m.mentions"] as Fields | undefined;
    const users = mentions?.user_ids ?? [];
    if (!Array.isArray(users) || users.some((user) => !/^@[^\s:]+:\S+$/.test(String(user))))
      throw bad("m.mentions");
  }
  if (FILES.includes(String(inner.msgtype)) && !state.media.has(String(inner.url)))
    throw bad("url is not a file of this server");
}

function relationOf(content: Fields): Fields | undefined {
  return content["m.relates_to"] as Fields | undefined;
}

export function replacedBy({ id }: Event, state: State): Event | undefined {
  return state.events.findLast((one) => {
    const relation = relationOf(one.content);
    return !one.redacted && relation?.rel_type === "m.replace" && relation.event_id === id;
  });
}

function show(event: Event, state: State, world: World): void {
  const relation = relationOf(event.content);
  if (relation?.rel_type !== "m.replace") {
    world.accept(postOf(event, event.content, state, world));
    return;
  }
  const original = state.events.find(({ id }) => id === relation.event_id);
  // An edit of somebody else's message is none.
  if (original?.sender !== event.sender) return;
  world.update(postOf(original, event.content["m.new_content"] as Fields, state, world));
}

function postOf(event: Event, content: Fields, state: State, world: World): SandboxPost {
  const { id, name, sender, at } = event;
  const file = state.media.get(String(content.url));
  const caption = content.filename !== undefined && content.filename !== content.body;
  const body = file && !caption ? "" : String(content.body);
  const shown = typeof content.formatted_body === "string" ? shownOf(content.formatted_body) : undefined;
  const relation = relationOf(event.content);
  const parent = (relation?.["m.in_reply_to"] as Fields | undefined)?.event_id;
  const link = shown?.link ?? /https?:\/\/[^\s<>)]+/.exec(body)?.[0];
  return {
    network: ID,
    account: `${sender} in #${name}`,
    id,
    url: `${world.base(ID)}/to/${encodeURIComponent(aliasOf(name))}/${encodeURIComponent(id)}`,
    at,
    text: shown?.plain ?? body,
    html: shown?.html ?? marked(body),
    media: file ? [{ type: file.type, alt: "", bytes: file.bytes }] : [],
    length: utf8(JSON.stringify(content)),
    max: EVENT_MAX,
    notes: [
      ...(content.msgtype === "m.notice" ? ["notice"] : []),
      ...(shown?.dropped ?? []).map((tag) => `<${tag}> is not shown`),
    ],
    ...(parent !== undefined && { parent: String(parent) }),
    ...(link && !file && { card: { url: link } }),
  };
}

export function redact(call: Call): SandboxReply {
  const { state, world, path } = call;
  const caller = inRoom(call);
  const known = state.transactions.get(`${caller.device} ${path}`);
  if (known !== undefined) return ok({ event_id: known });
  const event = eventIn(call);
  if (event.sender !== caller.user)
    throw refuse(403, "M_FORBIDDEN", "You don't have permission to redact events");
  const id = `$${base32(sha256(`redact ${event.id} ${state.transactions.size}`)).slice(0, 43)}`;
  event.redacted = { by: id, at: world.now() };
  event.content = {};
  state.transactions.set(`${caller.device} ${path}`, id);
  world.remove(ID, event.id);
  return ok({ event_id: id });
}

export function entityOf(event: Event, call: Call): Fields {
  const { id, room, type, sender, content, at, redacted } = event;
  const edit = redacted ? undefined : replacedBy(event, call.state);
  return {
    event_id: id,
    room_id: room,
    type,
    sender,
    origin_server_ts: at,
    content,
    unsigned: {
      age: call.world.now() - at,
      // Only to the device that sent it.
      ...(event.device === call.who().device && { transaction_id: event.transaction }),
      ...(redacted && {
        redacted_because: { event_id: redacted.by, type: "m.room.redaction", origin_server_ts: redacted.at },
      }),
      ...(edit && {
        "m.relations": {
          "m.replace": {
            event_id: edit.id,
            sender: edit.sender,
            type,
            origin_server_ts: edit.at,
            content: edit.content,
          },
        },
      }),
    },
  };
}

/** Backwards from `from`, or from the newest. */
export function messages(call: Call): SandboxReply {
  const { query, state } = call;
  const { room } = inRoom(call);
  if (query.get("dir") !== "b") throw refuse(400, "M_INVALID_PARAM", "the sandbox goes backwards only");
  const limit = Math.min(Math.max(Number(query.get("limit") ?? 10) || 10, 1), 1_000);
  const types = typesOf(query.get("filter"));
  const all = state.events.filter((event) => event.room === room);
  const from = /^t(\d+)$/.exec(query.get("from") ?? "")?.[1];
  const until = from === undefined ? all.length : Number(from);
  const piece = all.slice(Math.max(0, until - limit), until);
  const start = until - piece.length;
  const chunk = piece.reverse().filter(({ type }) => !types || types.includes(type));
  return ok({
    start: `t${until}`,
    ...(start > 0 && { end: `t${start}` }),
    chunk: chunk.map((event) => entityOf(event, call)),
  });
}

function typesOf(filter: string | null): string[] | undefined {
  if (filter === null) return undefined;
  try {
    return (JSON.parse(filter) as { types?: string[] }).types;
  } catch {
    throw refuse(400, "M_UNKNOWN", "Failed to parse filter");
  }
}

/** Children of an event by kind of relation and type. */
export function relations(call: Call): SandboxReply {
  const event = eventIn(call);
  const { kind, type } = call.params;
  const chunk = call.state.events
    .filter((one) => {
      const relation = relationOf(one.content);
      return (
        !one.redacted && one.type === type && relation?.rel_type === kind && relation?.event_id === event.id
      );
    })
    .reverse()
    .map((one) => entityOf(one, call));
  return ok({ chunk });
}
