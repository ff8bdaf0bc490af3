/** What the routes share: the call and its answers. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import type { SandboxReply } from "../../network.ts";
import { asDid, didOf, handleOf, type State, type Token } from "./state.ts";

export type Call = SomeCall<State, Token>;
export type Fields = Record<string, unknown>;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

export function said(status: number, error: string, message: string): SandboxReply {
  return { status, body: { error, message } };
}

export function refuse(status: number, error: string, message: string): Error {
  return refusal(said(status, error, message));
}

// As the header names each window.
const POLICIES: Record<string, string> = {
  writes: "5000;w=3600",
  blobs: "1000;w=86400",
  logins: "30;w=300",
};

export function rateHeaders({
  window,
  limit,
  remaining,
  resetAt,
}: {
  window: string;
  limit: number;
  remaining: number;
  resetAt: number;
}) {
  return {
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(Math.ceil(resetAt / 1_000)),
    "ratelimit-policy": POLICIES[window] ?? "",
  };
}

export function inputOf(call: Call, required: string[]): Fields {
  const { fields, type, malformed } = call.body();
  const wrong = (message: string) => refuse(400, "InvalidRequest", message);
  if (type === "none") throw wrong("Request encoding (Content-Type) required but not provided");
  if (type !== "json")
    throw wrong(`Wrong request encoding (Content-Type): ${call.request.headers["content-type"]}`);
  if (malformed) throw refuse(400, "SyntaxError", "Unexpected token in JSON");
  const missing = required.find((name) => fields[name] === undefined);
  if (missing) throw wrong(`Missing required key "${missing}" at $`);
  return fields;
}

/** The caller's own repository, named by handle or DID. */
export function ownRepo(call: Call, { repo }: Fields): string {
  const did = didOf(handleOf(call.who().name));
  if (asDid(String(repo)) !== did) throw refuse(403, "AccountNotFound", "Account not found");
  return did;
}

export function countOf(
  query: URLSearchParams,
  name: string,
  usual: number,
  least: number,
  most: number,
): number {
  const count = Number(query.get(name) ?? usual);
  if (!Number.isInteger(count) || count < least)
    throw refuse(400, "InvalidRequest", `Params/${name} can not be less than ${least}`);
  if (count > most) throw refuse(400, "InvalidRequest", `Params/${name} can not be greater than ${most}`);
  return count;
}
