/** TikTok's Content Posting API: https://developers.tiktok.com/doc/content-posting-api-get-started. */
import * as v from "valibot";
import { expectReply, type Reach, type Receipt, type Refusal, type Reply } from "../../adapter.ts";
import { base, secret } from "../../settings.ts";

export const channel = v.strictObject({
  token: secret(
    "Access token with user.info.basic and video.upload, or video.publish where it posts directly",
  ),
  mode: v.optional(
    v.pipe(
      v.picklist(["inbox", "direct"]),
      v.description(
        "inbox: the video waits in the app, and a person posts it. direct: it is posted. Default: inbox.",
      ),
    ),
    "inbox",
  ),
  audit: v.optional(
    v.pipe(v.picklist(["passed"]), v.description("TikTok has audited the app: then it may post publicly.")),
  ),
  server: base("Where the API is", "https://open.tiktokapis.com"),
  web: base("Where people watch", "https://www.tiktok.com"),
});

const said = (description: string) => v.optional(v.pipe(v.boolean(), v.description(description)));

export const options = v.strictObject({
  privacy: v.optional(
    v.pipe(
      v.picklist(["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"]),
      v.description("Who can watch it: TikTok wants this to be said for each post, so there is no default."),
    ),
  ),
  comments: said("Whether one may comment. Default: no, until it is said."),
  duet: said("Whether one may make duets with it. Default: no, until it is said."),
  stitch: said("Whether one may use it in stitches. Default: no, until it is said."),
  cover_ms: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.description("The picture that is its cover, in milliseconds."),
    ),
  ),
  music: said("Whether TikTok adds music to photos. Default: no."),
  own_brand: said("Says that it advertises what is yours."),
  paid_partnership: said("Says that somebody else pays for it."),
  made_with_ai: said("Says that it was made by AI."),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

/** Every answer has this, also a good one: then the code is `ok`. */
export const Answer = v.object({
  error: v.object({ code: v.string(), message: v.optional(v.string(), "") }),
});

export const Creator = v.object({
  data: v.object({
    creator_username: v.string(),
    privacy_level_options: v.array(v.string()),
    comment_disabled: v.optional(v.boolean(), false),
    duet_disabled: v.optional(v.boolean(), false),
    stitch_disabled: v.optional(v.boolean(), false),
    max_video_post_duration_sec: v.optional(v.number()),
  }),
});
export type Creator = v.InferOutput<typeof Creator>["data"];

export const Begun = v.object({ data: v.object({ publish_id: v.string(), upload_url: v.string() }) });

// Ids are larger than what a number holds: JSON's digits are read from the text.
const Status = v.object({
  data: v.object({
    status: v.string(),
    fail_reason: v.optional(v.string()),
    uploaded_bytes: v.optional(v.number()),
  }),
});
export interface Status extends v.InferOutput<typeof Status.entries.data> {
  /** The video's own id, once everybody can see it. */
  post?: string;
}

export async function statusOf(publish_id: string, { http }: Pick<Reach, "http">): Promise<Status> {
  const path = "/v2/post/publish/status/fetch/";
  const reply = await http({ method: "POST", path, json: { publish_id }, safe: true });
  const { data } = expectReply(reply, Status, "a status", true);
  const [, post] = /"publicaly_available_post_id"\s*:\s*\[\s*"?(\d+)/.exec(reply.text) ?? [];
  return { ...data, ...(post && { post }) };
}

/** `name`: of the account. Where it is not public, a person looks at it in the Studio. */
export function receiptOf(
  publish_id: string,
  status: Status,
  name: string | undefined,
  channel: Channel,
): Receipt {
  const { web, mode } = channel;
  const { post } = status;
  const url = post && name ? `${web}/@${name}/video/${post}` : `${web}/tiktokstudio/content`;
  const isOut = status.status === "PUBLISH_COMPLETE";
  const hidden = mode === "inbox" && !post ? "draft" : isOut ? undefined : "review";
  return { id: publish_id, url, ...(hidden && { hidden }) };
}

const AUTH =
  /^(?:access_token_\w+|scope_not_authorized|scope_permission_missed|spam_risk_user_banned_from_posting)$/;
const DAY = 86_400_000;
const LIMITED = /^(?:spam_risk_too_many_posts|spam_risk_too_many_pending_share|reached_active_user_cap)$/;

/** By its code, whatever the status. */
export function refusalOf({ status, body }: Reply): Refusal | undefined {
  const read = v.safeParse(Answer, body);
  if (!read.success || read.output.error.code === "ok") return undefined;
  const { code, message } = read.output.error;
  const words = message ? `${message} (${code})` : code;
  if (AUTH.test(code)) return { code: "auth", message: words };
  if (LIMITED.test(code)) return { code: "limited", message: words, retryAt: Date.now() + DAY };
  if (code === "rate_limit_exceeded") return { code: "limited", message: words };
  return status < 500 ? { code: "rejected", message: words } : undefined;
}
