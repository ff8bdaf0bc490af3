/** Threads, by Meta's API. What hangs below a post is a reply to the one before. */
import { type Context, defineAdapter, type Objection, type Post } from "../../adapter.ts";
import { GONE, Refused, refusalOf } from "../facebook/api.ts";
import { account, type Channel, channel, Id, Item, type Options, options, pathOf } from "./api.ts";
import { container } from "./container.ts";
import { find, metrics, read, receiptOf, replies } from "./read-back.ts";

const LINKS = 5;
const VIDEO = {
  types: ["video/mp4", "video/quicktime"],
  bytes: 1_000_000_000,
  seconds: 300,
  codecs: ["H.264", "H.265"],
};

export const threads = defineAdapter<Channel, Options>({
  id: "threads",
  name: "Threads",
  source: { url: "https://developers.facebook.com/docs/threads/posts", checked: "2026-11-23" },
  api: { version: "1.0" },
  group: "public",
  shape: "short",

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://developers.facebook.com/apps",
    steps: [
      "Create an app with the use case Access the Threads API, and add the redirect https://localhost/ in its settings.",
      "Add the account as a Threads tester of the app, and accept that in the account's website permissions.",
      "Run `broadcast login` with the Threads app's id and secret, and paste the address that the browser ends at.",
    ],
    oauth2: {
      authorize: "https://threads.net/oauth/authorize",
      token: "{server}/oauth/access_token",
      scopes: [
        "threads_basic",
        "threads_content_publish",
        "threads_manage_replies",
        "threads_read_replies",
        "threads_manage_insights",
        "threads_delete",
      ],
      separator: ",",
      pkce: "none",
      client: "body",
      redirect: "https://localhost/",
      exchange: {
        url: "{server}/access_token",
        grant: "th_exchange_token",
        token: "access_token",
        client: ["secret"],
      },
      renew: {
        url: "{server}/refresh_access_token",
        grant: "th_refresh_token",
        token: "access_token",
        client: [],
        after: "24h",
      },
      lifetime: "60d",
    },
  },
  endpoint: ({ server, token }) => ({
    base: `${server}/v1.0`,
    headers: { Authorization: `Bearer ${token}` },
  }),
  own: { body: Refused, headers: ["x-fb-trace-id"] },

  text: { max: 500, unit: "emoji-bytes", markup: "plain", tags: "text" },
  media: {
    count: 20,
    alt: 1_000,
    by: "url",
    mixed: true,
    image: { types: ["image/jpeg", "image/png"], bytes: 8_000_000, ratio: 10 },
    video: VIDEO,
  },
  // How long a poll is open cannot be said there.
  poll: { choices: [2, 4], length: 25, open: ["1d", "1d"] },
  thread: "reply",
  card: "network",
  rates: [{ posts: 250, per: "24h" }],
  idempotency: "none",
  edits: "none",
  retracts: {},
  check: (post) => tooManyLinks(post),

  async prepare(posts, context) {
    for (const { media } of posts) for (const file of media) await context.hosted(file);
    // What is left later hangs below what is out: its container can be made only then.
    const all = await context.step("posts", async () => posts.length);
    if (posts[0] && posts.length === all) await container(posts[0], undefined, context);
  },

  async publish(post, context) {
    const { ask, thread } = context;
    const creation_id = await container(post, thread?.parent.id, context);
    const form = { creation_id };
    const { id } = await ask({ method: "POST", path: "/me/threads_publish", form }, Id, "a post");
    return receiptOf({ id, permalink: await permalinkOf(id, context) }, thread);
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

function tooManyLinks({ text, link, media, poll }: Post<Options>): Objection | undefined {
  const attached = link && media.length === 0 && !poll ? [link.url] : [];
  const links = new Set([...(text.match(/https?:\/\/\S+/gi) ?? []), ...attached]).size;
  return links > LINKS
    ? {
        message: `a post has at most ${LINKS} links there, not ${links}`,
        remedy: "Take some away, or move them into a post below.",
      }
    : undefined;
}
