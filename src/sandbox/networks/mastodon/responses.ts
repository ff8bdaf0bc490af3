/** How Mastodon answers: bodies, refusals, and what is left of a window. */
import type { SandboxReply } from "../../network.ts";

export function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

export function refuse(status: number, error: string): SandboxReply {
  return { status, body: { error } };
}

export function limited(limit: number, resetAt: number, retryAfter?: string): SandboxReply {
  const headers = { ...rateHeaders(limit, 0, resetAt), ...(retryAfter ? { "retry-after": retryAfter } : {}) };
  return { status: 429, headers, body: { error: "Too many requests" } };
}

// The reset is an ISO date with microseconds, not an epoch (rack_attack.rb, `iso8601(6)`).
export function rateHeaders(limit: number, remaining: number, resetAt: number): Record<string, string> {
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": new Date(resetAt).toISOString().replace("Z", "000Z"),
  };
}
