/**
 * Mastodon 4.4 as its documents describe it: https://docs.joinmastodon.org/methods/statuses/, …/media/, …/accounts/,
 * …/scheduled_statuses/ (its limits are in scheduled_status.rb), https://docs.joinmastodon.org/api/rate-limits/. Read 2026-11-23.
 */
import { bearer, flag, fromPairs, readBody, text } from "../../body.ts";
import { graphemes, spans } from "../../count.ts";
import { marked } from "../../html.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, SandboxRequest, World } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import {
  ALT_MAX,
  accountEntity,
  accountId,
  type Draft,
  ID,
  IMAGE_BYTES,
  IMAGES,
  instance,
  instanceV1,
  MAX,
  mediaEntity,
  pageOf,
  type State,
  type Status,
  scheduledEntity,
  scheduledOf,
  statusEntity,
  URL_LENGTH,
  VIDEO_BYTES,
  VIDEOS,
} from "./entities.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LIMITS = {
  posts: [{ posts: 300, ms: 3 * HOUR }],
  media: [{ posts: 30, ms: 30 * MINUTE }],
  deletes: [{ posts: 30, ms: 30 * MINUTE }],
  calls: [{ posts: 300, ms: 5 * MINUTE }],
};

export const mastodon: SandboxNetwork = {
  id: ID,
  name: "Mastodon",
  look: { light: "#5b4bd6", dark: "#a59bff", mark: "M", layout: "post", alt: true },
  channel: (name, base) => ({ server: base, token: `sandbox-${name}` }),
  publishes: (method, path) => method === "POST" && path === "/api/v1/statuses",
  recognises: (request) => request.headers["idempotency-key"] !== undefined,
  handle(request, world) {
    const state = stateOf(world);
    publishDue(state, world);
    return route(request, state, world);
  },
  // Nobody has to ask for what has come due.
  posts(world) {
    publishDue(stateOf(world), world);
    return [];
  },
};

function stateOf(world: World): State {
  return world.state<State>(ID, () => ({
    statuses: new Map(),
    media: new Map(),
    keys: new Map(),
    scheduled: new Map(),
    sequence: 0,
  }));
}

function route(request: SandboxRequest, state: State, world: World): SandboxReply | undefined {
  const { method, path } = request;
  if (method === "GET" && path === "/api/v2/instance") return ok(instance(world));
  if (method === "GET" && path === "/api/v1/instance") return ok(instanceV1(world));
  if (!path.startsWith("/api/")) return undefined;

  const account = accountOf(request);
  if (request.trouble?.kind === "expired") return refuse(401, "The access token was revoked");
  const id = /\/(\d+)(?:\/\w+)?$/.exec(path)?.[1] ?? "";
  if (method === "GET" && /^\/api\/v1\/statuses\/\d+$/.test(path))
    return readStatus(state, id, account, world);
  if (method === "GET" && /^\/api\/v1\/accounts\/\d+\/statuses$/.test(path)) {
    return timeline(state, id, account, request.query, world);
  }

  if (account === undefined) return refuse(401, "The access token is invalid");
  if (request.trouble?.kind === "limited")
    return limited(300, world.now() + 5 * MINUTE, request.trouble.retryAfter);
  const calls = world.take(ID, `${account} calls`, LIMITS.calls);
  if (!calls.ok) return limited(300, calls.resetAt);
  const rates = rateHeaders(300, calls.remaining, calls.resetAt);
  const reply = authorised(request, id, account, state, world);
  return reply && { ...reply, headers: { ...rates, ...reply.headers } };
}

function authorised(
  request: SandboxRequest,
  id: string,
  account: string,
  state: State,
  world: World,
): SandboxReply | undefined {
  const { method, path } = request;
  if (method === "GET" && path === "/api/v1/accounts/verify_credentials")
    return ok(accountEntity(account, world));
  if (method === "POST" && path === "/api/v1/statuses") return createStatus(request, account, state, world);
  if (path === "/api/v1/scheduled_statuses" && method === "GET")
    return ok(scheduledOf(state, account, request.query));
  if (/^\/api\/v1\/scheduled_statuses\/\d+$/.test(path))
    return scheduledStatus(request, id, account, state, world);
  if (method === "GET" && /^\/api\/v1\/statuses\/\d+\/source$/.test(path))
    return readSource(state, id, account);
  if (method === "DELETE" && /^\/api\/v1\/statuses\/\d+$/.test(path))
    return deleteStatus(state, id, account, world);
  if (method === "POST" && path === "/api/v2/media") return upload(request, account, state, world);
  if (method === "GET" && /^\/api\/v1\/media\/\d+$/.test(path)) return readMedia(state, id, account, world);
  return refuse(404, "Record not found");
}

function createStatus(request: SandboxRequest, account: string, state: State, world: World): SandboxReply {
  const { fields, malformed } = readBody(request);
  if (malformed) return refuse(400, "There was a problem parsing the request body");
  const key = text(request.headers["idempotency-key"]);
  const earlier = key === undefined ? undefined : state.keys.get(`${account} ${key}`);
  if (earlier && earlier.until > world.now()) return repeat(earlier.id, state, world);

  const draft = readDraft(fields, account, state, world);
  if ("status" in draft) return draft;
  const at = Date.parse(text(fields.scheduled_at) ?? "");
  if (fields.scheduled_at !== undefined && fields.scheduled_at !== null && Number.isNaN(at)) {
    return refuse(422, "Validation failed: Scheduled at is invalid");
  }
  // A time that has passed is none: the status is published at once.
  const later = at > world.now();
  const refusal = later ? scheduleRefused(at, account, state, world) : undefined;
  if (refusal) return refusal;
  const taken = world.take(ID, `${account} posts`, LIMITS.posts);
  if (!taken.ok) return limited(300, taken.resetAt);

  const id = nextId(state, world);
  for (const media of draft.media) media.attached = true;
  if (key !== undefined) state.keys.set(`${account} ${key}`, { id, until: world.now() + HOUR });
  const headers = rateHeaders(300, taken.remaining, taken.resetAt);
  if (later) {
    state.scheduled.set(id, { account, draft, at });
    return { ...ok(scheduledEntity(id, draft, at)), headers };
  }
  const status = { ...draft, id, account, at: world.now() };
  publish(status, state, world);
  return { ...ok(statusEntity(status, state, world)), headers };
}

const MOST_SCHEDULED = 300;
const MOST_A_DAY = 25;

function scheduleRefused(
  at: number,
  account: string,
  state: State,
  world: World,
  except?: string,
): SandboxReply | undefined {
  const own = [...state.scheduled].filter(([id, later]) => later.account === account && id !== except);
  const day = new Date(at).toISOString().slice(0, 10);
  const thatDay = own.filter(([, later]) => new Date(later.at).toISOString().startsWith(day));
  const failed = (words: string) => refuse(422, `Validation failed: ${words}`);
  if (at <= world.now() + 5 * MINUTE) return failed("Scheduled at The scheduled date must be in the future");
  if (own.length >= MOST_SCHEDULED)
    return failed(`You have exceeded the limit of ${MOST_SCHEDULED} scheduled posts`);
  if (thatDay.length >= MOST_A_DAY)
    return failed(`You have exceeded the limit of ${MOST_A_DAY} scheduled posts for today`);
  return undefined;
}

// One that waits: read, moved to another time, or taken away. Once it is out nobody finds it here.
function scheduledStatus(
  request: SandboxRequest,
  id: string,
  account: string,
  state: State,
  world: World,
): SandboxReply | undefined {
  const later = state.scheduled.get(id);
  if (later?.account !== account) return refuse(404, "Record not found");
  switch (request.method) {
    case "GET":
      return ok(scheduledEntity(id, later.draft, later.at));
    case "PUT": {
      const at = Date.parse(text(readBody(request).fields.scheduled_at) ?? "");
      if (Number.isNaN(at)) return refuse(422, "Validation failed: Scheduled at is invalid");
      const refusal = scheduleRefused(at, account, state, world, id);
      if (refusal) return refusal;
      later.at = at;
      return ok(scheduledEntity(id, later.draft, at));
    }
    case "DELETE":
      state.scheduled.delete(id);
      for (const media of later.draft.media) media.attached = false;
      return ok({});
    default:
      return undefined;
  }
}

function repeat(id: string, state: State, world: World): SandboxReply {
  const status = state.statuses.get(id);
  const later = state.scheduled.get(id);
  if (status) return ok(statusEntity(status, state, world));
  return later ? ok(scheduledEntity(id, later.draft, later.at)) : refuse(404, "Record not found");
}

function readDraft(
  fields: Record<string, unknown>,
  account: string,
  state: State,
  world: World,
): Draft | SandboxReply {
  const words = text(fields.status) ?? "";
  const warning = text(fields.spoiler_text) ?? "";
  const ids = [fields.media_ids ?? []].flat().map(String);
  if (ids.length > 4) return refuse(422, "Validation failed: Cannot attach more than 4 files");
  const found = ids.map((id) => state.media.get(id));
  const missing = ids.filter((_, n) => found[n]?.account !== account || found[n]?.attached);
  if (missing.length > 0) {
    return refuse(
      422,
      `Validation failed: Media ${missing.join(", ")} not found or already attached to another post`,
    );
  }
  const media = found.filter((one) => one !== undefined);
  if (media.length > 1 && media.some(({ type }) => type.startsWith("video/"))) {
    return refuse(422, "Validation failed: Cannot attach a video to a post that already contains images");
  }
  if (media.some(({ readyAt }) => readyAt > world.now())) {
    return refuse(422, "Cannot attach files that have not finished processing. Try again in a moment!");
  }
  if (words.trim() === "" && warning.trim() === "" && media.length === 0) {
    return refuse(422, "Validation failed: Text can't be blank");
  }
  if (lengthOf(words, warning) > MAX)
    return refuse(422, `Validation failed: Text character limit of ${MAX} exceeded`);
  const visibility = text(fields.visibility) ?? "public";
  if (!["public", "unlisted", "private", "direct"].includes(visibility)) {
    return refuse(422, "Validation failed: Visibility is not included in the list");
  }
  const parent = text(fields.in_reply_to_id) ?? null;
  if (parent !== null && !state.statuses.has(parent)) {
    return refuse(404, "The post you are trying to reply to does not appear to exist.");
  }
  const language = text(fields.language) ?? null;
  const sensitive = flag(fields.sensitive) || warning !== "";
  return { text: words, warning, visibility, sensitive, language, parent, media };
}

/** Graphemes of warning and text together; a link counts 23, a mention only its local part. */
function lengthOf(words: string, warning: string): number {
  let length = graphemes(warning);
  let at = 0;
  for (const span of spans(words)) {
    if (span.kind === "tag") continue;
    length += graphemes(words.slice(at, span.start));
    length += span.kind === "link" ? URL_LENGTH : graphemes(`@${span.value.split("@")[0]}`);
    at = span.end;
  }
  return length + graphemes(words.slice(at));
}

function publish(status: Status, state: State, world: World): void {
  state.statuses.set(status.id, status);
  const notes = [
    ...(status.visibility === "public" ? [] : [status.visibility]),
    ...(status.warning === "" ? [] : [`Content warning: ${status.warning}`]),
    ...(status.sensitive && status.warning === "" ? ["sensitive media"] : []),
    ...(status.language ? [`language ${status.language}`] : []),
  ];
  const link = spans(status.text).find(({ kind }) => kind === "link")?.value;
  const post: SandboxPost = {
    network: ID,
    account: `@${status.account}`,
    id: status.id,
    url: pageOf(status, world),
    at: status.at,
    text: status.text,
    html: marked(status.text),
    media: status.media.map(({ type, alt, bytes }) => ({ type, alt, bytes })),
    length: lengthOf(status.text, status.warning),
    max: MAX,
    notes,
  };
  if (status.parent) post.parent = status.parent;
  // The server fetches a card for the last link unless there are media or a warning; the sandbox fetches nothing.
  if (link && status.media.length === 0 && status.warning === "") post.card = { url: link };
  world.accept(post);
}

function publishDue(state: State, world: World): void {
  for (const [id, { account, draft, at }] of state.scheduled) {
    if (at > world.now()) continue;
    state.scheduled.delete(id);
    // The status has an id of its own.
    publish({ ...draft, id: nextId(state, world, at), account, at }, state, world);
  }
}

function readStatus(state: State, id: string, account: string | undefined, world: World): SandboxReply {
  const status = state.statuses.get(id);
  if (!status || !maySee(status, account)) return refuse(404, "Record not found");
  return ok(statusEntity(status, state, world));
}

function readSource(state: State, id: string, account: string): SandboxReply {
  const status = state.statuses.get(id);
  if (status?.account !== account) return refuse(404, "Record not found");
  return ok({ id, text: status.text, spoiler_text: status.warning });
}

function deleteStatus(state: State, id: string, account: string, world: World): SandboxReply {
  const status = state.statuses.get(id);
  if (status?.account !== account) return refuse(404, "Record not found");
  const taken = world.take(ID, `${account} deletes`, LIMITS.deletes);
  if (!taken.ok) return limited(30, taken.resetAt);
  const entity = { ...statusEntity(status, state, world), text: status.text };
  state.statuses.delete(id);
  world.remove(ID, id);
  return ok(entity);
}

function timeline(
  state: State,
  id: string,
  account: string | undefined,
  query: URLSearchParams,
  world: World,
): SandboxReply {
  const { limit, max_id, since_id, min_id, exclude_replies } = fromPairs(query);
  const count = Math.min(Math.max(Number(limit ?? 20) || 20, 1), 40);
  const own = [...state.statuses.values()].filter(
    (status) =>
      accountId(status.account) === id &&
      maySee(status, account) &&
      (max_id === undefined || BigInt(status.id) < BigInt(digits(max_id))) &&
      (since_id === undefined || BigInt(status.id) > BigInt(digits(since_id))) &&
      (min_id === undefined || BigInt(status.id) > BigInt(digits(min_id))) &&
      !(flag(exclude_replies) && status.parent !== null),
  );
  own.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
  const page = min_id === undefined ? own.slice(0, count) : own.slice(-count);
  const last = page.at(-1);
  const link = last && `<${world.base(ID)}/api/v1/accounts/${id}/statuses?max_id=${last.id}>; rel="next"`;
  return {
    ...ok(page.map((status) => statusEntity(status, state, world))),
    headers: link ? { link } : {},
  };
}

function upload(request: SandboxRequest, account: string, state: State, world: World): SandboxReply {
  const { fields, files } = readBody(request);
  const file = files.find(({ name }) => name === "file");
  if (!file || file.bytes.length === 0) return refuse(422, "Validation failed: File can't be blank");
  const type = sniff(file.bytes) ?? "application/octet-stream";
  const video = VIDEOS.includes(type);
  if (!video && !IMAGES.includes(type)) return refuse(422, "Validation failed: File content type is invalid");
  if (file.bytes.length > (video ? VIDEO_BYTES : IMAGE_BYTES)) {
    return refuse(422, `Validation failed: File file size must be less than ${video ? "99 MB" : "16 MB"}`);
  }
  const alt = text(fields.description) ?? "";
  if (graphemes(alt) > ALT_MAX) {
    return refuse(422, `Validation failed: Description is too long (maximum is ${ALT_MAX} characters)`);
  }
  const taken = world.take(ID, `${account} media`, LIMITS.media);
  if (!taken.ok) return limited(30, taken.resetAt);
  const wait = request.trouble?.kind === "processing" ? request.trouble.ms : video ? 500 : 0;
  const id = nextId(state, world);
  // At once is at once, also for a clock that is turned back afterwards.
  const readyAt = wait > 0 ? world.now() + wait : 0;
  const media = { id, account, type, alt, bytes: file.bytes, readyAt, attached: false };
  state.media.set(id, media);
  const headers = rateHeaders(30, taken.remaining, taken.resetAt);
  return { status: wait > 0 ? 202 : 200, headers, body: mediaEntity(media, world) };
}

function readMedia(state: State, id: string, account: string, world: World): SandboxReply {
  const media = state.media.get(id);
  if (media?.account !== account) return refuse(404, "Record not found");
  return { status: media.readyAt > world.now() ? 206 : 200, body: mediaEntity(media, world) };
}

// --- small things -----------------------------------------------------------------------------------------------

function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

function refuse(status: number, error: string): SandboxReply {
  return { status, body: { error } };
}

function limited(limit: number, resetAt: number, retryAfter?: string): SandboxReply {
  const headers = { ...rateHeaders(limit, 0, resetAt), ...(retryAfter ? { "retry-after": retryAfter } : {}) };
  return { status: 429, headers, body: { error: "Too many requests" } };
}

// The reset is an ISO date with microseconds, not an epoch (rack_attack.rb, `iso8601(6)`).
function rateHeaders(limit: number, remaining: number, resetAt: number): Record<string, string> {
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": new Date(resetAt).toISOString().replace("Z", "000Z"),
  };
}

function accountOf(request: SandboxRequest): string | undefined {
  return /^sandbox-([\w.-]+)$/.exec(bearer(request) ?? "")?.[1];
}

function maySee(status: Status, account: string | undefined): boolean {
  return status.account === account || status.visibility === "public" || status.visibility === "unlisted";
}

// Mastodon's snowflakes: milliseconds, then sixteen bits of sequence.
function nextId(state: State, world: World, at = world.now()): string {
  state.sequence = (state.sequence + 1) % 65_536;
  return ((BigInt(at) << 16n) + BigInt(state.sequence)).toString();
}

function digits(value: unknown): string {
  return /^\d+$/.test(String(value)) ? String(value) : "0";
}
