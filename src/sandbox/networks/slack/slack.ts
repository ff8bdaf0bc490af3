/**
 * Slack's Web API and incoming webhooks: https://docs.slack.dev/reference/methods, …/apis/web-api/rate-limits. Errors come
 * as HTTP 200 with `ok: false`. Read 2026-11-23.
 */
import { api, isOneOf, refusal } from "../../api.ts";
import { bearer, text } from "../../body.ts";
import { channelOf, memberOf, numberOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import { completeUpload, filesInfo, getUploadUrl, receive } from "./files.ts";
import { messageEntity } from "./message.ts";
import { messageAt, page, postMessage, react, remove, update, webhook } from "./messages.ts";
import {
  argumentsOf,
  type Call,
  type Caller,
  fail,
  failed,
  ID,
  idOf,
  inChannel,
  ok,
  permalink,
  type State,
} from "./state.ts";

const TEAM = "TSANDBOX01";
const SCOPES =
  "chat:write,files:write,channels:read,channels:history,groups:history,reactions:read,reactions:write";

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
