/** Ghost's keys and tokens: https://docs.ghost.org/admin-api#token-authentication. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { refusal } from "../../api.ts";
import { sha256 } from "../../ids.ts";
import type { SandboxReply } from "../../network.ts";
import type { Call } from "./post.ts";

const LONGEST = 300;

/** The key of a site in the sandbox: `id:secret`, both hexadecimal. */
export function keyOf(site: string): string {
  return `${idOf(site)}:${secretOf(site).toString("hex")}`;
}

const idOf = (site: string) => sha256(`ghost ${site}`).toString("hex").slice(0, 24);
const secretOf = (site: string) => sha256(`ghost secret ${site}`);

interface Part {
  alg?: unknown;
  kid?: unknown;
  aud?: unknown;
  iat?: unknown;
  exp?: unknown;
}

/** Whose token it is: the site in the path. Throws what `said` makes of a refusal. */
export function callerOf(
  said: (status: number, type: string, message: string) => SandboxReply,
): (call: Call) => string {
  const refuse = (message: string) => refusal(said(401, "UnauthorizedError", message));
  return ({ request, params }) => {
    const site = params.site ?? "";
    const [, token] = /^Ghost (\S+)$/.exec(String(request.headers.authorization ?? "")) ?? [];
    if (token === undefined)
      throw refuse("Authorization failed. Header format is 'Authorization: Ghost [token]'");
    const [head = "", body = "", signature = ""] = token.split(".");
    const { alg, kid } = read(head);
    if (alg !== "HS256" || kid !== idOf(site)) throw refuse("Unknown Admin API Key");
    const expected = createHmac("sha256", secretOf(site)).update(`${head}.${body}`).digest();
    const given = Buffer.from(signature, "base64url");
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw refuse("Invalid token: invalid signature");
    const { aud, iat, exp } = read(body);
    const now = Date.now() / 1000;
    if (aud !== "/admin/") throw refuse("Invalid token: jwt audience invalid");
    if (typeof iat !== "number" || typeof exp !== "number" || exp - iat > LONGEST || iat < now - LONGEST)
      throw refuse("Invalid token: maxAge exceeded");
    if (exp < now) throw refuse("Invalid token: jwt expired");
    return site;
  };
}

function read(part: string): Part {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Part;
  } catch {
    return {};
  }
}
