/** Mastodon, and the servers that speak its API: GoToSocial, Pixelfed, Akkoma. */
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { type Context, defineAdapter, NetworkError, type Post } from "../../adapter.ts";
import { expectReply } from "../../http/http.ts";
import {
  type Channel,
  Created,
  call,
  channel,
  type Options,
  options,
  receiptOf,
  Scheduled,
  waitingOf,
  whoAmI,
} from "./api.ts";
import { find } from "./look-up.ts";
import { IMAGES, serverOf, VIDEOS } from "./server.ts";

export const mastodon = defineAdapter<Channel, Options>({
  id: "mastodon",
  name: "Mastodon",
  source: { url: "https://docs.joinmastodon.org/entities/Instance/", checked: "2026-11-23" },
  shape: "short",

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
    image: { types: IMAGES, bytes: 16_777_216, pixels: 33_177_600 },
    video: { types: VIDEOS, bytes: 103_809_024, pixels: 8_294_400 },
  },
  thread: "reply",
  card: "network",
  // The posting limit is in the server's source (rate_limiter.rb); the documents only give 300 requests in 5 minutes.
  rates: [
    { posts: 300, per: "3h" },
    { posts: 300, per: "5m" },
  ],
  // Not every compatible server keeps the promise (GoToSocial ignores the key), so `find` is asked first.
  idempotency: "1h",
  // scheduled_status.rb: more than 5 minutes ahead, 25 for one day, 300 in all. Over that the server refuses.
  schedules: {
    least: "5m",
    async cancel(receipt, context) {
      try {
        await call(context, "DELETE", `/api/v1/scheduled_statuses/${encodeURIComponent(receipt.id)}`);
        return "cancelled";
      } catch (error) {
        if (error instanceof NetworkError && error.status === 404) return "gone";
        throw error;
      }
    },
  },

  async publish(post, context) {
    const media_ids: string[] = [];
    for (const index of post.media.keys()) media_ids.push(await upload(post, index, context));

    const reply = await call(context, "POST", "/api/v1/statuses", {
      headers: { "Idempotency-Key": context.key },
      json: {
        status: post.text,
        // GoToSocial and Akkoma may have Markdown as the account's default; Mastodon knows no such field.
        content_type: "text/plain",
        ...(media_ids.length > 0 && { media_ids }),
        ...(context.thread && { in_reply_to_id: context.thread.parent.id }),
        ...(post.lang && { language: post.lang.split("-")[0] }),
        ...(context.due && { scheduled_at: context.due.toISOString() }),
        ...post.options,
      },
    });
    // A server that knows no schedule publishes at once, and answers with a status.
    const made = expectReply(reply, v.union([Scheduled, Created]), "a status");
    return "scheduled_at" in made ? waitingOf(made) : receiptOf(made);
  },

  find,

  async verify(context) {
    const me = await whoAmI(context);
    const { domain, limits } = await serverOf(context);
    return {
      id: me.id,
      handle: me.acct.includes("@") ? `@${me.acct}` : `@${me.acct}@${domain}`,
      url: me.url ?? undefined,
      limits,
    };
  },

  async remove(receipt, context) {
    try {
      await call(context, "DELETE", `/api/v1/statuses/${encodeURIComponent(receipt.id)}`);
    } catch (error) {
      // Gone already: what was asked for.
      if (!(error instanceof NetworkError && error.status === 404)) throw error;
    }
  },

  classify(reply) {
    const message = (reply.body as { error?: unknown } | null)?.error;
    if (typeof message !== "string") return undefined;
    if (reply.status === 403 && /scope|disabled|suspended|login/i.test(message))
      return { code: "auth", message };
    // The server's clock jumped, or it began anew: nothing was taken, and a moment later it will be.
    if (reply.status === 422 && /have not finished processing/i.test(message))
      return { code: "unavailable", message };
    // Pixelfed notes the key before it makes the post: a repeat does not say whether the first one succeeded.
    if (reply.status === 400 && /duplicate idempotency key/i.test(message))
      return { code: "uncertain", message };
    return undefined;
  },
});

const Attachment = v.object({ id: v.string(), url: v.nullish(v.string()) });

async function upload(post: Post, index: number, context: Context<Channel>): Promise<string> {
  const media = post.media[index]!;
  const uploaded = await context.step(`media-${index}`, async () => {
    const file = {
      name: "file",
      value: await context.read(media),
      filename: nameOf(media.file),
      type: media.type,
    };
    const alt = media.alt ? [{ name: "description", value: media.alt }] : [];
    const reply = await call(context, "POST", "/api/v2/media", { parts: [...alt, file], safe: true });
    return { id: expectReply(reply, Attachment, "a media id", true).id, ready: reply.status === 200 };
  });
  if (!uploaded.ready) await context.step(`media-${index}-ready`, () => processed(uploaded.id, context));
  return uploaded.id;
}

// 206 while the server still works on it, 200 when it is done, 422 when it gave up.
async function processed(id: string, context: Context<Channel>): Promise<true> {
  for (let wait = 250, waited = 0; waited < 120_000; waited += wait, wait = Math.min(wait * 2, 5_000)) {
    await sleep(wait, undefined, { signal: context.signal });
    const reply = await call(context, "GET", `/api/v1/media/${encodeURIComponent(id)}`);
    if (reply.status === 200) return true;
  }
  throw new NetworkError("unavailable", "the server still processes the media after two minutes");
}

function nameOf(file: string): string {
  return file.split("/").at(-1) ?? file;
}
