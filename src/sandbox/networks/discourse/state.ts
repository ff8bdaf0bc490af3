/** What Discourse's half remembers, who is there, and how it refuses. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { memberOf, numberOf } from "../../ids.ts";
import type { SandboxReply } from "../../network.ts";

export const ID = "discourse";

export interface Topic {
  id: number;
  room: string;
  user: string;
  title: string;
  category: number;
  tags: string[];
  externalId?: string;
  deletedAt?: number;
  views: number;
  /** Ids of its posts, in order; a post's number is its place here. */
  posts: number[];
}

export interface Post {
  id: number;
  topic: number;
  number: number;
  user: string;
  raw: string;
  at: number;
  editedAt?: number;
  version: number;
  replyTo?: number;
  deletedAt?: number;
  likes: Set<string>;
}

export interface State {
  topics: Map<number, Topic>;
  posts: Map<number, Post>;
  uploads: Map<string, { type: string; bytes: Uint8Array }>;
  /** What was answered to a request of an API client, for two minutes. */
  answered: Map<string, { reply: SandboxReply; at: number }>;
}

export interface Caller {
  room: string;
  name: string;
}

export type Call = SomeCall<State, Caller>;

export const categoryOf = (room: string) => Number(BigInt(numberOf(`category ${room}`)) % 900n) + 1;
export const userIdOf = (name: string) => Number(BigInt(numberOf(`user ${name}`)) % 1_000_000n) + 1;

export function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

export function said(status: number, words: string, type?: string): SandboxReply {
  return { status, body: { errors: [words], ...(type && { error_type: type }) } };
}

export function refuse(status: number, words: string, type?: string): Error {
  return refusal(said(status, words, type));
}

const NOT_FOUND = "The requested URL or resource could not be found.";
const NO_ACCESS = "You are not permitted to view the requested resource.";

export const notFound = () => refuse(404, NOT_FOUND, "not_found");
export const noAccess = () => refuse(403, NO_ACCESS, "invalid_access");
export const badKey = () => said(403, `${NO_ACCESS} The API username or key is invalid.`, "invalid_access");

export function callerOf({ request }: Call): Caller {
  const { "api-key": key, "api-username": username } = request.headers;
  const member = memberOf(typeof key === "string" ? key : undefined);
  if (!member || member.name !== username) throw refusal(badKey());
  return { room: member.channel, name: member.name };
}
