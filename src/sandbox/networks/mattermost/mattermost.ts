/**
 * Mattermost's API v4 and incoming webhooks: api/v4/source/*.yaml and the server's own code for what these leave open
 * (app/post.go, app/webhook.go, model/post.go); https://developers.mattermost.com/api-documentation/. Read 2026-11-26.
 */
import { api, isOneOf } from "../../api.ts";
import { bearer } from "../../body.ts";
import { channelOf, memberOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { create, entityOf, list, MAX, patch, postOf, react, remove, thread, webhook } from "./posts.ts";
import {
  type Call,
  type Caller,
  channelIdOf,
  forbidden,
  ID,
  idOf,
  invalid,
  refuse,
  type State,
  said,
  TEAM,
  teamId,
  userIdOf,
} from "./state.ts";

const FILE_MAX = 104_857_600;
const V4 = "/api/v4";

export const mattermost: SandboxNetwork = {
  id: ID,
  name: "Mattermost",
  look: { light: "#1c58d9", dark: "#8fb0ff", mark: "Mm", layout: "message", alt: false },
  ways: [
    {
      name: "bot",
      settings: { token: "t" },
      repeats: "known",
      media: { counts: [1, 2], before: true },
      threads: true,
    },
    {
      name: "webhook",
      settings: { webhook: "https://chat.example/hooks/x" },
      lookUp: "none",
      threads: true,
      answers: "words",
      ids: "none",
    },
  ],
  channel(name, base, _folder, settings): Record<string, string> {
    if (settings?.webhook !== undefined && settings.token === undefined)
      return { webhook: `${base}/hooks/sandbox-${name}` };
    return { server: base, token: `sandbox-${name}`, channel_id: channelIdOf(name) };
  },
  publishes: isOneOf("POST /hooks/:hook", `POST ${V4}/posts`),
  recognises: (request) => /"pending_post_id"\s*:\s*"[^"]+"/.test(request.body.toString("latin1")),
  handle: typed(
    api<State, Caller>({
      id: ID,
      state: () => ({ posts: new Map(), files: new Map(), pending: new Map() }),
      auth: (call) => (call.params.hook === undefined ? tokenOf(call) : hookOf(call)),
      expired: ({ params }) =>
        params.hook === undefined
          ? said(
              401,
              "api.context.session_expired.app_error",
              "Invalid or expired session, please login again.",
            )
          : noHook(),
      // RateLimitSettings: ten a second, and a hundred at once.
      windows: { requests: [{ posts: 100, ms: 10_000 }] },
      limited: ({ limit, seconds }) => ({
        status: 429,
        headers: {
          "content-type": "text/plain",
          "x-ratelimit-limit": String(limit),
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": String(Math.ceil(seconds)),
        },
        body: "limit exceeded",
      }),
      rateHeaders: ({ limit, remaining, seconds }) => ({
        "x-ratelimit-limit": String(limit),
        "x-ratelimit-remaining": String(remaining),
        "x-ratelimit-reset": String(Math.ceil(seconds)),
      }),
      malformed: () =>
        said(400, "api.context.invalid_body_param.app_error", "Invalid or missing post in request body."),
      unknown: ({ path }) =>
        path.startsWith("/api/")
          ? said(404, "api.context.404.app_error", "Sorry, we could not find the page.")
          : undefined,
      open: {
        [`GET ${V4}/config/client`]: () => ({
          status: 200,
          body: { MaxPostSize: String(MAX), MaxFileSize: String(FILE_MAX), SiteName: "Sandbox" },
        }),
      },
      routes: {
        "POST /hooks/:hook": webhook,
        [`GET ${V4}/users/me`]: (call) => ok(userEntity(call.who().name, call.who().isBot)),
        [`POST ${V4}/users/ids`]: users,
        [`GET ${V4}/channels/:channel`]: (call) => {
          const { channel, room } = call.who();
          if (call.params.channel !== channel) throw forbidden();
          return ok({ id: channel, team_id: teamId, type: "O", name: room, display_name: room });
        },
        [`GET ${V4}/teams/:team`]: (call) => {
          if (call.params.team !== teamId) throw forbidden();
          return ok({ id: teamId, name: TEAM, display_name: "Sandbox", type: "O" });
        },
        [`GET ${V4}/channels/:channel/posts`]: list,
        [`POST ${V4}/posts`]: create,
        [`GET ${V4}/posts/:post`]: (call) => ok(entityOf(postOf(call), call)),
        [`PUT ${V4}/posts/:post/patch`]: patch,
        [`DELETE ${V4}/posts/:post`]: remove,
        [`GET ${V4}/posts/:post/thread`]: thread,
        [`POST ${V4}/reactions`]: react,
        [`GET ${V4}/posts/:post/reactions`]: (call) => {
          const { id, reactions } = postOf(call);
          const all = reactions.map(({ emoji, user }) => ({ user_id: user, post_id: id, emoji_name: emoji }));
          return {
            status: 200,
            headers: { "content-type": "application/json" },
            body: all.length > 0 ? all : "null",
          };
        },
        [`POST ${V4}/files`]: upload,
      },
    }),
  ),
};

// Its clients take nothing else for JSON than this very type.
function typed(answer: SandboxNetwork["handle"]): SandboxNetwork["handle"] {
  return async (request, world) => {
    const reply = await answer(request, world);
    const isJson = typeof reply?.body === "object" && !(reply.body instanceof Uint8Array);
    return reply && isJson
      ? { ...reply, headers: { "content-type": "application/json", ...reply.headers } }
      : reply;
  };
}

function tokenOf({ request }: Call): Caller {
  const member = memberOf(bearer(request));
  if (!member)
    throw refuse(
      401,
      "api.context.session_expired.app_error",
      "Invalid or expired session, please login again.",
    );
  const { channel: room, name } = member;
  return { room, channel: channelIdOf(room), name, isBot: room === name };
}

function hookOf({ params }: Call): Caller {
  const room = channelOf(params.hook);
  if (room === undefined) throw refuse(400, "web.incoming_webhook.invalid.app_error", "Invalid webhook.");
  return { room, channel: channelIdOf(room), name: room, isBot: true };
}

function noHook(): SandboxReply {
  return said(400, "web.incoming_webhook.invalid.app_error", "Invalid webhook.");
}

function upload(call: Call): SandboxReply {
  const { name, channel } = call.who();
  const said = call.fields().channel_id;
  if (said !== channel) throw said ? forbidden() : invalid("channel_id");
  const files = call.files().filter((file) => file.name === "files");
  if (files.length === 0)
    throw refuse(400, "api.file.upload_file.incorrect_number_of_files.app_error", "Unable to upload files.");
  if (files.some(({ bytes }) => bytes.length > FILE_MAX))
    throw refuse(
      413,
      "api.file.upload_file.too_large_detailed.app_error",
      "Unable to upload file. File is too large.",
    );
  const made = files.map((file) => {
    const id = idOf(`file ${call.state.files.size} ${file.filename}`);
    const type = sniff(file.bytes) ?? file.type ?? "application/octet-stream";
    const kept = { id, name: file.filename ?? "file", type, bytes: file.bytes, channel, author: name };
    call.state.files.set(id, kept);
    return { id, user_id: userIdOf(name), name: kept.name, size: file.bytes.length, mime_type: type };
  });
  return { status: 201, body: { file_infos: made, client_ids: [] } };
}

function users(call: Call): SandboxReply {
  call.who();
  const { request, state } = call;
  const asked: unknown = JSON.parse(request.body.toString("utf8") || "null");
  if (!Array.isArray(asked)) throw invalid("user_ids");
  const known = new Set([...state.posts.values()].map(({ author }) => author).concat(call.who().name));
  const found = [...known].filter((name) => asked.includes(userIdOf(name)));
  return ok(found.map((name) => userEntity(name, false)));
}

function userEntity(name: string, isBot: boolean) {
  return {
    id: userIdOf(name),
    username: name,
    first_name: "",
    last_name: "",
    roles: "system_user",
    is_bot: isBot,
  };
}

function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}
