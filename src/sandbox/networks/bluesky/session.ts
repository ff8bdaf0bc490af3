/** Logging in: opaque tokens that end by the clock and rotate. */
import { bearer } from "../../body.ts";
import { channelOf, sha256 } from "../../ids.ts";
import type { SandboxReply, SandboxRequest, World } from "../../network.ts";
import { jsonInput, limited, ok, rateHeaders, refuse } from "./responses.ts";
import { didOf, handleOf, ID, type State, type Token } from "./state.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ACCESS_MS = 2 * HOUR;
const REFRESH_MS = 90 * 24 * HOUR;
const LOGINS = [
  { posts: 30, ms: 5 * MINUTE },
  { posts: 300, ms: 24 * HOUR },
];

export function createSession(request: SandboxRequest, state: State, world: World): SandboxReply {
  const asked = jsonInput(request, ["identifier", "password"]);
  if ("status" in asked) return asked;
  const { input } = asked;
  const identifier = String(input.identifier);
  const taken = world.take(ID, `${identifier} login`, LOGINS);
  if (!taken.ok) return limited(taken.resetAt, world, "30;w=300");
  const name = channelOf(String(input.password));
  if (name === undefined || (identifier !== handleOf(name) && identifier !== didOf(handleOf(name)))) {
    return refuse(401, "AuthenticationRequired", "Invalid identifier or password");
  }
  return { ...ok(session(name, state, world)), headers: rateHeaders(taken, "30;w=300", 30) };
}

export function refreshSession(request: SandboxRequest, state: State, world: World): SandboxReply {
  const token = authorise(request, state, world, "refresh");
  if ("status" in token) return token;
  // The old one stays good for two hours, so that a lost answer does not lock anybody out.
  token.until = Math.min(token.until, world.now() + 2 * HOUR);
  return ok(session(token.name, state, world));
}

export function getSession(request: SandboxRequest, state: State, world: World): SandboxReply {
  const token = authorise(request, state, world);
  if ("status" in token) return token;
  return ok({
    handle: handleOf(token.name),
    did: didOf(handleOf(token.name)),
    active: true,
    email: "sandbox@sandbox.test",
  });
}

export function session(name: string, state: State, world: World): Record<string, unknown> {
  const handle = handleOf(name);
  const did = didOf(handle);
  return {
    accessJwt: issue("access", name, ACCESS_MS, state, world),
    refreshJwt: issue("refresh", name, REFRESH_MS, state, world),
    handle,
    did,
    didDoc: {
      "@context": ["https://www.w3.org/ns/did/v1"],
      id: did,
      alsoKnownAs: [`at://${handle}`],
      service: [{ id: "#atproto_pds", type: "AtprotoPersonalDataServer", serviceEndpoint: world.base(ID) }],
    },
    active: true,
  };
}

// Shaped like a JWT for clients that look inside; what counts is that we remember it.
export function issue(kind: Token["kind"], name: string, ms: number, state: State, world: World): string {
  const now = world.now();
  state.sequence++;
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    scope: kind === "access" ? "com.atproto.appPass" : "com.atproto.refresh",
    sub: didOf(handleOf(name)),
    iat: Math.floor(now / 1000),
    exp: Math.floor((now + ms) / 1000),
    jti: String(state.sequence),
  };
  const token = `${part({ typ: "at+jwt", alg: "none" })}.${part(claims)}.${sha256(`${state.sequence} ${name}`).toString("base64url")}`;
  state.tokens.set(token, { name, kind, until: now + ms });
  return token;
}

export function authorise(
  request: SandboxRequest,
  state: State,
  world: World,
  kind: Token["kind"] = "access",
): Token | SandboxReply {
  const credential = bearer(request);
  if (credential === undefined) return refuse(401, "AuthMissing", "Authentication Required");
  const token = state.tokens.get(credential);
  if (!token) return refuse(400, "InvalidToken", "Token could not be verified");
  if (token.kind !== kind) return refuse(400, "InvalidToken", "Bad token scope");
  if (request.trouble?.kind === "expired") token.until = world.now();
  // 400 and not 401: `InvalidRequestError('Token has expired', 'ExpiredToken')`.
  if (token.until <= world.now()) return refuse(400, "ExpiredToken", "Token has expired");
  return token;
}
