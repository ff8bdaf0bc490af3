/** Statuses: made, read, taken away, listed. https://docs.joinmastodon.org/methods/statuses/ */
import { flag, fromPairs, readBody, text } from "../../body.ts";
import { graphemes, spans } from "../../count.ts";
import { marked } from "../../html.ts";
import type { SandboxPost, SandboxReply, SandboxRequest, World } from "../../network.ts";
import { accountId, ID, MAX, pageOf, scheduledEntity, statusEntity, URL_LENGTH } from "./entities.ts";
import { limited, ok, rateHeaders, refuse } from "./responses.ts";
import { scheduleRefused } from "./scheduled.ts";
import { type Draft, HOUR, LIMITS, nextId, type State, type Status } from "./state.ts";

export function createStatus(
  request: SandboxRequest,
  account: string,
  state: State,
  world: World,
): SandboxReply {
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

export function publish(status: Status, state: State, world: World): void {
  state.statuses.set(status.id, status);
  if (status.parent) state.replies.set(status.parent, (state.replies.get(status.parent) ?? 0) + 1);
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

export function readStatus(
  state: State,
  id: string,
  account: string | undefined,
  world: World,
): SandboxReply {
  const status = state.statuses.get(id);
  if (!status || !maySee(status, account)) return refuse(404, "Record not found");
  return ok(statusEntity(status, state, world));
}

export function readSource(state: State, id: string, account: string): SandboxReply {
  const status = state.statuses.get(id);
  if (status?.account !== account) return refuse(404, "Record not found");
  return ok({ id, text: status.text, spoiler_text: status.warning });
}

export function deleteStatus(state: State, id: string, account: string, world: World): SandboxReply {
  const status = state.statuses.get(id);
  if (status?.account !== account) return refuse(404, "Record not found");
  const taken = world.take(ID, `${account} deletes`, LIMITS.deletes);
  if (!taken.ok) return limited(30, taken.resetAt);
  const entity = { ...statusEntity(status, state, world), text: status.text };
  state.statuses.delete(id);
  if (status.parent) state.replies.set(status.parent, (state.replies.get(status.parent) ?? 1) - 1);
  world.remove(ID, id);
  return ok(entity);
}

export function timeline(
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

function maySee(status: Status, account: string | undefined): boolean {
  return status.account === account || status.visibility === "public" || status.visibility === "unlisted";
}

function digits(value: unknown): string {
  return /^\d+$/.test(String(value)) ? String(value) : "0";
}
