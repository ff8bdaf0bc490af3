/** YouTube: videos, through its Data API v3. Posts without a video have no API. */
import {
  type Context,
  defineAdapter,
  NetworkError,
  type Objection,
  type Post,
  type Receipt,
} from "../../adapter.ts";
import {
  type Channel,
  channel,
  type Options,
  options,
  Refused,
  receiptOf,
  refusalOf,
  statusOf,
  VIDEOS,
  Video,
  videosOf,
  whoIs,
} from "./api.ts";
import { find, metrics, read, replies } from "./read-back.ts";
import { isCaptions, isVideo, snippetOf, uploaded } from "./upload.ts";

export const youtube = defineAdapter<Channel, Options>({
  id: "youtube",
  name: "YouTube",
  source: { url: "https://developers.google.com/youtube/v3/docs/videos", checked: "2026-11-25" },
  api: { version: "3" },
  group: "video",
  shape: "article",
  look: { mark: "Yt", light: "#b3261e", dark: "#ff9d94", layout: "article" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://console.cloud.google.com/apis/library/youtube.googleapis.com",
    steps: [
      "Create a project in Google's console and switch the YouTube Data API v3 on.",
      "Fill in the consent screen and publish it: as long as it is in testing, a login ends after seven days.",
      "Under Credentials create an OAuth client id of the type Web application, with the redirect http://127.0.0.1:4749/callback.",
      "Run `broadcast login` with its client id and secret, and choose the channel; the login renews itself.",
      "Apply for the audit of the API project: until it has passed, what the app uploads stays private. Then set `audited: true`.",
    ],
    asks: ["token"],
    oauth2: {
      authorize: "https://accounts.google.com/o/oauth2/v2/auth",
      // Without these there is no refresh token.
      parameters: { access_type: "offline", prompt: "consent" },
      token: "{login}/token",
      scopes: [
        "https://www.googleapis.com/auth/youtube.upload",
        "https://www.googleapis.com/auth/youtube.force-ssl",
      ],
      pkce: "S256",
      client: "body",
      lifetime: "1h",
    },
  },
  endpoint: ({ server, token }) => ({ base: server, headers: { Authorization: `Bearer ${token}` } }),
  own: { body: Refused },

  title: { max: 100, unit: "utf16", markup: "plain", line: true, required: true },
  text: { max: 5_000, unit: "byte", markup: "plain", tags: "field" },
  media: {
    count: 3,
    alt: 0,
    mixed: true,
    video: {
      types: [
        "video/mp4",
        "video/quicktime",
        "video/x-m4v",
        "video/webm",
        "video/matroska",
        "video/x-matroska",
        "video/mpeg",
        "video/vnd.avi",
        "video/3gpp",
      ],
      bytes: 256_000_000_000,
      seconds: 43_200,
      count: 1,
    },
    // The thumbnail.
    image: { types: ["image/jpeg", "image/png"], bytes: 2_000_000, count: 1 },
    // Captions.
    document: { types: ["text/vtt", "application/x-subrip"], bytes: 100_000_000, count: 1 },
  },
  thread: "none",
  card: "none",
  // Uploads of a project in a day; what else is asked for has a quota of its own.
  rates: [{ posts: 100, per: "1d" }],
  idempotency: "none",
  edits: {
    fields: ["text", "title", "tags", "options"],
    fixed: ["privacy", "made_for_kids", "license", "embeddable", "synthetic", "notify"],
  },
  retracts: {},
  schedules: {
    least: "15m",
    // What is there stays there, as a private video: it may be sent later, and need not be uploaded again.
    async cancel({ id }, reach) {
      const [video] = await videosOf([id], "status", reach);
      if (video?.status?.publishAt === undefined) return "gone";
      const json = { id, status: { privacyStatus: "private" } };
      const request = { method: "PUT", path: VIDEOS, query: { part: "status" }, json } as const;
      const { status } = await reach.http({ ...request, ok: [404] });
      return status === 404 ? "gone" : "cancelled";
    },
  },

  check: (post, settings) => [...films(post), ...signs(post), ...tagged(post), ...unaudited(post, settings)],

  async prepare(posts, context) {
    for (const post of posts) await uploaded(post, context);
  },

  publish,
  find,

  async account(reach) {
    const own = await whoIs(reach);
    if (!own) throw new NetworkError("auth", "this Google account has no channel on YouTube");
    const { title, customUrl } = own.snippet;
    return { id: own.id, handle: customUrl ?? title, url: `${reach.channel.web}/channel/${own.id}` };
  },

  read,
  metrics,
  replies,

  async edit(receipt, post, { ask }) {
    const json = { id: receipt.id, snippet: snippetOf(post) };
    const request = { method: "PUT", path: VIDEOS, query: { part: "snippet" }, json } as const;
    await ask(request, Video, "a video");
    return receipt;
  },

  async retract({ id }, { http }) {
    await http({ method: "DELETE", path: VIDEOS, query: { id }, ok: [404] });
  },

  classify: refusalOf,
});

/** Lets readers see what is there already, or says when they may. A repeat comes to the same. */
async function publish(post: Post<Options>, context: Context<Channel>): Promise<Receipt> {
  const { ask, due, channel } = context;
  const { privacy = "public" } = post.options;
  if (due && privacy !== "public")
    throw new NetworkError("rejected", `YouTube makes a video public at its time, and not ${privacy}`);
  const id = await uploaded(post, context);
  const json = { id, status: statusOf(post.options, due ? "private" : privacy, due) };
  const request = { method: "PUT", path: VIDEOS, query: { part: "status" }, json } as const;
  const { status } = await ask(request, Video, "a video");
  const receipt = receiptOf(id, channel);
  if (due) return { ...receipt, due: due.toISOString() };
  if (status?.privacyStatus !== "private") return receipt;
  return { ...receipt, hidden: privacy === "private" ? "draft" : "review" };
}

function films({ media }: Post<Options>): Objection[] {
  const captions = media.find(isCaptions);
  if (captions && [...captions.alt].length > 150)
    return [{ message: "captions are called by their `alt`, in at most 150 characters", about: "media" }];
  if (media.some(isVideo)) return [];
  const remedy =
    "Add a video under `media:`, or leave this channel out. A picture beside it is its thumbnail.";
  return [
    { message: "YouTube takes videos only: posts to its community tab have no API", remedy, about: "media" },
  ];
}

function signs({ text, title = "" }: Post<Options>): Objection[] {
  if (!/[<>]/.test(`${title}${text}`)) return [];
  return [{ message: "YouTube takes no < or > in titles and descriptions", remedy: "Write it in words." }];
}

// Commas stand between them, and quotes around those with a space.
function tagged({ tags }: Post<Options>): Objection[] {
  const length = tags.reduce((sum, tag) => sum + tag.length + (tag.includes(" ") ? 2 : 0) + 1, -1);
  if (length <= 500) return [];
  return [
    { message: `the tags have ${length} characters together; YouTube takes 500`, remedy: "Leave some out." },
  ];
}

function unaudited({ options }: Post<Options>, { audited }: Channel): Objection[] {
  if (audited || options.privacy === "private") return [];
  return [
    {
      severity: "warning",
      message:
        "YouTube keeps private what an app uploads that Google has not audited: readers will not see this video",
      remedy:
        "Make it public in YouTube Studio; or apply for the audit, then set `audited: true` on the channel.",
      about: "options",
    },
  ];
}
