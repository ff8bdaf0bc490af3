/** Lemmy's API v3 as far as the adapter speaks it; servers of version 1 answer it as well. */
import * as v from "valibot";
import {
  type Context,
  type HttpRequest,
  NetworkError,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { secret, text, url } from "../../settings.ts";

export const channel = v.strictObject({
  server: url("The account's server, such as https://lemmy.world"),
  username: text("The account's name, without its server"),
  password: secret("Its password; an account with a second factor cannot be used"),
  community: v.pipe(
    text("The community: name, or name@server"),
    v.transform((name) => name.replace(/^!/, "")),
    v.regex(/^\w+(@[\w.:-]+)?$/, "is not a community: name, or name@server"),
  ),
});

export const options = v.strictObject({
  nsfw: v.optional(
    v.pipe(v.boolean(), v.description("Hidden from those who do not want to see such things")),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Refused = v.object({ error: v.pipe(v.string(), v.regex(/^[a-z0-9_]+$/)) });
const Jwt = v.object({ jwt: v.string() });
const Login = v.object({ account: v.string(), jwt: v.string() });

export const PostView = v.object({
  post: v.object({
    id: v.number(),
    name: v.string(),
    body: v.nullish(v.string()),
    url: v.nullish(v.string()),
    published: v.string(),
    updated: v.nullish(v.string()),
    deleted: v.optional(v.boolean(), false),
    removed: v.optional(v.boolean(), false),
    community_id: v.number(),
  }),
  counts: v.optional(v.object({ upvotes: v.optional(v.number()), comments: v.optional(v.number()) }), {}),
});
export type PostView = v.InferOutput<typeof PostView>;
export const CommentView = v.object({
  comment: v.object({
    id: v.number(),
    content: v.string(),
    path: v.optional(v.string(), "0"),
    post_id: v.number(),
    published: v.string(),
    updated: v.nullish(v.string()),
    deleted: v.optional(v.boolean(), false),
    removed: v.optional(v.boolean(), false),
  }),
  creator: v.optional(
    v.object({
      id: v.number(),
      name: v.string(),
      display_name: v.nullish(v.string()),
      actor_id: v.optional(v.string()),
    }),
  ),
  counts: v.optional(v.object({ upvotes: v.optional(v.number()), child_count: v.optional(v.number()) }), {}),
});
export type CommentView = v.InferOutput<typeof CommentView>;

/** Runs `ask` with a login; one that the server does not know any more (nothing was taken then) is made anew, once. */
export async function loggedIn<T>(
  reach: Reach<Channel>,
  ask: (authorised: Pick<HttpRequest, "headers">) => Promise<T>,
): Promise<T> {
  const kept = v.safeParse(Login, await reach.session.get());
  const isOurs = kept.success && kept.output.account === accountOf(reach.channel);
  const jwt = isOurs ? kept.output.jwt : await login(reach);
  try {
    return await ask(headersOf(jwt));
  } catch (error) {
    if (!isOurs || !(error instanceof NetworkError && error.code === "auth")) throw error;
    return ask(headersOf(await login(reach)));
  }
}

async function login({ channel, ask, session }: Reach<Channel>): Promise<string> {
  const json = { username_or_email: channel.username, password: channel.password };
  const { jwt } = await ask({ method: "POST", path: "/user/login", json, safe: true }, Jwt, "a login");
  await session.set({ account: accountOf(channel), jwt });
  return jwt;
}

function headersOf(jwt: string) {
  return { headers: { Authorization: `Bearer ${jwt}` } };
}

function accountOf({ username, server }: Channel): string {
  return `${username} ${server}`;
}

const Community = v.object({ community_view: v.object({ community: v.object({ id: v.number() }) }) });
const Site = v.object({
  all_languages: v.optional(v.array(v.object({ id: v.number(), code: v.string() })), []),
});

/** What a post needs to know of the server beforehand: numbers in place of names. */
export async function placeOf(context: Preparation<Channel>, lang: string | undefined) {
  const community = await context.step("community", () => askCommunity(context));
  if (lang === undefined) return { community };
  const [code = ""] = lang.split("-");
  const language = await context.step(`language-${code}`, async () => {
    const site = await loggedIn(context, (authorised) =>
      context.ask({ ...authorised, path: "/site" }, Site, "a server"),
    );
    return site.all_languages.find((one) => one.code === code)?.id ?? null;
  });
  return { community, ...(language !== null && { language }) };
}

export async function askCommunity(reach: Reach<Channel>): Promise<number> {
  const query = { name: reach.channel.community };
  const found = await loggedIn(reach, (authorised) =>
    reach.ask({ ...authorised, path: "/community", query }, Community, "a community"),
  );
  return found.community_view.community.id;
}

const Pictures = v.object({ files: v.pipe(v.array(v.object({ file: v.string() })), v.minLength(1)) });

/** Addresses of the pictures, on the account's server. */
export function uploaded(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  return context.uploads(post, async (media) => {
    const file = {
      name: "images[]",
      value: await context.stream(media),
      filename: nameOf(media),
      type: media.type,
    };
    const { server } = context.channel;
    const { files } = await loggedIn(context, (authorised) =>
      context.ask(
        { ...authorised, method: "POST", url: `${server}/pictrs/image`, parts: [file] },
        Pictures,
        "a picture's name",
      ),
    );
    return `${server}/pictrs/image/${files[0]!.file}`;
  });
}

/** The fields of a post: a picture alone is what the post is about; beside a link, or several, they stand in the text. */
export function fieldsOf({ title, text, link, media }: Post<Options>, pictures: readonly string[]) {
  const isPicture = !link && media.length === 1;
  const shown = isPicture
    ? []
    : media.map(({ alt }, at) => `![${alt.replace(/[[\]\n\\]/g, " ")}](${pictures[at]})`);
  const body = [...shown, text].filter((part) => part !== "").join("\n\n");
  const url = link?.url ?? (isPicture ? pictures[0] : undefined);
  return {
    name: title ?? "",
    ...(body && { body }),
    ...(url && { url }),
    ...(isPicture && media[0]?.alt && { alt_text: media[0].alt }),
  };
}

/** The words of a body alone, without the pictures above them. */
export function wordsOf(body: string): string {
  return body.replace(/^(?:!\[[^\]\n]*\]\([^)\s]*\/pictrs\/image\/[^)\s]*\)\n*)+/, "").trim();
}

export function postReceipt(id: number, { server }: Channel): Receipt {
  return { id: String(id), url: `${server}/post/${id}` };
}

export function commentReceipt(
  { id, post_id }: Pick<CommentView["comment"], "id" | "post_id">,
  { server }: Channel,
): Receipt {
  return { id: String(id), url: `${server}/comment/${id}`, ref: { post: String(post_id) } };
}

/** What a part of a thread, or an answer, hangs on. */
export function placeIn({ thread }: Pick<Context, "thread">) {
  if (!thread) return undefined;
  const { parent } = thread;
  return parent.ref?.post
    ? { post_id: Number(parent.ref.post), parent_id: Number(parent.id) }
    : { post_id: Number(parent.id) };
}
