/** X's API v2 as far as the adapter speaks it: https://docs.x.com/x-api, openapi.json 2.167. */
import { randomBytes } from "node:crypto";
import * as v from "valibot";
import { type Endpoint, NetworkError, type Reach, type Receipt } from "../../adapter.ts";
import { authorization } from "../../http/oauth1.ts";
import { base, secret, text } from "../../settings.ts";

export const channel = v.pipe(
  v.strictObject({
    handle: v.pipe(
      text("The account, without @"),
      v.transform((typed) => typed.replace(/^@/, "")),
      v.regex(/^\w{1,15}$/, "is not an account's name: letters, digits and _, at most 15"),
    ),
    token: secret("Access token"),
    key: v.optional(secret("The app's API key, for OAuth 1.0a")),
    key_secret: v.optional(secret("The app's API key secret, for OAuth 1.0a")),
    token_secret: v.optional(secret("Access token secret, for OAuth 1.0a")),
    long: v.optional(
      v.pipe(v.boolean(), v.description("The account has X Premium: posts of up to 25,000 characters")),
    ),
    server: base("Where the API is", "https://api.x.com"),
    web: base("Where people read", "https://x.com"),
  }),
  v.check(
    ({ key, key_secret, token_secret }) => new Set([!key, !key_secret, !token_secret]).size === 1,
    "needs key, key_secret and token_secret together, or none of them",
  ),
);

export const options = v.strictObject({
  reply_settings: v.optional(
    v.pipe(
      v.picklist(["following", "mentionedUsers", "subscribers", "verified"]),
      v.description("Who may reply; default everybody"),
    ),
  ),
  made_with_ai: v.optional(v.pipe(v.boolean(), v.description("Says that its media were made by AI"))),
  paid_partnership: v.optional(v.pipe(v.boolean(), v.description("Says that it is advertising"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Id = v.object({ data: v.object({ id: v.string() }) });
export const Made = v.object({
  data: v.object({ id: v.string(), edit_history_post_ids: v.optional(v.array(v.string())) }),
});
/** https://docs.x.com/x-api/fundamentals/response-codes-and-errors. */
export const Problem = v.union([
  v.object({ title: v.string(), type: v.string(), detail: v.optional(v.string()) }),
  v.object({ errors: v.array(v.object({ message: v.string() })) }),
]);

export const Link = v.object({
  url: v.string(),
  expanded_url: v.optional(v.string()),
  // Set for the address that stands for a file.
  media_key: v.optional(v.string()),
});

export const Tweet = v.object({
  id: v.string(),
  text: v.string(),
  created_at: v.optional(v.string()),
  author_id: v.optional(v.string()),
  // What a long post has more than 280 characters.
  note_tweet: v.optional(
    v.object({ text: v.string(), entities: v.optional(v.object({ urls: v.optional(v.array(Link)) })) }),
  ),
  entities: v.optional(v.object({ urls: v.optional(v.array(Link)) })),
  referenced_tweets: v.optional(v.array(v.object({ type: v.string(), id: v.string() }))),
  attachments: v.optional(
    v.object({
      media_keys: v.optional(v.array(v.string())),
      poll_ids: v.optional(v.array(v.string())),
    }),
  ),
  edit_history_tweet_ids: v.optional(v.array(v.string())),
  public_metrics: v.optional(v.record(v.string(), v.number())),
});
export type Tweet = v.InferOutput<typeof Tweet>;

export const FIELDS = "created_at,entities,note_tweet,referenced_tweets,attachments,edit_history_tweet_ids";

/** OAuth 2 by a header; OAuth 1.0a signs each request, but not its JSON or its files. */
export function endpointOf({ server, token, key, key_secret, token_secret }: Channel): Endpoint {
  const base = `${server}/2`;
  if (!key || !key_secret || !token_secret) return { base, headers: { Authorization: `Bearer ${token}` } };
  const credentials = { key, secret: key_secret, token, tokenSecret: token_secret };
  return {
    base,
    sign: ({ method, url }) => ({
      Authorization: authorization(
        { method, url },
        credentials,
        randomBytes(16).toString("hex"),
        Math.floor(Date.now() / 1000),
      ),
    }),
  };
}

/** `versions`: of an edited post, oldest first; answers go on to hang below the first one. */
export function receiptOf(
  id: string,
  { handle, web }: Channel,
  [first = id]: readonly string[] = [],
): Receipt {
  return { id, url: `${web}/${handle}/status/${id}`, ...(first !== id && { ref: { first } }) };
}

export function pathOf({ id }: Pick<Receipt, "id">): string {
  return `/tweets/${encodeURIComponent(id)}`;
}

const Me = v.object({ data: v.object({ id: v.string(), username: v.string() }) });

/** Throws when the token belongs to another account than the channel says: its posts would have wrong addresses. */
export async function whoAmI({ ask, channel }: Reach<Channel>): Promise<{ id: string; username: string }> {
  const { data } = await ask({ path: "/users/me" }, Me, "an account");
  if (data.username.toLowerCase() !== channel.handle.toLowerCase())
    throw new NetworkError(
      "auth",
      `the token belongs to @${data.username}, and handle says ${channel.handle}`,
    );
  return data;
}

/** As readers read it: whole addresses in the place of t.co, and without those that stand for files. */
export function shownTextOf(tweet: Tweet): string {
  const { text, entities } = tweet.note_tweet ?? tweet;
  const links = entities?.urls ?? [];
  const whole = links.reduce(
    (shown, { url, expanded_url, media_key }) =>
      shown.replace(url, media_key === undefined ? (expanded_url ?? url) : ""),
    text,
  );
  return whole.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&").trim();
}
