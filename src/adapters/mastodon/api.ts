/** How Mastodon's API is asked, and what it answers with: https://docs.joinmastodon.org/entities/Status/ */
import * as v from "valibot";
import type { Context, HttpRequest, Receipt, Reply } from "../../adapter.ts";
import { expectReply } from "../../http/http.ts";
import { secret, text, url } from "../../settings.ts";

export const channel = v.strictObject({
  server: url("The server, such as https://mastodon.social"),
  token: secret("Access token with the scopes read:accounts, read:statuses, write:media and write:statuses"),
});

export const options = v.strictObject({
  visibility: v.optional(
    v.pipe(v.picklist(["public", "unlisted", "private", "direct"]), v.description("Who sees the post")),
  ),
  spoiler_text: v.optional(text("Content warning, shown instead of the text until the reader asks for it")),
  sensitive: v.optional(v.pipe(v.boolean(), v.description("Hides the media until the reader asks for them"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Created = v.object({ id: v.string(), url: v.nullish(v.string()), uri: v.string() });
export const Me = v.object({ id: v.string(), acct: v.string(), url: v.nullish(v.string()) });

export const Scheduled = v.object({
  id: v.string(),
  scheduled_at: v.string(),
  params: v.object({ text: v.string(), spoiler_text: v.nullish(v.string()) }),
  media_attachments: v.nullish(v.array(v.unknown())),
});

export function call(
  { channel, http }: Context<Channel>,
  method: HttpRequest["method"],
  path: string,
  request: Partial<HttpRequest> = {},
): Promise<Reply> {
  const headers = { Authorization: `Bearer ${channel.token}`, ...request.headers };
  return http({ ...request, method, url: `${channel.server}${path}`, headers });
}

export function receiptOf(status: v.InferOutput<typeof Created>): Receipt {
  return { id: status.id, url: status.url ?? status.uri };
}

export function waitingOf({ id, scheduled_at }: v.InferOutput<typeof Scheduled>): Receipt {
  return { id, due: scheduled_at };
}

export async function whoAmI(context: Context<Channel>): Promise<v.InferOutput<typeof Me>> {
  const reply = await call(context, "GET", "/api/v1/accounts/verify_credentials");
  return expectReply(reply, Me, "an account", true);
}
