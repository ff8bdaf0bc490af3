/** Reddit: a post in a subreddit, with comments below it. */
import * as v from "valibot";
import { type Context, defineAdapter, type Post, type Receipt } from "../../adapter.ts";
import { milliseconds } from "../../duration.ts";
import { USER_AGENT } from "../../version.ts";
import { type Channel, channel, type Options, options, Refused, receiptOf, refusalOf } from "./api.ts";
import { bodyOf, uploaded } from "./body.ts";
import { isGallery, objections, requireSamePictures, submitGallery, withMark } from "./gallery.ts";
import { find, metrics, read, replies } from "./read-back.ts";
import { meetsRules } from "./requirements.ts";

const DAY = 86_400_000;
const Submitted = v.object({
  json: v.object({
    data: v.object({ id: v.string(), name: v.optional(v.string()), url: v.optional(v.string()) }),
  }),
});
const Commented = v.object({
  json: v.object({
    data: v.object({
      things: v.pipe(
        v.array(v.object({ data: v.object({ name: v.string(), permalink: v.optional(v.string()) }) })),
        v.minLength(1),
      ),
    }),
  }),
});
const Done = v.object({ json: v.object({ errors: v.pipe(v.array(v.unknown()), v.maxLength(0)) }) });
const Me = v.object({ id: v.string(), name: v.string() });

export const reddit = defineAdapter<Channel, Options>({
  id: "reddit",
  name: "Reddit",
  source: { url: "https://www.reddit.com/dev/api", checked: "2026-11-23" },
  group: "community",
  shape: "article",

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://www.reddit.com/prefs/apps",
    steps: [
      "Use an app that you have: since November 2025 Reddit makes new ones only after it has approved a request.",
      "Set its redirect uri to http://127.0.0.1:4749/callback, and run `broadcast login` with its id and secret.",
      "Read the rules of the subreddit: many want to be asked before anything is announced there.",
    ],
    asks: ["user", "subreddit", "token"],
    oauth2: {
      authorize: "{web}/api/v1/authorize",
      parameters: { duration: "permanent" },
      token: "{web}/api/v1/access_token",
      scopes: ["identity", "submit", "edit", "read", "history"],
      pkce: "none",
      client: "basic",
    },
  },
  endpoint: ({ server, token, user }) => ({
    base: server,
    // Who does not say who it is, is slowed down or turned away.
    headers: { Authorization: `Bearer ${token}`, "User-Agent": `node:${USER_AGENT} (by /u/${user})` },
  }),
  own: { body: Refused },

  title: { max: 300, unit: "codepoint", markup: "plain", line: true, required: true },
  // A post may be longer; what follows it in a thread are comments, and these are the shorter ones.
  text: { max: 10_000, unit: "codepoint", markup: "reddit", tags: "none" },
  media: {
    count: 20,
    alt: 180,
    image: { types: ["image/png", "image/jpeg", "image/gif"], bytes: 20_000_000 },
  },
  poll: { choices: [2, 6], length: 120, open: ["1d", "7d"] },
  thread: "reply",
  card: "network",
  // No number is documented: what Reddit says is enough for young accounts goes over it.
  rates: [{ posts: 10, per: "10m" }],
  idempotency: "none",
  edits: { fields: ["text", "media", "alt"], fixed: ["gallery"], exceptPolls: true, visible: true },
  retracts: {},

  check: (post, _, as) => (as || post.title === undefined ? [] : objections(post)),

  async prepare(posts, context) {
    if (posts[0]) await meetsRules(posts[0], context);
    for (const post of posts)
      if (isGallery(post)) await uploaded(post, context);
      else await bodyOf(post, context);
  },

  publish: (post, context) =>
    context.thread ? comment(post, context, context.thread.parent) : submit(post, context),
  async find(post, context, since) {
    const found = await find(post, context, since);
    return typeof found === "object" && "id" in found ? withMark(found, post) : found;
  },

  async account({ ask, channel }) {
    const { id, name } = await ask({ path: "/api/v1/me" }, Me, "an account");
    return { id, handle: `u/${name}`, url: `${channel.web}/user/${name}` };
  },
  read,
  metrics,
  replies,

  async edit(receipt, post, context) {
    requireSamePictures(receipt, post);
    const said = receipt.ref?.gallery === undefined ? await bodyOf(post, context) : { text: post.text };
    const form = { api_type: "json", thing_id: receipt.id, ...said };
    await context.ask({ method: "POST", path: "/api/editusertext", form }, Done, "a success");
    return receipt;
  },

  // What is gone already is answered in the same way.
  async retract({ id }, { http }) {
    await http({ method: "POST", path: "/api/del", form: { id }, ok: [404] });
  },

  classify: refusalOf,
});

async function submit(post: Post<Options>, context: Context<Channel>): Promise<Receipt> {
  const { channel, ask } = context;
  const { title = "", text, link, poll, options: wanted } = post;
  const { gallery: _, ...options } = wanted;
  const common = {
    api_type: "json",
    sr: channel.subreddit,
    title,
    resubmit: true,
    sendreplies: true,
    ...options,
  };
  if (poll) {
    const duration = Math.max(1, Math.round(milliseconds(poll.open) / DAY));
    const json = { ...common, text, options: poll.choices, duration };
    const made = await ask({ method: "POST", path: "/api/submit_poll_post", json }, Submitted, "a post");
    return madeOf(made, channel);
  }
  if (isGallery(post) && post.media.length > 0) {
    const { resubmit: __, ...fields } = common;
    return submitGallery(post, fields, context);
  }
  const isLink = text.trim() === "" && post.media.length === 0 && link !== undefined;
  const body = isLink ? { kind: "link", url: link.url } : { kind: "self", ...(await bodyOf(post, context)) };
  const fields = Object.entries({ ...common, ...body }).map(([name, value]) => [name, String(value)]);
  const form = Object.fromEntries(fields) as Record<string, string>;
  return madeOf(await ask({ method: "POST", path: "/api/submit", form }, Submitted, "a post"), channel);
}

function madeOf({ json }: v.InferOutput<typeof Submitted>, channel: Channel): Receipt {
  const { id, name, url } = json.data;
  return receiptOf({ id: name ?? id, permalink: url }, channel);
}

async function comment(post: Post, context: Context<Channel>, { id }: Receipt): Promise<Receipt> {
  const form = { api_type: "json", thing_id: id, ...(await bodyOf(post, context)) };
  const made = await context.ask({ method: "POST", path: "/api/comment", form }, Commented, "a comment");
  const { name, permalink } = made.json.data.things[0]!.data;
  return receiptOf({ id: name, permalink }, context.channel);
}
