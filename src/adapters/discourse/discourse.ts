/** Discourse: a topic in a category, with tags and pictures, and replies below it. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  expectReply,
  NetworkError,
  type Objection,
  type Receipt,
} from "../../adapter.ts";
import {
  type Channel,
  channel,
  externalIdOf,
  ForumPost,
  isTopic,
  options,
  pictures,
  Refused,
  rawOf,
  receiptOf,
  tagsOf,
  topicByExternalId,
} from "./api.ts";
import { find, metrics, read, replies } from "./read-back.ts";

// A post that a moderator looks at first is told of by itself.
const Enqueued = v.object({
  action: v.literal("enqueued"),
  pending_post: v.object({ id: v.number() }),
});
const Made = v.union([Enqueued, ForumPost]);
const User = v.object({
  user: v.object({ id: v.number(), username: v.string(), name: v.nullish(v.string()) }),
});
const Site = v.object({
  max_topic_title_length: v.optional(v.number()),
  max_post_length: v.optional(v.number()),
});

const LONGEST = 32_000;
const SHORTEST_TITLE = 15;
const MOST_TAGS = 5;

export const discourse = defineAdapter({
  id: "discourse",
  name: "Discourse",
  source: { url: "https://docs.discourse.org/", checked: "2026-11-23" },
  group: "community",
  shape: "article",

  channel,
  options,
  auth: {
    kind: "key",
    url: "https://meta.discourse.org/t/create-and-configure-an-api-key/230124",
    steps: [
      "Make a user for the project, or choose one, who may open topics in the category without a moderator's look.",
      "As an administrator open Admin, Advanced, API keys, choose Add API key with the user level Single user and that user.",
      "As scope choose Global; or Granular with topics: write, update, read and delete, posts: edit and delete, uploads: create, users: show.",
      "Copy the key, which is shown once: that is `api_key`; the user's name is `username`, the forum's address `server`.",
      "Open the category: the number at the end of its address is `category`.",
    ],
  },
  endpoint: ({ server, username, api_key }) => ({
    base: server,
    headers: { "Api-Key": api_key, "Api-Username": username },
  }),
  errors: [{ status: 403, words: /API username or key is invalid|invalid_api_credentials/i, code: "auth" }],
  own: { headers: ["discourse-rate-limit-error-code"], body: Refused },

  // max_topic_title_length and max_post_length, in code points; `account` asks what this forum has.
  title: { max: 255, unit: "codepoint", markup: "plain", line: true, required: true },
  text: { max: LONGEST, unit: "codepoint", markup: "markdown", tags: "field" },
  media: {
    count: 10,
    // It stands in the text.
    alt: 1_000,
    // max_image_size_kb.
    image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp"], bytes: 4_194_304 },
  },
  thread: "reply",
  // A forum previews what stands alone in a line as it is, and not an address in <>.
  card: "none",
  // rate_limit_create_post: 5 seconds; 60 calls a minute with a key.
  rates: [{ posts: 12, per: "1m" }],
  // The same request is answered as before for two minutes; `find` decides.
  idempotency: "none",
  edits: { fields: ["text", "title", "media", "alt"], visible: true },
  retracts: {},

  check(post, { shortest_title = SHORTEST_TITLE }) {
    const found: Objection[] = [];
    const length = [...(post.title ?? "")].length;
    if (post.title !== undefined && length < shortest_title)
      found.push({
        message: `the title has ${length} characters; forums ask for ${shortest_title} at least`,
        remedy: "Say more, or set the channel's `shortest_title` if this forum takes shorter ones.",
      });
    const words = post.media.reduce((sum, { alt }) => sum + [...alt].length + 60, [...post.text].length);
    if (words > LONGEST)
      found.push({ message: `text and pictures have ${words} characters together; at most ${LONGEST} fit` });
    const tags = tagsOf(post).length;
    if (tags > MOST_TAGS)
      found.push({
        message: `a topic has ${MOST_TAGS} tags at most, and this one has ${tags}`,
        remedy: "Name the forum's own tags with `options: { discourse: { tags: […] } }`.",
        about: "options",
      });
    return found;
  },

  async prepare(posts, context) {
    for (const post of posts) await pictures(post, context);
  },

  async publish(post, context) {
    const raw = rawOf(post, await pictures(post, context));
    const json = { raw, ...(await placeOf(context)) };
    if (!("topic_id" in json))
      Object.assign(json, {
        title: post.title,
        category: context.channel.category,
        tags: tagsOf(post),
        external_id: externalIdOf(context),
      });
    const made = expectReply(
      await context.http({ method: "POST", path: "/posts.json", json }),
      Made,
      "a post",
    );
    if (!("action" in made)) return receiptOf(made, context.channel);
    const external = "topic_id" in json ? undefined : { ref: { external: externalIdOf(context) } };
    return { id: `review-${made.pending_post.id}`, ...external, hidden: "review" };
  },

  find,

  async account({ ask, channel }) {
    const { user } = await ask({ path: `/u/${encodeURIComponent(channel.username)}.json` }, User, "a user");
    const site = await ask({ path: "/site/settings.json" }, Site, "the forum's settings");
    const host = new URL(channel.server).host;
    return {
      id: String(user.id),
      handle: `@${user.username} on ${host}`,
      url: `${channel.server}/u/${user.username}`,
      limits: {
        ...(site.max_post_length && { text: { max: site.max_post_length } }),
        ...(site.max_topic_title_length && { title: { max: site.max_topic_title_length } }),
      },
    };
  },

  read,
  metrics,
  replies,

  async edit(receipt, post, context) {
    const raw = rawOf(post, await pictures(post, context));
    const json = { ...(isTopic(receipt) && post.title && { title: post.title }), post: { raw } };
    await context.ask(
      { method: "PUT", path: `/posts/${receipt.id}.json`, json },
      v.object({ post: ForumPost }),
      "a post",
    );
    return receipt;
  },

  async retract(receipt, { http }) {
    const path = isTopic(receipt) ? `/t/${receipt.ref?.topic}.json` : `/posts/${receipt.id}.json`;
    await http({ method: "DELETE", path, ok: [404, 410] });
  },
});

/** What a reply hangs on. A topic that waited for a moderator may be there by now. */
async function placeOf(context: Context<Channel>) {
  const { thread } = context;
  if (!thread) return {};
  const topic = thread.root.ref?.topic ?? (await topicBehind(thread.root, context));
  const above = Number(thread.parent.ref?.number ?? 1);
  return { topic_id: Number(topic), ...(above > 1 && { reply_to_post_number: above }) };
}

async function topicBehind({ ref }: Receipt, context: Context<Channel>): Promise<string> {
  const topic = ref?.external && (await topicByExternalId(ref.external, context));
  if (topic) return topic;
  throw new NetworkError("unavailable", "the topic still waits for the forum's moderators");
}
