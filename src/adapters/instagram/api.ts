/** Instagram's content publishing API: https://developers.facebook.com/docs/instagram-platform/content-publishing. */
import * as v from "valibot";
import type { Account, Reach, Receipt } from "../../adapter.ts";
import { secret, text, url } from "../../settings.ts";

const VERSION = "v25.0";
const SERVERS = { instagram: "https://graph.instagram.com", facebook: "https://graph.facebook.com" };

export const channel = v.strictObject({
  user: v.pipe(
    text("The professional account's id, in quotes"),
    v.regex(/^\d+$/, "is not an account's id: a long number, in quotes"),
  ),
  token: secret(
    "Access token with instagram_business_basic, instagram_business_content_publish, instagram_business_manage_comments and instagram_business_manage_insights",
  ),
  login: v.optional(
    v.pipe(
      v.picklist(["instagram", "facebook"]),
      v.description("Whose login the token came by. Default: instagram."),
    ),
    "instagram",
  ),
  version: v.optional(
    v.pipe(
      text(`Version of the Graph API; default ${VERSION}`),
      v.regex(/^v\d+\.\d$/, "is not a version: v25.0"),
    ),
    VERSION,
  ),
  server: v.optional(url("Where the API is; default: that of the login")),
});

export const options = v.strictObject({
  story: v.optional(
    v.pipe(v.boolean(), v.description("Makes it a story, which is there for a day and shows no text.")),
  ),
  collaborators: v.optional(
    v.pipe(
      v.array(v.string()),
      v.maxLength(3, "names more than 3 accounts"),
      v.description("Accounts that are asked to have the post as theirs, too."),
    ),
  ),
  share_to_feed: v.optional(
    v.pipe(
      v.boolean(),
      v.description("Whether a reel is also shown in the feed. Default: Instagram decides."),
    ),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Id = v.object({ id: v.string() });

export const Item = v.object({
  id: v.string(),
  caption: v.optional(v.string(), ""),
  permalink: v.optional(v.string()),
  timestamp: v.optional(v.string(), ""),
});
export const FIELDS = "id,caption,permalink,timestamp";

export const Paging = v.optional(
  v.object({
    cursors: v.optional(v.object({ after: v.optional(v.string()) })),
    next: v.optional(v.string()),
  }),
);

export function baseOf({ server, login, version }: Channel): string {
  return `${server ?? SERVERS[login]}/${version}`;
}

export function pathOf({ id }: Pick<Receipt, "id">): string {
  return `/${encodeURIComponent(id)}`;
}

const Me = v.object({ id: v.string(), username: v.string() });
const Quota = v.object({
  data: v.array(v.object({ config: v.object({ quota_total: v.number(), quota_duration: v.number() }) })),
});

export function whoIs({ ask, channel }: Reach<Channel>) {
  return ask({ path: `/${channel.user}`, query: { fields: "id,username" } }, Me, "an account");
}

/** How many posts a day: the documents name three numbers, so the account's own counts. */
export async function account(reach: Reach<Channel>): Promise<Account> {
  const { id, username } = await whoIs(reach);
  const query = { fields: "config" };
  const path = `/${reach.channel.user}/content_publishing_limit`;
  const [quota] = (await reach.ask({ path, query }, Quota, "a quota")).data;
  return {
    id,
    handle: `@${username}`,
    url: `https://www.instagram.com/${username}/`,
    ...(quota && {
      limits: {
        rates: [{ posts: quota.config.quota_total, per: `${quota.config.quota_duration}s` as const }],
      },
    }),
  };
}
