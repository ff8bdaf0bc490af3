/** What Lemmy's half remembers, who is there, and how it refuses. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { bearer } from "../../body.ts";
import { memberOf, numberOf } from "../../ids.ts";
import type { SandboxReply } from "../../network.ts";

export const ID = "lemmy";

export interface Post {
  id: number;
  room: string;
  user: string;
  name: string;
  body: string;
  url: string;
  alt: string;
  nsfw: boolean;
  at: number;
  editedAt?: number;
  deleted: boolean;
  likes: Set<string>;
}

export interface Comment {
  id: number;
  post: number;
  room: string;
  user: string;
  content: string;
  /** Ids from the root to itself, after 0. */
  path: string;
  at: number;
  editedAt?: number;
  deleted: boolean;
  likes: Set<string>;
}

export interface State {
  posts: Map<number, Post>;
  comments: Map<number, Comment>;
  pictures: Map<string, { type: string; bytes: Uint8Array }>;
  last: number;
}

export interface Caller {
  room: string;
  name: string;
}

export type Call = SomeCall<State, Caller>;

export const personIdOf = (name: string) => Number(BigInt(numberOf(`person ${name}`)) % 1_000_000n) + 1;
export const communityIdOf = (room: string) => Number(BigInt(numberOf(`community ${room}`)) % 1_000_000n) + 1;
/** Letters, digits and underscores. */
export const communityOf = (room: string) => room.replace(/\W/g, "_");

export function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

export function said(status: number, error: string): SandboxReply {
  return { status, body: { error } };
}

export function refuse(error: string, status = 400): Error {
  return refusal(said(status, error));
}

/** The sandbox's tokens are no JWTs, and opaque to clients. */
export function callerOf({ request }: Call): Caller {
  const token = bearer(request);
  const member = memberOf(/^jwt-(.+)$/.exec(token ?? "")?.[1]);
  if (!member) throw refuse(token === undefined ? "not_logged_in" : "incorrect_login", 401);
  return { room: member.channel, name: member.name };
}
