/** YouTube's Data API v3 as far as the adapter speaks it: https://developers.google.com/youtube/v3/docs. */
import * as v from "valibot";
import type { Reach, Receipt, Refusal, Reply } from "../../adapter.ts";
import { base, secret } from "../../settings.ts";

export const channel = v.strictObject({
  token: secret("Access token with youtube.upload and youtube.force-ssl"),
  audited: v.optional(
    v.pipe(
      v.boolean(),
      v.description("Google has audited the app. Without it what the app uploads stays private."),
    ),
  ),
  server: base("Where the API is", "https://www.googleapis.com"),
  login: base("Where access tokens come from", "https://oauth2.googleapis.com"),
  web: base("Where people watch", "https://www.youtube.com"),
});

const said = (description: string) => v.optional(v.pipe(v.boolean(), v.description(description)));

export const options = v.strictObject({
  privacy: v.optional(
    v.pipe(
      v.picklist(["public", "unlisted", "private"]),
      v.description("Who can watch it. Default: public."),
    ),
  ),
  category: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d+$/, "is not a category's number, in quotes"),
      v.description("The category's number, in quotes. Default: 28, science and technology."),
    ),
  ),
  made_for_kids: said("Whether it is made for children, which the law may ask you to say."),
  license: v.optional(v.pipe(v.picklist(["youtube", "creativeCommon"]), v.description("Default: youtube."))),
  embeddable: said("Whether other sites may show it. Default: yes."),
  synthetic: said("Whether it shows altered or made up people or events that seem real."),
  notify: said("Whether subscribers are told. Default: yes."),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

/** https://developers.google.com/youtube/v3/docs/errors. */
export const Refused = v.object({
  error: v.object({
    code: v.number(),
    message: v.string(),
    errors: v.optional(v.array(v.object({ reason: v.optional(v.string(), "") })), []),
  }),
});

export const Video = v.object({
  id: v.string(),
  snippet: v.optional(v.object({ title: v.string(), description: v.optional(v.string(), "") })),
  status: v.optional(
    v.object({
      privacyStatus: v.optional(v.string()),
      publishAt: v.optional(v.string()),
      uploadStatus: v.optional(v.string()),
      failureReason: v.optional(v.string()),
      rejectionReason: v.optional(v.string()),
    }),
  ),
  statistics: v.optional(v.record(v.string(), v.string())),
});
export type Video = v.InferOutput<typeof Video>;

export const VIDEOS = "/youtube/v3/videos";
const Videos = v.object({ items: v.array(Video) });

/** Those that are there, at most fifty; each in the parts that are asked for. */
export async function videosOf(
  ids: readonly string[],
  part: string,
  { ask }: Reach<Channel>,
): Promise<Video[]> {
  const query = { part, id: ids.join(","), maxResults: 50 };
  return (await ask({ path: VIDEOS, query }, Videos, "videos")).items;
}

/** The members of `status` all of them: an update takes away what it does not name. */
export function statusOf(
  { license, embeddable, made_for_kids, synthetic }: Options,
  privacyStatus: NonNullable<Options["privacy"]>,
  due?: Date,
) {
  return {
    privacyStatus,
    ...(due && { publishAt: due.toISOString() }),
    ...(license && { license }),
    ...(embeddable !== undefined && { embeddable }),
    ...(made_for_kids !== undefined && { selfDeclaredMadeForKids: made_for_kids }),
    ...(synthetic !== undefined && { containsSyntheticMedia: synthetic }),
  };
}

export function receiptOf(id: string, { web }: Channel): Receipt {
  return { id, url: `${web}/watch?v=${encodeURIComponent(id)}` };
}

const Channels = v.object({
  items: v.optional(
    v.array(
      v.object({
        id: v.string(),
        snippet: v.object({ title: v.string(), customUrl: v.optional(v.string()) }),
      }),
    ),
    [],
  ),
});

/** The channel whose token it is; nothing where the account has none. */
export async function whoIs({ ask }: Reach<Channel>) {
  const query = { part: "snippet", mine: true };
  return (await ask({ path: "/youtube/v3/channels", query }, Channels, "a channel")).items[0];
}

const AUTH =
  /^(?:authError|authorizationRequired|forbidden|insufficientPermissions|youtubeSignupRequired|accountClosed|accountSuspended|accountDelegationForbidden|authenticatedUser\w*)$/;

/** By its reason: the same status is given for many of them. */
export function refusalOf({ status, body }: Reply): Refusal | undefined {
  const refused = v.safeParse(Refused, body);
  if (!refused.success || status < 400) return undefined;
  const { message, errors } = refused.output.error;
  const reason = errors[0]?.reason ?? "";
  // Its messages have HTML in them.
  const words = `${message.replace(/<[^>]*>/g, "")}${reason && ` (${reason})`}`;
  if (status === 401 || (status === 403 && AUTH.test(reason))) return { code: "auth", message: words };
  if (/^(?:quotaExceeded|dailyLimitExceeded)$/.test(reason))
    return { code: "limited", message: words, retryAt: midnight(Date.now()) };
  if (reason === "uploadLimitExceeded") return { code: "limited", message: words, retryAt: Date.now() + DAY };
  if (/^(?:rateLimitExceeded|userRateLimitExceeded|userRequestsExceedRateLimit)$/.test(reason))
    return { code: "limited", message: words };
  return status < 500 && status !== 429 ? { code: "rejected", message: words } : undefined;
}

const DAY = 86_400_000;
const PACIFIC = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/Los_Angeles",
  hourCycle: "h23",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
});

/** When quotas begin anew: the next midnight in California. */
export function midnight(now: number): number {
  const of = Object.fromEntries(PACIFIC.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
  return now + DAY - ((of.hour! * 60 + of.minute!) * 60 + of.second!) * 1_000;
}
