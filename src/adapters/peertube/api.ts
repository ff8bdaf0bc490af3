/** PeerTube's API as far as the adapter speaks it: https://docs.joinpeertube.org/api-rest-reference.html. */
import * as v from "valibot";
import { type HttpRequest, NetworkError, type Reach, type Receipt, unlessGone } from "../../adapter.ts";
import { secret, text, url } from "../../settings.ts";

export const channel = v.strictObject({
  server: url("The account's server, such as https://video.example"),
  username: text("The account's name, without its server"),
  password: secret("Its password; an account with a second factor cannot be used"),
  channel: v.optional(text("The name of the account's channel. Default: its first one.")),
});

const number = (what: string) => v.optional(v.pipe(v.number(), v.integer(), v.description(what)));

export const options = v.strictObject({
  privacy: v.optional(
    v.pipe(
      v.picklist(["public", "unlisted", "internal", "private"]),
      v.description("Who can watch it; internal: accounts of the server. Default: public."),
    ),
  ),
  category: number("The category's number. Default: 15, science and technology."),
  licence: number("The licence's number: 1 to 7 are those of Creative Commons. Default: none is named."),
  nsfw: v.optional(
    v.pipe(v.boolean(), v.description("Hidden from those who do not want to see such things")),
  ),
  comments: v.optional(v.pipe(v.boolean(), v.description("Whether one may comment. Default: yes."))),
  download: v.optional(v.pipe(v.boolean(), v.description("Whether one may download it. Default: yes."))),
  support: v.optional(
    v.pipe(text("How one can support you, in Markdown"), v.minLength(3), v.maxLength(1_000)),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;
export type Privacy = NonNullable<Options["privacy"]>;

export const PRIVACY: Readonly<Record<Privacy, number>> = { public: 1, unlisted: 2, private: 3, internal: 4 };

/** RFC 7807; what refuses a login has a code of OAuth's. */
export const Refused = v.object({ status: v.number(), detail: v.string(), type: v.string() });

export const Video = v.object({
  uuid: v.string(),
  shortUUID: v.optional(v.string()),
  name: v.string(),
  description: v.nullish(v.string()),
  privacy: v.object({ id: v.number() }),
  state: v.optional(v.object({ id: v.number() })),
  scheduledUpdate: v.nullish(v.object({ updateAt: v.string() })),
  blacklisted: v.optional(v.nullable(v.boolean())),
  views: v.optional(v.number()),
  likes: v.optional(v.number()),
  comments: v.optional(v.number()),
});
export type Video = v.InferOutput<typeof Video>;

const Client = v.object({ client_id: v.string(), client_secret: v.string() });
const Token = v.object({ access_token: v.string(), expires_in: v.optional(v.number(), 3_600) });
const Kept = v.object({ account: v.string(), token: v.string(), until: v.number() });

// A minute before it ends it is not worth beginning anything with it.
const MARGIN = 60_000;

/** Runs `ask` with a token; one that the server does not take any more (nothing was done then) is got anew, once. */
export async function loggedIn<T>(
  reach: Reach<Channel>,
  ask: (authorised: Pick<HttpRequest, "headers">) => Promise<T>,
): Promise<T> {
  const kept = v.safeParse(Kept, await reach.session.get());
  const isGood =
    kept.success && kept.output.account === accountOf(reach.channel) && kept.output.until > Date.now();
  const token = isGood ? kept.output.token : await login(reach);
  try {
    return await ask(headersOf(token));
  } catch (error) {
    if (!isGood || !(error instanceof NetworkError && error.code === "auth")) throw error;
    return ask(headersOf(await login(reach)));
  }
}

/** With the keys that the server has for its own pages. */
async function login({ channel, ask, session }: Reach<Channel>): Promise<string> {
  const client = await ask({ path: "/oauth-clients/local" }, Client, "the server's keys");
  const { username, password } = channel;
  const form = { ...client, grant_type: "password", response_type: "code", username, password };
  const request = { method: "POST", path: "/users/token", form, safe: true } as const;
  const { access_token, expires_in } = await ask(request, Token, "a token");
  const until = Date.now() + expires_in * 1_000 - MARGIN;
  await session.set({ account: accountOf(channel), token: access_token, until });
  return access_token;
}

function headersOf(token: string) {
  return { headers: { Authorization: `Bearer ${token}` } };
}

function accountOf({ username, server }: Channel): string {
  return `${username} ${server}`;
}

const Me = v.object({
  username: v.string(),
  videoChannels: v.array(v.object({ id: v.number(), name: v.string(), displayName: v.string() })),
});

/** The channel that videos go to. */
export async function channelOf(reach: Reach<Channel>) {
  const me = await loggedIn(reach, (authorised) =>
    reach.ask({ ...authorised, path: "/users/me" }, Me, "an account"),
  );
  const [wanted] = (reach.channel.channel ?? "").split("@");
  const found = me.videoChannels.find(({ name }) => !wanted || name === wanted);
  if (found) return found;
  const names = me.videoChannels.map(({ name }) => name).join(", ");
  throw new NetworkError("rejected", `${me.username} has no channel ${wanted}; there is ${names || "none"}`);
}

export function pathOf({ id }: Pick<Receipt, "id">): string {
  return `/videos/${encodeURIComponent(id)}`;
}

/** Their own videos people see in every state. */
export async function videoOf(id: string, reach: Reach<Channel>): Promise<Video | "gone"> {
  const reply = await loggedIn(reach, (authorised) =>
    reach.http({ ...authorised, path: pathOf({ id }), ok: [404] }),
  );
  return unlessGone(reply, Video, "a video");
}

export function receiptOf(
  { uuid, shortUUID = uuid }: { uuid: string; shortUUID?: string },
  { server }: Channel,
) {
  return { id: uuid, url: `${server}/w/${encodeURIComponent(shortUUID)}` };
}
