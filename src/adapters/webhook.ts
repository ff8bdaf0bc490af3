/** An own program's webhook: each post is a CloudEvent, signed as Standard Webhooks has it. */
import { createHash, createHmac } from "node:crypto";
import * as v from "valibot";
import { type Context, defineAdapter, NetworkError, type Post, type Reply } from "../adapter.ts";
import { secret, text, url } from "../settings.ts";
import { isUrl } from "../urls.ts";

const channel = v.strictObject({
  url: url("Where the events go"),
  secret: v.pipe(
    secret("What they are signed with: whsec_ and 24 bytes or more in base 64"),
    v.regex(
      /^whsec_(?:[A-Za-z0-9+/]{4}){8,}[A-Za-z0-9+/=]*$/,
      "is not whsec_ and 24 bytes or more in base 64",
    ),
  ),
  source: v.optional(text("Who they are from, a URI; default broadcast"), "broadcast"),
  once: v.optional(
    v.pipe(
      v.boolean(),
      v.description("Whether the receiver takes each webhook-id once, as the standard asks; default true"),
    ),
  ),
  any_success: v.optional(
    v.pipe(
      v.boolean(),
      v.description("Any answer 200 to 299 counts, whatever it says; default: 202, 204, or JSON with an id"),
    ),
  ),
});

const options = v.strictObject({});

type Channel = v.InferOutput<typeof channel>;

const Answer = v.object({ id: v.optional(v.union([v.string(), v.number()])), url: v.optional(v.string()) });

// What receivers are recommended to take: 20 kB with everything around it.
const PAYLOAD_MAX = 20_000;

export const webhook = defineAdapter({
  id: "webhook",
  name: "Webhook",
  source: {
    url: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    checked: "2026-11-23",
  },
  api: { version: "1.0" },
  group: "machine",
  shape: "article",

  channel,
  options,
  auth: {
    kind: "key",
    url: "https://www.standardwebhooks.com/",
    steps: [
      "Write a receiver, or take a library of Standard Webhooks: it checks the signature, and takes each webhook-id once.",
      "Make a secret: whsec_ and the output of `openssl rand -base64 32`; the receiver and `secret` have the same.",
      "Its address is `url`.",
    ],
  },
  endpoint: ({ url, secret }) => ({
    base: url,
    sign: ({ headers, body = new Uint8Array() }) => signature(secret, headers["webhook-id"] ?? "", body),
  }),
  errors: [{ status: [403, 410], code: "auth" }],
  // A receiver that wants to be believed says of which event it speaks.
  own: { headers: ["webhook-id"] },

  title: { max: 1_000, unit: "grapheme", markup: "plain", line: true },
  text: { max: 15_000, unit: "byte", markup: "markdown", tags: "field" },
  media: "none",
  thread: "reply",
  card: "ours",
  rates: [],
  // The id stays the same, and the receiver takes it once; `once: false` where it does not.
  idempotency: "forever",
  edits: { fields: ["text", "title", "summary", "link", "tags"] },
  retracts: {},

  check(post) {
    const bytes = Buffer.byteLength(JSON.stringify(dataOf(post)));
    return bytes > PAYLOAD_MAX - 1_000
      ? `the event has ${bytes} bytes; receivers are asked to take ${PAYLOAD_MAX} with all that is around them`
      : undefined;
  },

  async publish(post, context) {
    const { key, thread } = context;
    const above = thread && { parent: thread.parent.id, root: thread.root.id };
    const reply = await send("published", key, { ...dataOf(post), part: context.index, ...above }, context);
    const { id, url } = answerIn(reply, context.channel);
    return { id: id ?? key, ...(url && { url }) };
  },

  async account({ channel }) {
    return {
      id: channel.url,
      handle: new URL(channel.url).host,
      ...(channel.once === false && { idempotency: "none" as const }),
    };
  },

  async edit(receipt, post, context) {
    const reply = await send("edited", receipt.id, dataOf(post), context);
    answerIn(reply, context.channel);
    return receipt;
  },

  async retract(receipt, context) {
    await send("retracted", receipt.id, {}, context, [404]);
  },
});

function dataOf({ title, summary, text, link, tags, lang, canonical }: Post) {
  const { image: _, ...card } = link ?? { url: "" };
  return {
    ...(title !== undefined && { title }),
    ...(summary !== undefined && { summary }),
    text,
    markup: "markdown",
    ...(link && { link: card }),
    ...(tags.length > 0 && { tags }),
    ...(lang && { lang }),
    ...(canonical && { canonical }),
  };
}

/** `subject`: the post's id here, which all events about it have. */
function send(
  what: "published" | "edited" | "retracted",
  subject: string,
  data: object,
  { http, channel, key, startedAt }: Context<Channel>,
  ok?: number[],
): Promise<Reply> {
  const digest = createHash("sha256")
    .update(JSON.stringify([what, subject, data]))
    .digest("hex");
  const id = what === "published" ? `msg_${key}` : `msg_${key}_${digest.slice(0, 16)}`;
  const event = {
    specversion: "1.0",
    id,
    source: channel.source,
    type: `broadcast.post.${what}`,
    subject,
    time: startedAt.toISOString(),
    datacontenttype: "application/json",
    data,
  };
  return http({
    method: "POST",
    path: "",
    headers: { "webhook-id": id },
    bytes: Buffer.from(JSON.stringify(event)),
    type: "application/cloudevents+json; charset=UTF-8",
    ...(ok && { ok }),
  });
}

/** Over the bytes that leave, with the time of this attempt. */
function signature(secret: string, id: string, body: Uint8Array): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const hmac = createHmac("sha256", Buffer.from(secret.replace(/^whsec_/, ""), "base64"));
  const signed = hmac.update(`${id}.${timestamp}.`).update(body).digest("base64");
  return { "webhook-timestamp": timestamp, "webhook-signature": `v1,${signed}` };
}

/** A page for people that says 200 (a login, an error) has taken nothing. */
function answerIn({ status, body }: Reply, { any_success }: Channel): { id?: string; url?: string } {
  const answer = v.safeParse(Answer, body);
  const { id, url } = answer.success ? answer.output : {};
  if (status !== 202 && status !== 204 && id === undefined && !any_success)
    throw new NetworkError("uncertain", `answered ${status}, and neither 202, 204 nor JSON with an id`, {
      status,
    });
  return { ...(id !== undefined && { id: String(id) }), ...(url && isUrl(url) && { url }) };
}
