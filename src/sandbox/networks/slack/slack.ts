/**
 * Slack's Web API and incoming webhooks: https://docs.slack.dev/reference/methods, …/apis/web-api/rate-limits. Errors come
 * as HTTP 200 with `ok: false`. Read 2026-11-23.
 */
import { api, isOneOf, refusal, type Call as SomeCall } from "../../api.ts";
import { bearer, flag, text } from "../../body.ts";
import { channelOf, memberOf, numberOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply, World } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { type Message, messageEntity, parsed, postOf, readMessage } from "./message.ts";

const ID = "slack";
const TEAM = "TSANDBOX01";
const SCOPES =
  "chat:write,files:write,channels:read,channels:history,groups:history,reactions:read,reactions:write";

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
  shares: Message[];
}

/** A bot, or a person with a token of their own. */
interface Caller {
  /** The sandbox's channel name. */
  room: string;
  /** The one channel that they are in. */
  channel: string;
  name: string;
  isBot: boolean;
}

type Call = SomeCall<State, Caller>;

export const slack: SandboxNetwork = {
  id: ID,
  name: "Slack",
  look: { light: "#7a1f6b", dark: "#e39ad6", mark: "S", layout: "message", alt: true },
  ways: [
    {
      name: "bot",
      settings: { token: "t" },
      media: { counts: [1, 2], before: true, processing: true, lookUp: "presence", settles: 180_000 },
      threads: true,
    },
    {
      name: "webhook",
      settings: { webhook: "https://hooks.slack.com" },
      lookUp: "none",
      threads: true,
      answers: "words",
      ids: "none",
    },
  ],
  channel(name, base, _folder, settings): Record<string, string> {
    if (settings?.webhook !== undefined && settings.token === undefined) {
      return { webhook: `${base}/services/${TEAM}/B${numberOf(name).slice(0, 9)}/sandbox-${name}` };
    }
    return { server: base, token: `xoxb-sandbox-${name}`, channel: idOf(name) };
  },
  publishes: isOneOf(
    "POST /services/*hook",
    "POST /api/chat.postMessage",
    "POST /api/files.completeUploadExternal",
  ),
  handle: api<State, Caller>({
    id: ID,
    state: () => ({ messages: new Map(), files: new Map(), last: 0 }),
    auth: (call) => (call.params.hook === undefined ? tokenOf(call) : hookOf(call)),
    expired: ({ params }) =>
      params.hook === undefined ? failed("token_expired") : { status: 403, body: "invalid_token" },
    windows: { messages: [{ posts: 1, ms: 1_000 }] },
    limited: (_, { params }) => ({
      status: 429,
      body: params.hook === undefined ? { ok: false, error: "ratelimited" } : "rate_limited",
    }),
    unknown: ({ path }) => {
      if (path.startsWith("/services/")) return { status: 404, body: "no_team" };
      if (path.startsWith("/upload/")) return { status: 404, body: "Not Found" };
      return path.startsWith("/api/") ? failed("unknown_method") : undefined;
    },
    // The address of an upload is its credential.
    open: { "POST /upload/v1/:file": receive },
    routes: {
      "POST /services/:team/:hook/:token": webhook,
      ...method("auth.test", authTest),
      ...method("chat.postMessage", postMessage),
      ...method("chat.update", update),
      ...method("chat.delete", remove),
      ...method("chat.getPermalink", (call) => {
        const message = messageAt(call, "message_ts");
        return ok({ channel: message.channel, permalink: permalink(message, call.world) });
      }),
      ...method("conversations.info", (call) => {
        const { channel, room } = inChannel(call);
        return ok({
          channel: { id: channel, name: room, is_channel: true, is_member: true, is_archived: false },
        });
      }),
      ...method("conversations.history", (call) =>
        page(call, true, ({ thread, ts }) => thread === undefined || thread === ts),
      ),
      ...method("conversations.replies", (call) => {
        const { ts: root } = messageAt(call, "ts", "thread_not_found");
        return page(call, false, ({ thread, ts }) => ts === root || thread === root);
      }),
      ...method("reactions.add", react),
      ...method("reactions.get", (call) => {
        const message = messageAt(call, "timestamp");
        return ok({
          type: "message",
          channel: message.channel,
          message: { ...messageEntity(message, false), permalink: permalink(message, call.world) },
        });
      }),
      ...method("files.getUploadURLExternal", getUploadUrl),
      ...method("files.completeUploadExternal", completeUpload),
      ...method("files.info", filesInfo),
    },
  }),
};

/** A method answers to GET and POST alike, and names the token's scopes. */
function method(name: string, run: (call: Call) => SandboxReply) {
  const answer = (call: Call): SandboxReply => ({ headers: { "x-oauth-scopes": SCOPES }, ...run(call) });
  return { [`GET /api/${name}`]: answer, [`POST /api/${name}`]: answer };
}

// --- who is there -----------------------------------------------------------------------------------------------

function tokenOf(call: Call): Caller {
  const token = bearer(call.request) ?? text(argumentsOf(call).token);
  if (token === undefined) throw fail("not_authed");
  const [, kind, rest] = /^xox([bp])-(.+)$/.exec(token) ?? [];
  const member = memberOf(rest);
  if (!member) throw fail("invalid_auth");
  return {
    room: member.channel,
    channel: idOf(member.channel),
    name: member.name,
    isBot: kind === "b",
  };
}

function hookOf({ params }: Call): Caller {
  const name = channelOf(params.token);
  if (params.team !== TEAM) throw refusal({ status: 404, body: "no_team" });
  if (name === undefined || params.hook !== `B${numberOf(name).slice(0, 9)}`)
    throw refusal({ status: 404, body: "no_service" });
  return { room: name, channel: idOf(name), name, isBot: true };
}

function argumentsOf(call: Call): Record<string, unknown> {
  const { malformed, type } = call.body();
  if (malformed) throw fail(type === "json" ? "invalid_json" : "invalid_form_data");
  if (type === "other") throw fail("invalid_post_type");
  return call.fields();
}

function inChannel(call: Call, said = text(argumentsOf(call).channel)): Caller {
  const caller = call.who();
  if (said !== caller.channel && said !== caller.room && said !== `#${caller.room}`)
    throw fail("channel_not_found");
  return caller;
}

function authTest({ who, world }: Call): SandboxReply {
  const { name, isBot } = who();
  return ok({
    url: `${world.base(ID)}/`,
    team: "Sandbox",
    team_id: TEAM,
    user: name,
    user_id: `U${numberOf(name).slice(0, 9)}`,
    ...(isBot && { bot_id: `B${numberOf(name).slice(0, 9)}` }),
  });
}

// --- messages ---------------------------------------------------------------------------------------------------

function postMessage(call: Call): SandboxReply {
  const { channel } = inChannel(call);
  const draft = readMessage(argumentsOf(call));
  if (typeof draft === "string") throw fail(draft);
  const thread = threadOf(call);
  call.take("messages", channel);
  const message = keep(call, { ...draft, files: [] }, thread);
  return ok({ channel, ts: message.ts, message: messageEntity(message, true) });
}

/** The message that a reply hangs below. */
function threadOf(call: Call): string | undefined {
  const thread = text(argumentsOf(call).thread_ts);
  if (thread !== undefined && !call.state.messages.has(`${call.who().channel} ${thread}`))
    throw fail("thread_not_found");
  return thread;
}

function keep(
  { who, state, world }: Call,
  draft: Pick<Message, "text" | "blocks" | "metadata" | "files" | "unfurl" | "markdown">,
  thread: string | undefined,
  shownAt = 0,
): Message {
  const { channel, room, name, isBot } = who();
  // Microseconds, and never the same twice in a workspace.
  state.last = Math.max(world.now() * 1000, state.last + 1);
  const ts = `${Math.floor(state.last / 1e6)}.${String(state.last % 1e6).padStart(6, "0")}`;
  const message: Message = {
    ...draft,
    channel,
    room,
    author: name,
    isBot,
    ts,
    at: world.now(),
    shownAt,
    reactions: new Map(),
    ...(thread === undefined ? {} : { thread }),
  };
  state.messages.set(`${channel} ${ts}`, message);
  world.accept(postOf(message, permalink(message, world).split("?")[0] as string));
  return message;
}

function messageAt(call: Call, argument: string, otherwise = "message_not_found"): Message {
  const { channel } = inChannel(call);
  const message = call.state.messages.get(`${channel} ${text(argumentsOf(call)[argument])}`);
  if (!message) throw fail(otherwise);
  return message;
}

/** What is not named is retained: blocks, metadata, files. */
function update(call: Call): SandboxReply {
  const message = messageAt(call, "ts");
  const { name, isBot } = call.who();
  if (message.author !== name || message.isBot !== isBot) throw fail("cant_update_message");
  const { text: words, markdown_text, blocks, metadata } = argumentsOf(call);
  const kept = markdown_text === undefined ? { text: words ?? message.text } : { text: words };
  const draft = readMessage({
    ...kept,
    markdown_text,
    blocks: blocks ?? (markdown_text === undefined ? message.blocks : undefined),
    metadata,
  });
  if (typeof draft === "string") throw fail(draft);
  call.take("messages", message.channel);
  Object.assign(message, draft, { unfurl: message.unfurl, editedAt: call.world.now() });
  const id = `${message.channel} ${message.ts}`;
  const post = call.world.posts.find((one) => one.network === ID && one.id === id);
  if (post) call.world.update(Object.assign(post, postOf(message, post.url)));
  const { channel, ts } = message;
  return ok({ channel, ts, text: message.text, message: messageEntity(message, true) });
}

function remove(call: Call): SandboxReply {
  const message = messageAt(call, "ts");
  const { channel, ts } = message;
  if (message.author !== call.who().name) throw fail("cant_delete_message");
  call.state.messages.delete(`${channel} ${ts}`);
  call.world.remove(ID, `${channel} ${ts}`);
  return ok({ channel, ts });
}

function react(call: Call): SandboxReply {
  const { reactions } = messageAt(call, "timestamp");
  const emoji = text(argumentsOf(call).name)?.replace(/^:|:$/g, "") ?? "";
  if (!/^[\w+'-]+$/.test(emoji)) throw fail("invalid_name");
  const users = reactions.get(emoji) ?? new Set();
  if (users.has(call.who().name)) throw fail("already_reacted");
  reactions.set(emoji, users.add(call.who().name));
  return ok({});
}

function page(call: Call, newestFirst: boolean, belongs: (message: Message) => boolean): SandboxReply {
  const { channel } = inChannel(call);
  const fields = argumentsOf(call);
  const [oldest, latest] = [Number(fields.oldest ?? 0), Number(fields.latest ?? Number.POSITIVE_INFINITY)];
  const inclusive = flag(fields.inclusive);
  const limit = Math.min(Math.max(Number(fields.limit ?? 100) || 100, 1), 999);
  const from = Number(Buffer.from(text(fields.cursor) ?? "", "base64").toString() || 0);
  const found = [...call.state.messages.values()]
    .filter((message) => message.channel === channel && belongs(message))
    .filter(({ shownAt }) => shownAt <= call.world.now())
    .filter(({ ts }) =>
      inclusive ? Number(ts) >= oldest && Number(ts) <= latest : Number(ts) > oldest && Number(ts) < latest,
    )
    .sort((a, b) => (Number(a.ts) < Number(b.ts) === newestFirst ? 1 : -1));
  const more = found.length > from + limit;
  const counts = new Map<string, number>();
  for (const { thread, ts } of call.state.messages.values())
    if (thread !== undefined && thread !== ts) counts.set(thread, (counts.get(thread) ?? 0) + 1);
  return ok({
    messages: found.slice(from, from + limit).map((message) => ({
      ...messageEntity(message, flag(fields.include_all_metadata)),
      ...(counts.has(message.ts) && { thread_ts: message.ts, reply_count: counts.get(message.ts) }),
    })),
    has_more: more,
    response_metadata: { next_cursor: more ? Buffer.from(String(from + limit)).toString("base64") : "" },
  });
}

// --- files ------------------------------------------------------------------------------------------------------

function getUploadUrl(call: Call): SandboxReply {
  const { state, world } = call;
  const { filename, length, alt_txt } = argumentsOf(call);
  const [name, bytes, alt] = [text(filename), Number(length), text(alt_txt) ?? ""];
  if (!name || !Number.isInteger(bytes) || bytes <= 0) throw fail("invalid_arguments");
  if (alt.length > 1_000) throw fail("alt_txt_too_large");
  const id = `F${numberOf(`file ${state.files.size} ${name}`).slice(0, 10)}`;
  state.files.set(id, { id, name, alt, shares: [] });
  return ok({ upload_url: `${world.base(ID)}/upload/v1/${id}`, file_id: id });
}

/** The upload itself: raw bytes or one file of a form. */
function receive(call: Call): SandboxReply {
  const file = call.state.files.get(call.params.file ?? "");
  if (!file) return { status: 404, body: "Not Found" };
  file.bytes = call.files()[0]?.bytes ?? call.request.body;
  return { status: 200, body: `OK - ${file.bytes.length}` };
}

function completeUpload(call: Call): SandboxReply {
  const { state, request, world } = call;
  const { files: said, channel_id, channels, initial_comment } = argumentsOf(call);
  const list = parsed(said);
  if (!Array.isArray(list) || list.length === 0) throw fail("invalid_arguments");
  const files = list.map(({ id }: Record<string, unknown>) => {
    const file = state.files.get(String(id));
    if (file?.bytes === undefined) throw fail("file_not_found");
    return { ...file, file, bytes: file.bytes, type: sniff(file.bytes) ?? "application/octet-stream" };
  });
  const answer = ok({ files: files.map(({ id, name }) => ({ id, title: name })) });
  if (channel_id === undefined && channels === undefined) return answer;
  const { channel } = inChannel(call, text(channel_id ?? channels));
  const thread = threadOf(call);
  call.take("messages", channel);
  // The files are looked at first, and the message appears when that is done.
  const wait = request.trouble?.kind === "processing" ? request.trouble.ms : 0;
  const shown = files.map(({ id, name, alt, bytes, type }) => ({ id, name, alt, bytes, type }));
  const words = text(initial_comment) ?? "";
  const draft = { text: words, blocks: [], unfurl: true, markdown: false, files: shown };
  // At once is at once, also for a clock that is turned back afterwards.
  const message = keep(call, draft, thread, wait > 0 ? world.now() + wait : 0);
  for (const { file } of files) file.shares.push(message);
  return answer;
}

function filesInfo(call: Call): SandboxReply {
  const file = call.state.files.get(text(argumentsOf(call).file) ?? "");
  if (!file) throw fail("file_not_found");
  const shares = file.shares.filter(({ shownAt }) => shownAt <= call.world.now());
  const { id, name } = file;
  const places = Object.fromEntries(shares.map(({ channel, ts }) => [channel, [{ ts }]]));
  return ok({ file: { id, name, title: name, shares: shares.length > 0 ? { public: places } : {} } });
}

// --- webhook ----------------------------------------------------------------------------------------------------

/** Plain words, with statuses that mean something, unlike the Web API. */
function webhook(call: Call): SandboxReply {
  const { fields, malformed } = call.body();
  const payload = fields.payload === undefined ? fields : parsed(fields.payload);
  if (malformed || typeof payload !== "object" || payload === null)
    throw refusal({ status: 400, body: "invalid_payload" });
  const draft = readMessage(payload as Record<string, unknown>);
  if (typeof draft === "string") throw refusal({ status: 400, body: draft });
  call.take("messages", call.who().channel);
  keep(call, { ...draft, files: [] }, text((payload as Record<string, unknown>).thread_ts));
  return { status: 200, body: "ok" };
}

// --- small things -----------------------------------------------------------------------------------------------

function ok(body: Record<string, unknown>): SandboxReply {
  return { status: 200, body: { ok: true, ...body } };
}

function failed(error: string): SandboxReply {
  return { status: 200, body: { ok: false, error } };
}

function fail(error: string): Error {
  return refusal(failed(error));
}

function permalink({ channel, ts, thread }: Message, world: World): string {
  const page = `${world.base(ID)}/archives/${channel}/p${ts.replace(".", "")}`;
  return thread === undefined ? page : `${page}?thread_ts=${thread}&cid=${channel}`;
}

function idOf(name: string): string {
  return `C${numberOf(`channel ${name}`).slice(0, 10)}`;
}
