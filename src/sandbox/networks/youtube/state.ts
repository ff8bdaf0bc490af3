/** What the half of YouTube keeps, and how it is told: https://developers.google.com/youtube/v3/docs/videos. Read 2026-11-27. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { text } from "../../body.ts";
import { utf8 } from "../../count.ts";
import { marked } from "../../html.ts";
import { sha256 } from "../../ids.ts";
import type { SandboxPost, SandboxReply, World } from "../../network.ts";

export const ID = "youtube";
const MAX = 5_000;

export interface Video {
  id: string;
  owner: string;
  snippet: Snippet;
  status: Status;
  type: string;
  bytes: Buffer;
  thumbnail?: { type: string; bytes: Buffer };
  captions: string[];
  /** Until then it is worked on. */
  readyAt: number;
  /** When somebody could watch it first. */
  at?: number;
}

export interface Snippet {
  title: string;
  description: string;
  tags: string[];
  categoryId: string;
  defaultLanguage?: string;
}

export interface Status {
  privacyStatus: string;
  publishAt?: string;
  license: string;
  embeddable: boolean;
  selfDeclaredMadeForKids?: boolean;
  containsSyntheticMedia?: boolean;
}

/** An upload on its way: of a video, or of captions. */
export interface Session {
  id: string;
  owner: string;
  kind: "videos" | "captions";
  total: number;
  type: string;
  json: Record<string, unknown>;
  held: Buffer;
  /** What it has become. */
  made?: string;
}

export interface Comment {
  id: string;
  on: string;
  author: string;
  text: string;
  at: number;
}

export interface State {
  videos: Map<string, Video>;
  sessions: Map<string, Session>;
  comments: Comment[];
  sequence: number;
}

export interface Who {
  owner: string;
  /** Somebody else, who watches and comments. */
  name: string;
}

export type Call = SomeCall<State, Who>;

export const initial = (): State => ({
  videos: new Map(),
  sessions: new Map(),
  comments: [],
  sequence: 0,
});

/** Eleven characters, as they have. */
export function nextId(state: State, what: string): string {
  state.sequence += 1;
  return sha256(`youtube ${what} ${state.sequence}`).toString("base64url").slice(0, 11);
}

export const channelIdOf = (name: string) =>
  `UC${sha256(`youtube ${name}`).toString("base64url").slice(0, 22)}`;

export const ok = (body: unknown, status = 200): SandboxReply => ({ status, body });

export function said(status: number, reason: string, message: string): SandboxReply {
  const errors = [{ message, domain: "youtube.video", reason }];
  return { status, body: { error: { code: status, message, errors } } };
}

export function refuse(status: number, reason: string, message: string): Error {
  return refusal(said(status, reason, message));
}

const SNIPPET = new Set(["title", "description", "tags", "categoryId", "defaultLanguage"]);
const CATEGORIES = new Set("1 2 10 15 17 19 20 22 23 24 25 26 27 28 29".split(" "));

/** `update`: then a category has to be named. */
export function snippetOf(value: unknown, update: boolean): Snippet {
  const given = known(value, SNIPPET, "snippet");
  const title = text(given.title) ?? "";
  const description = text(given.description) ?? "";
  const tags = Array.isArray(given.tags) ? given.tags.map(String) : [];
  const categoryId = text(given.categoryId) ?? (update ? "" : "22");
  if (title === "" || title.length > 100 || /[<>]/.test(title))
    throw refuse(400, "invalidTitle", "The request metadata specifies an invalid or empty video title.");
  if (utf8(description) > MAX || /[<>]/.test(description))
    throw refuse(400, "invalidDescription", "The request metadata specifies an invalid video description.");
  const quoted = tags.map((tag) => (tag.includes(" ") ? `"${tag}"` : tag)).join(",");
  if (quoted.length > 500 || tags.some((tag) => /[<>]/.test(tag)))
    throw refuse(400, "invalidTags", "The request metadata specifies invalid video keywords.");
  if (!CATEGORIES.has(categoryId))
    throw refuse(400, "invalidCategoryId", "The categoryId property specifies an invalid category ID.");
  const defaultLanguage = text(given.defaultLanguage);
  return { title, description, tags, categoryId, ...(defaultLanguage && { defaultLanguage }) };
}

const STATUS = new Set([
  "privacyStatus",
  "publishAt",
  "license",
  "embeddable",
  "selfDeclaredMadeForKids",
  "containsSyntheticMedia",
  "publicStatsViewable",
]);

/** What is not named is taken away. */
export function statusOf(value: unknown): Status {
  const { privacyStatus, publishAt, license, embeddable, ...flags } = known(value, STATUS, "status");
  if (!["public", "unlisted", "private"].includes(String(privacyStatus)))
    throw refuse(400, "invalidVideoMetadata", "The request metadata is invalid: privacyStatus.");
  if (publishAt !== undefined && (privacyStatus !== "private" || Number.isNaN(Date.parse(String(publishAt)))))
    throw refuse(
      400,
      "invalidPublishAt",
      "The request metadata specifies an invalid scheduled publishing time.",
    );
  return {
    privacyStatus: String(privacyStatus),
    ...(publishAt !== undefined && { publishAt: String(publishAt) }),
    license: text(license) ?? "youtube",
    embeddable: embeddable !== false,
    ...flags,
  };
}

function known(value: unknown, names: ReadonlySet<string>, part: string): Record<string, unknown> {
  const given = (value ?? {}) as Record<string, unknown>;
  const other = Object.keys(given).find((name) => !names.has(name));
  if (other !== undefined)
    throw refuse(400, "badRequest", `Invalid JSON payload received. Unknown name "${other}" at '${part}'`);
  return given;
}

/** Only the parts that are asked for. */
export function entityOf(video: Video, parts: readonly string[], { state, world }: Call) {
  const { id, owner, snippet, status, readyAt, bytes, type, at } = video;
  const isVideo = type.startsWith("video/");
  const uploadStatus = !isVideo ? "failed" : readyAt > world.now() ? "uploaded" : "processed";
  const comments = state.comments.filter(({ on }) => on === id).length;
  const all: Record<string, unknown> = {
    snippet: {
      ...snippet,
      channelId: channelIdOf(owner),
      publishedAt: new Date(at ?? world.now()).toISOString(),
    },
    status: { ...status, uploadStatus, ...(!isVideo && { failureReason: "invalidFile" }) },
    statistics: { viewCount: "0", likeCount: "0", commentCount: String(comments) },
    processingDetails: { processingStatus: uploadStatus === "processed" ? "succeeded" : "processing" },
    fileDetails: { fileSize: String(bytes.length) },
  };
  const asked = Object.entries(all).filter(([part]) => parts.includes(part));
  return { kind: "youtube#video", id, ...Object.fromEntries(asked) };
}

/** As viewers see it: the video with its title, and the description below. */
export function postOf(video: Video, world: World): SandboxPost {
  const { id, owner, snippet, status, type, bytes, thumbnail, captions, at } = video;
  const { title, description, tags } = snippet;
  const files = [{ type, alt: "", bytes }, ...(thumbnail ? [{ ...thumbnail, alt: "thumbnail" }] : [])];
  return {
    network: ID,
    account: owner,
    id,
    url: `${world.base(ID)}/watch?v=${id}`,
    at: at ?? world.now(),
    title,
    text: description,
    html: marked(description),
    media: files,
    length: utf8(description),
    max: MAX,
    notes: [
      ...(status.privacyStatus === "public" ? [] : [status.privacyStatus]),
      ...(tags.length > 0 ? [`tags: ${tags.join(", ")}`] : []),
      ...captions.map((language) => `captions: ${language}`),
    ],
  };
}
