/** Tumblr, in its own post format. What follows in a thread is a reblog with more words. */
import * as v from "valibot";
import { defineAdapter, NetworkError } from "../../adapter.ts";
import {
  answer,
  type Channel,
  channel,
  Made,
  type Options,
  options,
  pathOf,
  Refused,
  receiptOf,
} from "./api.ts";
import { bodyOf, objections } from "./body.ts";
import { find, metrics, read, replies } from "./read-back.ts";

const Me = answer(
  v.object({
    user: v.object({
      name: v.string(),
      blogs: v.array(
        v.object({ name: v.string(), url: v.optional(v.string()), uuid: v.optional(v.string()) }),
      ),
    }),
  }),
);
const State = answer(v.object({ state: v.optional(v.string()) }));

export const tumblr = defineAdapter<Channel, Options>({
  id: "tumblr",
  name: "Tumblr",
  source: { url: "https://github.com/tumblr/docs/blob/master/npf-spec.md", checked: "2026-11-27" },
  api: { version: "v2" },
  group: "public",
  shape: "article",
  look: { mark: "Tu", light: "#36465d", dark: "#a9bcd6", layout: "post", avatar: "square" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://www.tumblr.com/oauth/apps",
    asks: ["blog", "token"],
    steps: [
      "Log in at Tumblr and open Settings, Apps, Register an application.",
      "Give it the OAuth2 redirect URL http://127.0.0.1:4749/callback.",
      "Run `broadcast login` with its OAuth consumer key and secret; the token ends after an hour and is renewed by itself.",
      "`blog` is the blog's name: acme of acme.tumblr.com.",
    ],
    oauth2: {
      authorize: "{web}/oauth2/authorize",
      token: "{server}/v2/oauth2/token",
      scopes: ["basic", "write", "offline_access"],
      pkce: "none",
      client: "body",
    },
  },
  endpoint: ({ server, token }) => ({ base: server, headers: { Authorization: `Bearer ${token}` } }),
  errors: [
    // api.md, "Errors and Error Subcodes": used up for today, or a film that is still worked on. Nothing was taken.
    { status: 403, words: /"code": ?(?:8004|8011|8022|8023)\b/, code: "limited" },
    { status: 403, words: /"code": ?8010\b/, code: "unavailable" },
  ],
  own: { body: Refused },

  // A heading at its top.
  title: { max: 4_096, unit: "codepoint", markup: "plain", line: true },
  // 1 MB for everything that is not a file; ranges and names of members count, too.
  text: { max: 200_000, unit: "codepoint", bytes: 400_000, markup: "npf", tags: "field" },
  media: {
    count: 30,
    alt: 4_096,
    mixed: true,
    // No sizes are documented.
    image: { types: ["image/jpeg", "image/png", "image/gif", "image/webp"], bytes: 10_000_000 },
    // npf-spec.md, "Native Tumblr Videos"; api.md has these sizes for posts of the older format.
    video: { types: ["video/mp4"], bytes: 500_000_000, seconds: 600, count: 1 },
  },
  thread: "reply",
  card: "ours",
  rates: [
    { posts: 250, per: "1d" },
    { posts: 1_000, per: "1h" },
  ],
  idempotency: "none",
  edits: {
    fields: ["text", "title", "media", "alt", "link", "tags", "options"],
    fixed: ["draft", "private"],
  },
  retracts: {},
  schedules: {
    // "The exact future date and time": no least is documented.
    least: "5m",
    async cancel({ id }, { channel, ask, http }) {
      const path = pathOf(channel, `/posts/${encodeURIComponent(id)}`);
      const there = await http({ path, query: { post_format: "npf" }, ok: [404] });
      if (there.status === 404) return "gone";
      const { response } = v.parse(State, there.body);
      if (response.state === "published") return "gone";
      await ask(
        { method: "POST", path: pathOf(channel, "/post/delete"), json: { id } },
        v.object({ meta: v.unknown() }),
        "a success",
      );
      return "cancelled";
    },
  },

  check: (post) => objections(post),

  async publish(post, context) {
    const { channel, ask, due } = context;
    const request = {
      method: "POST",
      path: pathOf(channel, "/posts"),
      ...(await bodyOf(post, context)),
    } as const;
    const { id } = (await ask(request, Made, "a post")).response;
    return {
      ...receiptOf(id, context),
      ...(due && { due: due.toISOString() }),
      ...(post.options.draft && { hidden: "draft" as const }),
    };
  },

  find,

  async account({ ask, channel }) {
    const { user } = (await ask({ path: "/v2/user/info" }, Me, "an account")).response;
    const blog = user.blogs.find(({ name }) => name.toLowerCase() === channel.blog.toLowerCase());
    if (!blog) {
      const own = user.blogs.map(({ name }) => name).join(", ");
      throw new NetworkError("rejected", `${user.name} has no blog "${channel.blog}", only ${own || "none"}`);
    }
    return { id: blog.uuid ?? blog.name, handle: blog.name, ...(blog.url && { url: blog.url }) };
  },

  read,
  metrics,
  replies,

  async edit(receipt, post, context) {
    const { channel, ask } = context;
    const path = pathOf(channel, `/posts/${encodeURIComponent(receipt.id)}`);
    await ask({ method: "PUT", path, ...(await bodyOf(post, context, true)) }, Made, "a post");
    return receipt;
  },

  async retract({ id }, { channel, http }) {
    await http({ method: "POST", path: pathOf(channel, "/post/delete"), json: { id }, ok: [404] });
  },
});
