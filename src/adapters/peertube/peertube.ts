/** PeerTube: videos on a server of one's choice, which other servers follow. */
import {
  type Context,
  defineAdapter,
  NetworkError,
  type Objection,
  type Post,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import {
  type Channel,
  channel,
  channelOf,
  loggedIn,
  type Options,
  options,
  PRIVACY,
  pathOf,
  Refused,
  receiptOf,
  videoOf,
} from "./api.ts";
import { find, hiddenOf, metrics, read, replies } from "./read-back.ts";
import { isVideo, uploaded, wordsOf } from "./upload.ts";

export const peertube = defineAdapter<Channel, Options>({
  id: "peertube",
  name: "PeerTube",
  source: { url: "https://docs.joinpeertube.org/api-rest-reference.html", checked: "2026-11-27" },
  api: { version: "v1" },
  group: "video",
  shape: "article",
  look: { mark: "Pt", light: "#a8470c", dark: "#ffab7a", layout: "article" },

  channel,
  options,
  auth: {
    kind: "password",
    steps: [
      "Choose a server that takes new accounts (https://joinpeertube.org), register, and wait until you are let in.",
      "The account's name and password are `username` and `password`. The second factor must be off: the API has no place for it here.",
      "Make a channel under My library, Channels; its short name is `channel`, if there are several.",
    ],
    asks: ["server", "username", "password"],
  },
  endpoint: ({ server }) => ({ base: `${server}/api/v1` }),
  errors: [
    { words: /invalid_grant|invalid_client|invalid_token|two[_ ]factor|account_blocked/i, code: "auth" },
    { status: 413, code: "rejected" },
  ],
  own: { body: Refused, headers: ["ratelimit-limit", "x-ratelimit-limit"] },

  title: { max: 120, unit: "codepoint", markup: "plain", line: true, required: true },
  text: { max: 10_000, unit: "codepoint", markup: "markdown", tags: "field" },
  media: {
    count: 3,
    alt: 0,
    mixed: true,
    // Every server takes the first three; how large a file may be is the account's quota.
    video: {
      types: [
        "video/mp4",
        "video/webm",
        "video/ogg",
        "video/quicktime",
        "video/x-m4v",
        "video/matroska",
        "video/x-matroska",
      ],
      bytes: 50_000_000_000,
      count: 1,
    },
    // The thumbnail.
    image: { types: ["image/jpeg", "image/png"], bytes: 4_000_000, count: 1 },
    // Captions.
    document: { types: ["text/vtt", "application/x-subrip"], bytes: 20_000_000, count: 1 },
  },
  thread: "none",
  card: "none",
  rates: [],
  idempotency: "none",
  edits: { fields: ["text", "title", "tags", "options"], fixed: ["privacy"] },
  retracts: {},
  schedules: {
    least: "15m",
    // The video stays there, as a private one.
    async cancel({ id }, reach) {
      const video = await videoOf(id, reach);
      if (video === "gone" || !video.scheduledUpdate) return "gone";
      await change(id, { scheduleUpdate: null }, reach);
      return "cancelled";
    },
  },

  check: (post) => [...films(post), ...short(post), ...tagged(post)],

  async prepare(posts, context) {
    for (const post of posts) await uploaded(post, context);
  },

  publish,
  find,

  async account(reach) {
    const { id, name } = await channelOf(reach);
    const { server } = reach.channel;
    return { id: String(id), handle: `@${name}@${new URL(server).host}`, url: `${server}/c/${name}` };
  },

  read,
  metrics,
  replies,

  async edit(receipt, post, context) {
    await change(receipt.id, wordsOf(post), context);
    return receipt;
  },

  async retract(receipt, reach) {
    await loggedIn(reach, (authorised) =>
      reach.http({ ...authorised, method: "DELETE", path: pathOf(receipt), ok: [404] }),
    );
  },
});

/** Lets readers see what is there already, or says when they may. A repeat comes to the same. */
async function publish(post: Post<Options>, context: Context<Channel>): Promise<Receipt> {
  const { due, channel } = context;
  const { privacy = "public" } = post.options;
  if (due && privacy === "private")
    throw new NetworkError("rejected", "a private video has no time at which it appears");
  const made = await uploaded(post, context);
  const scheduleUpdate = due && { updateAt: due.toISOString(), privacy: PRIVACY[privacy] };
  await change(made.uuid, scheduleUpdate ? { scheduleUpdate } : { privacy: PRIVACY[privacy] }, context);
  const receipt = receiptOf(made, channel);
  return due ? { ...receipt, due: due.toISOString() } : { ...receipt, ...hiddenOf(privacy) };
}

/** What is not named stays as it is. */
async function change(id: string, json: object, reach: Reach<Channel>): Promise<void> {
  const { status } = await loggedIn(reach, (authorised) =>
    reach.http({ ...authorised, method: "PUT", path: pathOf({ id }), json }),
  );
  if (status !== 204)
    throw new NetworkError("uncertain", `PeerTube answered ${status}, and not that it was done`);
}

function films({ media }: Post<Options>): Objection[] {
  if (media.some(isVideo)) return [];
  const remedy =
    "Add a video under `media:`, or leave this channel out. A picture beside it is its thumbnail.";
  return [{ message: "PeerTube takes videos only", remedy, about: "media" }];
}

function short({ text, title = "" }: Post<Options>): Objection[] {
  const isShort = (words: string) => words !== "" && [...words.trim()].length < 3;
  if (!isShort(text) && !isShort(title)) return [];
  return [{ message: "a title and a description have 3 characters at least there", remedy: "Say more." }];
}

function tagged({ tags }: Post<Options>): Objection[] {
  const wrong = tags.find((tag) => [...tag].length < 2 || [...tag].length > 30);
  if (tags.length <= 5 && wrong === undefined) return [];
  const message = wrong
    ? `PeerTube takes tags of 2 to 30 characters; \`${wrong}\` has ${[...wrong].length}`
    : `PeerTube takes 5 tags, not ${tags.length}`;
  return [{ message, remedy: "Choose others under `only:`." }];
}
