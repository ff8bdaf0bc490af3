/** X, through its API v2: with OAuth 2, or with the keys of OAuth 1.0a, which do not end. */
import {
  type Context,
  defineAdapter,
  NetworkError,
  type Objection,
  type Post,
  type Receipt,
} from "../../adapter.ts";
import { milliseconds } from "../../duration.ts";
import {
  type Channel,
  channel,
  endpointOf,
  Made,
  type Options,
  options,
  Problem,
  pathOf,
  receiptOf,
  whoAmI,
} from "./api.ts";
import { uploaded } from "./media.ts";
import { find, metrics, read, replies } from "./read-back.ts";

const DOLLARS = (amount: number) => ({ amount, currency: "USD" });
const DUPLICATE = /duplicate content/i;

export const x = defineAdapter<Channel, Options>({
  id: "x",
  name: "X",
  source: { url: "https://docs.x.com/x-api/fundamentals/rate-limits", checked: "2026-11-23" },
  api: { version: "2" },
  group: "public",
  shape: "short",
  look: { mark: "X", light: "#3d444d", dark: "#c9ced6", layout: "post" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://developer.x.com",
    steps: [
      "Create an app in the developer console, and add a payment method: posting is charged.",
      "Under User authentication settings choose Read and write, the type Web App, and the redirect http://127.0.0.1:4749/callback.",
      "Run `broadcast login` with its OAuth 2.0 client id and secret; the login renews itself.",
      "For a CI job that logs in nowhere, generate the access token and secret under Keys and tokens instead: with the API key and its secret they are `key`, `key_secret`, `token` and `token_secret`.",
    ],
    asks: ["handle", "token"],
    oauth2: {
      authorize: "https://x.com/i/oauth2/authorize",
      token: "{server}/2/oauth2/token",
      scopes: ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"],
      pkce: "S256",
      client: "basic",
      lifetime: "2h",
    },
  },
  endpoint: endpointOf,
  errors: [
    {
      status: 403,
      words: /suspended|locked|oauth|scope|not permitted to access this endpoint/i,
      code: "auth",
    },
    { status: 429, words: "usage-capped", code: "rejected" },
  ],
  own: { body: Problem, headers: ["x-rate-limit-limit"] },

  // twitter-text's configuration v3.
  text: { max: 280, unit: "weighted", markup: "plain", link: 23, links: "bare", tags: "text" },
  // Long posts: what other tools send, no page confirms it.
  rulesFor: ({ long }) => (long ? { text: { max: 25_000 } } : {}),
  // docs.x.com/x-api/media/quickstart/best-practices.
  media: {
    count: 4,
    alt: 1_000,
    image: { types: ["image/jpeg", "image/png", "image/webp", "image/gif"], bytes: 5_000_000 },
    video: {
      types: ["video/mp4", "video/quicktime"],
      bytes: 512_000_000,
      seconds: 140,
      count: 1,
      codecs: ["H.264"],
      shape: [1 / 3, 3],
    },
  },
  poll: { choices: [2, 4], length: 25, open: ["5m", "7d"] },
  thread: "reply",
  card: "network",
  rates: [
    { posts: 100, per: "15m" },
    { posts: 10_000, per: "1d" },
  ],
  idempotency: "none",
  // fundamentals/edit-posts: five times within half an hour, each time under a new id. Premium accounts only, as far as is known.
  edits: {
    within: "30m",
    times: 5,
    fields: ["text", "media", "alt", "link", "tags"],
    exceptPolls: true,
    visible: true,
    replaces: true,
  },
  retracts: {},
  // docs.x.com/x-api/getting-started/pricing.
  cost: ({ text, media }) =>
    DOLLARS((hasLink(text) ? 0.2 : 0.015) + 0.005 * media.filter(({ alt }) => alt !== "").length),
  charges: { edit: DOLLARS(0.015), retract: DOLLARS(0.01), read: DOLLARS(0.005) },

  check: (post) => [...cashtags(post), ...gifs(post), ...unprintable(post)],

  async prepare(posts, context) {
    for (const post of posts) await uploaded(post, context);
  },

  publish: (post, context) => create(post, context, {}),
  find,

  async account(reach) {
    const { id, username } = await whoAmI(reach);
    return { id, handle: `@${username}`, url: `${reach.channel.web}/${username}` };
  },

  read,
  metrics,
  replies,

  // Its place in the thread is the old one's.
  edit: ({ id }, post, context) =>
    create(post, context, { reply: undefined, edit_options: { previous_post_id: id } }),

  async retract(receipt, { http }) {
    await http({ method: "DELETE", path: pathOf(receipt), ok: [404] });
  },
});

async function create(post: Post<Options>, context: Context<Channel>, more: object): Promise<Receipt> {
  const { thread, channel, ask } = context;
  const media_ids = await uploaded(post, context);
  const { poll } = post;
  const json = {
    text: post.text,
    ...post.options,
    ...(media_ids.length > 0 && { media: { media_ids } }),
    ...(thread && { reply: { in_reply_to_tweet_id: thread.parent.id } }),
    ...(poll && {
      poll: { options: poll.choices, duration_minutes: Math.round(milliseconds(poll.open) / 60_000) },
    }),
    ...more,
  };
  try {
    const { data } = await ask({ method: "POST", path: "/tweets", json }, Made, "a post's id");
    return receiptOf(data.id, channel, data.edit_history_post_ids);
  } catch (error) {
    return afterRefusal(error, post, context);
  }
}

/** It does not say of which post it is a duplicate: the account is looked through for one of ours. */
async function afterRefusal(
  error: unknown,
  post: Post<Options>,
  context: Context<Channel>,
): Promise<Receipt> {
  if (!(error instanceof NetworkError) || error.code !== "rejected" || error.status !== 403) throw error;
  if (DUPLICATE.test(error.message)) {
    const found = await find(post, context, context.startedAt);
    if (typeof found === "object" && "id" in found) return found;
    throw error;
  }
  if (!context.thread) throw error;
  const why = "since February 2026 its API may take an answer only if the other post mentions the account";
  throw new NetworkError("rejected", `${error.message} (${why}; the posts before it are out)`, {
    status: 403,
    cause: error,
  });
}

// What it takes for an address costs more: bare names too.
function hasLink(text: string): boolean {
  return /https?:\/\/|\b[\p{L}\p{N}-]+\.[a-z]{2,}(?:\/|\b)/iu.test(text);
}

function cashtags({ text }: Post<Options>): Objection[] {
  const found = text.match(/(?<![\p{L}\p{N}$_])\$[a-z]{1,6}(?:[._][a-z]{1,2})?(?![\p{L}\p{N}_$])/giu) ?? [];
  if (found.length < 2) return [];
  return [
    {
      message: `X takes one cashtag, not ${found.length}: ${found.join(" ")}`,
      remedy: "Write the others in words.",
    },
  ];
}

function gifs({ media }: Post<Options>): Objection[] {
  if (media.length < 2 || !media.some(({ type }) => type === "image/gif")) return [];
  return [
    {
      message: "X takes a GIF alone, and no other file beside it",
      remedy: "Choose one under `only:`, or save the GIF as PNG if it does not move.",
      about: "media",
    },
  ];
}

function unprintable({ text }: Post<Options>): Objection[] {
  return /[\ufffe\ufeff\uffff]/.test(text)
    ? [
        {
          message: "X takes no text with U+FEFF, U+FFFE or U+FFFF in it",
          remedy: "Take the invisible character out.",
        },
      ]
    : [];
}
