/**
 * Mastodon 4.4 as its documents describe it: https://docs.joinmastodon.org/methods/statuses/, …/media/, …/accounts/, …/polls/,
 * …/scheduled_statuses/ (its limits are in scheduled_status.rb), https://docs.joinmastodon.org/api/rate-limits/. Read 2026-11-23.
 */
import { api, isOneOf, refusal, type Call as SomeCall, unlessRefused } from "../../api.ts";
import { bearer, flag, text } from "../../body.ts";
import { spans } from "../../count.ts";
import { marked } from "../../html.ts";
import { channelOf } from "../../ids.ts";
import { shownLinks } from "../../linkers/mastodon.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { attach, checkAlt, lengthOf, readDraft } from "./draft.ts";
import {
  accountEntity,
  accountId,
  ID,
  IMAGE_BYTES,
  IMAGES,
  instance,
  type Media,
  mediaEntity,
  pageOf,
  pollEntity,
  type State,
  type Status,
  scheduledEntity,
  statusEntity,
  VIDEO_BYTES,
  VIDEOS,
  type Waiting,
} from "./entities.ts";
import { NAMES, type Software, softwareAt, softwareNamed } from "./software.ts";

type Call = SomeCall<State, string>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MOST_SCHEDULED = 300;
const MOST_A_DAY = 25;

const initial = (): State => ({
  statuses: new Map(),
  replies: new Map(),
  media: new Map(),
  keys: new Map(),
  scheduled: new Map(),
  sequence: 0,
});

export const mastodon: SandboxNetwork = {
  id: ID,
  name: "Mastodon",
  look: { light: "#5b4bd6", dark: "#a59bff", mark: "M", layout: "post", alt: true },
  ways: [
    {
      name: "token",
      repeats: "known",
      media: { before: true, processing: true },
      threads: true,
      rewritten:
        "Thanks @Bob@other.example,\n\n@amelie@münchen.example\n\nand @carol@third.example & all: https://acme.example/?a=1&b=2 #Release",
    },
    {
      name: "pixelfed",
      besides: true,
      settings: { software: "pixelfed" },
      media: { before: true, needed: true, type: "image/jpeg" },
      threads: true,
    },
    { name: "gotosocial", besides: true, settings: { software: "gotosocial" }, threads: true },
    { name: "pleroma", besides: true, settings: { software: "pleroma" }, repeats: "known", threads: true },
    { name: "friendica", besides: true, settings: { software: "friendica" }, threads: true },
    { name: "snac", besides: true, settings: { software: "snac" }, threads: true },
  ],
  channel(name, base, _folder, settings) {
    const software = String(settings?.software ?? "mastodon");
    const server = software === "mastodon" || !NAMES.includes(software) ? base : `${base}/~${software}`;
    return { server, token: `sandbox-${name}`, ...(server !== base && { software }) };
  },
  publishes: isOneOf("POST /api/v1/statuses", "POST /:software/api/v1/statuses"),
  // api/base_controller.rb, and the Error entity.
  busy: said(503, "There was a temporary problem serving your request, please try again"),
  recognises: ({ path, headers }) =>
    headers["idempotency-key"] !== undefined && softwareNamed(softwareAt(path).name).keys === "replayed",
  handle: api<State, string>({
    id: ID,
    state: initial,
    path: ({ path }) => softwareAt(path).path,
    first: ({ state, world }) => publishDue(state, world),
    auth(call) {
      const account = channelOf(bearer(call.request));
      if (account === undefined) throw refuse(401, "The access token is invalid");
      return account;
    },
    expired: () => said(401, "The access token was revoked"),
    windows: {
      calls: [{ posts: 300, ms: 5 * MINUTE }],
      posts: [{ posts: 300, ms: 3 * HOUR }],
      media: [{ posts: 30, ms: 30 * MINUTE }],
      deletes: [{ posts: 30, ms: 30 * MINUTE }],
    },
    always: { window: "calls", account: (account) => account },
    limited: ({ limit, resetAt }) => ({
      ...said(429, "Too many requests"),
      headers: rateHeaders({ limit, remaining: 0, resetAt }),
    }),
    retryAfter: false,
    rateHeaders,
    malformed: ({ malformed }) => malformed && said(400, "There was a problem parsing the request body"),
    unknown(call) {
      if (!call.path.startsWith("/api/")) return undefined;
      call.who();
      return said(404, "Record not found");
    },
    open: {
      "GET /api/v2/instance": (call) =>
        of(call).v2 === false ? said(404, "Record not found") : ok(instance(2, call.world, of(call))),
      "GET /api/v1/instance": (call) => ok(instance(1, call.world, of(call))),
      "GET /api/v1/statuses/:id": (call) => ok(entityOf(seen(call), call)),
      "GET /api/v1/statuses/:id/context": context,
      "GET /api/v1/accounts/:id/statuses": timeline,
      "GET /api/v1/polls/:id": (call) => ok(ballot(call)),
    },
    routes: {
      "GET /api/v1/accounts/verify_credentials": (call) => ok(accountEntity(call.who(), call.world)),
      "POST /api/v1/statuses": create,
      "PUT /api/v1/statuses/:id": edit,
      "DELETE /api/v1/statuses/:id": remove,
      "GET /api/v1/statuses/:id/source": (call) => {
        const { id, text, warning } = own(call);
        return ok({ id, text, spoiler_text: warning });
      },
      "POST /api/v1/statuses/:id/favourite": (call) => {
        const status = seen(call);
        status.favourites.add(call.who());
        return ok(entityOf(status, call));
      },
      "POST /api/v1/polls/:id/votes": vote,
      "GET /api/v1/scheduled_statuses": scheduledList,
      "GET /api/v1/scheduled_statuses/:id": (call) => ok(scheduledEntity(id(call), waiting(call))),
      "PUT /api/v1/scheduled_statuses/:id": move,
      "DELETE /api/v1/scheduled_statuses/:id": (call) => {
        for (const media of waiting(call).draft.media) delete media.status;
        call.state.scheduled.delete(id(call));
        return ok({});
      },
      "POST /api/v2/media": upload,
      "GET /api/v1/media/:id": (call) => {
        const media = ownMedia(call);
        return { status: media.readyAt > call.world.now() ? 206 : 200, body: mediaEntity(media, call.world) };
      },
      "PUT /api/v1/media/:id": (call) => {
        const media = ownMedia(call);
        if (media.status !== undefined) throw notFound();
        media.alt = checkAlt(text(call.fields().description) ?? media.alt, nameOf(call));
        return ok(mediaEntity(media, call.world));
      },
    },
  }),
  // Scheduled posts appear without a request.
  posts(world) {
    publishDue(world.state(ID, initial), world);
    return [];
  },
};

// --- statuses ---------------------------------------------------------------------------------------------------

function create(call: Call): SandboxReply {
  const { state, world } = call;
  const account = call.who();
  const fields = call.fields();
  const key = text(call.request.headers["idempotency-key"]);
  const { keys, keysMs, schedules } = of(call);
  const earlier = key === undefined || keys === "ignored" ? undefined : state.keys.get(`${account} ${key}`);
  if (earlier && earlier.until > world.now()) {
    if (keys === "refused") throw refuse(400, "Duplicate idempotency key.");
    return repeat(earlier.id, call);
  }

  const draft = readDraft(fields, account, state, world, nameOf(call));
  // Who knows no schedule publishes at once.
  const at = schedules === false ? undefined : timeOf(fields.scheduled_at);
  // A time that has passed is none: the status is published at once.
  const later = at !== undefined && at > world.now();
  if (later) checkSchedule(at, account, state, world);
  call.take("posts", account);

  const made = nextId(state, world);
  attach(draft.media, made);
  if (key !== undefined) state.keys.set(`${account} ${key}`, { id: made, until: world.now() + keysMs });
  if (later) {
    const waits = { account, draft, at };
    state.scheduled.set(made, waits);
    return ok(scheduledEntity(made, waits));
  }
  const status = { ...draft, id: made, account, at: world.now(), favourites: new Set<string>() };
  publish(status, state, world);
  return ok(entityOf(status, call));
}

function repeat(id: string, call: Call): SandboxReply {
  const status = call.state.statuses.get(id);
  const later = call.state.scheduled.get(id);
  if (status) return ok(entityOf(status, call));
  if (!later) throw notFound();
  return ok(scheduledEntity(id, later));
}

/**
 * What is not said is emptied, as update_status_service.rb has it: an edit without `media_ids` takes the pictures away. The
 * visibility and the place in a thread stay. An edit that changes nothing leaves no trace.
 */
function edit(call: Call): SandboxReply {
  const { state, world } = call;
  const status = own(call);
  const { visibility, parent, language } = status;
  const fields = call.fields();
  const descriptions = attributesOf(fields.media_attributes);
  const asked = { language, ...fields, visibility, in_reply_to_id: parent ?? undefined };
  const draft = readDraft(asked, status.account, state, world, status.software, status);
  const described = draft.media.filter((media) => descriptions.has(media.id));
  const alts = described.map(({ id }) => checkAlt(descriptions.get(id) ?? "", status.software));

  const before = JSON.stringify(entityOf(status, call));
  for (const media of status.media) delete media.status;
  attach(draft.media, status.id);
  for (const [n, media] of described.entries()) media.alt = alts[n] ?? "";
  // The same choice as before keeps its votes.
  if (draft.poll && status.poll?.options.join("\n") === draft.poll.options.join("\n"))
    draft.poll.votes = status.poll.votes;
  Object.assign(status, { poll: undefined }, draft);
  if (JSON.stringify(entityOf(status, call)) !== before) {
    status.editedAt = world.now();
    world.update(postOf(status, world));
  }
  return ok(entityOf(status, call));
}

/** `media_attributes[][id]`, as JSON or, in a form, as parallel lists. */
function attributesOf(value: unknown): Map<string, string> {
  const list = Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
  return new Map(
    list.flatMap(({ id, description }) =>
      description === undefined || description === null ? [] : [[String(id), String(description)]],
    ),
  );
}

function remove(call: Call): SandboxReply {
  const status = own(call);
  call.take("deletes", call.who());
  const entity = { ...entityOf(status, call), text: status.text };
  call.state.statuses.delete(status.id);
  countReply(status, -1, call.state);
  call.world.remove(ID, status.id);
  return ok(entity);
}

function publish(status: Status, state: State, world: World): void {
  state.statuses.set(status.id, status);
  countReply(status, 1, state);
  world.accept(postOf(status, world));
}

function countReply({ parent }: Status, by: 1 | -1, { replies }: State): void {
  if (parent !== null) replies.set(parent, (replies.get(parent) ?? 0) + by);
}

function postOf(status: Status, world: World): SandboxPost {
  const { poll } = status;
  const link = spans(status.text, shownLinks).find(({ kind }) => kind === "link")?.value;
  return {
    network: ID,
    account: `@${status.account}`,
    id: status.id,
    url: pageOf(status, world),
    at: status.at,
    text: status.text,
    html:
      softwareNamed(status.software).html?.(status.text) ??
      marked(status.text, spans(status.text, shownLinks)),
    media: status.media.map(({ type, alt, bytes }) => ({ type, alt, bytes })),
    length: lengthOf(status.text, status.warning),
    max: softwareNamed(status.software).max,
    notes: [
      ...(status.visibility === "public" ? [] : [status.visibility]),
      ...(status.warning === "" ? [] : [`Content warning: ${status.warning}`]),
      ...(status.sensitive && status.warning === "" ? ["sensitive media"] : []),
      ...(status.language ? [`language ${status.language}`] : []),
      ...(poll ? [`poll: ${poll.options.join(" / ")}`] : []),
    ],
    ...(status.parent ? { parent: status.parent } : {}),
    // The server fetches a card for a link unless there are media or a warning; the sandbox fetches nothing.
    ...(link && status.media.length === 0 && status.warning === "" ? { card: { url: link } } : {}),
  };
}

/** Ancestors and descendants that the caller may see; answers stand below what they answer. */
function context(call: Call): SandboxReply {
  const { state } = call;
  const status = seen(call);
  const ancestors: Status[] = [];
  for (let at = parentOf(status, state); at; at = parentOf(at, state)) ancestors.unshift(at);
  const below = (id: string): Status[] =>
    [...state.statuses.values()]
      .filter(({ parent }) => parent === id)
      .flatMap((answer) => [answer, ...below(answer.id)]);
  const shown = (list: Status[]) =>
    list.filter((one) => maySee(one, viewer(call))).map((one) => entityOf(one, call));
  return ok({ ancestors: shown(ancestors), descendants: shown(below(status.id)) });
}

function parentOf({ parent }: Status, state: State): Status | undefined {
  return parent === null ? undefined : state.statuses.get(parent);
}

function timeline(call: Call): SandboxReply {
  const { state, world, params, query } = call;
  const bound = (name: string) =>
    query.has(name) ? BigInt(/^\d+$/.exec(query.get(name) ?? "")?.[0] ?? 0) : undefined;
  const [max, since, min] = [bound("max_id"), bound("since_id"), bound("min_id")];
  const own = [...state.statuses.values()].filter(
    (status) =>
      accountId(status.account) === params.id &&
      maySee(status, viewer(call)) &&
      (max === undefined || BigInt(status.id) < max) &&
      (since === undefined || BigInt(status.id) > since) &&
      (min === undefined || BigInt(status.id) > min) &&
      !(flag(query.get("exclude_replies")) && status.parent !== null),
  );
  own.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
  const count = limitOf(query);
  const page = min === undefined ? own.slice(0, count) : own.slice(-count);
  const last = page.at(-1);
  const next = `${world.base(ID)}/api/v1/accounts/${params.id}/statuses?max_id=${last?.id}`;
  return {
    ...ok(page.map((status) => entityOf(status, call))),
    headers: last ? { link: `<${next}>; rel="next"` } : {},
  };
}

// --- polls ------------------------------------------------------------------------------------------------------

function ballot(call: Call) {
  const status = seen(call);
  if (!status.poll) throw notFound();
  return pollEntity(status.poll, status, call.world);
}

function vote(call: Call): SandboxReply {
  const status = seen(call);
  const { poll } = status;
  if (!poll) throw notFound();
  const choices = [call.fields().choices ?? []].flat().map(Number);
  if (status.at + poll.expiresIn * 1000 <= call.world.now())
    throw refuse(422, "Validation failed: The poll has already ended");
  if (poll.votes.has(call.who()) || (choices.length > 1 && !poll.multiple))
    throw refuse(422, "Validation failed: You have already voted on this poll");
  if (choices.length === 0 || choices.some((choice) => poll.options[choice] === undefined))
    throw refuse(422, "Validation failed: The chosen vote option does not exist");
  poll.votes.set(call.who(), choices);
  return ok(ballot(call));
}

// --- what waits for its time ------------------------------------------------------------------------------------

function checkSchedule(at: number, account: string, state: State, world: World, except?: string): void {
  const own = [...state.scheduled].filter(([id, later]) => later.account === account && id !== except);
  const day = new Date(at).toISOString().slice(0, 10);
  const thatDay = own.filter(([, later]) => new Date(later.at).toISOString().startsWith(day));
  const failed = (words: string) => refuse(422, `Validation failed: ${words}`);
  if (at <= world.now() + 5 * MINUTE) throw failed("Scheduled at The scheduled date must be in the future");
  if (own.length >= MOST_SCHEDULED)
    throw failed(`You have exceeded the limit of ${MOST_SCHEDULED} scheduled posts`);
  if (thatDay.length >= MOST_A_DAY)
    throw failed(`You have exceeded the limit of ${MOST_A_DAY} scheduled posts for today`);
}

function move(call: Call): SandboxReply {
  const later = waiting(call);
  const at = timeOf(call.fields().scheduled_at ?? "");
  checkSchedule(at ?? 0, later.account, call.state, call.world, id(call));
  later.at = at ?? 0;
  return ok(scheduledEntity(id(call), later));
}

/** The newest first. */
function scheduledList({ state, query, who }: Call): SandboxReply {
  const before = query.get("max_id") ?? "";
  const own = [...state.scheduled]
    .filter(([, { account }]) => account === who())
    .filter(([id]) => !/^\d+$/.test(before) || BigInt(id) < BigInt(before))
    .sort(([a], [b]) => (BigInt(a) < BigInt(b) ? 1 : -1));
  return ok(own.slice(0, limitOf(query)).map(([id, later]) => scheduledEntity(id, later)));
}

function publishDue(state: State, world: World): void {
  for (const [id, { account, draft, at }] of state.scheduled) {
    if (at > world.now()) continue;
    state.scheduled.delete(id);
    // The status has an id of its own.
    publish({ ...draft, id: nextId(state, world, at), account, at, favourites: new Set() }, state, world);
  }
}

// --- media ------------------------------------------------------------------------------------------------------

function upload(call: Call): SandboxReply {
  const { state, world, request } = call;
  const file = call.files().find(({ name }) => name === "file");
  if (!file || file.bytes.length === 0) throw refuse(422, "Validation failed: File can't be blank");
  const type = sniff(file.bytes) ?? "application/octet-stream";
  const video = VIDEOS.includes(type);
  if (!video && !IMAGES.includes(type)) throw refuse(422, "Validation failed: File content type is invalid");
  if (file.bytes.length > (video ? VIDEO_BYTES : IMAGE_BYTES)) {
    throw refuse(422, `Validation failed: File file size must be less than ${video ? "99 MB" : "16 MB"}`);
  }
  const alt = checkAlt(text(call.fields().description) ?? "", nameOf(call));
  call.take("media", call.who());
  const wait = request.trouble?.kind === "processing" ? request.trouble.ms : video ? 500 : 0;
  // At once is at once, also for a clock that is turned back afterwards.
  const readyAt = wait > 0 ? world.now() + wait : 0;
  const media: Media = {
    id: nextId(state, world),
    account: call.who(),
    type,
    alt,
    bytes: file.bytes,
    readyAt,
  };
  state.media.set(media.id, media);
  return { status: wait > 0 ? 202 : 200, body: mediaEntity(media, world) };
}

// --- small things -----------------------------------------------------------------------------------------------

function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

function said(status: number, error: string): SandboxReply {
  return { status, body: { error } };
}

function refuse(status: number, error: string): Error {
  return refusal(said(status, error));
}

function notFound(): Error {
  return refuse(404, "Record not found");
}

// The reset is an ISO date with microseconds, not an epoch (rack_attack.rb, `iso8601(6)`).
function rateHeaders({ limit, remaining, resetAt }: { limit: number; remaining: number; resetAt: number }) {
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": new Date(resetAt).toISOString().replace("Z", "000Z"),
  };
}

function nameOf({ request }: Call): string {
  return softwareAt(request.path).name;
}

function of(call: Call): Software {
  return softwareNamed(nameOf(call));
}

function id({ params }: Call): string {
  return params.id ?? "";
}

function entityOf(status: Status, { state, world }: Call) {
  return statusEntity(status, state, world);
}

function viewer(call: Call): string | undefined {
  return unlessRefused(() => call.who());
}

function seen(call: Call): Status {
  const status = call.state.statuses.get(id(call));
  if (!status || !maySee(status, viewer(call))) throw notFound();
  return status;
}

function own(call: Call): Status {
  const status = call.state.statuses.get(id(call));
  if (status?.account !== call.who()) throw notFound();
  return status;
}

function ownMedia(call: Call): Media {
  const media = call.state.media.get(id(call));
  if (media?.account !== call.who()) throw notFound();
  return media;
}

function waiting(call: Call): Waiting {
  const later = call.state.scheduled.get(id(call));
  if (later?.account !== call.who()) throw notFound();
  return later;
}

function maySee(status: Status, account: string | undefined): boolean {
  return status.account === account || status.visibility === "public" || status.visibility === "unlisted";
}

function limitOf(query: URLSearchParams): number {
  return Math.min(Math.max(Number(query.get("limit") ?? 20) || 20, 1), 40);
}

function timeOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const at = Date.parse(text(value) ?? "");
  if (Number.isNaN(at)) throw refuse(422, "Validation failed: Scheduled at is invalid");
  return at;
}

// Mastodon's snowflakes: milliseconds, then sixteen bits of sequence.
function nextId(state: State, world: World, at = world.now()): string {
  state.sequence = (state.sequence + 1) % 65_536;
  return ((BigInt(at) << 16n) + BigInt(state.sequence)).toString();
}
