/** What Matrix's half remembers, who is there, and how it refuses. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { numberOf } from "../../ids.ts";
import type { SandboxReply } from "../../network.ts";

export const ID = "matrix";
export const DOMAIN = "sandbox.example";

export type Fields = Record<string, unknown>;

export interface Event {
  id: string;
  room: string;
  /** The sandbox's channel name. */
  name: string;
  type: string;
  sender: string;
  device: string;
  transaction: string;
  content: Fields;
  at: number;
  redacted?: { by: string; at: number };
}

export interface State {
  /** In the order in which they came. */
  events: Event[];
  /** Device and path → event. */
  transactions: Map<string, string>;
  media: Map<string, { type: string; bytes: Uint8Array }>;
}

export interface Caller {
  name: string;
  room: string;
  user: string;
  device: string;
}

export type Call = SomeCall<State, Caller>;

export const roomIdOf = (name: string) => `!${numberOf(`room ${name}`)}:${DOMAIN}`;
export const aliasOf = (name: string) => `#${name.toLowerCase()}:${DOMAIN}`;
export const userIdOf = (name: string) => `@${name.toLowerCase()}:${DOMAIN}`;

export function said(status: number, errcode: string, error: string): SandboxReply {
  return { status, body: { errcode, error } };
}

export function refuse(status: number, errcode: string, error: string): Error {
  return refusal(said(status, errcode, error));
}

export function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

/** The caller, who is in one room and no other. */
export function inRoom(call: Call): Caller {
  const caller = call.who();
  if (decodeURIComponent(call.params.room ?? "") !== caller.room)
    throw refuse(403, "M_FORBIDDEN", "User is not in the room");
  return caller;
}

export function eventIn(call: Call): Event {
  const { room } = inRoom(call);
  const id = decodeURIComponent(call.params.event ?? "");
  const event = call.state.events.find((one) => one.id === id && one.room === room);
  if (!event) throw refuse(404, "M_NOT_FOUND", "Event not found.");
  return event;
}
