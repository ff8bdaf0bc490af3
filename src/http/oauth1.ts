/** The signature of OAuth 1.0a (RFC 5849) with HMAC-SHA1. */
import { createHmac } from "node:crypto";

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
