/**
 * Rocket.Chat's REST API and incoming webhooks: Rocket.Chat-Open-API's messaging.yaml and the server's own code for files
 * (rooms.media, rooms.mediaConfirm) and for a message that is there already (sendMessage.ts). Read 2026-11-26.
 */
import { api, isOneOf } from "../../api.ts";
import type { SandboxNetwork } from "../../network.ts";
import {
  getMessage,
  list,
  media,
  mediaConfirm,
  messageOf,
  react,
  remove,
  sendMessage,
  update,
  webhook,
} from "./messages.ts";
import {
  type Caller,
  callerOf,
  ID,
  loggedOut,
  ok,
  refuse,
  roomIdOf,
  type State,
  said,
  userIdOf,
} from "./state.ts";

const V1 = "/api/v1";
const HOOK = "/hooks/:integration/:token";

export const rocketchat: SandboxNetwork = {
  id: ID,
  name: "Rocket.Chat",
  look: { light: "#c61f2c", dark: "#ff8e96", mark: "R", layout: "message", alt: false },
  ways: [
    { name: "bot", settings: { token: "t" }, media: { before: true }, threads: true },
    {
      name: "webhook",
      settings: { webhook: "https://chat.example/hooks/a/b" },
      lookUp: "none",
      threads: true,
      ids: "none",
    },
  ],
  channel(name, base, _folder, settings): Record<string, string> {
    if (settings?.webhook !== undefined && settings.token === undefined)
      return { webhook: `${base}/hooks/${roomIdOf(name)}/sandbox-${name}` };
    return { server: base, user_id: userIdOf(name), token: `sandbox-${name}`, room: name };
  },
  publishes: isOneOf(
    `POST ${HOOK}`,
    `POST ${V1}/chat.sendMessage`,
    `POST ${V1}/rooms.mediaConfirm/:room/:file`,
  ),
  recognises: ({ body }) => /"_id"\s*:\s*"[^"]+"/.test(body.toString("latin1")),
  handle: api<State, Caller>({
    id: ID,
    state: () => ({ messages: new Map(), files: new Map() }),
    auth: callerOf,
    expired: ({ params }) =>
      params.integration === undefined ? loggedOut() : said(404, "Invalid integration id or token provided."),
    // API_Enable_Rate_Limiter_Limit_Calls_Default and …_Time_Default, for each endpoint.
    windows: {
      "chat.sendMessage": [{ posts: 10, ms: 60_000 }],
      "chat.update": [{ posts: 10, ms: 60_000 }],
    },
    limited: ({ limit, resetAt, seconds }) => ({
      ...said(
        429,
        `Error, too many requests. Please slow down. You must wait ${Math.ceil(seconds)} seconds before trying this endpoint again.`,
        "error-too-many-requests",
      ),
      headers: rateHeaders({ limit, remaining: 0, resetAt }),
    }),
    retryAfter: false,
    rateHeaders,
    malformed: () => said(400, "Invalid JSON", "error-invalid-json"),
    unknown: ({ path }) => {
      if (path.startsWith("/hooks/")) return said(404, "Invalid integration id or token provided.");
      return path.startsWith("/api/")
        ? { status: 404, body: { success: false, error: "API endpoint not found" } }
        : undefined;
    },
    routes: {
      [`POST ${HOOK}`]: webhook,
      [`GET ${V1}/me`]: ({ who }) =>
        ok({ _id: userIdOf(who().name), username: who().name, name: who().name, roles: ["bot"] }),
      [`GET ${V1}/rooms.info`]: (call) => {
        const { room, rid } = call.who();
        if (call.query.get("roomName") !== room && call.query.get("roomId") !== rid)
          throw refuse(
            'The required "roomId" or "roomName" param provided does not match any channel',
            "error-room-not-found",
          );
        return ok({ room: { _id: rid, t: "c", name: room } });
      },
      [`POST ${V1}/chat.sendMessage`]: sendMessage,
      [`GET ${V1}/chat.getMessage`]: getMessage,
      [`POST ${V1}/chat.update`]: update,
      [`POST ${V1}/chat.delete`]: remove,
      [`POST ${V1}/chat.react`]: react,
      [`GET ${V1}/chat.getThreadMessages`]: (call) => {
        const root = messageOf(call, call.query.get("tmid"));
        if (!root) throw refuse("Invalid Message", "error-invalid-message");
        return list(call, ({ tmid }) => tmid === root.id, false);
      },
      [`GET ${V1}/channels.messages`]: (call) => {
        if (call.query.get("roomId") !== call.who().rid)
          throw refuse("error-room-not-found", "error-room-not-found");
        return list(call, () => true, (call.query.get("sort") ?? "").includes("-1"));
      },
      [`POST ${V1}/rooms.media/:room`]: media,
      [`POST ${V1}/rooms.mediaConfirm/:room/:file`]: mediaConfirm,
    },
  }),
};

function rateHeaders({ limit, remaining, resetAt }: { limit: number; remaining: number; resetAt: number }) {
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    // Epoch milliseconds.
    "x-ratelimit-reset": String(Math.ceil(resetAt)),
  };
}
