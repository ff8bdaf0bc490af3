/** OAuth 1.0a (RFC 5849) with HMAC-SHA1: the signature, and the three steps of a login. */
import { createHmac, randomBytes } from "node:crypto";
import type { OAuth1 } from "../adapter.ts";
import { NetworkError } from "../errors.ts";
import { createHttp } from "../http/http.ts";
import {
  type App,
  fillPlaceholders,
  type OAuthEnv,
  type PendingAuthorization,
  withQuery,
} from "./authorization.ts";

export interface Credentials {
  key: string;
  secret: string;
  token?: string;
  tokenSecret?: string;
}

export interface SignedRequest {
  method: string;
  url: string;
  /** Of a form body; JSON and multipart bodies are not signed. */
  form?: Record<string, string>;
  /** `oauth_callback`, `oauth_verifier`. */
  more?: Record<string, string>;
}

/** The value of the Authorization header. `nonce` and `timestamp` (seconds) are given so that it is the same twice. */
export function authorization(
  { method, url, form = {}, more = {} }: SignedRequest,
  { key, secret, token, tokenSecret = "" }: Credentials,
  nonce: string,
  timestamp: number,
): string {
  const parameters: Record<string, string> = {
    oauth_consumer_key: key,
    oauth_nonce: nonce,
    oauth_signature_method: "HMAC-SHA1",
    oauth_timestamp: String(timestamp),
    oauth_version: "1.0",
    ...(token !== undefined && { oauth_token: token }),
    ...more,
  };
  const { origin, pathname, searchParams } = new URL(url);
  const normalised = [...Object.entries(parameters), ...Object.entries(form), ...searchParams]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const base = [method.toUpperCase(), origin + pathname, normalised].map(encode).join("&");
  const signature = createHmac("sha1", `${encode(secret)}&${encode(tokenSecret)}`)
    .update(base)
    .digest("base64");
  const signed = Object.entries({ ...parameters, oauth_signature: signature });
  return `OAuth ${signed.map(([name, value]) => `${encode(name)}="${encode(value)}"`).join(", ")}`;
}

/** Begins a login. `redirect` is where the browser comes back to, or `oob` for a number to copy. */
export async function beginOAuth1(
  auth: OAuth1,
  app: App,
  redirect: string,
  env: OAuthEnv,
): Promise<PendingAuthorization> {
  const consumer = { key: app.id, secret: app.secret ?? "" };
  const ask = async (address: string, more: Record<string, string>, held: Partial<Credentials>) => {
    const url = fillPlaceholders(address, env.publicSettings);
    const http = createHttp({ ...env, secrets: [consumer.secret, held.tokenSecret ?? ""] });
    const header = authorization(
      { method: "POST", url, more },
      { ...consumer, ...held },
      randomBytes(16).toString("hex"),
      Math.floor(env.now() / 1000),
    );
    const reply = await http({ method: "POST", url, headers: { Authorization: header }, safe: true });
    const answer = new URLSearchParams(reply.text);
    const [token, tokenSecret] = [answer.get("oauth_token"), answer.get("oauth_token_secret")];
    if (!token || !tokenSecret) throw new NetworkError("auth", "the network did not return a token");
    return { token, tokenSecret };
  };

  const temporary = await ask(auth.request, { oauth_callback: redirect }, {});
  return {
    url: withQuery(fillPlaceholders(auth.authorize, env.publicSettings), { oauth_token: temporary.token }),
    isOurs: (answer) => (answer.get("oauth_token") ?? answer.get("denied")) === temporary.token,
    async finish(answer) {
      const verifier = answer.get("oauth_verifier") ?? answer.get("code");
      if (!verifier) throw new NetworkError("auth", "the login was refused in the browser");
      const { token, tokenSecret } = await ask(auth.access, { oauth_verifier: verifier }, temporary);
      const { settings } = auth;
      return {
        settings: {
          [settings.key]: consumer.key,
          [settings.secret]: consumer.secret,
          [settings.token]: token,
          [settings.tokenSecret]: tokenSecret,
        },
      };
    },
  };
}

// RFC 3986, which leaves fewer characters alone than encodeURIComponent.
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
