/** Releases and issues. */
import { text } from "../../body.ts";
import { numberOf } from "../../ids.ts";
import type { SandboxReply, World } from "../../network.ts";
import {
  type Call,
  type Entry,
  ID,
  MAX,
  notFound,
  OWNER,
  ok,
  pageOf,
  refuse,
  repoOf,
  shown,
  textIn,
} from "./state.ts";

const idOfUser = (login: string) => Number(BigInt(numberOf(`user ${login}`)) % 100_000_000n);
const user = (login: string, world: World) => ({
  login,
  id: idOfUser(login),
  html_url: `${world.base(ID)}/${login}`,
});
const time = (at: number) => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");

export function showUser({ who, world }: Call): SandboxReply {
  return ok({ ...user(who().name, world), type: "User" });
}

function releaseEntity(entry: Entry, world: World) {
  return {
    id: entry.id,
    tag_name: entry.tag,
    name: entry.title,
    body: entry.body,
    draft: entry.draft ?? false,
    prerelease: entry.prerelease ?? false,
    created_at: time(entry.at),
    published_at: entry.draft ? null : time(entry.at),
    html_url: pageOf(entry, world),
    author: user(entry.user, world),
    assets: [],
    reactions: { total_count: 0 },
  };
}

function releasesIn(call: Call): Entry[] {
  const repo = repoOf(call);
  return call.state.entries.filter((one) => one.kind === "release" && one.repo === repo);
}

export function createRelease(call: Call): SandboxReply {
  const { state, world } = call;
  const repo = repoOf(call);
  const fields = call.fields();
  const tag = text(fields.tag_name) ?? "";
  if (!/^[^\s~^:?*[\\]+$/.test(tag))
    throw refuse(422, "Validation Failed", [
      { resource: "Release", code: "missing_field", field: "tag_name" },
    ]);
  const draft = fields.draft === true;
  // The tags of drafts are promises; a published release's is there once.
  if (!draft && releasesIn(call).some((one) => one.tag === tag && !one.draft))
    throw refuse(422, "Validation Failed", [
      { resource: "Release", code: "already_exists", field: "tag_name" },
    ]);
  if (fields.discussion_category_name !== undefined && fields.discussion_category_name !== "Announcements")
    throw notFound();
  const words = checked(fields);
  call.take("content", call.who().name);
  state.last++;
  const entry: Entry = {
    ...{
      kind: "release",
      id: state.last,
      number: 0,
      repo,
      user: call.who().name,
      at: world.now(),
      tag,
      draft,
    },
    ...{ title: "", body: "", comments: [] },
    ...words,
  };
  state.entries.push(entry);
  world.accept(shown(entry, world));
  return ok(releaseEntity(entry, world), 201);
}

/** What is named. */
function checked(fields: Record<string, unknown>): Partial<Entry> {
  if (fields.make_latest !== undefined && !["true", "false", "legacy"].includes(String(fields.make_latest)))
    throw refuse(422, "Invalid request.\n\nFor 'properties/make_latest', it is not a possible value.");
  return {
    ...(fields.name !== undefined && { title: textIn(fields.name, "name", "Release", 256) }),
    ...(fields.body !== undefined && { body: textIn(fields.body, "body", "Release", MAX.release) }),
    ...(fields.draft !== undefined && { draft: fields.draft === true }),
    ...(fields.prerelease !== undefined && { prerelease: fields.prerelease === true }),
  };
}

function releaseOf(call: Call): Entry {
  const found = releasesIn(call).find(({ id }) => id === Number(call.params.id));
  if (!found) throw notFound();
  return found;
}

export function showRelease(call: Call): SandboxReply {
  return ok(releaseEntity(releaseOf(call), call.world));
}

export function releaseByTag(call: Call): SandboxReply {
  const tag = decodeURIComponent(call.params.tag ?? "");
  const found = releasesIn(call).find((one) => one.tag === tag && !one.draft);
  if (!found) throw notFound();
  return ok(releaseEntity(found, call.world));
}

export function listReleases(call: Call): SandboxReply {
  return ok(paged(releasesIn(call), call).map((one) => releaseEntity(one, call.world)));
}

export function updateRelease(call: Call): SandboxReply {
  const entry = releaseOf(call);
  const words = checked(call.fields());
  call.take("content", call.who().name);
  Object.assign(entry, words, { editedAt: call.world.now() });
  call.world.update(shown(entry, call.world));
  return ok(releaseEntity(entry, call.world));
}

export function deleteRelease(call: Call): SandboxReply {
  const entry = releaseOf(call);
  call.state.entries.splice(call.state.entries.indexOf(entry), 1);
  call.world.remove(ID, String(entry.id));
  return { status: 204 };
}

/** The newest first. */
function paged<T extends { at: number }>(all: T[], { query }: Call): T[] {
  const limit = Math.min(100, Number(query.get("per_page") ?? 30));
  const from = (Number(query.get("page") ?? 1) - 1) * limit;
  return all.toReversed().slice(from, from + limit);
}

function issueEntity(entry: Entry, world: World) {
  return {
    id: entry.id,
    node_id: `I_${entry.id}`,
    number: entry.number,
    title: entry.title,
    body: entry.body || null,
    state: "open",
    labels: (entry.labels ?? []).map((name) => ({ name })),
    comments: entry.comments.length,
    created_at: time(entry.at),
    updated_at: time(entry.editedAt ?? entry.at),
    html_url: pageOf(entry, world),
    user: user(entry.user, world),
    reactions: { total_count: 0 },
  };
}

function issuesIn(call: Call): Entry[] {
  const repo = repoOf(call);
  return call.state.entries.filter((one) => one.kind === "issue" && one.repo === repo);
}

function issueOf(call: Call): Entry {
  const found = issuesIn(call).find(({ number }) => number === Number(call.params.number));
  if (!found) throw notFound();
  return found;
}

function issueFields(fields: Record<string, unknown>): Partial<Entry> {
  return {
    ...(fields.title !== undefined && { title: textIn(fields.title, "title", "Issue", 256) }),
    ...(fields.body !== undefined && { body: textIn(fields.body, "body", "Issue", MAX.issue) }),
    ...(Array.isArray(fields.labels) && { labels: fields.labels.map(String) }),
  };
}

export function createIssue(call: Call): SandboxReply {
  const { state, world } = call;
  const repo = repoOf(call);
  const words = issueFields(call.fields());
  if (!words.title)
    throw refuse(422, "Validation Failed", [{ resource: "Issue", code: "missing_field", field: "title" }]);
  call.take("content", call.who().name);
  state.last++;
  const entry: Entry = {
    ...{ kind: "issue", id: state.last + 9_000, number: state.last, repo, user: call.who().name },
    ...{ at: world.now(), title: "", body: "", comments: [] },
    ...words,
  };
  state.entries.push(entry);
  world.accept(shown(entry, world));
  return ok(issueEntity(entry, world), 201);
}

export function updateIssue(call: Call): SandboxReply {
  const entry = issueOf(call);
  Object.assign(entry, issueFields(call.fields()), { editedAt: call.world.now() });
  call.world.update(shown(entry, call.world));
  return ok(issueEntity(entry, call.world));
}

export function showIssue(call: Call): SandboxReply {
  return ok(issueEntity(issueOf(call), call.world));
}

export function listIssues(call: Call): SandboxReply {
  return ok(paged(issuesIn(call), call).map((one) => issueEntity(one, call.world)));
}

export function listComments(call: Call): SandboxReply {
  const issue = issueOf(call);
  const since = Date.parse(call.query.get("since") ?? "1970-01-01T00:00:00Z");
  const found = issue.comments.filter(({ at }) => at >= since);
  const page = Number(call.query.get("page") ?? 1);
  return ok(page > 1 ? [] : found.map((one) => commentEntity(issue, one, call.world)));
}

export function createComment(call: Call): SandboxReply {
  const issue = issueOf(call);
  const body = textIn(call.fields().body, "body", "IssueComment", MAX.issue);
  call.state.last++;
  const comment = { id: call.state.last, user: call.who().name, body, at: call.world.now() };
  issue.comments.push(comment);
  return ok(commentEntity(issue, comment, call.world), 201);
}

function commentEntity(issue: Entry, { id, user: login, body, at }: Entry["comments"][number], world: World) {
  return {
    ...{ id, body, created_at: time(at), user: user(login, world) },
    html_url: `${pageOf(issue, world)}#issuecomment-${id}`,
  };
}

export function showRepository(call: Call): SandboxReply {
  const repo = repoOf(call);
  const page = `${call.world.base(ID)}/${OWNER}/${repo}`;
  return ok({
    id: 1,
    name: repo,
    full_name: `${OWNER}/${repo}`,
    html_url: page,
    permissions: { push: true },
  });
}
