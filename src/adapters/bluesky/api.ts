/** The AT Protocol as far as the adapter speaks it: settings, requests, and where a record is. */
import * as v from "valibot";
import type { Context, HttpRequest, Receipt } from "../../adapter.ts";
import { base, secret, text } from "../../settings.ts";
import { ENTRYWAY, type Login } from "./session.ts";
import { tidOf } from "./tid.ts";

export const channel = v.strictObject({
  identifier: text("Handle or e-mail address, such as acme.bsky.social"),
  password: secret("App password, from Settings, Privacy and security, App passwords"),
  server: base("Where to log in", ENTRYWAY),
  web: base("Where people read", "https://bsky.app"),
});

export const options = v.strictObject({});

export type Channel = v.InferOutput<typeof channel>;

export const COLLECTION = "app.bsky.feed.post";
/** Words of a refusal that says there is no such record. */
export const NO_RECORD = ["RecordNotFound", "Could not locate record"];
export const Refused = v.object({ error: v.string(), message: v.optional(v.string(), "") });
export const Written = v.object({ uri: v.pipe(v.string(), v.startsWith("at://")), cid: v.string() });
export function xrpc(
  { pds, accessJwt }: Login,
  name: string,
  request: Partial<HttpRequest> = {},
): HttpRequest {
  return { ...request, url: `${pds}/xrpc/${name}`, headers: { Authorization: `Bearer ${accessJwt}` } };
}

export function rkeyOf({ startedAt, key }: Context<Channel>): string {
  return tidOf(startedAt, key);
}

export function receiptOf(
  { uri, cid }: v.InferOutput<typeof Written>,
  { channel }: Pick<Context<Channel>, "channel">,
  { handle }: Pick<Login, "handle">,
): Receipt {
  return { id: uri, url: `${channel.web}/profile/${handle}/post/${uri.split("/").at(-1)}`, ref: { cid } };
}
