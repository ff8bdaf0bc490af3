/**
 * Mastodon 4.4 as its documents describe it: https://docs.joinmastodon.org/methods/statuses/, …/media/, …/accounts/,
 * …/scheduled_statuses/ (its limits are in scheduled_status.rb), https://docs.joinmastodon.org/api/rate-limits/. Read 2026-11-23.
 */
import { bearer } from "../../body.ts";
import type { SandboxNetwork, SandboxReply, SandboxRequest, World } from "../../network.ts";
import { accountEntity, ID, instance, instanceV1, scheduledOf } from "./entities.ts";
import { readMedia, upload } from "./media.ts";
import { limited, ok, rateHeaders, refuse } from "./responses.ts";
import { publishDue, scheduledStatus } from "./scheduled.ts";
import { LIMITS, MINUTE, type State, stateOf } from "./state.ts";
import { createStatus, deleteStatus, readSource, readStatus, timeline } from "./statuses.ts";

export const mastodon: SandboxNetwork = {
  id: ID,
  name: "Mastodon",
  look: { light: "#5b4bd6", dark: "#a59bff", mark: "M", layout: "post", alt: true },
  channel: (name, base) => ({ server: base, token: `sandbox-${name}` }),
  publishes: (method, path) => method === "POST" && path === "/api/v1/statuses",
  recognises: (request) => request.headers["idempotency-key"] !== undefined,
  handle(request, world) {
    const state = stateOf(world);
    publishDue(state, world);
    return route(request, state, world);
  },
  // Nobody has to ask for what has come due.
  posts(world) {
    publishDue(stateOf(world), world);
    return [];
  },
};

function route(request: SandboxRequest, state: State, world: World): SandboxReply | undefined {
  const { method, path } = request;
  if (method === "GET" && path === "/api/v2/instance") return ok(instance(world));
  if (method === "GET" && path === "/api/v1/instance") return ok(instanceV1(world));
  if (!path.startsWith("/api/")) return undefined;

  const account = accountOf(request);
  if (request.trouble?.kind === "expired") return refuse(401, "The access token was revoked");
  const id = /\/(\d+)(?:\/\w+)?$/.exec(path)?.[1] ?? "";
  if (method === "GET" && /^\/api\/v1\/statuses\/\d+$/.test(path))
    return readStatus(state, id, account, world);
  if (method === "GET" && /^\/api\/v1\/accounts\/\d+\/statuses$/.test(path)) {
    return timeline(state, id, account, request.query, world);
  }

  if (account === undefined) return refuse(401, "The access token is invalid");
  if (request.trouble?.kind === "limited")
    return limited(300, world.now() + 5 * MINUTE, request.trouble.retryAfter);
  const calls = world.take(ID, `${account} calls`, LIMITS.calls);
  if (!calls.ok) return limited(300, calls.resetAt);
  const rates = rateHeaders(300, calls.remaining, calls.resetAt);
  const reply = authorised(request, id, account, state, world);
  return reply && { ...reply, headers: { ...rates, ...reply.headers } };
}

function authorised(
  request: SandboxRequest,
  id: string,
  account: string,
  state: State,
  world: World,
): SandboxReply | undefined {
  const { method, path } = request;
  if (method === "GET" && path === "/api/v1/accounts/verify_credentials")
    return ok(accountEntity(account, world));
  if (method === "POST" && path === "/api/v1/statuses") return createStatus(request, account, state, world);
  if (path === "/api/v1/scheduled_statuses" && method === "GET")
    return ok(scheduledOf(state, account, request.query));
  if (/^\/api\/v1\/scheduled_statuses\/\d+$/.test(path))
    return scheduledStatus(request, id, account, state, world);
  if (method === "GET" && /^\/api\/v1\/statuses\/\d+\/source$/.test(path))
    return readSource(state, id, account);
  if (method === "DELETE" && /^\/api\/v1\/statuses\/\d+$/.test(path))
    return deleteStatus(state, id, account, world);
  if (method === "POST" && path === "/api/v2/media") return upload(request, account, state, world);
  if (method === "GET" && /^\/api\/v1\/media\/\d+$/.test(path)) return readMedia(state, id, account, world);
  return refuse(404, "Record not found");
}

function accountOf(request: SandboxRequest): string | undefined {
  return /^sandbox-([\w.-]+)$/.exec(bearer(request) ?? "")?.[1];
}
