/** What the methods share: the call, the chat and its messages, and the answers. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { text } from "../../body.ts";
import { numberOf } from "../../ids.ts";

import type { SandboxReply } from "../../network.ts";

export const ID = "telegram";
export type Fields = Record<string, unknown>;

/** `who()` is the channel's name: every one has a bot of its own. */
export type Call = SomeCall<State, string>;

export interface Message {
  entity: Fields;
  /** What of it can be edited. */
  words: "text" | "caption" | "none";
  at: number;
}

export interface Chat {
  id: number;
  title: string;
  username: string;
  type: "channel";
}

export function argumentsOf(call: Call): Fields {
  const entries = Object.entries(call.fields()).map(([key, value]) => [
    key,
    OBJECTS.includes(key) ? parsed(value) : value,
  ]);
  return Object.fromEntries(entries);
}

export function chatOf(call: Call): Chat {
  const said = text(argumentsOf(call).chat_id);
  const title = call.who();
  const username = usernameOf(title);
  const id = -1000000000000 - Number(BigInt(numberOf(`chat ${title}`)) % 1000000000n);
  if (said === undefined || said === "") throw bad("chat_id is empty");
  if (said.toLowerCase() !== `@${username}` && said !== String(id)) throw bad("chat not found");
  return { id, title, username, type: "channel" };
}

export function said(status: number, description: string): SandboxReply {
  return { status, body: { ok: false, error_code: status, description } };
}

export function refuse(status: number, description: string): Error {
  return refusal(said(status, description));
}

export function bad(words: string): Error {
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

export function botEntity(name: string): Fields {
  const id = Number(BigInt(numberOf(`bot ${name}`)) % 1000000000n);
  return { id, is_bot: true, first_name: name, username: `${usernameOf(name)}_bot`, can_join_groups: true };
}

export function usernameOf(name: string): string {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  return `${words.replace(/^_|_$/g, "")}_sandbox`;
}

export function nextId(state: State, chat: Chat): number {
  return (state.last.get(String(chat.id)) ?? 0) + 1;
}

export function idIn({ entity }: Message): string {
  return `${(entity.chat as Chat).id} ${entity.message_id}`;
}

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

export interface State {
  /** `chat message_id` → message. */
  messages: Map<string, Message>;
  /** The last message of each chat. */
  last: Map<string, number>;
}
