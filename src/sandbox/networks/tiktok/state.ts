/** What the half of TikTok keeps, and how it is told: https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status. Read 2026-11-27. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { ordinaryLinks } from "../../count.ts";
import { marked } from "../../html.ts";
import { numberOf } from "../../ids.ts";
import type { SandboxPost, SandboxReply, World } from "../../network.ts";

export const ID = "tiktok";
export const MAX = 2_200;
export const LEVELS = ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"];

export interface Info {
  title: string;
  privacy: string;
}

export interface Publication {
  id: string;
  owner: string;
  /** Absent: into the inbox. */
  info?: Info;
  size: number;
  chunk: number;
  chunks: number;
  held: Buffer;
  /** It is no video. */
  photos?: { type: string; bytes: Buffer }[];
  /** The text of photos that wait in the inbox. */
  description?: string;
  begunAt: number;
  /** It was whole at that time. */
  at?: number;
  failed?: string;
}

export interface State {
  publications: Map<string, Publication>;
}

export interface Who {
  owner: string;
}

export type Call = SomeCall<State, Who>;

export const initial = (): State => ({ publications: new Map() });

const OK = { code: "ok", message: "", log_id: "sandbox" };
export const ok = (data: unknown): SandboxReply => ({ status: 200, body: { data, error: OK } });

export function said(status: number, code: string, message: string): SandboxReply {
  return { status, body: { data: {}, error: { code, message, log_id: "sandbox" } } };
}

export function refuse(status: number, code: string, message: string): Error {
  return refusal(said(status, code, message));
}

export const userOf = (owner: string) => owner.replace(/[^\w.]/g, "_");
export const postIdOf = ({ id }: Publication) => numberOf(`tiktok ${id}`);
const isPublic = ({ info }: Publication) => info?.privacy === "PUBLIC_TO_EVERYONE";

export function statusOf(publication: Publication): SandboxReply {
  const { at, failed, info, held, photos } = publication;
  if (failed && photos) return ok({ status: "FAILED", fail_reason: failed });
  if (failed) return ok({ status: "FAILED", fail_reason: failed, uploaded_bytes: held.length });
  if (at === undefined) return ok({ status: "PROCESSING_UPLOAD", uploaded_bytes: held.length });
  if (!info) return ok({ status: "SEND_TO_USER_INBOX", uploaded_bytes: held.length });
  const data = { status: "PUBLISH_COMPLETE", uploaded_bytes: held.length };
  if (!isPublic(publication)) return ok(data);
  // As it is there: a number that JavaScript's do not hold.
  const body = JSON.stringify({ data: { ...data, publicaly_available_post_id: ["@"] }, error: OK });
  const headers = { "content-type": "application/json; charset=utf-8" };
  return { status: 200, headers, body: body.replace('"@"', postIdOf(publication)) };
}

export function postOf(publication: Publication, type: string, world: World): SandboxPost {
  const { id, owner, info, held, at, photos, description = "" } = publication;
  const { title = description, privacy } = info ?? {};
  const home = world.base(ID);
  return {
    network: ID,
    account: `@${userOf(owner)}`,
    id,
    url: isPublic(publication)
      ? `${home}/@${userOf(owner)}/video/${postIdOf(publication)}`
      : `${home}/tiktokstudio/content`,
    at: at ?? world.now(),
    text: title,
    html: marked(title),
    media: photos ? photos.map((one) => ({ ...one, alt: "" })) : [{ type, alt: "", bytes: held }],
    length: title.length,
    max: MAX,
    notes: [
      ...(info
        ? isPublic(publication)
          ? []
          : [String(privacy)]
        : [photos ? "in the inbox" : "in the inbox, without its text"]),
      ...(ordinaryLinks(title).length > 0 ? ["links cannot be clicked"] : []),
    ],
  };
}
