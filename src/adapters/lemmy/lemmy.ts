/** Lemmy: a post in a community, with a link or a picture, and comments below it. */
import * as v from "valibot";
import { defineAdapter, type Objection } from "../../adapter.ts";
import {
  askCommunity,
  CommentView,
  channel,
  commentReceipt,
  fieldsOf,
  loggedIn,
  options,
  PostView,
  placeIn,
  placeOf,
  postReceipt,
  Refused,
  uploaded,
} from "./api.ts";
import { find, metrics, read, replies } from "./read-back.ts";

const Made = v.object({ post_view: PostView });
const Commented = v.object({ comment_view: CommentView });
const Site = v.object({
  version: v.optional(v.string()),
  my_user: v.optional(
    v.object({
      local_user_view: v.object({
        person: v.object({ id: v.number(), name: v.string(), actor_id: v.string() }),
      }),
    }),
  ),
  site_view: v.optional(
    v.object({
      local_site_rate_limit: v.optional(v.object({ post: v.number(), post_per_second: v.number() })),
    }),
  ),
});
const TITLE_LEAST = 3;

export const lemmy = defineAdapter({
  id: "lemmy",
  name: "Lemmy",
  source: { url: "https://join-lemmy.org/docs/contributors/04-api.html", checked: "2026-11-23" },
  api: { version: "v3" },
  group: "community",
  shape: "article",
  look: { mark: "Le", light: "#0b6e5b", dark: "#5fd8bd", layout: "forum" },

  channel,
  options,
  auth: {
    kind: "password",
    url: "https://join-lemmy.org/docs/contributors/04-api.html",
    steps: [
      "Make an account for the bot on a server, without a second factor, and tick Bot Account in its settings.",
      "Read the rules of the community: many ask that bots are announced to their moderators.",
      "Its name and password are `username` and `password`, the server's address `server`.",
      "`community` is the community's name, with its server where it is another one: announcements@lemmy.example.",
    ],
  },
  endpoint: ({ server }) => ({ base: `${server}/api/v3` }),
  errors: [
    {
      status: [400, 401, 403],
      words:
        /"error": ?"(incorrect_login|not_logged_in|couldnt_find_that_username_or_email|missing_totp_token|incorrect_totp_token|site_ban|deleted)"/,
      code: "auth",
    },
    // 0.19 answers so with 400.
    { status: [400, 429], words: /"error": ?"(rate_limit_error|too_many_requests)"/, code: "limited" },
  ],
  own: { body: Refused },

  // Unicode scalar values; a title may have three at least.
  title: { max: 200, unit: "codepoint", markup: "plain", line: true, required: true },
  // A post may be five times as long; what follows it in a thread are comments, and these are the shorter ones.
  text: { max: 10_000, unit: "codepoint", markup: "markdown", tags: "none" },
  media: {
    count: 10,
    alt: 1_500,
    // pict-rs takes more where an administrator allows it.
    image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"], bytes: 40_000_000 },
  },
  thread: "reply",
  card: "network",
  // local_site_rate_limit's default; `account` asks what this server has.
  rates: [{ posts: 6, per: "10m" }],
  // Version 1 knows a repeated key, and answers it without a word of what it was.
  idempotency: "none",
  edits: { fields: ["text", "title", "link", "media", "alt", "options"], visible: true },
  retracts: {},

  check(post) {
    const found: Objection[] = [];
    const length = [...(post.title ?? "")].length;
    if (post.title !== undefined && length < TITLE_LEAST)
      found.push({
        message: `the title has ${length} characters; it must have ${TITLE_LEAST} at least`,
        remedy: "Say more.",
      });
    return found;
  },

  async prepare(posts, context) {
    for (const post of posts) {
      await placeOf(context, post.lang);
      await uploaded(post, context);
    }
  },

  async publish(post, context) {
    const { channel, ask } = context;
    const { community, language } = await placeOf(context, post.lang);
    const languages = language !== undefined && { language_id: language };
    const place = placeIn(context);
    if (place) {
      const json = { content: post.text, ...place, ...languages };
      const { comment_view } = await loggedIn(context, (authorised) =>
        ask({ ...authorised, method: "POST", path: "/comment", json }, Commented, "a comment"),
      );
      return commentReceipt(comment_view.comment, channel);
    }
    const fields = fieldsOf(post, await uploaded(post, context));
    const json = { ...fields, community_id: community, ...post.options, ...languages };
    const { post_view } = await loggedIn(context, (authorised) =>
      ask({ ...authorised, method: "POST", path: "/post", json }, Made, "a post"),
    );
    return postReceipt(post_view.post.id, channel);
  },

  find,

  async account(reach) {
    const { my_user, site_view } = await loggedIn(reach, (authorised) =>
      reach.ask({ ...authorised, path: "/site" }, Site, "a server"),
    );
    // A community that is not there is found out now.
    await askCommunity(reach);
    const { username, server, community } = reach.channel;
    const person = my_user?.local_user_view.person;
    const limit = site_view?.local_site_rate_limit;
    return {
      id: String(person?.id ?? username),
      handle: `@${person?.name ?? username}@${new URL(server).host} in !${community}`,
      ...(person && { url: person.actor_id }),
      ...(limit && { limits: { rates: [{ posts: limit.post, per: `${limit.post_per_second}s` as const }] } }),
    };
  },

  read,
  metrics,
  replies,

  async edit(receipt, post, context) {
    const { ask } = context;
    const put = { method: "PUT" } as const;
    if (receipt.ref?.post) {
      const json = { comment_id: Number(receipt.id), content: post.text };
      await loggedIn(context, (authorised) =>
        ask({ ...authorised, ...put, path: "/comment", json }, Commented, "a comment"),
      );
      return receipt;
    }
    // What is not named stays, and what is empty goes.
    const json = {
      post_id: Number(receipt.id),
      ...{ body: "", url: "", alt_text: "" },
      ...fieldsOf(post, await uploaded(post, context)),
      ...post.options,
    };
    await loggedIn(context, (authorised) =>
      ask({ ...authorised, ...put, path: "/post", json }, Made, "a post"),
    );
    return receipt;
  },

  async retract({ id, ref }, context) {
    const [path, what] = ref?.post ? ["/comment/delete", "comment_id"] : ["/post/delete", "post_id"];
    const json = { [what as string]: Number(id), deleted: true };
    const ok = [404, "couldnt_find_post", "couldnt_find_comment", "not_found"];
    await loggedIn(context, (authorised) =>
      context.http({ ...authorised, method: "POST", path: path as string, json, ok }),
    );
  },
});
