/** Zulip's REST API: https://zulip.com/api/, zerver/openapi/zulip.yaml, zerver/lib/message.py. Read 2026-11-26. */
import { api, isOneOf } from "../../api.ts";
import { numberOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { edit, entityOf, list, MAX, messageOf, react, remove, send, TOPIC_MAX } from "./messages.ts";
import {
  type Call,
  type Caller,
  callerOf,
  emailOf,
  ID,
  needed,
  ok,
  refuse,
  type State,
  said,
} from "./state.ts";

const V1 = "/api/v1";
const FILE_MIB = 25;

export const zulip: SandboxNetwork = {
  id: ID,
  name: "Zulip",
  look: { light: "#5a4fd0", dark: "#b3acff", mark: "Z", layout: "message", alt: true },
  ways: [{ name: "bot", media: { counts: [1, 2], before: true, inText: true }, threads: true }],
  channel: (name, base) => ({
    server: base,
    email: emailOf(name),
    api_key: `sandbox-${name}`,
    channel: name,
    topic: "announcements",
  }),
  publishes: isOneOf(`POST ${V1}/messages`),
  handle: api<State, Caller>({
    id: ID,
    state: () => ({ messages: [], last: 0, files: new Map(), queues: new Set() }),
    auth: callerOf,
    expired: () => said(401, "Invalid API key", "INVALID_API_KEY"),
    // Of requests by one account, of every kind.
    windows: { requests: [{ posts: 200, ms: 60_000 }] },
    limited: ({ limit, resetAt, seconds }) => ({
      ...said(429, "API usage exceeded rate limit", "RATE_LIMIT_HIT", { "retry-after": seconds }),
      headers: rateHeaders({ limit, remaining: 0, resetAt }),
    }),
    rateHeaders,
    malformed: ({ malformed }) => malformed && said(400, "Malformed form data"),
    unknown: ({ path }, allowed) => {
      if (!path.startsWith("/api/")) return undefined;
      return allowed.length > 0
        ? said(405, "Method Not Allowed", "METHOD_NOT_ALLOWED")
        : said(404, "API endpoint does not exist", "NOT_FOUND");
    },
    routes: {
      [`GET ${V1}/users/me`]: ({ who }) => {
        const { id, email, name } = who();
        return ok({ user_id: id, email, full_name: name, is_bot: true, is_admin: false });
      },
      [`GET ${V1}/get_stream_id`]: (call) => {
        const { room, channel } = call.who();
        if (needed(call, "stream").toLowerCase() !== room.toLowerCase())
          throw refuse(400, `Invalid channel name '${needed(call, "stream")}'`);
        return ok({ stream_id: channel });
      },
      [`POST ${V1}/register`]: ({ who, state }) => {
        const queue = numberOf(`queue ${state.queues.size} ${who().email}`);
        state.queues.add(queue);
        return ok({
          queue_id: queue,
          last_event_id: -1,
          max_message_length: MAX,
          max_topic_length: TOPIC_MAX,
          max_file_upload_size_mib: FILE_MIB,
        });
      },
      [`DELETE ${V1}/events`]: (call) => {
        call.who();
        const queue = needed(call, "queue_id");
        if (!call.state.queues.delete(queue))
          throw refuse(400, `Bad event queue ID: ${queue}`, "BAD_EVENT_QUEUE_ID");
        return ok({});
      },
      [`POST ${V1}/messages`]: send,
      [`GET ${V1}/messages`]: list,
      [`GET ${V1}/messages/:message`]: (call) => {
        const message = messageOf(call);
        return ok({ message: entityOf(message, call), raw_content: message.content });
      },
      [`PATCH ${V1}/messages/:message`]: edit,
      [`DELETE ${V1}/messages/:message`]: remove,
      [`POST ${V1}/messages/:message/reactions`]: react,
      [`POST ${V1}/user_uploads`]: upload,
    },
  }),
};

function upload(call: Call): SandboxReply {
  const [file] = call.files();
  if (!file) throw refuse(400, "You must specify a file to upload");
  if (file.bytes.length > FILE_MIB * 1_048_576)
    throw refuse(400, `File is larger than the configured maximum upload size (${FILE_MIB} MiB).`);
  const name = (file.filename ?? "uploaded-file").replace(/[^\w.-]/g, "");
  const random = numberOf(`file ${call.state.files.size} ${name}`);
  const url = `/user_uploads/2/${random.slice(0, 2)}/${random}/${name}`;
  const type = sniff(file.bytes) ?? file.type ?? "application/octet-stream";
  call.state.files.set(url, { name, type, bytes: file.bytes });
  return ok({ url, uri: url, filename: file.filename });
}

function rateHeaders({ limit, remaining, resetAt }: { limit: number; remaining: number; resetAt: number }) {
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(Math.ceil(resetAt / 1000)),
  };
}
