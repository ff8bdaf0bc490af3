/** Mastodon, and the servers that speak its API: GoToSocial, Pixelfed, Akkoma. */
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  type FileRules,
  type HttpRequest,
  NetworkError,
  type Post,
  type Receipt,
  type Reply,
} from "../adapter.ts";
import { expectReply } from "../http.ts";
import { secret, text, url } from "../settings.ts";

const channel = v.strictObject({
  server: url("The server, such as https://mastodon.social"),
  token: secret("Access token with the scopes read:accounts, read:statuses, write:media and write:statuses"),
});

const options = v.strictObject({
  visibility: v.optional(
    v.pipe(v.picklist(["public", "unlisted", "private", "direct"]), v.description("Who sees the post")),
  ),
  spoiler_text: v.optional(text("Content warning, shown instead of the text until the reader asks for it")),
  sensitive: v.optional(v.pipe(v.boolean(), v.description("Hides the media until the reader asks for them"))),
});

type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const IMAGES = ["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"];
const VIDEOS = ["video/mp4", "video/webm", "video/quicktime"];

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

  async find(post, context, since) {
    // In this order: what leaves the one list meanwhile is in the other.
    const waiting = context.due && (await findWaiting(post, context, context.due));
    if (waiting) return waiting;
    const me = await whoAmI(context);
    for (let page = 0, before = ""; page < PAGES; page++) {
      const path = `/api/v1/accounts/${encodeURIComponent(me.id)}/statuses?limit=40&exclude_reblogs=true${before}`;
      const reply = await call(context, "GET", path);
      const statuses = expectReply(reply, v.array(Status), "a list of statuses", true);
      // A due time is the server's own.
      const begun = since.getTime() + clockOffset(reply);
      const from = Math.min(begun, context.due?.getTime() ?? begun) - MARGIN;
      const same: typeof statuses = [];
      for (const status of statuses) {
        if (isSame(status, post, context) && !(await context.taken(status.id))) same.push(status);
      }
      const ours = same.find((status) => Date.parse(status.created_at) >= from);
      if (ours) return receiptOf(ours);

      // The same words from shortly before: another post, or ours by a clock that jumped. Only a person can tell.
      if (same.some((status) => Date.parse(status.created_at) >= from - DOUBT)) {
        throw new NetworkError("rejected", "the account has the same post from shortly before the attempt");
      }
      const last = statuses.at(-1);
      if (!last || Date.parse(last.created_at) < from - DOUBT) return "absent";
      before = `&max_id=${encodeURIComponent(last.id)}`;
    }
    throw new NetworkError("rejected", "the account has posted too much since then to look through");
  },

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

// How far back `find` looks: 20 pages of 40.
const PAGES = 20;
// The Date header counts whole seconds, and a request takes a moment to arrive.
const MARGIN = 5_000;
const DOUBT = 600_000;

const Created = v.object({ id: v.string(), url: v.nullish(v.string()), uri: v.string() });
const Status = v.object({
  ...Created.entries,
  created_at: v.string(),
  content: v.string(),
  spoiler_text: v.optional(v.string(), ""),
  in_reply_to_id: v.nullish(v.string()),
  media_attachments: v.optional(v.array(v.unknown()), []),
});
const Scheduled = v.object({
  id: v.string(),
  scheduled_at: v.string(),
  params: v.object({ text: v.string(), spoiler_text: v.nullish(v.string()) }),
  media_attachments: v.nullish(v.array(v.unknown())),
});
const Me = v.object({ id: v.string(), acct: v.string(), url: v.nullish(v.string()) });
const Attachment = v.object({ id: v.string(), url: v.nullish(v.string()) });

function call(
  { channel, http }: Context<Channel>,
  method: HttpRequest["method"],
  path: string,
  request: Partial<HttpRequest> = {},
): Promise<Reply> {
  const headers = { Authorization: `Bearer ${channel.token}`, ...request.headers };
  return http({ ...request, method, url: `${channel.server}${path}`, headers });
}

function receiptOf(status: v.InferOutput<typeof Created>): Receipt {
  return { id: status.id, url: status.url ?? status.uri };
}

// A server without the list keeps nothing for later: it published at once.
function isUnknown(error: unknown): undefined {
  if (!(error instanceof NetworkError && error.status === 404)) throw error;
}

function waitingOf({ id, scheduled_at }: v.InferOutput<typeof Scheduled>): Receipt {
  return { id, due: scheduled_at };
}

// The list has no time of creation: the same words for the same moment are the same post.
async function findWaiting(
  post: Post<Options>,
  context: Context<Channel>,
  due: Date,
): Promise<Receipt | undefined> {
  for (let before = ""; ; ) {
    const reply = await call(context, "GET", `/api/v1/scheduled_statuses?limit=40${before}`).catch(isUnknown);
    if (!reply) return undefined;
    const page = expectReply(reply, v.array(Scheduled), "a list of scheduled statuses", true);
    const same = page.filter(
      ({ scheduled_at, params, media_attachments }) =>
        Math.abs(Date.parse(scheduled_at) - due.getTime()) < 1_000 &&
        params.text.trim() === post.text.trim() &&
        (params.spoiler_text ?? "") === (post.options.spoiler_text ?? "") &&
        (media_attachments ?? []).length === post.media.length,
    );
    for (const waiting of same) if (!(await context.taken(waiting.id))) return waitingOf(waiting);
    const last = page.at(-1);
    if (!last || page.length < 40) return undefined;
    before = `&max_id=${encodeURIComponent(last.id)}`;
  }
}

async function whoAmI(context: Context<Channel>): Promise<v.InferOutput<typeof Me>> {
  const reply = await call(context, "GET", "/api/v1/accounts/verify_credentials");
  return expectReply(reply, Me, "an account", true);
}

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

// How far the server's clock is ahead of ours, by its own Date header.
function clockOffset(reply: Reply): number {
  const date = Date.parse(reply.headers.date ?? "");
  return Number.isNaN(date) ? 0 : date - Date.now();
}

function isSame(
  status: v.InferOutput<typeof Status>,
  post: Post<Options>,
  context: Context<Channel>,
): boolean {
  return (
    essence(fromHtml(status.content)) === essence(post.text) &&
    essence(fromHtml(status.spoiler_text)) === essence(post.options.spoiler_text ?? "") &&
    (status.in_reply_to_id ?? undefined) === context.thread?.parent.id &&
    status.media_attachments.length === post.media.length
  );
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

function fromHtml(html: string): string {
  return html
    .replace(/<(?:br|\/p)\b[^>]*>/gi, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
      if (name) return ENTITIES[name.toLowerCase()] ?? whole;
      const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    });
}

// The server shows @User@host as @user, or in full when two hosts have a user of that name, and lays out white space its
// own way. Host, capitals and white space are left out of the comparison.
function essence(text: string): string {
  return text
    .normalize("NFC")
    .replace(
      /@(\w[\w.-]*)(?:@[\p{L}\p{N}.:-]*[\p{L}\p{N}])?/gu,
      (_, user: string) => `@${user.toLowerCase()}`,
    )
    .replace(/\s+/g, "");
}

const Limits = v.object({
  statuses: v.optional(
    v.object({
      max_characters: v.optional(v.number()),
      max_media_attachments: v.optional(v.number()),
      characters_reserved_per_url: v.optional(v.number()),
    }),
  ),
  media_attachments: v.optional(
    v.object({
      supported_mime_types: v.optional(v.array(v.string())),
      image_size_limit: v.optional(v.number()),
      image_matrix_limit: v.optional(v.number()),
      video_size_limit: v.optional(v.number()),
      video_matrix_limit: v.optional(v.number()),
      description_limit: v.optional(v.number()),
    }),
  ),
});
const Instance = v.object({
  domain: v.optional(v.string()),
  uri: v.optional(v.string()),
  max_toot_chars: v.optional(v.number()),
  configuration: v.optional(Limits),
});

async function serverOf(context: Context<Channel>) {
  const reply = await call(context, "GET", "/api/v2/instance").catch((error: unknown) => {
    if (error instanceof NetworkError && error.status === 404)
      return call(context, "GET", "/api/v1/instance");
    throw error;
  });
  const server = expectReply(reply, Instance, "a description of the server", true);
  const statuses = server.configuration?.statuses;
  const media = server.configuration?.media_attachments;
  const types = media?.supported_mime_types;
  return {
    domain: server.domain ?? server.uri ?? new URL(context.channel.server).host,
    limits: {
      text: given({
        max: statuses?.max_characters ?? server.max_toot_chars,
        link: statuses?.characters_reserved_per_url,
      }),
      media: given({
        count: statuses?.max_media_attachments,
        alt: media?.description_limit,
        image: rulesOf("image/", types ?? IMAGES, media?.image_size_limit, media?.image_matrix_limit),
        video: rulesOf("video/", types ?? VIDEOS, media?.video_size_limit, media?.video_matrix_limit),
      }),
    },
  };
}

function rulesOf(kind: string, types: string[], bytes?: number, pixels?: number): FileRules | undefined {
  const ours = types.filter((type) => type.startsWith(kind));
  return bytes === undefined || ours.length === 0
    ? undefined
    : { types: ours, bytes, ...(pixels && { pixels }) };
}

function given<T extends object>(values: T): Partial<{ [K in keyof T]: NonNullable<T[K]> }> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof given<T>
  >;
}
