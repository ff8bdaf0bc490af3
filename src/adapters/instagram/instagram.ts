/** Instagram, for professional accounts: pictures, carousels and reels. */
import { type Context, defineAdapter, type Objection, type Post } from "../../adapter.ts";
import { GONE, Refused, refusalOf } from "../facebook/api.ts";
import { account, baseOf, type Channel, channel, Id, Item, type Options, options, pathOf } from "./api.ts";
import { comment, objectionsToComment } from "./comment.ts";
import { container } from "./container.ts";
import { find, metrics, read, receiptOf, replies } from "./read-back.ts";

const TAGS = 30;
const MENTIONS = 20;

export const instagram = defineAdapter<Channel, Options>({
  id: "instagram",
  name: "Instagram",
  source: {
    url: "https://developers.facebook.com/docs/instagram-platform/content-publishing",
    checked: "2026-11-23",
  },
  api: { version: "25.0" },
  group: "public",
  shape: "short",

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://developers.facebook.com/apps",
    steps: [
      "Make the account a professional one: a business or a creator.",
      "Create an app with the product Instagram, its API with Instagram login, and the redirect https://localhost/.",
      "Add the account there; its id, which is `user`, is shown beside it.",
      "Run `broadcast login` with the Instagram app's id and secret, and paste the address that the browser ends at.",
    ],
    asks: ["user", "token"],
    oauth2: {
      authorize: "https://www.instagram.com/oauth/authorize",
      token: "https://api.instagram.com/oauth/access_token",
      scopes: [
        "instagram_business_basic",
        "instagram_business_content_publish",
        "instagram_business_manage_comments",
        "instagram_business_manage_insights",
      ],
      separator: ",",
      pkce: "none",
      client: "body",
      redirect: "https://localhost/",
      exchange: {
        url: "https://graph.instagram.com/access_token",
        grant: "ig_exchange_token",
        token: "access_token",
        client: ["secret"],
      },
      renew: {
        url: "https://graph.instagram.com/refresh_access_token",
        grant: "ig_refresh_token",
        token: "access_token",
        client: [],
        after: "24h",
      },
      lifetime: "60d",
    },
  },
  endpoint: (channel) => ({ base: baseOf(channel), headers: { Authorization: `Bearer ${channel.token}` } }),
  errors: [{ words: /"error_subcode":\s*2207042\b/, code: "limited" }],
  own: { body: Refused, headers: ["x-fb-trace-id"] },

  // How it counts, no page says: the stricter way.
  text: { max: 2_200, unit: "utf16", markup: "plain", tags: "text" },
  media: {
    count: 10,
    alt: 1_000,
    by: "url",
    mixed: true,
    image: { types: ["image/jpeg"], bytes: 8_000_000, shape: [0.8, 1.91] },
    video: {
      types: ["video/mp4", "video/quicktime"],
      bytes: 300_000_000,
      seconds: 900,
      codecs: ["H.264", "H.265"],
    },
  },
  // A comment has so little room, and so many rules, that no text goes on there.
  thread: "none",
  answer: { max: 300, unit: "utf16", markup: "plain", tags: "text" },
  card: "none",
  // The documents say 25, 50 and 100; the account's own number is read.
  rates: [{ posts: 50, per: "24h" }],
  idempotency: "none",
  edits: "none",
  retracts: ({ login }) => (login === "facebook" ? {} : "none"),
  check: (post, _, as) => (as ? objectionsToComment(post) : objectionsTo(post)),

  async prepare([post], context) {
    // Where the post is out already, the comment is left.
    if (post && post.media.length > 0) await container(post, 0, context);
  },

  async publish(post, context) {
    const { ask, channel, thread } = context;
    if (thread) return comment(post, thread, context);
    const creation_id = await container(post, context.index, context);
    const path = `/${channel.user}/media_publish`;
    const { id } = await ask({ method: "POST", path, form: { creation_id } }, Id, "a post");
    return receiptOf({ id, permalink: await permalinkOf(id, context) });
  },
  find,

  account,
  read,
  metrics,
  replies,

  async retract(receipt, { http }) {
    await http({ method: "DELETE", path: pathOf(receipt), ok: [404, GONE] });
  },

  classify: refusalOf,
});

/** It is out, with or without the address. */
async function permalinkOf(id: string, { ask }: Context<Channel>): Promise<string | undefined> {
  const query = { fields: "id,permalink" };
  const item = await ask({ path: pathOf({ id }), query }, Item, "an address").catch(() => undefined);
  return item?.permalink;
}

function ofStories({ text, media, options }: Post<Options>): Objection[] {
  if (!options.story) return [];
  const about = "media" as const;
  if (media.length > 1)
    return [{ message: "a story is one picture or one video", remedy: "Choose one under `only:`.", about }];
  if (text.trim() === "") return [];
  const remedy = "Put the words into the picture.";
  return [{ severity: "warning", message: "a story shows no text there: it goes out without", remedy }];
}

function objectionsTo(post: Post<Options>): Objection[] {
  const { text, media } = post;
  const tags = text.match(/(?<![\p{L}\p{N}_&])#[\p{L}\p{N}_]+/gu)?.length ?? 0;
  const mentions = text.match(/(?<![\p{L}\p{N}_])@[\w.]+/gu)?.length ?? 0;
  return [
    ...ofStories(post),
    ...(media.length > 0
      ? []
      : [
          {
            message: "a post needs a picture or a video there",
            remedy: "Add one, or leave the channel out.",
            about: "media" as const,
          },
        ]),
    ...(tags > TAGS ? [{ message: `a post has at most ${TAGS} hashtags there, not ${tags}` }] : []),
    ...(mentions > MENTIONS
      ? [{ message: `a post has at most ${MENTIONS} mentions there, not ${mentions}` }]
      : []),
  ];
}
