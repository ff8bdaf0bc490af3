/** What the half of LinkedIn keeps, and how it refuses. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import type { SandboxReply } from "../../network.ts";

export const ID = "linkedin";

export const MAX = 3_000;

export const DAY = 86_400_000;

export interface File {
  urn: string;
  owner: string;
  kind: "image" | "video" | "document";
  bytes?: Buffer;
  total?: number;
  pieces: Map<number, Buffer>;
  finished?: true;
  readyAt: number;
}

export interface Share {
  urn: string;
  author: string;
  commentary: string;
  at: number;
  editedAt?: number;
  visibility: string;
  files: { file: File; alt: string }[];
  content?: Record<string, unknown>;
}

export interface Comment {
  urn: string;
  number: string;
  share: string;
  /** The post, or the comment that it answers. */
  on: string;
  actor: string;
  text: string;
  at: number;
  editedAt?: number;
}

export interface State {
  shares: Map<string, Share>;
  files: Map<string, File>;
  comments: Comment[];
  sequence: number;
}

export interface Who {
  person: string;
  organization: string;
}

export type Call = SomeCall<State, Who>;

export function said(status: number, code: string, message: string): SandboxReply {
  return { status, headers: { "x-li-uuid": "sandbox" }, body: { status, code, message } };
}

export function refuse(status: number, code: string, message: string): Error {
  return refusal(said(status, code, message));
}

export function invalid(message: string): Error {
  return refuse(422, "UNPROCESSABLE_ENTITY", `ERROR :: ${message}`);
}
