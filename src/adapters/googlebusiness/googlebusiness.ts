/** Google Business Profile: what stands beside a business in Search and Maps. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  everyItem,
  type Found,
  type Metrics,
  NetworkError,
  type Objection,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
  unlessGone,
} from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import {
  account,
  type Channel,
  channel,
  endpointOf,
  LocalPost,
  type Options,
  options,
  pathOf,
  postsOf,
  Refused,
  receiptOf,
  refusalOf,
} from "./api.ts";

export const googlebusiness = defineAdapter<Channel, Options>({
  id: "googlebusiness",
  name: "Google Business",
  source: { url: "https://developers.google.com/my-business/content/posts-data", checked: "2026-11-25" },
  api: { version: "4" },
  group: "public",
  shape: "short",
  look: { mark: "Gb", light: "#1a5fb4", dark: "#8fc0ff", layout: "card" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://developers.google.com/my-business/content/prereqs",
    steps: [
      "Ask Google for access to the Business Profile APIs with its form: before that every request is refused. The profile must be verified, and older than 60 days.",
      "In the Google Cloud project switch on the Google My Business API, the Account Management API and the Business Information API.",
      "Create an OAuth client id of the type Web application, with the redirect http://127.0.0.1:4749/callback.",
      "Run `broadcast login` with its client id and secret, as somebody who manages the profile; the login renews itself.",
      "`account` and `location` are the numbers in the profile's address, or those that the two other APIs list.",
    ],
    asks: ["account", "location", "token"],
    oauth2: {
      authorize: "https://accounts.google.com/o/oauth2/v2/auth",
      // Without these there is no refresh token.
      parameters: { access_type: "offline", prompt: "consent" },
      token: "{login}/token",
      scopes: ["https://www.googleapis.com/auth/business.manage"],
      pkce: "S256",
      client: "body",
      lifetime: "1h",
    },
  },
  endpoint: endpointOf,
  own: { body: Refused },

  text: { max: 1_500, unit: "utf16", markup: "plain", tags: "text" },
  // How large a picture may be, Google says for photos of a profile.
  media: {
    count: 1,
    alt: 0,
    by: "url",
    image: { types: ["image/jpeg", "image/png"], bytes: 5_000_000 },
  },
  thread: "none",
  // The link is the button's.
  card: "ours",
  // Edits of a profile; of posts no page speaks.
  rates: [{ posts: 10, per: "1m" }],
  idempotency: "none",
  edits: { fields: ["text", "link", "options"], fixed: ["event", "offer"] },
  retracts: {},

  check: (post) => [...events(post), ...buttons(post)],

  async prepare(posts, context) {
    for (const post of posts) await addressesOf(post, context);
  },

  async publish(post, context) {
    const { ask, channel } = context;
    const json = await bodyOf(post, context);
    const made = await ask({ method: "POST", path: postsOf(channel), json }, LocalPost, "a post");
    // A refusal, told as a success.
    if (made.state === "REJECTED")
      throw new NetworkError("rejected", "Google has rejected it: see its content policy for posts");
    return receiptOf(made);
  },

  find,
  account,

  async read(receipt, { http }) {
    const found = unlessGone(await http({ path: pathOf(receipt), ok: [404] }), LocalPost, "a post");
    if (found === "gone") return "gone";
    const { url = receipt.url, hidden } = receiptOf(found);
    return { text: found.summary, url, ...(hidden && { hidden }) };
  },

  async edit(receipt, post, { ask }) {
    const callToAction = buttonOf(post);
    const json = { summary: post.text, ...(callToAction && { callToAction }) };
    const query = { updateMask: "summary,callToAction" };
    return receiptOf(await ask({ method: "PATCH", path: pathOf(receipt), query, json }, LocalPost, "a post"));
  },

  async retract(receipt, { http }) {
    await http({ method: "DELETE", path: pathOf(receipt), ok: [404] });
  },

  metrics,

  classify: refusalOf,
});

function addressesOf({ media }: Post<Options>, { hosted }: Preparation<Channel>): Promise<string[]> {
  return Promise.all(media.map(hosted));
}

async function bodyOf(post: Post<Options>, context: Context<Channel>) {
  const { text, lang = "en", options } = post;
  const { event, offer } = options;
  const [sourceUrl] = await addressesOf(post, context);
  const callToAction = offer ? undefined : buttonOf(post);
  return {
    languageCode: lang,
    summary: text,
    topicType: offer ? "OFFER" : event ? "EVENT" : "STANDARD",
    ...(callToAction && { callToAction }),
    ...(sourceUrl && { media: [{ mediaFormat: "PHOTO", sourceUrl }] }),
    ...(event && { event: { title: event.title, schedule: scheduleOf(event) } }),
    ...(offer && {
      offer: {
        ...(offer.coupon && { couponCode: offer.coupon }),
        ...(post.link && { redeemOnlineUrl: post.link.url }),
        ...(offer.terms && { termsConditions: offer.terms }),
      },
    }),
  };
}

/** A call goes to the profile's own number. */
function buttonOf({ link, options }: Post<Options>) {
  const { button = "LEARN_MORE" } = options;
  if (button === "none") return undefined;
  if (button === "CALL") return { actionType: button };
  return link && { actionType: button, url: link.url };
}

function scheduleOf({ start, end }: NonNullable<Options["event"]>) {
  const [from, to] = [start, end].map((time) => {
    const [date = "", clock] = time.split("T");
    const [year, month, day] = date.split("-").map(Number);
    const [hours, minutes] = clock?.split(":").map(Number) ?? [];
    return { date: { year, month, day }, time: clock ? { hours, minutes } : undefined };
  });
  return {
    ...{ startDate: from!.date, endDate: to!.date },
    ...(from!.time && { startTime: from!.time }),
    ...(to!.time && { endTime: to!.time }),
  };
}

const List = v.object({
  localPosts: v.optional(v.array(LocalPost), []),
  nextPageToken: v.optional(v.string()),
});
// Who makes the posts may have another clock than who answers.
const MARGIN = 5_000;

/** Newest first; what is older than the first attempt is not ours. */
async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const from = since.getTime() - MARGIN;
  const own = everyItem(async (pageToken) => {
    const query = { pageSize: 100, pageToken };
    const found = await context.ask({ path: postsOf(context.channel), query }, List, "posts");
    const goesOn = found.localPosts.some(({ createTime }) => !(Date.parse(createTime) < from));
    return { items: found.localPosts, next: goesOn ? found.nextPageToken || undefined : undefined };
  });
  let like: Receipt | undefined;
  for await (const item of own) {
    if (Date.parse(item.createTime) < from || (await context.taken(item.name))) continue;
    const words = likeness(post.text, item.summary);
    if (words === "same" && post.text.trim() !== "") return receiptOf(item);
    if (words !== "other") like ??= receiptOf(item);
  }
  return like ? { like } : "absent";
}

const Counted = v.object({
  localPostMetrics: v.optional(
    v.array(
      v.object({
        localPostName: v.string(),
        metricValues: v.optional(
          v.array(
            v.object({
              metric: v.string(),
              totalValue: v.optional(v.object({ value: v.optional(v.string()) })),
            }),
          ),
          [],
        ),
      }),
    ),
    [],
  ),
});

/** Since the first day on which there can be any: Google keeps eighteen months. */
async function metrics(receipts: readonly Receipt[], reach: Reach<Channel>): Promise<(Metrics | "gone")[]> {
  const localPostNames = [...new Set(receipts.map(({ id }) => id))];
  const [startTime, endTime] = [Date.now() - 540 * 86_400_000, Date.now()].map((at) =>
    new Date(at).toISOString(),
  );
  const metricRequests = [{ metric: "ALL", options: ["AGGREGATED_TOTAL"] }];
  const json = { localPostNames, basicRequest: { metricRequests, timeRange: { startTime, endTime } } };
  const path = `${postsOf(reach.channel)}:reportInsights`;
  const reply = await reach.http({ method: "POST", path, json, safe: true, ok: [404] });
  const found = unlessGone(reply, Counted, "counts");
  return receipts.map(({ id }) => {
    const own = found === "gone" ? undefined : found.localPostMetrics.find((one) => one.localPostName === id);
    if (!own) return "gone";
    const of = (name: RegExp) => {
      const value = own.metricValues.find(({ metric }) => name.test(metric))?.totalValue?.value;
      return value === undefined ? undefined : Number(value);
    };
    return { views: of(/VIEWS/), clicks: of(/ACTIONS/) };
  });
}

function events({ options: { event, offer } }: Post<Options>): Objection[] {
  if (offer && !event)
    return [
      {
        message: "an offer needs an event, which says how long it holds",
        remedy: "Add `event: { title: …, start: …, end: … }` to the options.",
        about: "options",
      },
    ];
  if (event && event.end < event.start)
    return [{ message: "the event ends before it begins", remedy: "Correct its times.", about: "options" }];
  return [];
}

function buttons({ link, options: { button } }: Post<Options>): Objection[] {
  if (link || button === undefined || button === "CALL" || button === "none") return [];
  const remedy = "Add a `link:` to the campaign, or leave the button out.";
  return [{ message: `the button ${button} leads nowhere`, remedy, about: "options" }];
}
