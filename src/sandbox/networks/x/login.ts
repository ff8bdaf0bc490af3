/** Who comes: by OAuth 2, or signed with the keys of OAuth 1.0a; and how often. */

import { createHmac } from "node:crypto";
import { refusal } from "../../api.ts";
import { bearer } from "../../body.ts";
import { memberOf } from "../../ids.ts";
import type { SandboxReply } from "../../network.ts";
import { type Call, ID, problem, type User, userOf } from "./state.ts";

export const KEY = { id: "sandbox-key", secret: "sandbox-key-secret", token: "sandbox-token-secret" };

export function whose(call: Call): User {
  const header = String(call.request.headers.authorization ?? "");
  const token = header.startsWith("OAuth ") ? signedToken(call, header) : bearer(call.request);
  const member = memberOf(token);
  if (!member) throw refusal(unauthorized());
  return userOf(member.channel, member.name === member.channel ? undefined : member.name);
}

export function unauthorized(): SandboxReply {
  return problem(401, "Unauthorized", "Unauthorized");
}

/** RFC 5849, 3.4: over the method, the address, its query and the `oauth_` parameters; JSON and files are not signed. */
function signedToken({ request, method, query, world }: Call, header: string): string | undefined {
  const said = new Map(
    [...header.matchAll(/(oauth_\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name!,
      decodeURIComponent(value!),
    ]),
  );
  const signature = said.get("oauth_signature");
  said.delete("oauth_signature");
  if (said.get("oauth_consumer_key") !== KEY.id || !/^\d+$/.test(said.get("oauth_timestamp") ?? ""))
    return undefined;
  const pairs = [...said, ...query]
    .map(([name, value]) => `${strict(name)}=${strict(value)}`)
    .sort()
    .join("&");
  const base = [method, `${world.base(ID)}${request.path}`, pairs].map(strict).join("&");
  const expected = createHmac("sha1", `${strict(KEY.secret)}&${strict(KEY.token)}`)
    .update(base)
    .digest("base64");
  return signature === expected ? said.get("oauth_token") : undefined;
}

function strict(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function counted(call: Call, window: string): User {
  const user = call.who();
  call.take(window, user.id);
  return user;
}

export function rateHeaders({
  limit,
  remaining,
  resetAt,
}: {
  limit: number;
  remaining: number;
  resetAt: number;
}) {
  return {
    "x-rate-limit-limit": String(limit),
    "x-rate-limit-remaining": String(remaining),
    "x-rate-limit-reset": String(Math.ceil(resetAt / 1000)),
  };
}
