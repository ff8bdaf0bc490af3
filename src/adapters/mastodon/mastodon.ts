/** Mastodon, and the servers that speak its API: `software.ts` has what they do otherwise. */
import * as v from "valibot";
import { defineAdapter } from "../../adapter.ts";
import {
  Created,
  channel,
  options,
  pathOf,
  receiptOf,
  Scheduled,
  statusOf,
  uploaded,
  waitingOf,
  whoAmI,
} from "./api.ts";
import { find } from "./look-up.ts";
import { metrics, read, replies } from "./read-back.ts";
import { IMAGES, serverOf, VIDEOS } from "./server.ts";
import { objections, softwareOf } from "./software.ts";

export const mastodon = defineAdapter({
  id: "mastodon",
  name: "Mastodon",
  source: { url: "https://docs.joinmastodon.org/entities/Instance/", checked: "2026-11-23" },
  group: "public",
  shape: "short",
  look: { mark: "Ma", light: "#5443c4", dark: "#b0a6ff", layout: "post", avatar: "soft", wide: true },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://docs.joinmastodon.org/client/token/",
    steps: [
      "Log in to your server in a browser and open Preferences, then Development.",
      "Choose New application, give it a name, and leave the redirect URI as it is.",
      "Tick the scopes read:accounts, read:statuses, write:media and write:statuses, then Submit.",
      "Open the application again and copy Your access token; it does not expire by itself.",
    ],
    // docs.joinmastodon.org/methods/oauth and /methods/apps. Servers older than 4.3 ignore the PKCE parameters.
    oauth2: {
      register: {
        url: "{server}/api/v1/apps",
        form: { client_name: "broadcast", redirect_uris: "{redirect}", scopes: "{scopes}" },
      },
      authorize: "{server}/oauth/authorize",
      token: "{server}/oauth/token",
      scopes: ["read:accounts", "read:statuses", "write:media", "write:statuses"],
      pkce: "S256",
      client: "body",
      code: "urn:ietf:wg:oauth:2.0:oob",
      renew: "none",
    },
  },
  endpoint: ({ server, token }) => ({ base: server, headers: { Authorization: `Bearer ${token}` } }),
  errors: [
    { status: 403, words: /scope|disabled|suspended|login/i, code: "auth" },
    // The server's clock jumped, or it began anew: nothing was taken, and a moment later it will be.
    { status: 422, words: "have not finished processing", code: "unavailable" },
    // Pixelfed notes the key before it makes the post: a repeat does not say whether the first one succeeded.
    { status: 400, words: "duplicate idempotency key", code: "uncertain" },
  ],
  // docs.joinmastodon.org/entities/Error. Its rate limit's headers are those of many proxies.
  own: { body: v.object({ error: v.string() }) },

  text: {
    max: 500,
    unit: "grapheme",
    markup: "plain",
    link: 23,
    links: "scheme",
    mention: "local",
    tags: "text",
    warning: "spoiler_text",
  },
  media: {
    count: 4,
    alt: 1500,
    // docs.joinmastodon.org/user/posting: up to four images, or one video.
    image: { types: IMAGES, bytes: 16_777_216, pixels: 33_177_600 },
    video: { types: VIDEOS, bytes: 103_809_024, pixels: 8_294_400, count: 1 },
  },
  // Instance's configuration.polls; media and a poll exclude each other.
  poll: { choices: [2, 4], length: 50, open: ["5m", "2629746s"], multiple: true },
  thread: "reply",
  card: "network",
  rulesFor: ({ software }) => {
    const { rules, idempotency } = softwareOf(software);
    return { ...rules, idempotency };
  },
  check: (post, { software }) => objections(post, softwareOf(software)),
  // The posting limit is in the server's source (rate_limiter.rb); the documents only give 300 requests in 5 minutes.
  rates: [
    { posts: 300, per: "3h" },
    { posts: 300, per: "5m" },
  ],
  // Not every compatible server keeps the promise (GoToSocial ignores the key), so `find` is asked first.
  idempotency: "1h",
  // PUT /api/v1/statuses/:id, since 3.5; who sees it cannot be changed.
  edits: { fields: ["text", "media", "alt", "poll", "options"], fixed: ["visibility"], visible: true },
  retracts: {},
  // scheduled_status.rb: more than 5 minutes ahead, 25 for one day, 300 in all. Over that the server refuses.
  schedules: {
    least: "5m",
    async cancel({ id }, { http }) {
      const path = `/api/v1/scheduled_statuses/${encodeURIComponent(id)}`;
      const { status } = await http({ method: "DELETE", path, ok: [404] });
      return status === 404 ? "gone" : "cancelled";
    },
  },

  async prepare(posts, context) {
    for (const post of posts) await uploaded(post, context);
  },

  async publish(post, context) {
    const { thread, due, key } = context;
    const { visibility } = post.options;
    const json = {
      ...(await statusOf(post, context)),
      ...(visibility && { visibility }),
      ...(thread && { in_reply_to_id: thread.parent.id }),
      ...(due && { scheduled_at: due.toISOString() }),
    };
    const headers = { "Idempotency-Key": key };
    const asked = { method: "POST", path: "/api/v1/statuses", headers, json } as const;
    // A server that knows no schedule publishes at once, and answers with a status.
    const made = await context.ask(asked, v.union([Scheduled, Created]), "a status");
    return "scheduled_at" in made ? waitingOf(made) : receiptOf(made);
  },

  find,

  async account(reach) {
    const { id, acct, url } = await whoAmI(reach);
    const { domain, limits, idempotency } = await serverOf(reach);
    const handle = acct.includes("@") ? `@${acct}` : `@${acct}@${domain}`;
    return { id, handle, url: url ?? undefined, limits, ...(idempotency && { idempotency }) };
  },

  read,
  metrics,
  replies,

  // The whole status is put in the old one's place; files are kept by the ids of their uploads.
  async edit(receipt, post, context) {
    const json = { media_ids: [], ...(await statusOf(post, context)) };
    return receiptOf(await context.ask({ method: "PUT", path: pathOf(receipt), json }, Created, "a status"));
  },

  async retract(receipt, { http }) {
    await http({ method: "DELETE", path: pathOf(receipt), ok: [404] });
  },
});
