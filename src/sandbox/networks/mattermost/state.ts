/** What Mattermost's half remembers, who is there, and how its API refuses. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { base32, sha256 } from "../../ids.ts";
import type { SandboxReply } from "../../network.ts";

export const ID = "mattermost";
export const TEAM = "sandbox";

export interface Post {
  id: string;
  channel: string;
  /** The sandbox's channel name. */
  room: string;
  author: string;
  root: string;
  message: string;
  props: Record<string, unknown>;
  files: File[];
  priority?: string;
  at: number;
  editedAt: number;
  deletedAt: number;
  /** The server's own order, where times are the same. */
  sequence: number;
  /** emoji and who chose it. */
  reactions: { emoji: string; user: string }[];
}

export interface File {
  id: string;
  name: string;
  type: string;
  bytes: Uint8Array;
  channel: string;
  author: string;
  post?: string;
}

export interface State {
  posts: Map<string, Post>;
  files: Map<string, File>;
  /** pending_post_id → post. */
  pending: Map<string, { id: string; until: number }>;
}

export interface Caller {
  room: string;
  channel: string;
  name: string;
  isBot: boolean;
}

export type Call = SomeCall<State, Caller>;

/** Ids have 26 signs. */
export function idOf(words: string): string {
  return base32(sha256(words)).slice(0, 26);
}

export const channelIdOf = (room: string) => idOf(`channel ${room}`);
export const userIdOf = (name: string) => idOf(`user ${name}`);
export const teamId = idOf("team");

/** model.AppError. */
export function said(status: number, id: string, message: string): SandboxReply {
  return { status, body: { id, message, detailed_error: "", request_id: idOf(id), status_code: status } };
}

export function refuse(status: number, id: string, message: string): Error {
  return refusal(said(status, id, message));
}

export function invalid(name: string): Error {
  return refuse(
    400,
    "api.context.invalid_body_param.app_error",
    `Invalid or missing ${name} in request body.`,
  );
}

export function forbidden(): Error {
  return refuse(403, "api.context.permissions.app_error", "You do not have the appropriate permissions.");
}

export function unknown(id: string, what: string): Error {
  return refuse(404, id, `Unable to get the ${what}.`);
}
