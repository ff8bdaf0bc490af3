/** Pinterest: a Pin with its pictures or its video, and its link, on a board. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  everyItem,
  type Found,
  type Media,
  type Metrics,
  NetworkError,
  nameOf,
  oneByOne,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
  unlessGone,
} from "../adapter.ts";
import { base, secret, text } from "../settings.ts";
import { likeness } from "../text/likeness.ts";

const id = (description: string) => v.pipe(text(description), v.regex(/^\d+$/, "is not an id: digits only"));

const channel = v.strictObject({
  token: secret("Access token with boards:read, pins:read, pins:write and user_accounts:read"),
  board: id("The board's id, digits: `broadcast doctor` shows which ones there are"),
  server: base("Where the API is", "https://api.pinterest.com"),
  web: base("Where people log in and look", "https://www.pinterest.com"),
});
const options = v.strictObject({
  section: v.optional(id("The id of a section of the board")),
  cover_seconds: v.optional(
    v.pipe(
      v.number(),
      v.integer("is not a whole number of seconds"),
      v.minValue(0, "is less than 0"),
      v.description("Where in a video its cover is, in seconds. Default: at its beginning"),
    ),
  ),
});
type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

// The spec's maxLength of a Pin's link.
const LINK = 2_048;
const PAGE = 250;
// Who makes the Pins may have another clock than who answers.
const MARGIN = 60_000;

const Refused = v.object({ code: v.number(), message: v.string() });
const Counts = v.record(v.string(), v.number());
const Pin = v.object({
  id: v.string(),
  created_at: v.optional(v.string()),
  board_id: v.nullish(v.string()),
  title: v.nullish(v.string()),
  description: v.nullish(v.string()),
  link: v.nullish(v.string()),
  pin_metrics: v.nullish(v.object({ lifetime_metrics: v.optional(Counts), "90d": v.optional(Counts) })),
});
type Pin = v.InferOutput<typeof Pin>;
const Pins = v.object({ items: v.array(Pin), bookmark: v.nullish(v.string()) });
const Board = v.object({ id: v.string(), name: v.string() });
const Boards = v.object({ items: v.array(Board) });
const Begun = v.object({
  media_id: v.string(),
  upload_url: v.string(),
  upload_parameters: v.record(v.string(), v.nullable(v.string())),
});
const Upload = v.object({ status: v.picklist(["registered", "processing", "succeeded", "failed"]) });
const Me = v.object({ id: v.optional(v.string()), username: v.string() });

export const pinterest = defineAdapter<Channel, Options>({
  id: "pinterest",
  name: "Pinterest",
  source: {
    url: "https://github.com/pinterest/api-description/blob/main/v5/openapi.json",
    checked: "2026-11-27",
  },
  api: { version: "v5" },
  group: "public",
  shape: "short",
  look: { mark: "Pi", light: "#b3001b", dark: "#ff8f9c", layout: "picture" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://developers.pinterest.com/apps/",
    asks: ["board", "token"],
    steps: [
      "Make the account a business account, and connect an app at developers.pinterest.com.",
      "Add the redirect URI http://127.0.0.1:4749/callback, and run `broadcast login` with the app's id and secret.",
      "Ask for Standard access: with Trial access only you see what is posted.",
      "`board` is the board's id; with any other number `broadcast doctor` names those that there are.",
    ],
    oauth2: {
      authorize: "{web}/oauth/",
      token: "{server}/v5/oauth/token",
      // Apps from before 2025-09-25 get a refresh token that goes on only when they say so; to younger ones it is the default.
      tokenParameters: { continuous_refresh: "true" },
      scopes: ["boards:read", "pins:read", "pins:write", "user_accounts:read"],
      separator: ",",
      pkce: "none",
      client: "basic",
    },
  },
  endpoint: ({ server, token }) => ({
    base: `${server}/v5`,
    headers: { Authorization: `Bearer ${token}` },
  }),
  own: { body: Refused },

  title: { max: 100, unit: "codepoint", markup: "plain", line: true },
  text: { max: 800, unit: "codepoint", markup: "plain", tags: "text" },
  media: {
    count: 5,
    least: 1,
    alt: 500,
    // The spec's ContentType; it names no size.
    image: { types: ["image/jpeg", "image/png"], bytes: 10_000_000 },
    video: { types: ["video/mp4"], bytes: 500_000_000, count: 1 },
  },
  thread: "none",
  card: "none",
  // Trial access: 1,000 requests a day for the app, and a Pin may take two.
  rates: [{ posts: 500, per: "1d" }],
  idempotency: "none",
  // The pictures stay.
  edits: { fields: ["text", "title", "alt", "link", "options"], fixed: ["cover_seconds"] },
  retracts: {},

  check: ({ link }) =>
    link && [...link.url].length > LINK
      ? { message: `the link has more than ${LINK} characters`, remedy: "Link to a shorter address." }
      : undefined,

  async prepare(posts, context) {
    for (const post of posts) await videoOf(post, context);
  },

  async publish(post, context) {
    const json = {
      ...fieldsOf(post),
      board_id: context.channel.board,
      media_source: await sourceOf(post, context),
    };
    const made = await context.ask({ method: "POST", path: "/pins", json }, Pin, "a Pin");
    return receiptOf(made, context.channel);
  },

  /** By its words, link and board, and the time: the network has no place for a key. */
  async find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
    const from = since.getTime() - MARGIN;
    let like: Receipt | undefined;
    for await (const pin of ownPins(context)) {
      // A Pin without a time may be ours.
      const isOlder = pin.created_at !== undefined && timeOf(pin.created_at) < from;
      if (isOlder || (pin.board_id ?? context.channel.board) !== context.channel.board) continue;
      if (await context.taken(pin.id)) continue;
      const found = likenessOf(pin, post);
      if (found === "same" && pin.created_at !== undefined) return receiptOf(pin, context.channel);
      if (found !== "other") like ??= receiptOf(pin, context.channel);
    }
    return like ? { like } : "absent";
  },

  async account({ ask, http, channel }) {
    const me = await ask({ path: "/user_account" }, Me, "an account");
    const reply = await http({ path: `/boards/${channel.board}`, ok: [404] });
    const board = unlessGone(reply, Board, "a board");
    if (board === "gone") throw new NetworkError("rejected", await boardsIn(ask, channel));
    return {
      id: me.id ?? me.username,
      handle: `${me.username} on the board "${board.name}"`,
      url: `${channel.web}/${me.username}/`,
    };
  },

  async read(receipt, reach) {
    const pin = await pinAt(receipt, reach);
    if (pin === "gone") return "gone";
    const { title, description, link } = pin;
    const { url } = receiptOf(pin, reach.channel);
    return { text: description ?? "", ...(title && { title }), url, card: link ?? "none" };
  },

  metrics: oneByOne(async (receipt, reach) => {
    const pin = await pinAt(receipt, reach, { pin_metrics: true });
    return pin === "gone" ? "gone" : countsOf(pin);
  }),

  async edit(receipt, post, context) {
    const json = fieldsOf(post, true);
    const path = `/pins/${encodeURIComponent(receipt.id)}`;
    return receiptOf(await context.ask({ method: "PATCH", path, json }, Pin, "a Pin"), context.channel);
  },

  async retract({ id: pin }, { http }) {
    await http({ method: "DELETE", path: `/pins/${encodeURIComponent(pin)}`, ok: [404] });
  },
});

/** `edited`: what is not said is emptied. */
function fieldsOf({ title, text: words, link, media, options: { section } }: Post<Options>, edited = false) {
  const alt = media
    .map((one) => one.alt)
    .filter(Boolean)
    .join(" / ");
  const fields = { title, description: words, link: link?.url, alt_text: alt, board_section_id: section };
  const said = Object.entries(fields).filter(([, value]) => value || edited);
  return Object.fromEntries(said.map(([name, value]) => [name, value || null]));
}

const isVideo = ({ type }: Media) => type.startsWith("video/");

/** The id of a video that Pinterest has, and has worked through. */
async function videoOf(post: Pick<Post, "media">, context: Preparation<Channel>) {
  const files = post.media.filter(isVideo);
  const [id] = await context.uploads(post, (file) => upload(file, context), { keeps: "20h", files });
  if (id === undefined) return undefined;
  const settled = async () => {
    const { status } = await context.ask({ path: `/media/${id}` }, Upload, "a video's state");
    if (status === "failed") throw new NetworkError("rejected", "Pinterest cannot use this video");
    return status === "succeeded" || undefined;
  };
  const patience = { within: "15m", words: "Pinterest is still working on the video" } as const;
  await context.step(`ready-${id}`, () => context.until(settled, patience));
  return id;
}

/** To the place that Pinterest names, where it waits for the Pin. */
async function upload(media: Media, { ask, http, stream }: Preparation<Channel>): Promise<string> {
  const request = { method: "POST", path: "/media", json: { media_type: "video" }, safe: true } as const;
  const { media_id, upload_url: url, upload_parameters } = await ask(request, Begun, "a place for a video");
  const fields = Object.entries(upload_parameters).flatMap(([name, value]) =>
    value === null ? [] : [{ name, value }],
  );
  const file = { name: "file", value: await stream(media), filename: nameOf(media), type: media.type };
  const { status } = await http({ method: "POST", url, parts: [...fields, file], safe: true });
  // As the storage behind it answers; anything else is not from there.
  if (status !== 204 && status !== 201)
    throw new NetworkError("unavailable", `the place for the video answered ${status}`);
  return media_id;
}

async function sourceOf(post: Post<Options>, context: Context<Channel>) {
  const { media, options } = post;
  const media_id = await videoOf(post, context);
  if (media_id !== undefined)
    return {
      source_type: "video_id",
      media_id,
      cover_image_key_frame_time: options.cover_seconds ?? 0,
    };
  const items = [];
  for (const file of media) {
    const data = Buffer.from(await context.bytes(file)).toString("base64");
    items.push({ content_type: file.type, data });
  }
  return items.length === 1
    ? { source_type: "image_base64", ...items[0] }
    : { source_type: "multiple_image_base64", items };
}

function ownPins({ ask }: Reach<Channel>): AsyncIterable<Pin> {
  return everyItem(async (bookmark) => {
    const query = { page_size: PAGE, bookmark };
    const page = await ask({ path: "/pins", query }, Pins, "Pins");
    return { items: page.items, next: page.bookmark ?? undefined };
  });
}

async function pinAt({ id: pin }: Receipt, { http }: Reach<Channel>, query = {}): Promise<Pin | "gone"> {
  const reply = await http({ path: `/pins/${encodeURIComponent(pin)}`, query, ok: [404] });
  return unlessGone(reply, Pin, "a Pin");
}

function likenessOf({ title, description, link }: Pin, post: Post) {
  const words = likeness(`${post.title ?? ""} ${post.text}`, `${title ?? ""} ${description ?? ""}`);
  return words === "same" && (link ?? undefined) !== post.link?.url ? "like" : words;
}

function countsOf({ pin_metrics }: Pin): Metrics {
  const { impression, reaction, save, comment, clickthrough } =
    pin_metrics?.lifetime_metrics ?? pin_metrics?.["90d"] ?? {};
  return { views: impression, likes: reaction, shares: save, replies: comment, clicks: clickthrough };
}

async function boardsIn(ask: Reach<Channel>["ask"], channel: Channel): Promise<string> {
  const { items } = await ask({ path: "/boards", query: { page_size: PAGE } }, Boards, "boards");
  const known = items.map((board) => `${board.id} (${board.name})`).join(", ");
  return `the account has no board ${channel.board}; it has ${known || "none"}`;
}

// Times come without a zone, and are UTC.
function timeOf(written: string): number {
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(written) ? written : `${written}Z`);
}

function receiptOf({ id: pin }: Pick<Pin, "id">, { web }: Channel): Receipt {
  return { id: pin, url: `${web}/pin/${pin}/` };
}
