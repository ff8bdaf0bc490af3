/** What GitHub's half remembers, who is there, and how it refuses. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { bearer } from "../../body.ts";
import { codePoints } from "../../count.ts";
import { memberOf } from "../../ids.ts";
import { markdownHtml } from "../../markdown.ts";
import type { SandboxPost, SandboxReply, World } from "../../network.ts";

export const ID = "github";
export const OWNER = "acme";
const DOCS = "https://docs.github.com/rest";

export interface Comment {
  id: number;
  user: string;
  body: string;
  at: number;
  replyTo?: number;
}

/** A release, a discussion or an issue. */
export interface Entry {
  kind: "release" | "discussion" | "issue";
  id: number;
  number: number;
  repo: string;
  user: string;
  title: string;
  body: string;
  at: number;
  editedAt?: number;
  tag?: string;
  draft?: boolean;
  prerelease?: boolean;
  category?: string;
  labels?: string[];
  comments: Comment[];
}

export interface State {
  entries: Entry[];
  last: number;
}

export interface Caller {
  repo: string;
  name: string;
}

export type Call = SomeCall<State, Caller>;

export function ok(body: unknown, status = 200): SandboxReply {
  return { status, body };
}

export function said(status: number, message: string, errors?: object[]): SandboxReply {
  return {
    status,
    body: { message, ...(errors && { errors }), documentation_url: DOCS, status: String(status) },
  };
}

export function refuse(status: number, message: string, errors?: object[]): Error {
  return refusal(said(status, message, errors));
}

export const notFound = () => refuse(404, "Not Found");

export function callerOf({ request }: Call): Caller {
  const member = memberOf(bearer(request) ?? bearer(request, "token"));
  if (!member) throw refuse(401, "Bad credentials");
  return { repo: member.channel, name: member.name };
}

/** A repository that the token does not reach is not there. */
export function repoOf(call: Call): string {
  const { repo } = call.who();
  if (call.params.owner !== OWNER || call.params.repo !== repo) throw notFound();
  return repo;
}

export function textIn(value: unknown, name: string, resource: string, max: number): string {
  const words = typeof value === "string" ? value : "";
  if (codePoints(words) > max)
    throw refuse(422, "Validation Failed", [
      {
        resource,
        field: name,
        code: "custom",
        message: `${name} is too long (maximum is ${max} characters)`,
      },
    ]);
  return words;
}

export function pageOf({ kind, repo, number, tag, id }: Entry, world: World): string {
  const base = `${world.base(ID)}/${OWNER}/${repo}`;
  if (kind === "release") return `${base}/releases/tag/${tag ?? `untagged-${id}`}`;
  return kind === "discussion" ? `${base}/discussions/${number}` : `${base}/issues/${number}`;
}

export const MAX = { release: 125_000, discussion: 65_536, issue: 65_536 };

/** The id that receipts have: of releases a number, of discussions a node's, of issues their place in the repository. */
export function idOf({ kind, id, number }: Entry): string {
  return kind === "discussion"
    ? `D_kwDO${String(id).padStart(8, "0")}`
    : String(kind === "issue" ? number : id);
}

export function shown(entry: Entry, world: World): SandboxPost {
  const { kind, repo, title, tag, body, at, draft, prerelease, category, labels = [] } = entry;
  const notes = [
    ...(tag === undefined ? [] : [`tag ${tag}`]),
    ...(draft ? ["draft"] : []),
    ...(prerelease ? ["pre-release"] : []),
    ...(category === undefined ? [] : [`category ${category}`]),
    ...labels.map((label) => `label ${label}`),
  ];
  return {
    network: ID,
    account: `${OWNER}/${repo}`,
    id: idOf(entry),
    url: pageOf(entry, world),
    at,
    title: title || tag,
    text: body,
    html: markdownHtml(body),
    media: [],
    length: codePoints(body),
    max: MAX[kind],
    notes,
  };
}
