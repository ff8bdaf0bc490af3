/**
 * Slack's Web API and incoming webhooks: https://docs.slack.dev/reference/methods, …/apis/web-api/rate-limits. Errors come
 * as HTTP 200 with `ok: false`. Read 2026-11-23.
 */
import { bearer, flag, fromPairs, readBody, text } from "../../body.ts";
import { channelOf, numberOf } from "../../ids.ts";
import type { FormPart } from "../../multipart.ts";
import type { SandboxNetwork, SandboxReply, SandboxRequest, World } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { type Message, messageEntity, postOf, readMessage } from "./message.ts";

const ID = "slack";
const TEAM = "TSANDBOX01";
const PER_CHANNEL = [{ posts: 1, ms: 1_000 }];
const SCOPES = "chat:write,files:write,channels:read,channels:history,groups:history";

interface State {
  /** `channel ts` → message. */
  messages: Map<string, Message>;
  files: Map<string, Upload>;
  /** The last timestamp given out, in microseconds. */
  last: number;
}

interface Upload {
  id: string;
  name: string;
  alt: string;
  bytes?: Uint8Array;
  shares: { channel: string; ts: string }[];
}

/** A call with a token of ours. */
interface Call {
  name: string;
  /** The one channel that this token's bot is in. */
  channel: string;
  fields: Record<string, unknown>;
  request: SandboxRequest;
  state: State;
  world: World;
}

export const slack: SandboxNetwork = {
  id: ID,
  name: "Slack",
  look: { light: "#7a1f6b", dark: "#e39ad6", mark: "S", layout: "message", alt: true },
  channel(name, base, _folder, settings): Record<string, string> {
    if (settings?.webhook !== undefined && settings.token === undefined) {
      return { webhook: `${base}/services/${TEAM}/B${numberOf(name).slice(0, 9)}/sandbox-${name}` };
    }
    return { server: base, token: `xoxb-sandbox-${name}`, channel: idOf(name) };
  },
  publishes: (method, path) =>
    method === "POST" &&
    /^\/(services\/.+|api\/(chat\.postMessage|files\.completeUploadExternal))$/.test(path),
  handle(request, world) {
    const state = world.state<State>(ID, () => ({ messages: new Map(), files: new Map(), last: 0 }));
    if (request.path.startsWith("/services/")) return webhook(request, state, world);
    if (request.path.startsWith("/upload/")) return receive(request, state);
    const method = /^\/api\/([\w.]+)$/.exec(request.path)?.[1];
    return method === undefined ? undefined : call(method, request, state, world);
  },
};

const METHODS: Record<string, (call: Call) => SandboxReply> = {
  "auth.test": authTest,
  "chat.postMessage": postMessage,
  "chat.getPermalink": getPermalink,
  "chat.delete": deleteMessage,
  "conversations.info": (one) =>
    inChannel(one, () =>
      ok({
        channel: { id: one.channel, name: one.name, is_channel: true, is_member: true, is_archived: false },
      }),
    ),
  "conversations.history": history,
  "conversations.replies": replies,
  "files.getUploadURLExternal": getUploadUrl,
  "files.completeUploadExternal": completeUpload,
  "files.info": filesInfo,
};

function call(method: string, request: SandboxRequest, state: State, world: World): SandboxReply {
  const run = METHODS[method];
  if (!run) return fail("unknown_method");
  const body = readBody(request);
  if (body.malformed) return fail(body.type === "json" ? "invalid_json" : "invalid_form_data");
  if (body.type === "other") return fail("invalid_post_type");
  const fields = { ...fromPairs(request.query), ...body.fields };
  const token = bearer(request) ?? text(fields.token);
  if (token === undefined) return fail("not_authed");
  const name = token.startsWith("xoxb-") ? channelOf(token.slice("xoxb-".length)) : undefined;
  if (name === undefined) return fail("invalid_auth");
  if (request.trouble?.kind === "expired") return fail("token_expired");
  const reply = run({ name, channel: idOf(name), fields, request, state, world });
  return { ...reply, headers: { "x-oauth-scopes": SCOPES, ...reply.headers } };
}

// --- messages ---------------------------------------------------------------------------------------------------

function postMessage(one: Call): SandboxReply {
  return inChannel(one, () => {
    const draft = readMessage(one.fields);
    if (typeof draft === "string") return fail(draft);
    const thread = text(one.fields.thread_ts);
    if (thread !== undefined && !one.state.messages.has(`${one.channel} ${thread}`))
      return fail("thread_not_found");
    const refusal = takeRate(one.channel, one.request, one.world);
    if (refusal) return refusal;
    const message = keep(one, { ...draft, files: [] }, thread);
    return ok({ channel: message.channel, ts: message.ts, message: messageEntity(message, true) });
  });
}

function keep(
  { name, channel, state, world }: Pick<Call, "name" | "channel" | "state" | "world">,
  draft: Pick<Message, "text" | "blocks" | "metadata" | "files" | "unfurl" | "markdown">,
  thread: string | undefined,
): Message {
  // Microseconds, and never the same twice in a workspace.
  state.last = Math.max(world.now() * 1000, state.last + 1);
  const ts = `${Math.floor(state.last / 1e6)}.${String(state.last % 1e6).padStart(6, "0")}`;
  const message: Message = {
    ...draft,
    channel,
    name,
    ts,
    at: world.now(),
    ...(thread === undefined ? {} : { thread }),
  };
  state.messages.set(`${channel} ${ts}`, message);
  world.accept(postOf(message, permalink(message, world).split("?")[0] as string));
  return message;
}

function getPermalink(one: Call): SandboxReply {
  return inChannel(one, () => {
    const message = one.state.messages.get(`${one.channel} ${text(one.fields.message_ts)}`);
    return message
      ? ok({ channel: one.channel, permalink: permalink(message, one.world) })
      : fail("message_not_found");
  });
}

function deleteMessage(one: Call): SandboxReply {
  return inChannel(one, () => {
    const ts = text(one.fields.ts) ?? "";
    if (!one.state.messages.delete(`${one.channel} ${ts}`)) return fail("message_not_found");
    one.world.remove(ID, `${one.channel} ${ts}`);
    return ok({ channel: one.channel, ts });
  });
}

function history(one: Call): SandboxReply {
  return inChannel(one, () =>
    page(
      one,
      [...one.state.messages.values()].filter(({ thread, ts }) => thread === undefined || thread === ts),
      true,
    ),
  );
}

function replies(one: Call): SandboxReply {
  return inChannel(one, () => {
    const root = text(one.fields.ts) ?? "";
    if (!one.state.messages.has(`${one.channel} ${root}`)) return fail("thread_not_found");
    return page(
      one,
      [...one.state.messages.values()].filter(({ thread, ts }) => ts === root || thread === root),
      false,
    );
  });
}

function page({ fields, channel }: Call, messages: Message[], newestFirst: boolean): SandboxReply {
  const [oldest, latest] = [Number(fields.oldest ?? 0), Number(fields.latest ?? Number.POSITIVE_INFINITY)];
  const inclusive = flag(fields.inclusive);
  const limit = Math.min(Math.max(Number(fields.limit ?? 100) || 100, 1), 999);
  const from = Number(Buffer.from(text(fields.cursor) ?? "", "base64").toString() || 0);
  const found = messages
    .filter((message) => message.channel === channel)
    .filter(({ ts }) =>
      inclusive ? Number(ts) >= oldest && Number(ts) <= latest : Number(ts) > oldest && Number(ts) < latest,
    )
    .sort((a, b) => (Number(a.ts) < Number(b.ts) === newestFirst ? 1 : -1));
  const more = found.length > from + limit;
  return ok({
    messages: found
      .slice(from, from + limit)
      .map((message) => messageEntity(message, flag(fields.include_all_metadata))),
    has_more: more,
    response_metadata: { next_cursor: more ? Buffer.from(String(from + limit)).toString("base64") : "" },
  });
}

// --- files ------------------------------------------------------------------------------------------------------

function getUploadUrl({ fields, state, world }: Call): SandboxReply {
  const [name, length, alt] = [text(fields.filename), Number(fields.length), text(fields.alt_txt) ?? ""];
  if (!name || !Number.isInteger(length) || length <= 0) return fail("invalid_arguments");
  if (alt.length > 1_000) return fail("alt_txt_too_large");
  const id = `F${numberOf(`file ${state.files.size} ${name}`).slice(0, 10)}`;
  state.files.set(id, { id, name, alt, shares: [] });
  return ok({ upload_url: `${world.base(ID)}/upload/v1/${id}`, file_id: id });
}

/** The upload itself: raw bytes or one file of a form. The address is the credential. */
function receive(request: SandboxRequest, state: State): SandboxReply {
  const file = state.files.get(/^\/upload\/v1\/(\w+)$/.exec(request.path)?.[1] ?? "");
  if (!file || request.method !== "POST") return { status: 404, body: "Not Found" };
  const part: FormPart | undefined = readBody(request).files[0];
  file.bytes = part?.bytes ?? request.body;
  return { status: 200, body: `OK - ${file.bytes.length}` };
}

function completeUpload(one: Call): SandboxReply {
  const { fields, state, request, world } = one;
  const list = parsed(fields.files);
  if (!Array.isArray(list) || list.length === 0) return fail("invalid_arguments");
  const files = list.map((said) => state.files.get(String((said as Record<string, unknown>).id)));
  if (files.some((file) => file?.bytes === undefined)) return fail("file_not_found");
  const known = files.filter((file) => file !== undefined);
  const answer = ok({ files: known.map(({ id, name }) => ({ id, title: name })) });
  if (fields.channel_id === undefined && fields.channels === undefined) return answer;
  return inChannel({ ...one, fields: { ...fields, channel: fields.channel_id ?? fields.channels } }, () => {
    const thread = text(fields.thread_ts);
    if (thread !== undefined && !state.messages.has(`${one.channel} ${thread}`))
      return fail("thread_not_found");
    const refusal = takeRate(one.channel, request, world);
    if (refusal) return refusal;
    const shown = known.map(({ id, name, alt, bytes = new Uint8Array() }) => ({
      id,
      name,
      type: sniff(bytes) ?? "application/octet-stream",
      alt,
      bytes,
    }));
    const message = keep(
      one,
      { text: text(fields.initial_comment) ?? "", blocks: [], unfurl: true, markdown: false, files: shown },
      thread,
    );
    for (const file of known) file.shares.push({ channel: one.channel, ts: message.ts });
    return answer;
  });
}

function filesInfo({ fields, state }: Call): SandboxReply {
  const file = state.files.get(text(fields.file) ?? "");
  if (!file) return fail("file_not_found");
  const shares = Object.fromEntries(file.shares.map(({ channel, ts }) => [channel, [{ ts }]]));
  return ok({
    file: {
      id: file.id,
      name: file.name,
      title: file.name,
      shares: file.shares.length > 0 ? { public: shares } : {},
    },
  });
}

// --- webhook ----------------------------------------------------------------------------------------------------

/** Plain words, with statuses that mean something, unlike the Web API. */
function webhook(request: SandboxRequest, state: State, world: World): SandboxReply {
  const [, team, hook, token] = /^\/services\/(\w+)\/(\w+)\/([\w.-]+)$/.exec(request.path) ?? [];
  const name = channelOf(token);
  if (team !== TEAM || request.method !== "POST") return { status: 404, body: "no_team" };
  if (name === undefined || hook !== `B${numberOf(name).slice(0, 9)}`)
    return { status: 404, body: "no_service" };
  if (request.trouble?.kind === "expired") return { status: 403, body: "invalid_token" };
  const { fields, malformed } = readBody(request);
  const payload = fields.payload === undefined ? fields : parsed(fields.payload);
  if (malformed || typeof payload !== "object" || payload === null)
    return { status: 400, body: "invalid_payload" };
  const draft = readMessage(payload as Record<string, unknown>);
  if (typeof draft === "string") return { status: 400, body: draft };
  const channel = idOf(name);
  const thread = text((payload as Record<string, unknown>).thread_ts);
  const refusal = takeRate(channel, request, world);
  if (refusal) return { ...refusal, body: "rate_limited" };
  keep({ name, channel, state, world }, { ...draft, files: [] }, thread);
  return { status: 200, body: "ok" };
}

// --- small things -----------------------------------------------------------------------------------------------

function authTest({ name, world }: Call): SandboxReply {
  return ok({
    url: `${world.base(ID)}/`,
    team: "Sandbox",
    team_id: TEAM,
    user: name,
    user_id: `U${numberOf(name).slice(0, 9)}`,
    bot_id: `B${numberOf(name).slice(0, 9)}`,
  });
}

function inChannel(one: Call, then: () => SandboxReply): SandboxReply {
  const said = text(one.fields.channel);
  const known = said === one.channel || said === one.name || said === `#${one.name}`;
  return known ? then() : fail("channel_not_found");
}

function takeRate(channel: string, request: SandboxRequest, world: World): SandboxReply | undefined {
  if (request.trouble?.kind === "limited") return limited(request.trouble.retryAfter);
  const taken = world.take(ID, channel, PER_CHANNEL);
  return taken.ok ? undefined : limited(String(Math.max(1, Math.ceil((taken.resetAt - world.now()) / 1000))));
}

function limited(retryAfter?: string): SandboxReply {
  return {
    status: 429,
    headers: retryAfter ? { "retry-after": retryAfter } : {},
    body: { ok: false, error: "ratelimited" },
  };
}

function ok(body: Record<string, unknown>): SandboxReply {
  return { status: 200, body: { ok: true, ...body } };
}

function fail(error: string): SandboxReply {
  return { status: 200, body: { ok: false, error } };
}

function permalink({ channel, ts, thread }: Message, world: World): string {
  const page = `${world.base(ID)}/archives/${channel}/p${ts.replace(".", "")}`;
  return thread === undefined ? page : `${page}?thread_ts=${thread}&cid=${channel}`;
}

function idOf(name: string): string {
  return `C${numberOf(`channel ${name}`).slice(0, 10)}`;
}

// Lists and objects inside forms are JSON in a string.
function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
