/** What Mastodon's API takes and answers: https://docs.joinmastodon.org/entities/Status/ */
import * as v from "valibot";
import {
  type Context,
  expectReply,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { milliseconds } from "../../duration.ts";
import { secret, text, url } from "../../settings.ts";
import { NAMES } from "./software.ts";

export const channel = v.strictObject({
  server: url("The server, such as https://mastodon.social"),
  token: secret("Access token with the scopes read:accounts, read:statuses, write:media and write:statuses"),
  software: v.optional(
    v.pipe(
      v.picklist(NAMES),
      v.description(
        "What the server runs, where it is not Mastodon; the plan goes by it before the server was asked",
      ),
    ),
  ),
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
const Me = v.object({ id: v.string(), acct: v.string(), url: v.nullish(v.string()) });
const Attachment = v.object({ id: v.string(), url: v.nullish(v.string()) });

export const Scheduled = v.object({
  id: v.string(),
  scheduled_at: v.string(),
  params: v.object({ text: v.string(), spoiler_text: v.nullish(v.string()) }),
  media_attachments: v.nullish(v.array(v.unknown())),
});

export function receiptOf({ id, url, uri }: v.InferOutput<typeof Created>): Receipt {
  return { id, url: url ?? uri };
}

export function waitingOf({ id, scheduled_at }: v.InferOutput<typeof Scheduled>): Receipt {
  return { id, due: scheduled_at };
}

export function whoAmI({ ask }: Reach<Channel>): Promise<v.InferOutput<typeof Me>> {
  return ask({ path: "/api/v1/accounts/verify_credentials" }, Me, "an account");
}

export function pathOf({ id }: Receipt): string {
  return `/api/v1/statuses/${encodeURIComponent(id)}`;
}

/** The body of a status, but for what a later edit cannot change. */
export async function statusOf(post: Post<Options>, context: Context<Channel>) {
  const media_ids = await uploaded(post, context);
  const { visibility: _, ...options } = post.options;
  return {
    status: post.text,
    // GoToSocial and Akkoma may have Markdown as the account's default; Mastodon knows no such field.
    content_type: "text/plain",
    ...(media_ids.length > 0 && { media_ids }),
    ...(post.lang && { language: post.lang.split("-")[0] }),
    ...(post.poll && { poll: pollOf(post.poll) }),
    ...options,
  };
}

function pollOf({ choices, open, multiple = false }: NonNullable<Post["poll"]>) {
  return { options: choices, expires_in: Math.round(milliseconds(open) / 1000), multiple };
}

/** The ids of the post's files, each processed. */
export async function uploaded(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  const upload = async (media: Post["media"][number]) => {
    const file = {
      name: "file",
      value: await context.stream(media),
      filename: nameOf(media),
      type: media.type,
    };
    const parts = [...(media.alt ? [{ name: "description", value: media.alt }] : []), file];
    const reply = await context.http({ method: "POST", path: "/api/v2/media", parts });
    return { id: expectReply(reply, Attachment, "a media id", true).id, ready: reply.status === 200 };
  };
  // media_attachments_vacuum.rb: what is in no status goes after a day.
  const all = await context.uploads(post, upload, { keeps: "23h" });
  for (const { id, ready } of all)
    if (!ready) await context.step(`ready-${id}`, () => processed(id, context));
  return all.map(({ id }) => id);
}

// 206 while the server still works on it, 200 when it is done, 422 when it gave up.
function processed(id: string, { http, until }: Preparation<Channel>): Promise<true> {
  const path = `/api/v1/media/${encodeURIComponent(id)}`;
  return until(async () => (await http({ path })).status === 200 || undefined, {
    within: "2m",
    words: "the server still processes the media after two minutes",
  });
}
