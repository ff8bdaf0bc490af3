/** Buttondown: a newsletter. A draft is made and known again by its key; sending it is one change of its state. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  expectReply,
  NetworkError,
  oneByOne,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../adapter.ts";
import { base, secret } from "../settings.ts";

const channel = v.strictObject({
  api_key: secret("API key of the newsletter"),
  server: base("Where the API is", "https://api.buttondown.com"),
});

const options = v.strictObject({});

type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const Email = v.object({
  id: v.string(),
  status: v.string(),
  subject: v.optional(v.string(), ""),
  body: v.optional(v.string(), ""),
  absolute_url: v.nullish(v.string()),
  metadata: v.nullish(v.record(v.string(), v.unknown())),
});
type Email = v.InferOutput<typeof Email>;
const Emails = v.object({ results: v.array(Email) });
const Analytics = v.object({
  opens: v.optional(v.number()),
  clicks: v.optional(v.number()),
  replies: v.optional(v.number()),
});

// Without it the mode is guessed from the text.
const MODE = "<!-- buttondown-editor-mode: plaintext -->\n";
const KEY = "broadcast";

export const buttondown = defineAdapter({
  id: "buttondown",
  name: "Buttondown",
  source: { url: "https://docs.buttondown.com/api-emails-introduction", checked: "2026-11-25" },
  api: { version: "2026-04-01" },
  group: "writing",
  shape: "mail",

  channel,
  options,
  auth: {
    kind: "key",
    url: "https://buttondown.com/settings/api",
    steps: ["Open Settings, API, and copy the newsletter's API key: that is `api_key`."],
  },
  endpoint: ({ server, api_key }) => ({
    base: `${server}/v1`,
    headers: { Authorization: `Token ${api_key}`, "X-API-Version": "2026-04-01" },
  }),
  own: { headers: ["x-ratelimit-limit"] },

  title: { max: 2_000, unit: "codepoint", markup: "plain", line: true, required: true },
  text: { max: 500_000, unit: "byte", markup: "markdown", tags: "none" },
  media: "none",
  thread: "none",
  card: "none",
  rates: [{ posts: 600, per: "1m" }],
  // The draft is sent once; `find` looks at its state.
  idempotency: "none",
  edits: "none",
  retracts: "none",

  check: ({ text }) =>
    text.startsWith("---\n")
      ? {
          message: "the text begins with ---, which Buttondown reads as settings",
          remedy: "Begin with words.",
        }
      : undefined,

  async publish(post, context) {
    const draft = await draftOf(post, context);
    const path = `/emails/${draft}/publish`;
    const reply = await context.http({ method: "POST", path, json: {}, ok: [400, 409] });
    if (reply.status < 300) return receiptOf(expectReply(reply, Email, "an e-mail"));
    // What is not a draft any more cannot be sent again.
    const email = await emailAt(draft, context);
    if (email && isOnItsWay(email)) return receiptOf(email);
    throw new NetworkError(
      "rejected",
      `answered ${reply.status}, and the draft was not sent; look at it there`,
      {
        status: reply.status,
      },
    );
  },

  async find(_, context) {
    const known = await context.done<string>("draft");
    const email = known === undefined ? undefined : await emailAt(known, context);
    return email && isOnItsWay(email) ? receiptOf(email) : "absent";
  },

  async account({ ask, channel }) {
    const query = { page: 1 };
    await ask({ path: "/emails", query }, Emails, "e-mails");
    return { id: new URL(channel.server).host, handle: "newsletter" };
  },

  async read({ id }, reach) {
    const email = await emailAt(id, reach);
    if (!email) return "gone";
    const { subject, body, absolute_url } = email;
    return { text: body.replace(MODE, ""), title: subject, ...(absolute_url && { url: absolute_url }) };
  },

  metrics: oneByOne(async ({ id }, { http }) => {
    const reply = await http({ path: `/emails/${id}/analytics`, ok: [404] });
    if (reply.status === 404) return "gone";
    const { opens = 0, clicks, replies } = expectReply(reply, Analytics, "counts", true);
    return { views: opens, clicks, replies };
  }),
});

/** One draft for each key, also if the answer to its making was lost. */
function draftOf(
  { title = "", text, summary, canonical }: Post<Options>,
  context: Context<Channel>,
): Promise<string> {
  const { ask, key } = context;
  return context.step("draft", async () => {
    const there = await draftBy(key, title, context);
    if (there) return there.id;
    const json = {
      subject: title,
      body: `${MODE}${text}`,
      // Its default sends at once.
      status: "draft",
      ...(summary && { description: summary }),
      ...(canonical && { canonical_url: canonical }),
      metadata: { [KEY]: key },
    };
    const headers = { "X-Idempotency-Key": key };
    return (await ask({ method: "POST", path: "/emails", json, headers }, Email, "an e-mail")).id;
  });
}

async function draftBy(
  key: string,
  subject: string,
  { ask }: Preparation<Channel>,
): Promise<Email | undefined> {
  const { results } = await ask({ path: "/emails", query: { subject, status: "draft" } }, Emails, "e-mails");
  return results.find(({ metadata }) => metadata?.[KEY] === key);
}

async function emailAt(id: string, { http }: Reach<Channel>): Promise<Email | undefined> {
  const reply = await http({ path: `/emails/${id}`, ok: [404] });
  return reply.status === 404 ? undefined : expectReply(reply, Email, "an e-mail", true);
}

function isOnItsWay({ status }: Email): boolean {
  return status !== "draft";
}

function receiptOf({ id, absolute_url }: Email): Receipt {
  return { id, ...(absolute_url && { url: absolute_url }) };
}
