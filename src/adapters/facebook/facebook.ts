/** Facebook pages, through the Graph API. What hangs below a post is a comment of the page. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  type Media,
  NetworkError,
  nameOf,
  type Post,
  type Preparation,
  type Receipt,
} from "../../adapter.ts";
import {
  type Channel,
  channel,
  Done,
  GONE,
  Made,
  options,
  pageOf,
  pathOf,
  Refused,
  receiptOf,
  refusalOf,
} from "./api.ts";
import { find, metrics, read, replies } from "./read-back.ts";

const DUPLICATE = /\(code 506\)/;
const Photo = v.object({ id: v.string() });

export const facebook = defineAdapter<Channel, Record<never, never>>({
  id: "facebook",
  name: "Facebook",
  source: { url: "https://developers.facebook.com/docs/pages-api/posts", checked: "2026-11-23" },
  api: { version: "25.0" },
  group: "public",
  shape: "short",
  look: { mark: "Fb", light: "#2c56b0", dark: "#93b4ff", layout: "page" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://developers.facebook.com/apps",
    steps: [
      "Create an app of the type Business, and add Facebook Login for Business with the redirect http://127.0.0.1:4749/callback.",
      "You must be able to create content on the page. For pages of others the app needs Meta's review of the permissions.",
      "Run `broadcast login` with the app's id and secret; choose the page. Its token does not end by itself.",
    ],
    asks: ["page", "token"],
    oauth2: {
      authorize: "https://www.facebook.com/{version}/dialog/oauth",
      token: "{server}/{version}/oauth/access_token",
      scopes: ["pages_show_list", "pages_manage_posts", "pages_read_engagement", "pages_manage_engagement"],
      separator: ",",
      pkce: "none",
      client: "body",
      exchange: {
        url: "{server}/{version}/oauth/access_token",
        grant: "fb_exchange_token",
        token: "fb_exchange_token",
        client: ["id", "secret"],
      },
      renew: "none",
      pick: {
        url: "{server}/{version}/me/accounts",
        list: "data",
        name: "name",
        token: "access_token",
        settings: { page: "id" },
      },
    },
  },
  endpoint: ({ server, version, token }) => ({
    base: `${server}/${version}`,
    headers: { Authorization: `Bearer ${token}` },
  }),
  own: { body: Refused, headers: ["x-fb-trace-id"] },

  // How it counts, no page says: the stricter way.
  text: { max: 63_206, unit: "utf16", markup: "plain", links: "bare", tags: "text" },
  media: {
    count: 10,
    alt: 1_000,
    image: { types: ["image/jpeg", "image/png", "image/gif"], bytes: 4_000_000 },
  },
  thread: "reply",
  card: "network",
  // Limits are shares of what a page's readers are worth, told in headers; this is one that hardly anybody reaches.
  rates: [{ posts: 30, per: "1h" }],
  idempotency: "none",
  edits: { fields: ["text"], visible: true },
  retracts: {},
  // The documents disagree on how far ahead: ten minutes to thirty days all of them allow.
  schedules: {
    least: "10m",
    async cancel(receipt, { http }) {
      const { status } = await http({ method: "DELETE", path: pathOf(receipt), ok: [404, GONE] });
      return status >= 400 ? "gone" : "cancelled";
    },
  },

  async prepare(posts, context) {
    for (const post of posts) await uploaded(post, context);
  },

  publish: (post, context) =>
    context.thread ? comment(post, context, context.thread.root) : publish(post, context),
  find,

  account: pageOf,

  read,
  metrics,
  replies,

  async edit(receipt, { text }, { ask }) {
    await ask({ method: "POST", path: pathOf(receipt), json: { message: text } }, Done, "a success");
    return receipt;
  },

  async retract(receipt, { http }) {
    await http({ method: "DELETE", path: pathOf(receipt), ok: [404, GONE] });
  },

  classify: refusalOf,
});

async function publish(post: Post, context: Context<Channel>): Promise<Receipt> {
  const { channel, ask, due } = context;
  const photos = await uploaded(post, context);
  const json = {
    message: post.text,
    ...(photos.length > 0 && { attached_media: photos.map((media_fbid) => ({ media_fbid })) }),
    ...(post.link && photos.length === 0 && { link: post.link.url }),
    ...(due && { published: false, scheduled_publish_time: Math.round(due.getTime() / 1000) }),
  };
  const query = { fields: "id,permalink_url" };
  try {
    const made = await ask({ method: "POST", path: `/${channel.page}/feed`, query, json }, Made, "a post");
    return { ...receiptOf(made, channel), ...(due && { due: due.toISOString() }) };
  } catch (error) {
    // It compares with the last post only, and does not say which that is.
    if (!(error instanceof NetworkError) || error.code !== "rejected" || !DUPLICATE.test(error.message))
      throw error;
    const found = await find(post, context, context.startedAt);
    if (typeof found === "object" && "id" in found) return found;
    throw error;
  }
}

async function comment({ text }: Post, { ask, channel }: Context<Channel>, root: Receipt): Promise<Receipt> {
  const query = { fields: "id,permalink_url" };
  const request = {
    method: "POST",
    path: `${pathOf(root)}/comments`,
    query,
    json: { message: text },
  } as const;
  return receiptOf(await ask(request, Made, "a comment"), channel);
}

/** Photos that nobody sees until a post has them. They are kept for a day. */
function uploaded(post: Pick<Post, "media">, context: Preparation<Channel>): Promise<string[]> {
  return context.uploads(post, (media) => upload(media, context), { keeps: "20h" });
}

async function upload(media: Media, { ask, stream, channel }: Preparation<Channel>): Promise<string> {
  const parts = [
    { name: "published", value: "false" },
    { name: "temporary", value: "true" },
    ...(media.alt === "" ? [] : [{ name: "alt_text_custom", value: media.alt }]),
    { name: "source", value: await stream(media), filename: nameOf(media), type: media.type },
  ];
  return (await ask({ method: "POST", path: `/${channel.page}/photos`, parts }, Photo, "a photo")).id;
}
