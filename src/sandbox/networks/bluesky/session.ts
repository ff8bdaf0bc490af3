/** Logging in: https://docs.bsky.app/docs/api/com-atproto-server-create-session and its neighbours. */
import { bearer } from "../../body.ts";
import { channelOf, sha256 } from "../../ids.ts";
import type { SandboxReply, World } from "../../network.ts";
import { type Call, DAY, type Fields, HOUR, inputOf, ok, refuse } from "./call.ts";
import { didOf, handleOf, ID, type State, type Token } from "./state.ts";

const ACCESS_MS = 2 * HOUR;
const REFRESH_MS = 90 * DAY;
export const REFRESH = "/xrpc/com.atproto.server.refreshSession";
export const END = "/xrpc/com.atproto.server.deleteSession";
const MAIL = { email: "sandbox@sandbox.test", emailConfirmed: true };

export function authorise({ request, path, state, world }: Call): Token {
  const credential = bearer(request);
  if (credential === undefined) throw refuse(401, "AuthMissing", "Authentication Required");
  const token = state.tokens.get(credential);
  if (!token) throw refuse(400, "InvalidToken", "Token could not be verified");
  if (token.kind !== (path === REFRESH || path === END ? "refresh" : "access"))
    throw refuse(400, "InvalidToken", "Invalid token type");
  if (request.trouble?.kind === "expired") token.until = world.now();
  // 400 and not 401: `InvalidRequestError('Token has expired', 'ExpiredToken')`.
  if (token.until <= world.now()) throw refuse(400, "ExpiredToken", "Token has expired");
  return token;
}

export function createSession(call: Call): SandboxReply {
  const input = inputOf(call, ["identifier", "password"]);
  const identifier = String(input.identifier);
  call.take("logins", identifier);
  const name = channelOf(String(input.password));
  if (name === undefined || (identifier !== handleOf(name) && identifier !== didOf(handleOf(name))))
    throw refuse(401, "AuthenticationRequired", "Invalid identifier or password");
  return ok(session(name, call));
}

export function refreshSession(call: Call): SandboxReply {
  const token = call.who();
  // The old one stays good for two hours, so that a lost answer does not lock anybody out.
  token.until = Math.min(token.until, call.world.now() + 2 * HOUR);
  return ok(session(token.name, call));
}

export function deleteSession({ request, state }: Call): SandboxReply {
  state.tokens.delete(bearer(request) ?? "");
  return { status: 200 };
}

export function getSession(call: Call): SandboxReply {
  const handle = handleOf(call.who().name);
  return ok({ handle, did: didOf(handle), active: true, ...MAIL });
}

// Shaped like a JWT for clients that look inside; what counts is that we remember it.
function issue(kind: Token["kind"], name: string, ms: number, state: State, world: World): string {
  const now = world.now();
  state.sequence++;
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    scope: kind === "access" ? "com.atproto.appPass" : "com.atproto.refresh",
    sub: didOf(handleOf(name)),
    iat: Math.floor(now / 1_000),
    exp: Math.floor((now + ms) / 1_000),
    jti: String(state.sequence),
  };
  const token = `${part({ typ: "at+jwt", alg: "none" })}.${part(claims)}.${sha256(`${state.sequence} ${name}`).toString("base64url")}`;
  state.tokens.set(token, { name, kind, until: now + ms });
  return token;
}

function session(name: string, { state, world }: Call): Fields {
  const handle = handleOf(name);
  const did = didOf(handle);
  return {
    accessJwt: issue("access", name, ACCESS_MS, state, world),
    refreshJwt: issue("refresh", name, REFRESH_MS, state, world),
    handle,
    did,
    ...MAIL,
    didDoc: {
      "@context": ["https://www.w3.org/ns/did/v1"],
      id: did,
      alsoKnownAs: [`at://${handle}`],
      service: [{ id: "#atproto_pds", type: "AtprotoPersonalDataServer", serviceEndpoint: world.base(ID) }],
    },
    active: true,
  };
}
