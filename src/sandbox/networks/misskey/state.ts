/** What Misskey's half remembers, and how it answers. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { base32, sha256 } from "../../ids.ts";
import type { SandboxReply, World } from "../../network.ts";

export const ID = "misskey";

export interface Note {
  id: string;
  user: string;
  text: string | null;
  cw: string | null;
  visibility: string;
  localOnly: boolean;
  replyId?: string;
  files: File[];
  poll?: { choices: { text: string; votes: number }[]; multiple: boolean; expiresAt?: number };
  at: number;
  reactions: Map<string, string>;
  voters: Set<string>;
}

export interface File {
  id: string;
  user: string;
  name: string;
  type: string;
  alt: string;
  sensitive: boolean;
  bytes: Uint8Array;
}

export interface State {
  notes: Map<string, Note>;
  files: Map<string, File>;
  sequence: number;
}

export interface Caller {
  name: string;
  channel: string;
}

export type Call = SomeCall<State, Caller>;

export const userIdOf = (name: string) => base32(sha256(`user ${name}`)).slice(0, 16);

/** aid: milliseconds since 2000 in base 36, then a counter; later ones sort behind. */
export function idAt(state: State, world: World): string {
  state.sequence++;
  const time = Math.max(0, world.now() - 946_684_800_000)
    .toString(36)
    .padStart(8, "0");
  return `${time}${state.sequence.toString(36).padStart(4, "0")}`;
}

export function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

export function said(status: number, code: string, message: string): SandboxReply {
  const id = base32(sha256(code))
    .slice(0, 32)
    .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  return { status, body: { error: { message, code, id, kind: "client" } } };
}

export function refuse(status: number, code: string, message: string): Error {
  return refusal(said(status, code, message));
}
