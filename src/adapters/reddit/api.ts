/** Reddit's API as far as posts need it: https://www.reddit.com/dev/api, and PRAW for what that page leaves out. */
import * as v from "valibot";
import type { Receipt, Refusal, Reply } from "../../adapter.ts";
import { afterSeconds } from "../../bounds.ts";
import { base, secret, text } from "../../settings.ts";

export const channel = v.strictObject({
  token: secret("Access token with identity, submit, edit, read and history"),
  user: v.pipe(text("The account's name, without u/"), v.regex(/^[\w-]{3,20}$/, "is not a name: acme_news")),
  subreddit: v.pipe(
    text("Where it posts, without r/; u_NAME is the account's own profile"),
    v.regex(/^\w{2,24}$/, "is not a subreddit's name: opensource"),
  ),
  server: base("Where the API is", "https://oauth.reddit.com"),
  web: base("Where people read", "https://www.reddit.com"),
});

const flag = (words: string) => v.optional(v.pipe(v.boolean(), v.description(words)));

export const options = v.strictObject({
  flair_id: v.optional(text("The id of the flair; many subreddits demand one.")),
  flair_text: v.optional(text("Its words, where the flair lets you choose them.")),
  nsfw: flag("Not safe for work."),
  spoiler: flag("Hidden until a reader asks for it."),
  gallery: flag(
    "Its pictures are a gallery, to leaf through, above the text. Default: they stand in the text.",
  ),
  sendreplies: flag("Whether answers come into the account's inbox. Default: true."),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

const Errors = v.object({
  json: v.object({
    errors: v.pipe(
      v.array(v.tupleWithRest([v.string(), v.nullable(v.string())], v.unknown())),
      v.minLength(1),
    ),
  }),
});
const Plain = v.object({ message: v.string(), error: v.number() });
export const Refused = v.union([Errors, Plain]);

/** `t3_abc` is a post, `t1_abc` a comment. */
export const nameIn = (id: string) => (/^t\d_/.test(id) ? id : `t3_${id}`);

export function receiptOf(
  { id, permalink }: { id: string; permalink?: string },
  { web }: Pick<Channel, "web">,
): Receipt {
  const name = nameIn(id);
  const path = permalink ?? `/comments/${name.slice(3)}/`;
  return { id: name, url: /^https?:/.test(path) ? path : `${web}${path}` };
}

/** Refusals come with HTTP 200: `[["RATELIMIT", "Take a break for 5 minutes …", "ratelimit"]]`. */
export function refusalOf({ body }: Reply): Refusal | undefined {
  const refused = v.safeParse(Errors, body);
  if (!refused.success) return undefined;
  const [[code, said]] = refused.output.json.errors as [[string, string | null]];
  const message = `${said ?? ""} (${code})`.trim();
  if (code === "USER_REQUIRED") return { code: "auth", message };
  if (code !== "RATELIMIT" && code !== "QUOTA_FILLED") return { code: "rejected", message };
  const [, count, unit = "minute"] = /(\d+) (millisecond|second|minute|hour)/.exec(message) ?? [];
  const seconds = { millisecond: 0.001, second: 1, minute: 60, hour: 3_600 }[unit] ?? 60;
  return {
    code: "limited",
    message,
    ...(count !== undefined && { retryAt: afterSeconds(Number(count) * seconds, Date.now()) }),
  };
}
