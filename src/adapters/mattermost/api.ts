/** Mattermost's API as far as the adapter speaks it: settings, answers, and where a post is. */
import * as v from "valibot";
import { type Context, NetworkError, type Preparation, type Reach, type Receipt } from "../../adapter.ts";
import { secret, text, url } from "../../settings.ts";

export const channel = v.pipe(
  v.strictObject({
    server: v.optional(url("The server, such as https://chat.acme.example")),
    token: v.optional(secret("Bot's access token")),
    channel_id: v.optional(
      v.pipe(
        text("The channel's id: below its name in View Info"),
        v.regex(
          /^[a-z0-9]{26}$/,
          "is not a channel's id: 26 letters and digits, below its name in View Info",
        ),
      ),
    ),
    webhook: v.optional(
      v.pipe(
        secret("Incoming webhook URL, https://chat.acme.example/hooks/…"),
        v.regex(
          /^https?:\/\/\S+\/hooks\/[^/?#\s]+$/i,
          "is not a webhook's URL, https://chat.acme.example/hooks/…",
        ),
      ),
    ),
  }),
  v.check(
    ({ webhook, server, token, channel_id }) =>
      webhook === undefined
        ? server !== undefined && token !== undefined && channel_id !== undefined
        : token === undefined && channel_id === undefined,
    "needs either webhook, or server, token and channel_id",
  ),
);

export const options = v.strictObject({
  priority: v.optional(
    v.pipe(
      v.picklist(["important", "urgent"]),
      v.description("A label on the message; of a thread, on its first"),
    ),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Refused = v.object({ id: v.string(), message: v.string(), status_code: v.number() });
export const Me = v.object({ id: v.string(), username: v.string() });
export const Made = v.object({ id: v.string(), channel_id: v.string() });
export const Post = v.object({
  ...Made.entries,
  create_at: v.number(),
  edit_at: v.optional(v.number(), 0),
  user_id: v.string(),
  root_id: v.optional(v.string(), ""),
  message: v.string(),
  reply_count: v.optional(v.number()),
  props: v.nullish(v.object({ broadcast_key: v.optional(v.string()) })),
});
export type Posted = v.InferOutput<typeof Post>;
export const Posts = v.object({
  order: v.nullish(v.array(v.string())),
  posts: v.nullish(v.record(v.string(), Post)),
});

const About = v.object({ id: v.string(), team_id: v.string(), display_name: v.optional(v.string(), "") });
const Team = v.object({ name: v.string() });

export function whoAmI({ ask }: Reach<Channel>) {
  return ask({ path: "/users/me" }, Me, "a user");
}

export function aboutOf({ channel, ask }: Reach<Channel>) {
  return ask({ path: `/channels/${channel.channel_id}` }, About, "a channel");
}

/** The name of the team in addresses: known before the first post, since a post does not say it. Direct messages have none. */
export function teamOf(context: Preparation<Channel>): Promise<string | null> {
  return context.step("team", async () => {
    const { team_id } = await aboutOf(context);
    return team_id ? (await context.ask({ path: `/teams/${team_id}` }, Team, "a team")).name : null;
  });
}

export function urlOf({ server }: Channel, team: string | null, id: string): string {
  return `${server}/${team ?? "_redirect"}/pl/${id}`;
}

/** A thread hangs below its first post, whichever of its posts is answered. */
export function rootOf({ thread }: Pick<Context, "thread">): string | undefined {
  return thread && (thread.parent.ref?.root ?? thread.root.id);
}

export function receiptOf(id: string, team: string | null, context: Context<Channel>): Receipt {
  const root = rootOf(context);
  return { id, url: urlOf(context.channel, team, id), ...(root && { ref: { root } }) };
}

export function pathOf({ id }: Pick<Receipt, "id">): string {
  return `/posts/${encodeURIComponent(id)}`;
}

/** A webhook is told no id and reads nothing. */
export function onlyBot({ webhook }: Channel, what: string): void {
  if (webhook) throw new NetworkError("rejected", `a webhook cannot ${what}; a bot's token can`);
}
