/**
 * Discord's API v10 for webhooks and bots: https://docs.discord.com/developers/resources/webhook, …/message,
 * …/topics/rate-limits, …/topics/opcodes-and-status-codes. Read 2026-11-23.
 */
import { bearer, text } from "../../body.ts";
import { channelOf, numberOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply, SandboxRequest, Taken, World } from "../../network.ts";
import { type Draft, messageEntity, postOf, readDraft } from "./message.ts";

const ID = "discord";
const GUILD = "110000000000000001";
const EPOCH = 1_420_070_400_000;
// "The past few minutes", says the document.
const NONCE_MS = 5 * 60_000;
// Field reports; the document asks not to rely on a number.
const WINDOW = [{ posts: 5, ms: 2_000 }];

interface State {
  messages: Map<string, Message>;
  /** `author nonce` → message. */
  nonces: Map<string, { id: string; until: number }>;
  /** The last message of each channel. */
  last: Map<string, string>;
  sequence: number;
}

export interface Message extends Draft {
  id: string;
  channel: string;
  /** The sandbox's channel name. */
  name: string;
  author: { id: string; username: string; bot: boolean };
  webhook?: string;
  at: number;
  editedAt?: number;
}

/** A request of somebody we know. */
interface Caller {
  name: string;
  channel: string;
  author: Message["author"];
  webhook?: string;
}

export const discord: SandboxNetwork = {
  id: ID,
  name: "Discord",
  look: { light: "#4752c4", dark: "#98a2ff", mark: "D", layout: "message", alt: true },
  channel(name, base, _folder, settings): Record<string, string> {
    if (settings?.token === undefined) {
      return { webhook: `${base}/api/webhooks/${numberOf(`webhook ${name}`)}/sandbox-${name}` };
    }
    return { server: base, token: `sandbox-${name}`, channel_id: numberOf(`channel ${name}`) };
  },
  publishes: (method, path) =>
    method === "POST" && (/\/webhooks\/\d+\/[\w.-]+$/.test(path) || /\/channels\/\d+\/messages$/.test(path)),
  recognises: (request) => /"enforce_nonce"\s*:\s*true/.test(request.body.toString("latin1")),
  handle(request, world) {
    if (request.path.startsWith("/channels/") && request.method === "GET" && !request.headers.authorization) {
      return undefined;
    }
    const state = world.state<State>(ID, () => ({
      messages: new Map(),
      nonces: new Map(),
      last: new Map(),
      sequence: 0,
    }));
    if (!/^DiscordBot \(\S+, [^)]+\)/.test(String(request.headers["user-agent"]))) {
      return refuse(403, 40333, "internal network error");
    }
    const path = request.path.replace(/^\/api(\/v\d+)?(?=\/)/, "");
    const [, root, first = "", second = "", message] =
      /^\/(webhooks|channels)\/(\d+)(?:\/([\w.-]+))?(?:\/(?:messages\/)?(\d+))?$/.exec(path) ?? [];
    if (root === "webhooks" && second) return webhook(request, first, second, message, state, world);
    return bot(request, path, root === "channels" ? first : undefined, message, state, world);
  },
};

function webhook(
  request: SandboxRequest,
  id: string,
  token: string,
  messageId: string | undefined,
  state: State,
  world: World,
): SandboxReply | undefined {
  const name = channelOf(token);
  if (name === undefined || id !== numberOf(`webhook ${name}`)) {
    return numberOf(`webhook ${channelOf(token) ?? ""}`) === id
      ? refuse(401, 50027, "Invalid Webhook Token")
      : refuse(404, 10015, "Unknown Webhook");
  }
  if (request.trouble?.kind === "expired") return refuse(404, 10015, "Unknown Webhook");
  const channel = text(request.query.get("thread_id")) ?? numberOf(`channel ${name}`);
  const caller: Caller = { name, channel, author: { id, username: name, bot: true }, webhook: id };
  if (messageId !== undefined) return oneMessage(request, messageId, caller, state, world);
  if (request.method === "GET") return ok(webhookEntity(caller));
  if (request.method !== "POST") return refuse(405, 0, "405: Method Not Allowed");
  const reply = create(request, caller, state, world);
  // Without `wait` there is no answer to read an id from.
  return reply.status === 200 && request.query.get("wait") !== "true"
    ? { status: 204, headers: reply.headers }
    : reply;
}

function bot(
  request: SandboxRequest,
  path: string,
  channel: string | undefined,
  messageId: string | undefined,
  state: State,
  world: World,
): SandboxReply | undefined {
  const name = channelOf(bearer(request, "Bot"));
  if (name === undefined || request.trouble?.kind === "expired") return refuse(401, 0, "401: Unauthorized");
  const author = { id: numberOf(`bot ${name}`), username: name, bot: true };
  if (path === "/users/@me") return ok({ ...author, discriminator: "0", global_name: null, avatar: null });
  if (channel === undefined) return refuse(404, 0, "404: Not Found");
  if (channel !== numberOf(`channel ${name}`)) return refuse(404, 10003, "Unknown Channel");
  const caller: Caller = { name, channel, author };
  if (messageId !== undefined) return oneMessage(request, messageId, caller, state, world);
  if (path === `/channels/${channel}`) return ok(channelEntity(name, channel, state));
  if (path !== `/channels/${channel}/messages`) return refuse(404, 0, "404: Not Found");
  return request.method === "POST"
    ? create(request, caller, state, world)
    : list(request, channel, state, world);
}

function create(request: SandboxRequest, caller: Caller, state: State, world: World): SandboxReply {
  if (request.trouble?.kind === "limited") {
    return limited({ ok: false, resetAt: world.now() + 2_000 }, world, request.trouble.retryAfter ?? null);
  }
  const draft = readDraft(request, caller.webhook !== undefined);
  if ("status" in draft) return draft;
  const parent = draft.parent === undefined ? undefined : state.messages.get(draft.parent);
  if (draft.parent !== undefined && parent?.channel !== caller.channel) {
    const unknown = [{ code: "REPLIES_UNKNOWN_MESSAGE", message: "Unknown message" }];
    return {
      status: 400,
      body: {
        message: "Invalid Form Body",
        code: 50035,
        errors: { message_reference: { _errors: unknown } },
      },
    };
  }
  const nonceKey =
    draft.nonce === undefined || !draft.enforceNonce ? undefined : `${caller.author.id} ${draft.nonce}`;
  const earlier = nonceKey === undefined ? undefined : state.nonces.get(nonceKey);
  const there = earlier && earlier.until > world.now() ? state.messages.get(earlier.id) : undefined;
  const taken = world.take(ID, caller.webhook ?? caller.channel, WINDOW);
  if (!taken.ok) return limited(taken, world);
  if (there) return { ...ok(messageEntity(there)), headers: rateHeaders(taken, caller, world) };

  const author = draft.username ? { ...caller.author, username: draft.username } : caller.author;
  const message: Message = { ...draft, ...caller, author, id: snowflake(state, world), at: world.now() };
  state.messages.set(message.id, message);
  state.last.set(message.channel, message.id);
  if (nonceKey !== undefined) state.nonces.set(nonceKey, { id: message.id, until: world.now() + NONCE_MS });
  world.accept(postOf(message, `${world.base(ID)}/channels/${GUILD}/${message.channel}/${message.id}`));
  return { ...ok(messageEntity(message)), headers: rateHeaders(taken, caller, world) };
}

function oneMessage(
  request: SandboxRequest,
  id: string,
  caller: Caller,
  state: State,
  world: World,
): SandboxReply {
  const message = state.messages.get(id);
  if (message?.channel !== caller.channel || message.webhook !== caller.webhook) {
    return refuse(404, 10008, "Unknown Message");
  }
  if (request.method === "GET") return ok(messageEntity(message));
  if (request.method === "DELETE") {
    state.messages.delete(id);
    world.remove(ID, id);
    return { status: 204 };
  }
  if (request.method !== "PATCH") return refuse(405, 0, "405: Method Not Allowed");
  const draft = readDraft(request, caller.webhook !== undefined);
  if ("status" in draft) return draft;
  Object.assign(message, { content: draft.content, embeds: draft.embeds, editedAt: world.now() });
  const post = world.posts.find((one) => one.network === ID && one.id === id);
  if (post) world.update(Object.assign(post, postOf(message, post.url)));
  return ok(messageEntity(message));
}

function list(request: SandboxRequest, channel: string, state: State, world: World): SandboxReply {
  const { query } = request;
  const limit = Number(query.get("limit") ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    const range = [{ code: "NUMBER_TYPE_MAX", message: "int value should be less than or equal to 100." }];
    return {
      status: 400,
      body: { message: "Invalid Form Body", code: 50035, errors: { limit: { _errors: range } } },
    };
  }
  const taken = world.take(ID, `${channel} list`, WINDOW);
  if (!taken.ok) return limited(taken, world);
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
function channelEntity(name: string, channel: string, { last }: State): Record<string, unknown> {
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

function refuse(status: number, code: number, message: string): SandboxReply {
  return { status, body: { message, code } };
}

/** `retryAfter`: as the header says it; null for none; absent for the window's end. */
function limited(taken: Taken, world: World, retryAfter?: string | null): SandboxReply {
  const seconds = Math.max(0.001, (taken.resetAt - world.now()) / 1000);
  const wait = retryAfter === undefined ? String(Math.ceil(seconds)) : retryAfter;
  return {
    status: 429,
    headers: { ...(wait === null ? {} : { "retry-after": wait }), "x-ratelimit-scope": "user" },
    body: { message: "You are being rate limited.", retry_after: Number(seconds.toFixed(3)), global: false },
  };
}

function rateHeaders(taken: Taken, { webhook, channel }: Caller, world: World): Record<string, string> {
  return {
    "x-ratelimit-limit": "5",
    "x-ratelimit-remaining": String(taken.ok ? Math.min(taken.remaining, 5) : 0),
    "x-ratelimit-reset": (taken.resetAt / 1000).toFixed(3),
    "x-ratelimit-reset-after": Math.max(0, (taken.resetAt - world.now()) / 1000).toFixed(3),
    "x-ratelimit-bucket": numberOf(`bucket ${webhook ?? channel}`),
  };
}

// Milliseconds since 2015, then 22 bits of worker and sequence.
function snowflake(state: State, world: World): string {
  state.sequence = (state.sequence + 1) % 4_096;
  return ((BigInt(world.now() - EPOCH) << 22n) + BigInt(state.sequence)).toString();
}

function idOf(value: string | null): bigint | undefined {
  return value !== null && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}
