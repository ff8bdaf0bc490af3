/** The Threads API as far as posts need it: https://developers.facebook.com/docs/threads/posts. */
import * as v from "valibot";
import type { Account, Reach, Receipt } from "../../adapter.ts";
import { base, secret } from "../../settings.ts";

export const channel = v.strictObject({
  token: secret(
    "Long-lived access token with threads_basic, threads_content_publish, threads_manage_replies, threads_read_replies, threads_manage_insights and threads_delete",
  ),
  server: base("Where the API is", "https://graph.threads.net"),
});

export const options = v.strictObject({
  reply_control: v.optional(
    v.pipe(
      v.picklist([
        "everyone",
        "accounts_you_follow",
        "mentioned_only",
        "parent_post_author_only",
        "followers_only",
      ]),
      v.description("Who may reply."),
    ),
  ),
  topic_tag: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[^.&#]{1,50}$/u, "is not a topic: 1 to 50 characters without `.`, `&` and `#`"),
      v.description("The post's one topic. Default: its first hashtag."),
    ),
  ),
  spoiler: v.optional(
    v.pipe(v.boolean(), v.description("Pictures and videos are blurred until a reader asks for them.")),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Id = v.object({ id: v.string() });

export const Item = v.object({
  id: v.string(),
  text: v.optional(v.string(), ""),
  permalink: v.optional(v.string()),
  timestamp: v.optional(v.string(), ""),
});
export const FIELDS = "id,text,permalink,timestamp";

export const Paging = v.optional(
  v.object({
    cursors: v.optional(v.object({ after: v.optional(v.string()) })),
    next: v.optional(v.string()),
  }),
);

export function pathOf({ id }: Pick<Receipt, "id">): string {
  return `/${encodeURIComponent(id)}`;
}

const Me = v.object({ id: v.string(), username: v.string() });
const Quota = v.object({
  data: v.array(v.object({ config: v.object({ quota_total: v.number(), quota_duration: v.number() }) })),
});
const Token = v.object({
  data: v.object({ expires_at: v.optional(v.number()), scopes: v.optional(v.array(v.string())) }),
});

export async function account({ ask, channel }: Reach<Channel>): Promise<Account> {
  const { id, username } = await ask({ path: "/me", query: { fields: "id,username" } }, Me, "an account");
  const query = { fields: "config" };
  const quota = await ask({ path: "/me/threads_publishing_limit", query }, Quota, "a quota");
  const debug = { path: "/debug_token", query: { input_token: channel.token } };
  const { expires_at, scopes } = (await ask(debug, Token, "a token's facts")).data;
  const [config] = quota.data.map((one) => one.config);
  return {
    id,
    handle: `@${username}`,
    url: `https://www.threads.net/@${username}`,
    ...(expires_at && { expires: new Date(1000 * expires_at).toISOString() }),
    ...(scopes && { scopes }),
    ...(config && {
      limits: { rates: [{ posts: config.quota_total, per: `${config.quota_duration}s` as const }] },
    }),
  };
}
