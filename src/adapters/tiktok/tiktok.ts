/** TikTok: videos and photos, into the app's inbox or, for apps that it has audited, directly. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  type Found,
  type Metrics,
  NetworkError,
  type Objection,
  oneByOne,
  type Post,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import {
  Answer,
  type Channel,
  type Creator,
  channel,
  type Options,
  options,
  receiptOf,
  refusalOf,
  type Status,
  statusOf,
} from "./api.ts";
import { isPhoto, objections, photosReady, publishPhotos, unknown } from "./photos.ts";
import { type Begin, begun, lastPiece, videoIn } from "./upload.ts";

export const tiktok = defineAdapter<Channel, Options>({
  id: "tiktok",
  name: "TikTok",
  source: {
    url: "https://developers.tiktok.com/doc/content-posting-api-reference-direct-post",
    checked: "2026-11-25",
  },
  api: { version: "v2" },
  group: "video",
  shape: "short",
  look: { mark: "Tk", light: "#8a1538", dark: "#ff8fb0", layout: "picture" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://developers.tiktok.com/apps",
    steps: [
      "Register as a developer, create an app, and add the products Login Kit and Content Posting API, with the redirect https://localhost/.",
      "Ask for the scopes user.info.basic, video.upload, video.publish and video.list; TikTok reviews the app before anybody else may log in.",
      "Run `broadcast login` with the app's client key and secret, and paste the address that the browser ends at; the login renews itself for a year.",
      "To post directly for everybody to see, apply for the audit of the Content Posting API. TikTok turns down tools that serve only your own team: then stay with the inbox.",
    ],
    asks: ["token"],
    oauth2: {
      authorize: "{web}/v2/auth/authorize/",
      token: "{server}/v2/oauth/token/",
      scopes: ["user.info.basic", "video.upload", "video.publish", "video.list"],
      separator: ",",
      clientId: "client_key",
      pkce: "none",
      client: "body",
      redirect: "https://localhost/",
      lifetime: "24h",
    },
  },
  endpoint: ({ server, token }) => ({ base: server, headers: { Authorization: `Bearer ${token}` } }),
  own: { body: Answer },

  text: { max: 2_200, unit: "utf16", markup: "plain", tags: "text" },
  media: {
    count: 35,
    alt: 0,
    // "1080p", and fetched from a place whose domain TikTok has verified.
    image: {
      types: ["image/jpeg", "image/webp"],
      by: "url",
      bytes: 20_000_000,
      pixels: 2_073_600,
      side: 1_920,
    },
    video: {
      count: 1,
      types: ["video/mp4", "video/webm", "video/quicktime"],
      bytes: 4_000_000_000,
      seconds: 600,
      codecs: ["H.264", "H.265", "VP8", "VP9"],
      side: 4_096,
    },
  },
  thread: "none",
  card: "none",
  // About fifteen direct posts a day, those of other apps included; five wait in an inbox at most.
  rates: [
    { posts: 6, per: "1m" },
    { posts: 15, per: "1d" },
  ],
  idempotency: "none",
  edits: "none",
  retracts: "none",

  check: (post, settings) => [...films(post), ...objections(post), ...reviewed(post, settings)],

  async prepare(posts, context) {
    for (const post of posts)
      if (post.media.some(isPhoto)) await photosReady(post, context);
      else await begun(post, context);
  },

  publish,
  find,

  account,
  metrics: oneByOne(countsOf),

  classify: refusalOf,
});

async function publish(post: Post<Options>, context: Context<Channel>): Promise<Receipt> {
  if (post.media.some(isPhoto)) {
    const receipt = await outcome(await publishPhotos(post, context), context);
    // Counts are told for videos only.
    return { ...receipt, ref: { kind: "photos" } };
  }
  const video = videoIn(post);
  const begin = await begun(post, context);
  const { bytes, range } = await lastPiece(video, context);
  const { upload_url: url, publish_id } = begin;
  const request = {
    method: "PUT",
    url,
    headers: { "Content-Range": range },
    bytes,
    type: video.type,
  } as const;
  const { status } = await context.http({ ...request, ok: [403, 416] });
  // It takes no byte twice: it has them already, or the address has ended before they were there.
  if (status === 403 || status === 416) return alreadyOut(post, context);
  if (status !== 201) throw new NetworkError("uncertain", `TikTok answered ${status} to the whole video`);
  return outcome(publish_id, context);
}

async function alreadyOut(post: Post<Options>, context: Context<Channel>): Promise<Receipt> {
  const found = await find(post, context);
  if (typeof found === "object" && "id" in found) return found;
  throw new NetworkError(
    "unavailable",
    "the upload has ended before TikTok had the whole video; it begins anew within the hour",
  );
}

/** TikTok has it all, so it is not sent again, whatever is heard from now on. */
async function outcome(publish_id: string, context: Context<Channel>): Promise<Receipt> {
  const creator = await context.done<Creator>("creator");
  const settled = async () => {
    const status = await statusOf(publish_id, context);
    return isUnderWay(status) ? undefined : status;
  };
  const patience = { within: "2m", words: "TikTok is still working on it" } as const;
  const status = await context.until(settled, patience).catch((error: unknown): Status => {
    if (!(error instanceof NetworkError)) throw error;
    return { status: "PROCESSING_UPLOAD" };
  });
  if (status.status === "FAILED") throw failed(status);
  return receiptOf(publish_id, status, creator?.creator_username, context.channel);
}

const isUnderWay = ({ status }: Status) => status.startsWith("PROCESSING");

function failed({ fail_reason = "for no reason that it tells" }: Status): NetworkError {
  return new NetworkError("rejected", `TikTok has not posted it: ${fail_reason}`);
}

/** Its own id was written down before its first byte left; without the last byte there is no post. */
async function find({ media }: Post<Options>, context: Context<Channel>): Promise<Found> {
  if (media.some(isPhoto)) throw unknown();
  const begin = await context.done<Begin>("begun");
  if (!begin) return "absent";
  const status = await statusOf(begin.publish_id, context);
  if (status.status === "FAILED") throw failed(status);
  const { uploaded_bytes: has } = status;
  if (isUnderWay(status) && has === undefined)
    throw new NetworkError("unavailable", "TikTok does not say yet whether it has the whole video");
  if (isUnderWay(status) && has! < (media[0]?.bytes ?? 0)) return "absent";
  const creator = await context.done<Creator>("creator");
  return receiptOf(begin.publish_id, status, creator?.creator_username, context.channel);
}

const Me = v.object({
  data: v.object({ user: v.object({ open_id: v.string(), display_name: v.string() }) }),
});

async function account({ ask }: Reach<Channel>) {
  const query = { fields: "open_id,display_name" };
  const { user } = (await ask({ path: "/v2/user/info/", query }, Me, "an account")).data;
  return { id: user.open_id, handle: user.display_name };
}

const Counted = v.object({
  data: v.object({
    videos: v.array(
      v.object({
        id: v.string(),
        view_count: v.optional(v.number()),
        like_count: v.optional(v.number()),
        comment_count: v.optional(v.number()),
        share_count: v.optional(v.number()),
      }),
    ),
  }),
});

/** Of public ones. What is not public yet has no counts. */
async function countsOf({ id, ref }: Receipt, reach: Reach<Channel>): Promise<Metrics | "gone"> {
  if (ref?.kind === "photos") return {};
  const { post } = await statusOf(id, reach);
  if (!post) return {};
  const query = { fields: "id,view_count,like_count,comment_count,share_count" };
  const json = { filters: { video_ids: [post] } };
  const request = { method: "POST", path: "/v2/video/query/", query, json, safe: true } as const;
  const [video] = (await reach.ask(request, Counted, "a video's counts")).data.videos;
  return video
    ? {
        views: video.view_count,
        likes: video.like_count,
        replies: video.comment_count,
        shares: video.share_count,
      }
    : "gone";
}

function films({ media }: Post<Options>): Objection[] {
  if (media.length > 0) return [];
  return [
    {
      message: "TikTok takes a video or photos",
      remedy: "Add them under `media:`, or leave this channel out.",
      about: "media",
    },
  ];
}

/** What TikTok's review decides, said before anything is sent. */
function reviewed({ text, media, options }: Post<Options>, { mode, audit }: Channel): Objection[] {
  const { privacy, paid_partnership } = options;
  const about = "options";
  if (mode === "inbox") {
    const message =
      "the video waits in TikTok's inbox, without its text: a person pastes that in the app, and posts it";
    const remedy =
      "Keep the text at hand. Only an app that TikTok has audited can post by itself (`mode: direct`).";
    return text.trim() === "" || media.some(isPhoto) ? [] : [{ severity: "warning", message, remedy }];
  }
  if (privacy === undefined)
    return [
      {
        message: "TikTok wants each post to say who can watch it",
        remedy: "Say so with `options: { tiktok: { privacy: PUBLIC_TO_EVERYONE } }`.",
        about,
      },
    ];
  if (!audit && privacy !== "SELF_ONLY")
    return [
      {
        message: "an app that TikTok has not audited posts to private accounts only, for nobody else to see",
        remedy:
          "Say `privacy: SELF_ONLY`, use `mode: inbox`, or set `audit: passed` on the channel once it has.",
        about,
      },
    ];
  if (paid_partnership && privacy === "SELF_ONLY")
    return [
      {
        message: "what somebody else pays for cannot be private there",
        remedy: "Choose another `privacy`.",
        about,
      },
    ];
  return [];
}
