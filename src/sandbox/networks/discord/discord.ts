/**
 * Discord's API v10 for webhooks and bots: https://docs.discord.com/developers/resources/webhook, …/message, …/poll,
 * …/topics/rate-limits, …/topics/opcodes-and-status-codes. Read 2026-11-23.
 */
import { api, isOneOf, refusal, type Call as SomeCall } from "../../api.ts";
import { bearer, text } from "../../body.ts";
import { channelOf, memberOf, numberOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply, SandboxRequest, World } from "../../network.ts";
import { fault, invalid, type Message, messageEntity, postOf, readDraft, readEdit } from "./message.ts";

const ID = "discord";
const GUILD = "110000000000000001";
const EPOCH = 1_420_070_400_000;
// "The past few minutes", says the document.
const NONCE_MS = 5 * 60_000;

interface State {
  messages: Map<string, Message>;
  /** `author nonce` → message. */
  nonces: Map<string, { id: string; until: number }>;
  /** The last message of each channel. */
  last: Map<string, string>;
  sequence: number;
}

interface Caller {
  /** The sandbox's channel name. */
  name: string;
  channel: string;
  author: Message["author"];
  webhook?: string;
}

type Call = SomeCall<State, Caller>;

const HOOK = "/webhooks/:hook/:token";
const ROOM = "/channels/:channel";

export const discord: SandboxNetwork = {
  id: ID,
  name: "Discord",
  look: { light: "#4752c4", dark: "#98a2ff", mark: "D", layout: "message", alt: true },
  ways: [
    {
      name: "webhook",
      settings: { webhook: "https://discord.com" },
      lookUp: "none",
      media: {},
      threads: true,
    },
    { name: "bot", settings: { token: "t" }, repeats: "known", media: {}, threads: true },
  ],
  channel(name, base, _folder, settings): Record<string, string> {
    if (settings?.token === undefined) {
      return { webhook: `${base}/api/webhooks/${numberOf(`webhook ${name}`)}/sandbox-${name}` };
    }
    return { server: base, token: `sandbox-${name}`, channel_id: numberOf(`channel ${name}`) };
  },
  publishes: (method, path) => isOneOf(`POST ${HOOK}`, `POST ${ROOM}/messages`)(method, unversioned(path)),
  recognises: (request) => /"enforce_nonce"\s*:\s*true/.test(request.body.toString("latin1")),
  handle: api<State, Caller>({
    id: ID,
    state: () => ({ messages: new Map(), nonces: new Map(), last: new Map(), sequence: 0 }),
    path: ({ path }) => unversioned(path),
    first({ request }) {
      if (!isPage(request) && !/^DiscordBot \(\S+, [^)]+\)/.test(String(request.headers["user-agent"])))
        throw refuse(403, 40333, "internal network error");
    },
    auth: (call) => (call.params.hook === undefined ? botOf(call) : hookOf(call)),
    expired: ({ params }) =>
      params.hook === undefined ? said(401, 0, "401: Unauthorized") : said(404, 10015, "Unknown Webhook"),
    windows: {
      // Field reports; the document asks not to rely on a number.
      messages: [{ posts: 5, ms: 2_000 }],
      // Each route has a bucket of its own.
      edits: [{ posts: 5, ms: 2_000 }],
      lists: [{ posts: 5, ms: 2_000 }],
    },
    limited: ({ seconds }) => ({
      status: 429,
      headers: { "x-ratelimit-scope": "user" },
      body: {
        message: "You are being rate limited.",
        retry_after: Number(seconds.toFixed(3)),
        global: false,
      },
    }),
    rateHeaders: ({ limit, remaining, resetAt, seconds, window }, call) => ({
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": (resetAt / 1000).toFixed(3),
      "x-ratelimit-reset-after": seconds.toFixed(3),
      "x-ratelimit-bucket": numberOf(`bucket ${window} ${bucketOf(call.who())}`),
    }),
    unknown(call, allowed) {
      if (isPage(call.request)) return undefined;
      if (allowed.length > 0) return said(405, 0, "405: Method Not Allowed");
      call.who();
      return said(404, 0, "404: Not Found");
    },
    routes: {
      [`GET ${HOOK}`]: ({ who }) => ok(webhookEntity(who())),
      [`POST ${HOOK}`]: (call) => {
        const reply = create(call);
        // Without `wait` there is no answer to read an id from.
        return call.query.get("wait") === "true" ? reply : { status: 204 };
      },
      [`GET ${HOOK}/messages/:message`]: (call) => ok(messageEntity(messageOf(call))),
      [`PATCH ${HOOK}/messages/:message`]: edit,
      [`DELETE ${HOOK}/messages/:message`]: remove,
      "GET /users/@me": ({ who }) =>
        ok({ ...who().author, discriminator: "0", global_name: null, avatar: null }),
      [`GET ${ROOM}`]: (call) => ok(channelEntity(inRoom(call), call.state)),
      [`GET ${ROOM}/messages`]: list,
      [`POST ${ROOM}/messages`]: (call) => {
        inRoom(call);
        return create(call);
      },
      [`GET ${ROOM}/messages/:message`]: (call) => ok(messageEntity(messageOf(call))),
      [`PATCH ${ROOM}/messages/:message`]: edit,
      [`DELETE ${ROOM}/messages/:message`]: remove,
      [`PUT ${ROOM}/messages/:message/reactions/:emoji/@me`]: (call) => {
        const emoji = decodeURIComponent(call.params.emoji ?? "");
        const { reactions } = messageOf(call);
        reactions.set(emoji, (reactions.get(emoji) ?? new Set()).add(call.who().author.id));
        return { status: 204 };
      },
    },
  }),
};

function unversioned(path: string): string {
  return path.replace(/^\/api(\/v\d+)?(?=\/)/, "");
}

// What a person opens in a browser; the sandbox draws it.
function isPage({ method, path, headers }: SandboxRequest): boolean {
  return method === "GET" && path.startsWith("/channels/") && !headers.authorization;
}

// --- who is there -----------------------------------------------------------------------------------------------

function hookOf({ params, query }: Call): Caller {
  const { hook = "", token } = params;
  const name = channelOf(token);
  if (name === undefined || hook !== numberOf(`webhook ${name}`)) throw refuse(404, 10015, "Unknown Webhook");
  const channel = text(query.get("thread_id")) ?? numberOf(`channel ${name}`);
  return { name, channel, author: { id: hook, username: name, bot: true }, webhook: hook };
}

function botOf({ request }: Call): Caller {
  const member = memberOf(bearer(request, "Bot"));
  if (!member) throw refuse(401, 0, "401: Unauthorized");
  const { channel: name, name: username } = member;
  const author = { id: numberOf(`bot ${username}`), username, bot: true };
  return { name, channel: numberOf(`channel ${name}`), author };
}

/** A bot is in one channel, and knows no other. */
function inRoom({ params, who }: Call): Caller {
  const caller = who();
  if (params.channel !== undefined && params.channel !== caller.channel)
    throw refuse(404, 10003, "Unknown Channel");
  return caller;
}

function bucketOf({ webhook, channel }: Caller): string {
  return webhook ?? channel;
}

// --- messages ---------------------------------------------------------------------------------------------------

function create(call: Call): SandboxReply {
  const { state, world } = call;
  const caller = call.who();
  const draft = readDraft(call.request, caller.webhook !== undefined);
  if (draft.parent !== undefined && state.messages.get(draft.parent)?.channel !== caller.channel) {
    throw invalid({ message_reference: fault("REPLIES_UNKNOWN_MESSAGE", "Unknown message") });
  }
  const nonceKey =
    draft.nonce === undefined || !draft.enforceNonce ? undefined : `${caller.author.id} ${draft.nonce}`;
  const earlier = nonceKey === undefined ? undefined : state.nonces.get(nonceKey);
  const there = earlier && earlier.until > world.now() ? state.messages.get(earlier.id) : undefined;
  call.take("messages", bucketOf(caller));
  if (there) return ok(messageEntity(there));

  const author = draft.username ? { ...caller.author, username: draft.username } : caller.author;
  const id = snowflake(state, world);
  const message: Message = { ...draft, ...caller, author, id, at: world.now(), reactions: new Map() };
  state.messages.set(id, message);
  state.last.set(message.channel, id);
  if (nonceKey !== undefined) state.nonces.set(nonceKey, { id, until: world.now() + NONCE_MS });
  world.accept(postOf(message, `${world.base(ID)}/channels/${GUILD}/${message.channel}/${id}`));
  return ok(messageEntity(message));
}

function messageOf(call: Call): Message {
  const { channel, webhook } = inRoom(call);
  const message = call.state.messages.get(call.params.message ?? "");
  // A webhook knows only its own; a bot sees the whole channel.
  if (message?.channel !== channel || (webhook !== undefined && message.webhook !== webhook))
    throw refuse(404, 10008, "Unknown Message");
  return message;
}

function edit(call: Call): SandboxReply {
  const { request, world, who } = call;
  const message = messageOf(call);
  if (message.author.id !== who().author.id)
    throw refuse(403, 50005, "Cannot edit a message authored by another user");
  const changed = readEdit(request, message);
  call.take("edits", bucketOf(who()));
  Object.assign(message, changed, { editedAt: world.now() });
  const post = world.posts.find((one) => one.network === ID && one.id === message.id);
  if (post) world.update(Object.assign(post, postOf(message, post.url)));
  return ok(messageEntity(message));
}

function remove(call: Call): SandboxReply {
  const message = messageOf(call);
  if (message.author.id !== call.who().author.id) throw refuse(403, 50013, "Missing Permissions");
  call.state.messages.delete(message.id);
  call.world.remove(ID, message.id);
  return { status: 204 };
}

function list(call: Call): SandboxReply {
  const { query, state } = call;
  const { channel } = inRoom(call);
  const limit = Number(query.get("limit") ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw invalid({
      limit: fault("NUMBER_TYPE_MAX", "int value should be less than or equal to 100."),
    });
  }
  call.take("lists", channel);
  const [after, before] = [idOf(query.get("after")), idOf(query.get("before"))];
  const found = [...state.messages.values()]
    .filter((message) => message.channel === channel)
    .filter(
      ({ id }) =>
        (after === undefined || BigInt(id) > after) && (before === undefined || BigInt(id) < before),
    )
    .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  // `after` gives the ones next to it; all lists come newest first.
  const page = after === undefined ? found.slice(-limit) : found.slice(0, limit);
  return ok(page.reverse().map(messageEntity));
}

// --- what it answers with ---------------------------------------------------------------------------------------

function webhookEntity({ name, channel, webhook }: Caller): Record<string, unknown> {
  return {
    id: webhook,
    type: 1,
    name,
    avatar: null,
    channel_id: channel,
    guild_id: GUILD,
    application_id: null,
    token: `sandbox-${name}`,
  };
}

// `last_message_id` stays when the message is deleted, and is null while nothing was written.
function channelEntity({ name, channel }: Caller, { last }: State): Record<string, unknown> {
  return {
    id: channel,
    type: 0,
    guild_id: GUILD,
    name,
    position: 0,
    last_message_id: last.get(channel) ?? null,
  };
}

function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

function said(status: number, code: number, message: string): SandboxReply {
  return { status, body: { message, code } };
}

function refuse(status: number, code: number, message: string): Error {
  return refusal(said(status, code, message));
}

// Milliseconds since 2015, then 22 bits of worker and sequence.
function snowflake(state: State, world: World): string {
  state.sequence = (state.sequence + 1) % 4_096;
  return ((BigInt(world.now() - EPOCH) << 22n) + BigInt(state.sequence)).toString();
}

function idOf(value: string | null): bigint | undefined {
  return value !== null && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}
