/** What the half of PeerTube keeps, and how it is told: https://docs.joinpeertube.org/api-rest-reference.html. Read 2026-11-27. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { flag, text } from "../../body.ts";
import { codePoints } from "../../count.ts";
import { sha256 } from "../../ids.ts";
import { markdownHtml } from "../../markdown.ts";
import type { SandboxPost, SandboxReply, World } from "../../network.ts";

export const ID = "peertube";
const MAX = 10_000;

export interface Words {
  name: string;
  description: string | null;
  tags: string[];
  category?: number;
  language?: string;
  nsfw: boolean;
}

export interface Video {
  id: number;
  uuid: string;
  shortUUID: string;
  owner: string;
  words: Words;
  privacy: number;
  schedule?: { updateAt: string; privacy: number };
  type: string;
  bytes: Buffer;
  thumbnail?: { type: string; bytes: Buffer };
  captions: string[];
  readyAt: number;
  at?: number;
}

export interface Upload {
  id: string;
  owner: string;
  total: number;
  words: Words;
  privacy: number;
  held: Buffer;
  made?: Video;
}

export interface Comment {
  id: number;
  on: string;
  author: string;
  text: string;
  at: number;
  parent?: number;
}

export interface State {
  videos: Map<string, Video>;
  uploads: Map<string, Upload>;
  comments: Comment[];
  /** token → whose it is. */
  tokens: Map<string, string>;
  sequence: number;
}

export interface Who {
  name: string;
}

export type Call = SomeCall<State, Who>;

export const initial = (): State => ({
  videos: new Map(),
  uploads: new Map(),
  comments: [],
  tokens: new Map(),
  sequence: 0,
});

export const nextId = (state: State): number => 100_000 + ++state.sequence;
/** Names are in lower case there. */
export const usernameOf = (name: string) => name.toLowerCase().replace(/[^a-z0-9._]/g, "_");
export const ok = (body: unknown, status = 200): SandboxReply => ({ status, body });

export function said(status: number, detail: string, type = "about:blank", code?: string): SandboxReply {
  const body = { type, detail, status, error: detail, ...(code && { code }) };
  return { status, headers: { "content-type": "application/problem+json" }, body };
}

export function refuse(status: number, detail: string, type?: string, code?: string): Error {
  return refusal(said(status, detail, type, code));
}

const invalid = (name: string) => refuse(400, `Incorrect request parameters: ${name}`);

/** What is not named stays as it was. */
export function wordsOf(fields: Record<string, unknown>, before?: Words): Words {
  const name = fields.name === undefined ? before?.name : (text(fields.name) ?? "").trim();
  if (name === undefined || codePoints(name) < 3 || codePoints(name) > 120) throw invalid("name");
  const description = fields.description === undefined ? before?.description : fields.description;
  if (typeof description === "string" && (codePoints(description) < 3 || codePoints(description) > MAX))
    throw invalid("description");
  const tags = fields.tags === undefined ? (before?.tags ?? []) : fields.tags;
  if (!Array.isArray(tags) || tags.length > 5 || tags.some((tag) => !isTag(tag))) throw invalid("tags");
  const category = fields.category === undefined ? before?.category : Number(fields.category);
  if (category !== undefined && !(category >= 1 && category <= 18)) throw invalid("category");
  const language = text(fields.language) ?? before?.language;
  if (language !== undefined && !/^[a-z]{2,10}$/.test(language)) throw invalid("language");
  return {
    name,
    description: typeof description === "string" ? description : null,
    tags: tags.map(String),
    ...(category !== undefined && { category }),
    ...(language !== undefined && { language }),
    nsfw: fields.nsfw === undefined ? (before?.nsfw ?? false) : flag(fields.nsfw),
  };
}

const isTag = (tag: unknown) => typeof tag === "string" && codePoints(tag) >= 2 && codePoints(tag) <= 30;

export function privacyOf(value: unknown, usual: number): number {
  if (value === undefined) return usual;
  const privacy = Number(value);
  if (![1, 2, 3, 4].includes(privacy)) throw invalid("privacy");
  return privacy;
}

export function uuidOf(words: string): string {
  const hex = sha256(`peertube ${words}`).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

const LABELS: Readonly<Record<number, string>> = { 1: "Public", 2: "Unlisted", 3: "Private", 4: "Internal" };

export function entityOf(video: Video, { state, world }: Call) {
  const { id, uuid, shortUUID, owner, words, privacy, schedule, readyAt } = video;
  const isReady = readyAt <= world.now();
  return {
    ...{ id, uuid, shortUUID, ...words, url: pageOf(video, world) },
    privacy: { id: privacy, label: LABELS[privacy] },
    state: isReady ? { id: 1, label: "Published" } : { id: 2, label: "To transcode" },
    scheduledUpdate: schedule ?? null,
    blacklisted: false,
    ...{ views: 0, likes: 0, dislikes: 0 },
    comments: state.comments.filter(({ on }) => on === uuid).length,
    channel: { name: `${owner}_channel` },
  };
}

export const pageOf = ({ shortUUID }: Video, world: World) => `${world.base(ID)}/w/${shortUUID}`;

export function postOf(video: Video, world: World): SandboxPost {
  const { uuid, owner, words, type, bytes, thumbnail, captions, privacy, at } = video;
  const description = words.description ?? "";
  return {
    network: ID,
    account: owner,
    id: uuid,
    url: pageOf(video, world),
    at: at ?? world.now(),
    title: words.name,
    text: description,
    html: markdownHtml(description),
    media: [{ type, alt: "", bytes }, ...(thumbnail ? [{ ...thumbnail, alt: "thumbnail" }] : [])],
    length: codePoints(description),
    max: MAX,
    notes: [
      ...(privacy === 1 ? [] : [LABELS[privacy]!.toLowerCase()]),
      ...(words.nsfw ? ["sensitive"] : []),
      ...words.tags.map((tag) => `#${tag}`),
      ...captions.map((language) => `captions: ${language}`),
    ],
  };
}
