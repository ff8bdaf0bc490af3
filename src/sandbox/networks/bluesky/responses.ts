/** How XRPC asks and answers: inputs, errors, rate headers. */
import { readBody } from "../../body.ts";
import type { SandboxReply, SandboxRequest, Taken, World } from "../../network.ts";

export function jsonInput(
  request: SandboxRequest,
  required: string[],
): { input: Record<string, unknown> } | SandboxReply {
  const { fields, type, malformed } = readBody(request);
  if (type === "none")
    return refuse(400, "InvalidRequest", "A request body is expected but none was provided");
  if (type !== "json") {
    return refuse(
      400,
      "InvalidRequest",
      `Wrong request encoding (Content-Type): ${request.headers["content-type"]}`,
    );
  }
  if (malformed) return refuse(400, "InvalidRequest", "Input must be a JSON object");
  const missing = required.find((name) => fields[name] === undefined);
  if (missing) return refuse(400, "InvalidRequest", `Input must have the property "${missing}"`);
  return { input: fields };
}

export function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

export function refuse(status: number, error: string, message: string): SandboxReply {
  return { status, body: { error, message } };
}

/** `retryAfter`: as the header says it; null for none; absent for the window's end. */
export function limited(
  resetAt: number,
  world: World,
  policy: string,
  retryAfter?: string | null,
): SandboxReply {
  const limit = Number.parseInt(policy, 10);
  const wait =
    retryAfter === undefined ? String(Math.max(1, Math.ceil((resetAt - world.now()) / 1000))) : retryAfter;
  const headers = rateHeaders({ ok: false, resetAt }, policy, limit);
  return {
    ...refuse(429, "RateLimitExceeded", "Rate Limit Exceeded"),
    headers: wait === null ? headers : { ...headers, "retry-after": wait },
  };
}

export function rateHeaders(taken: Taken, policy: string, limit: number): Record<string, string> {
  return {
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(taken.ok ? Math.min(taken.remaining, limit) : 0),
    "ratelimit-reset": String(Math.ceil(taken.resetAt / 1000)),
    "ratelimit-policy": policy,
  };
}
