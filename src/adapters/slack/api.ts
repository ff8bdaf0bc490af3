/** Slack's Web API as far as the adapter speaks it: settings, answers, and where a message is. */
import * as v from "valibot";
import { type Context, NetworkError, type Post, type Reach, type Receipt } from "../../adapter.ts";
import { base, secret, text } from "../../settings.ts";

export const channel = v.pipe(
  v.strictObject({
    webhook: v.optional(
      v.pipe(
        secret("Incoming webhook URL, https://hooks.slack.com/services/…"),
        v.regex(/^https?:\/\/\S+$/i, "is not a webhook's URL, https://hooks.slack.com/services/…"),
      ),
    ),
    token: v.optional(secret("Bot token, xoxb-…")),
    channel: v.optional(
      v.pipe(
        text("The channel's id, such as C0123ABCD: at the bottom of the channel's details"),
        v.regex(/^[^#@\s]+$/, "is a name; use the channel's id, at the bottom of the channel's details"),
      ),
    ),
    server: base("Where the API is", "https://slack.com"),
  }),
  v.check(
    ({ webhook, token, channel }) =>
      webhook === undefined ? token !== undefined && channel !== undefined : !token,
    "needs either webhook, or token and channel",
  ),
);

export const options = v.strictObject({
  unfurl: v.optional(v.pipe(v.boolean(), v.description("Cards below the links; default true"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const answer = <E extends v.ObjectEntries>(entries: E) =>
  v.object({ ok: v.literal(true), ...entries });
export const Refused = v.object({ ok: v.literal(false), error: v.string(), needed: v.optional(v.string()) });
export const Posted = answer({ channel: v.string(), ts: v.string() });
export const Me = answer({ user_id: v.string(), user: v.string(), team: v.string(), url: v.string() });

/** A webhook is told no id and reads nothing. */
export function onlyBot({ webhook }: Channel, what: string): void {
  if (webhook) throw new NetworkError("rejected", `a webhook cannot ${what}; a bot token can`);
}

/** The channel that a message is in, whichever this one posts to now. */
export function roomOf({ ref }: Receipt, { channel }: Channel): string {
  return ref?.channel ?? channel ?? "";
}

/** What a message of ours is known by. */
export const EVENT = "broadcast_post";

export function unfurling({ options: { unfurl = true } }: Post<Options>) {
  return { unfurl_links: unfurl, unfurl_media: unfurl };
}

export function inThread({ thread }: Context<Channel>) {
  return thread?.root.id ? { thread_ts: thread.root.id } : {};
}

/** The message is out: whatever happens while its address is asked for, this is a success. */
export async function receiptOf(
  ts: string,
  { channel, ask, thread }: Reach<Channel> & Pick<Context, "thread">,
  room = channel.channel ?? "",
): Promise<Receipt> {
  const form = { channel: room, message_ts: ts };
  const asked = { method: "POST", path: "/chat.getPermalink", form, safe: true, deadline: 10_000 } as const;
  const link = await ask(asked, answer({ permalink: v.string() }), "an address").catch(() => undefined);
  const root = thread?.root.id;
  return {
    id: ts,
    ...(link && { url: link.permalink }),
    ref: { channel: room, ...(root && root !== ts && { thread: root }) },
  };
}
