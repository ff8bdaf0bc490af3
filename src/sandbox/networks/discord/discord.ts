/**
 * Discord's API v10 for webhooks and bots: https://docs.discord.com/developers/resources/webhook, …/message, …/poll,
 * …/topics/rate-limits, …/topics/opcodes-and-status-codes. Read 2026-11-23.
 */
import { api, isOneOf } from "../../api.ts";
import { bearer, text } from "../../body.ts";
import { channelOf, memberOf, numberOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxRequest } from "../../network.ts";
import {
  attachment,
  beginThread,
  create,
  edit,
  entityOf,
  list,
  messageOf,
  react,
  remove,
  vote,
} from "./messages.ts";
import { ok, refuse, said } from "./refusals.ts";
import { bucketOf, type Call, type Caller, GUILD, ID, inRoom, type State } from "./state.ts";

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
    open: { "GET /attachments/:channel/:id/:name": attachment },
    routes: {
      [`GET ${HOOK}`]: ({ who }) => ok(webhookEntity(who())),
      [`POST ${HOOK}`]: (call) => {
        const reply = create(call);
        // Without `wait` there is no answer to read an id from.
        return call.query.get("wait") === "true" ? reply : { status: 204 };
      },
      [`GET ${HOOK}/messages/:message`]: (call) => ok(entityOf(messageOf(call), call)),
      [`PATCH ${HOOK}/messages/:message`]: edit,
      [`DELETE ${HOOK}/messages/:message`]: remove,
      "GET /users/@me": ({ who }) =>
        ok({ ...who().author, discriminator: "0", global_name: null, avatar: null }),
      [`GET ${ROOM}`]: (call) => ok(channelEntity(inRoom(call), call.state)),
      [`GET ${ROOM}/messages`]: list,
      [`POST ${ROOM}/messages`]: create,
      [`GET ${ROOM}/messages/:message`]: (call) => ok(entityOf(messageOf(call), call)),
      [`PATCH ${ROOM}/messages/:message`]: edit,
      [`DELETE ${ROOM}/messages/:message`]: remove,
      [`POST ${ROOM}/messages/:message/threads`]: beginThread,
      [`PUT ${ROOM}/messages/:message/reactions/:emoji/@me`]: react,
      [`PUT ${ROOM}/polls/:message/answers/@me`]: vote,
    },
  }),
};

function unversioned(path: string): string {
  return path.replace(/^\/api(\/v\d+)?(?=\/)/, "");
}

// What a person opens in a browser: a page, which the sandbox draws, or a file.
function isPage({ method, path, headers }: SandboxRequest): boolean {
  return method === "GET" && /^\/(channels|attachments)\//.test(path) && !headers.authorization;
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
  // Others come in the same way, and are people.
  const author = { id: numberOf(`bot ${username}`), username, bot: username === name };
  return { name, channel: numberOf(`channel ${name}`), author };
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
