/** What Zulip's half remembers, who is there, and how it refuses. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { text } from "../../body.ts";
import { memberOf, numberOf } from "../../ids.ts";
import type { SandboxReply } from "../../network.ts";

export const ID = "zulip";

export interface Message {
  id: number;
  channel: number;
  /** The channel's name. */
  room: string;
  topic: string;
  sender: Person;
  content: string;
  at: number;
  editedAt?: number;
  reactions: { emoji: string; user: number }[];
}

export interface Person {
  id: number;
  email: string;
  name: string;
}

export interface State {
  messages: Message[];
  last: number;
  files: Map<string, { name: string; type: string; bytes: Uint8Array }>;
  queues: Set<string>;
}

export interface Caller extends Person {
  room: string;
  channel: number;
}

export type Call = SomeCall<State, Caller>;

export const channelIdOf = (room: string) => Number(BigInt(numberOf(`channel ${room}`)) % 100_000n) + 1;
const userIdOf = (name: string) => Number(BigInt(numberOf(`user ${name}`)) % 100_000n) + 1;
export const emailOf = (name: string) => `${name.toLowerCase()}-bot@sandbox.example`;

export function ok(body: Record<string, unknown>): SandboxReply {
  return { status: 200, body: { result: "success", msg: "", ...body } };
}

export function said(status: number, msg: string, code = "BAD_REQUEST", more: object = {}): SandboxReply {
  return { status, body: { result: "error", msg, code, ...more } };
}

export function refuse(status: number, msg: string, code?: string): Error {
  return refusal(said(status, msg, code));
}

/** HTTP Basic: an e-mail address and the key that belongs to it. */
export function callerOf({ request }: Call): Caller {
  const [scheme, coded = ""] = String(request.headers.authorization ?? "").split(" ");
  if (scheme !== "Basic")
    throw refuse(401, "Not logged in: API authentication or user session required", "UNAUTHORIZED");
  const [email = "", key = ""] = Buffer.from(coded, "base64").toString("utf8").split(":");
  const member = memberOf(key);
  if (!member || email !== emailOf(member.name)) throw refuse(401, "Invalid API key", "INVALID_API_KEY");
  const { channel: room, name } = member;
  return { id: userIdOf(name), email, name, room, channel: channelIdOf(room) };
}

/** A parameter from the form or the query; JSON in the body is none. */
export function parameter(call: Call, name: string): string | undefined {
  const { type, fields } = call.body();
  return text(call.query.get(name)) ?? (type === "json" ? undefined : text(fields[name]));
}

export function needed(call: Call, name: string): string {
  const value = parameter(call, name);
  if (value === undefined) throw refuse(400, `Missing '${name}' argument`, "REQUEST_VARIABLE_MISSING");
  return value;
}

/** Numbers and lists are JSON in a form. */
export function jsonOf(call: Call, name: string): unknown {
  const value = parameter(call, name);
  if (value === undefined) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    throw refuse(400, `${name} is not valid JSON`, "REQUEST_VARIABLE_INVALID");
  }
}
