/** LinkedIn, as a person or as an organisation, through the versioned Posts API. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  type Media,
  type Objection,
  type Post,
  type Receipt,
} from "../../adapter.ts";
import { milliseconds } from "../../duration.ts";
import {
  type Channel,
  channel,
  DUPLICATE,
  headersOf,
  type Options,
  options,
  pathOf,
  Refused,
  receiptOf,
  urnOf,
  VERSION,
  whoIs,
} from "./api.ts";
import { comment, deleted, edited, placeOf } from "./comment.ts";
import { thumbnailOf, uploaded } from "./media.ts";
import { find, metrics, PERSON, read, replies } from "./read-back.ts";
import { current, monthBefore } from "./version.ts";

export const linkedin = defineAdapter<Channel, Options>({
  id: "linkedin",
  name: "LinkedIn",
  source: {
    url: "https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api",
    checked: "2026-11-23",
  },
  // Each version lives a year at least.
  api: { version: VERSION, sunset: "2027-07-15" },
  group: "public",
  shape: "short",
  look: { mark: "Li", light: "#1f5f8b", dark: "#84bfe8", layout: "page", avatar: "square" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://www.linkedin.com/developers/apps",
    steps: [
      "Create an app for your organisation's page, and verify it there.",
      "Under Products add Share on LinkedIn and Sign In with LinkedIn using OpenID Connect; for an organisation's page also Community Management API, which LinkedIn reviews.",
      "Under Auth add the redirect http://127.0.0.1:4749/callback, then run `broadcast login` with its client id and secret.",
      "`author` is urn:li:person: with the `sub` that `broadcast doctor` shows, or urn:li:organization: with the number in the page's address.",
    ],
    asks: ["author", "token"],
    oauth2: {
      authorize: "https://www.linkedin.com/oauth/v2/authorization",
      token: "https://www.linkedin.com/oauth/v2/accessToken",
      scopes: ["openid", "profile", "w_member_social"],
      pkce: "none",
      client: "body",
      lifetime: "60d",
    },
  },
  endpoint: (settings) => ({ base: `${settings.server}/rest`, headers: headersOf(settings) }),
  errors: [
    { status: 403, code: "auth" },
    // Two writes at once: nothing was taken.
    { status: 409, code: "unavailable" },
  ],
  own: { headers: ["x-li-uuid", "x-li-fabric"], body: Refused },

  text: { max: 3_000, unit: "utf16", markup: "little-text", tags: "text" },
  media: {
    count: 20,
    alt: 4_086,
    image: { types: ["image/jpeg", "image/png", "image/gif"], bytes: 36_000_000, pixels: 36_152_320 },
    video: { types: ["video/mp4"], bytes: 500_000_000, seconds: 1_800, count: 1 },
    document: { types: ["application/pdf"], bytes: 100_000_000, count: 1 },
    card: "instead",
  },
  poll: { choices: [2, 4], length: 30, open: ["1d", "14d"] },
  thread: "none",
  // How long a comment may be, no page of the API says; this is what other programs send.
  answer: { max: 1_250, unit: "utf16", markup: "plain", tags: "text" },
  card: "ours",
  cardImage: { types: ["image/jpeg", "image/png", "image/gif"], bytes: 36_000_000, pixels: 36_152_320 },
  // Of a member; an organisation's limits are told in the developer portal only.
  rates: [{ posts: 150, per: "1d" }],
  // Reading one's own posts is closed to members. A repeat is refused with the first one's URN, but LinkedIn does not say for how long.
  idempotency: "none",
  edits: { fields: ["text"], visible: true },
  retracts: {},

  check: (post, { author }) => [...kinds(post), ...ofOrganizations(post, author), ...questions(post)],

  async prepare(posts, given) {
    const context = await current(given);
    for (const post of posts) {
      await uploaded(post, context);
      await thumbnailOf(cardOf(post), context);
    }
  },

  publish: async (post, context) =>
    context.thread
      ? comment(post, context.thread, await current(context))
      : publish(post, await current(context)),

  async account(reach) {
    const { name, url } = await whoIs(await current(reach));
    return { id: reach.channel.author, handle: name, ...(url && { url }) };
  },

  find: async (post, context, since) => find(post, await current(context), since),
  read: async (receipt, reach) => read(receipt, await current(reach)),
  metrics: async (receipts, reach) => metrics(receipts, await current(reach)),
  replies: async (receipt, reach, since) => replies(receipt, await current(reach), since),

  // The words alone: a picture or a card stays.
  async edit(receipt, post, context) {
    const { http, channel } = await current(context);
    const place = placeOf(receipt);
    if (place) {
      await http(edited(place, post.text, channel));
      return receipt;
    }
    const headers = { "X-RestLi-Method": "PARTIAL_UPDATE" };
    const json = { patch: { $set: { commentary: post.text } } };
    await http({ method: "POST", path: pathOf(receipt), headers, json });
    return receipt;
  },

  async retract(receipt, context) {
    const { http, channel } = await current(context);
    const place = placeOf(receipt);
    const headers = { "X-RestLi-Method": "DELETE" };
    if (place) await http({ ...deleted(place, channel), headers });
    else await http({ method: "DELETE", path: pathOf(receipt), headers, ok: [404] });
  },

  // A member may post and not read, so only a page can be looked at.
  blind: ({ author }) => (author.startsWith(PERSON) ? ["read", "metrics", "replies"] : []),

  classify({ status, text, body }) {
    const [, urn] = DUPLICATE.exec(text) ?? [];
    if (status === 422 && urn)
      return {
        code: "rejected",
        message: "the same post is there already",
        evidence: { id: urn, url: `https://www.linkedin.com/feed/update/${urn}/` },
      };
    if (status !== 426) return undefined;
    const { message = "its version has ended" } = v.is(Refused, body) ? body : {};
    return {
      code: "rejected",
      message: `${message}; set \`version\` of the channel to a newer one, such as ${monthBefore(Date.now())}`,
    };
  },
});

async function publish(post: Post<Options>, context: Context<Channel>): Promise<Receipt> {
  const { channel, http } = context;
  const urns = await uploaded(post, context);
  const thumbnail = await thumbnailOf(cardOf(post), context);
  const { visibility = "PUBLIC", no_reshare = false } = post.options;
  const content = contentOf(post, urns, thumbnail);
  const json = {
    author: channel.author,
    commentary: post.text,
    visibility,
    distribution: { feedDistribution: "MAIN_FEED", targetEntities: [], thirdPartyDistributionChannels: [] },
    ...(content && { content }),
    lifecycleState: "PUBLISHED",
    isReshareDisabledByAuthor: no_reshare,
  };
  return receiptOf(urnOf(await http({ method: "POST", path: "/posts", json })), channel);
}

/** A post has one kind of content: files, a poll, or a card. */
function contentOf(
  { media, poll, link, title }: Post<Options>,
  urns: readonly string[],
  thumbnail: string | undefined,
): object | undefined {
  const file = ({ alt }: Media, index: number) => ({ id: urns[index], ...(alt !== "" && { altText: alt }) });
  if (media.length > 1) return { multiImage: { images: media.map(file) } };
  const [only] = media;
  if (only?.type.startsWith("image/")) return { media: file(only, 0) };
  if (only) return { media: { id: urns[0], title: only.alt || title || only.file.split("/").at(-1) } };
  if (poll) {
    const duration = DURATIONS.find(([most]) => milliseconds(poll.open) <= most)?.[1] ?? "FOURTEEN_DAYS";
    const options = poll.choices.map((text) => ({ text }));
    return { poll: { question: title ?? "", options, settings: { duration } } };
  }
  if (!link) return undefined;
  return {
    article: {
      source: link.url,
      title: link.title ?? title ?? link.url,
      ...(link.description && { description: link.description }),
      ...(thumbnail && { thumbnail }),
    },
  };
}

const DAY = 86_400_000;
const DURATIONS: readonly [most: number, name: string][] = [
  [DAY, "ONE_DAY"],
  [3 * DAY, "THREE_DAYS"],
  [7 * DAY, "SEVEN_DAYS"],
  [14 * DAY, "FOURTEEN_DAYS"],
];

function cardOf({ media, poll, link }: Post<Options>) {
  return media.length === 0 && !poll ? link : undefined;
}

function kinds({ media }: Post<Options>): Objection[] {
  const others = media.filter(({ type }) => !type.startsWith("image/"));
  if (media.length < 2 || others.length === 0) return [];
  return [
    {
      message: "LinkedIn takes a film or a document alone, and no other file beside it",
      remedy: "Choose one under `only:`.",
      about: "media",
    },
  ];
}

function ofOrganizations({ options }: Post<Options>, author: string): Objection[] {
  if (author.startsWith(PERSON) || (options.visibility ?? "PUBLIC") === "PUBLIC") return [];
  return [
    { message: "an organisation's posts are PUBLIC", remedy: "Leave `visibility` out.", about: "options" },
  ];
}

/** A poll has a question of its own, which is the title. */
function questions({ poll, title = "" }: Post<Options>): Objection[] {
  if (!poll || (title.trim() !== "" && [...title].length <= 140)) return [];
  return [
    {
      message: `a poll on LinkedIn asks the campaign's title, of 1 to 140 characters; this has ${[...title].length}`,
      remedy: "Write the question as `title`, here or under `only:`.",
    },
  ];
}
