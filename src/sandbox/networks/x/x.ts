/**
 * X's API v2 as its description has it (openapi.json 2.167) and its documents: https://docs.x.com/x-api. Read 2026-11-23. Unknown
 * members are refused. The same words twice are not, though X refuses them for a time that it does not tell: here that would hide
 * a post that goes out twice.
 */
import { api, isOneOf } from "../../api.ts";
import type { SandboxNetwork } from "../../network.ts";
import { counted, KEY, rateHeaders, unauthorized, whose } from "./login.ts";
import { create, remove } from "./posting.ts";
import { lookUp, one, search, timeline } from "./reading.ts";
import { ID, initial, invalid, MINUTE, ok, problem, type State, type User, usernameOf } from "./state.ts";
import { append, describe, finalize, initialize, ownUpload, uploadEntity } from "./uploads.ts";

export const x: SandboxNetwork = {
  id: ID,
  name: "X",
  look: { light: "#14171a", dark: "#e7e9ea", mark: "X", layout: "post", alt: true },
  ways: [
    {
      name: "login",
      settings: { token: "t" },
      media: { counts: [1, 2], before: true, processing: true },
      threads: true,
      rewritten: "Ready & <set>: https://acme.example/a?b=1&c=2 and www.acme.com #Release",
    },
    { name: "keys", settings: { token: "t", key: "k" }, media: { before: true }, threads: true },
  ],
  channel: (name, base, _folder, settings) => ({
    handle: usernameOf(name),
    token: `sandbox-${name}`,
    server: base,
    web: base,
    ...(settings?.key !== undefined && { key: KEY.id, key_secret: KEY.secret, token_secret: KEY.token }),
  }),
  publishes: isOneOf("POST /2/tweets"),
  busy: problem(503, "Service Unavailable", "Service Unavailable"),
  handle: api<State, User>({
    id: ID,
    state: initial,
    auth: whose,
    expired: () => unauthorized(),
    windows: {
      posts: [{ posts: 100, ms: 15 * MINUTE }],
      deletes: [{ posts: 50, ms: 15 * MINUTE }],
      reads: [{ posts: 900, ms: 15 * MINUTE }],
      me: [{ posts: 75, ms: 15 * MINUTE }],
      uploads: [{ posts: 1_875, ms: 15 * MINUTE }],
    },
    limited: ({ limit, resetAt }) => ({
      ...problem(429, "Too Many Requests", "Too Many Requests"),
      headers: rateHeaders({ limit, remaining: 0, resetAt }),
    }),
    retryAfter: false,
    rateHeaders,
    malformed: ({ malformed, type }) =>
      malformed || type === "other" ? problem(400, "Bad Request", "The body could not be parsed") : undefined,
    unknown: ({ path }) => (path.startsWith("/2/") ? problem(404, "Not Found", "Not Found") : undefined),
    routes: {
      "POST /2/tweets": create,
      "DELETE /2/tweets/:id": remove,
      "GET /2/tweets": lookUp,
      "GET /2/tweets/:id": (call) => one(call),
      "GET /2/tweets/search/recent": search,
      "GET /2/users/me": (call) => {
        const { id, username } = counted(call, "me");
        return ok({ data: { id, name: username, username } });
      },
      "GET /2/users/:id/tweets": timeline,
      "POST /2/media/upload/initialize": initialize,
      "POST /2/media/upload/:id/append": append,
      "POST /2/media/upload/:id/finalize": finalize,
      "GET /2/media/upload": (call) => {
        counted(call, "uploads");
        if (call.query.get("command") !== "STATUS") throw invalid("command: only STATUS is known here");
        return ok({ data: uploadEntity(ownUpload(call, call.query.get("media_id") ?? ""), call.world) });
      },
      "POST /2/media/metadata": describe,
    },
  }),
};
