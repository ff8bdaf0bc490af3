/** What Rocket.Chat's half remembers, who is there, and how it refuses. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { channelOf, memberOf, numberOf } from "../../ids.ts";
import type { SandboxReply } from "../../network.ts";

export const ID = "rocketchat";

export interface Message {
  id: string;
  rid: string;
  room: string;
  msg: string;
  user: string;
  tmid?: string;
  file?: File;
  previews: boolean;
  at: number;
  editedAt?: number;
  /** emoji → names. */
  reactions: Map<string, Set<string>>;
}

export interface File {
  id: string;
  name: string;
  type: string;
  bytes: Uint8Array;
  rid: string;
}

export interface State {
  messages: Map<string, Message>;
  files: Map<string, File>;
}

export interface Caller {
  room: string;
  rid: string;
  name: string;
}

export type Call = SomeCall<State, Caller>;

export const roomIdOf = (room: string) => numberOf(`room ${room}`).slice(0, 17);
export const userIdOf = (name: string) => numberOf(`user ${name}`).slice(0, 17);

export function ok(body: Record<string, unknown> = {}): SandboxReply {
  return { status: 200, body: { ...body, success: true } };
}

/** `error` with its type in brackets, as Meteor's errors are written. */
export function said(status: number, words: string, type?: string): SandboxReply {
  const error = type ? `${words} [${type}]` : words;
  return { status, body: { success: false, error, ...(type && { errorType: type }) } };
}

export function refuse(words: string, type?: string, status = 400): Error {
  return refusal(said(status, words, type));
}

export function loggedOut(): SandboxReply {
  return { status: 401, body: { status: "error", message: "You must be logged in to do this." } };
}

export function callerOf({ params, request }: Call): Caller {
  if (params.integration !== undefined) {
    const room = channelOf(params.token);
    if (room === undefined || params.integration !== roomIdOf(room))
      throw refuse("Invalid integration id or token provided.", undefined, 404);
    return { room, rid: roomIdOf(room), name: room };
  }
  const member = memberOf(String(request.headers["x-auth-token"] ?? ""));
  if (!member || request.headers["x-user-id"] !== userIdOf(member.name)) throw refusal(loggedOut());
  return { room: member.channel, rid: roomIdOf(member.channel), name: member.name };
}
