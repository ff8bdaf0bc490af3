/** Micropub: Micro.blog, and every site that takes posts by the W3C's protocol. */
import * as v from "valibot";
import {
  type Account,
  type Context,
  defineAdapter,
  expectReply,
  type Found,
  type Media,
  NetworkError,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
  type Reply,
  unlessGone,
} from "../adapter.ts";
import { secret, text, url } from "../settings.ts";
import { textOfHtml } from "../text/from-html.ts";
import { likeness } from "../text/likeness.ts";
import { isUrl } from "../urls.ts";

const channel = v.strictObject({
  endpoint: url("The Micropub endpoint, such as https://micro.blog/micropub"),
  token: secret("Access token with the scopes create, update, delete and media"),
  as: v.optional(
    v.pipe(
      v.picklist(["article", "note"]),
      v.description("With a title, or a short note without; default article"),
    ),
  ),
  destination: v.optional(text("Which of several sites, as ?q=config names it (mp-destination)")),
});
const options = v.strictObject({
  draft: v.optional(v.pipe(v.boolean(), v.description("Saves it as a draft, for a person to publish"))),
  syndicate: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description("Where the site passes it on, as ?q=config names it (mp-syndicate-to)"),
    ),
  ),
});
type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const PAGE = 50;
// Who makes the posts may have another clock than who answers.
const MARGIN = 60_000;

const Refused = v.object({ error: v.string() });
const CONFIG = ["media-endpoint", "syndicate-to", "destination", "q", "post-types", "channels", "categories"];
const Config = v.looseObject({
  "media-endpoint": v.optional(v.string()),
  destination: v.optional(v.array(v.object({ uid: v.string(), name: v.optional(v.string()) }))),
});
const Properties = v.record(v.string(), v.union([v.array(v.unknown()), v.string()]));
const Entry = v.object({ properties: Properties });
const Entries = v.object({ items: v.array(Entry) });
type Entry = v.InferOutput<typeof Entry>;

export const micropub = defineAdapter<Channel, Options>({
  id: "micropub",
  name: "Micropub",
  source: { url: "https://www.w3.org/TR/micropub/", checked: "2026-11-27" },
  group: "writing",
  shape: "article",
  look: { mark: "Mp", light: "#8a4b00", dark: "#ffb866", layout: "article" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://micro.blog/account/apps",
    asks: ["endpoint", "token"],
    steps: [
      'For Micro.blog the endpoint is https://micro.blog/micropub; elsewhere the home page names it in its head: link rel="micropub".',
      "Make a token: on Micro.blog under Account, App tokens; elsewhere in the settings of the site's Micropub or IndieAuth plug-in.",
      "If there are several sites behind it, `broadcast doctor` names them; `destination` is the one that is meant.",
    ],
  },
  endpoint: ({ endpoint, token }) => ({ base: endpoint, headers: { Authorization: `Bearer ${token}` } }),
  errors: [{ status: [401, 403], words: /insufficient_scope|unauthorized/i, code: "auth" }],
  own: { body: Refused },

  title: { max: 500, unit: "codepoint", markup: "plain", line: true },
  text: { max: 500_000, unit: "byte", markup: "html", tags: "field" },
  media: {
    count: 10,
    alt: 2_000,
    image: { types: ["image/jpeg", "image/png", "image/gif", "image/webp"], bytes: 10_000_000 },
  },
  thread: "reply",
  card: "none",
  rulesFor: ({ as }) => (as === "note" ? { title: "none", shape: "short" } : {}),
  // None is documented anywhere.
  rates: [{ posts: 30, per: "1h" }],
  idempotency: "none",
  edits: { fields: ["text", "title", "media", "alt", "tags"] },
  retracts: {},

  async prepare(posts, context) {
    for (const post of posts) await uploaded(post, context);
  },

  async publish(post, context) {
    const { thread, key, startedAt, channel } = context;
    const properties = {
      ...contentOf(post, await uploaded(post, context)),
      published: [timeOf(startedAt)],
      "mp-slug": [slugOf(post, key)],
      ...(thread && { "in-reply-to": [thread.parent.url ?? thread.parent.id] }),
      ...(post.options.draft && { "post-status": ["draft"] }),
      ...(post.options.syndicate && { "mp-syndicate-to": post.options.syndicate }),
      ...(channel.destination && { "mp-destination": [channel.destination] }),
    };
    const json = { type: ["h-entry"], properties };
    const address = placeIn(await context.http({ method: "POST", path: "", json }), channel);
    if (address === undefined) throw new NetworkError("uncertain", "the site does not say where the post is");
    return receiptOf(address, post);
  },

  /** In the list of posts, which many servers give though the protocol does not ask for it. */
  async find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
    const { key, startedAt, channel } = context;
    const query = { q: "source", limit: PAGE, "mp-destination": channel.destination };
    const reply = await context.http({ path: "", query, ok: [400, 404, 501] });
    if (reply.status >= 400) throw new NetworkError("rejected", "the site gives no list of its posts");
    const { items } = expectReply(reply, Entries, "a list of posts", true);
    const from = since.getTime() - MARGIN;
    let like: Receipt | undefined;
    for (const entry of items) {
      const address = first(entry, "url");
      if (address === "" || (await context.taken(address))) continue;
      if (`${address} ${first(entry, "mp-slug")}`.includes(key.slice(0, 12))) return receiptOf(address, post);
      const isSame =
        likeness(textOfHtml(post.text), wordsOf(entry)) === "same" &&
        first(entry, "name") === (post.title ?? "");
      if (!isSame || whenOf(entry) < from) continue;
      if (whenOf(entry) === Date.parse(timeOf(startedAt))) return receiptOf(address, post);
      like ??= receiptOf(address, post);
    }
    if (like) return { like };
    const goesBack = items.length < PAGE || items.some((entry) => whenOf(entry) < from);
    if (goesBack) return "absent";
    throw new NetworkError("rejected", "the site's list of posts does not go back far enough");
  },

  async account(reach): Promise<Account> {
    const { endpoint, destination } = reach.channel;
    const config = await configOf(reach);
    const sites = config.destination ?? [];
    const site = sites.find(({ uid }) => uid === destination);
    if (destination !== undefined && sites.length > 0 && !site)
      throw new NetworkError(
        "rejected",
        `there is no destination "${destination}", only ${sites.map(({ uid }) => uid).join(", ")}`,
      );
    const { host } = new URL(endpoint);
    return {
      id: destination ?? host,
      handle: site?.name ?? destination ?? host,
      // Without a place for files it takes none.
      ...(config["media-endpoint"] === undefined && { limits: { media: { count: 0 } } }),
    };
  },

  async read({ id }, { http }) {
    const reply = await http({ path: "", query: { q: "source", url: id }, ok: [404, 410] });
    const entry = unlessGone(reply.status === 410 ? { ...reply, status: 404 } : reply, Entry, "a post");
    if (entry === "gone") return "gone";
    const title = first(entry, "name");
    const isDraft = first(entry, "post-status") === "draft";
    return {
      text: wordsOf(entry),
      ...(title && { title }),
      url: id,
      ...(isDraft && { hidden: "draft" as const }),
    };
  },

  async edit(receipt, post, context) {
    const all = contentOf(post, await uploaded(post, context));
    const names = ["name", "category", "photo"].filter((name) => !(name in all));
    const json = {
      action: "update",
      url: receipt.id,
      replace: all,
      ...(names.length > 0 && { delete: names }),
    };
    const reply = await context.http({ method: "POST", path: "", json });
    // An edit may move a post.
    const address = placeIn(reply, context.channel);
    return address === undefined ? receipt : { ...receipt, ...receiptOf(address, post) };
  },

  async retract({ id }, { http }) {
    await http({ method: "POST", path: "", json: { action: "delete", url: id }, ok: [404, 410] });
  },
});

function contentOf(post: Post<Options>, photos: readonly string[]) {
  const { title, text: html, media, tags } = post;
  const photo = media.map(({ alt }, index) => (alt ? { value: photos[index], alt } : photos[index]));
  return {
    ...(title && { name: [title] }),
    content: [{ html }],
    ...(tags.length > 0 && { category: tags }),
    ...(photo.length > 0 && { photo }),
  };
}

/** Part of the address, where the site takes it, by which a lost post is known again. */
function slugOf({ title, text: html }: Post, key: string): string {
  const words = (title ?? textOfHtml(html))
    .normalize("NFKD")
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return [...(words ?? []).slice(0, 6), key.slice(0, 12)].join("-");
}

/** The addresses of the post's files; they stay where they are. */
function uploaded(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  return context.uploads(post, (media) => upload(media, context));
}

async function upload(media: Media, context: Preparation<Channel>): Promise<string> {
  const config = await configOf(context);
  const place = config["media-endpoint"];
  if (place === undefined) throw noPlace(media, config);
  const { channel, http, stream } = context;
  const file = { name: "file", value: await stream(media), filename: nameOf(media), type: media.type };
  const { href } = new URL(place, channel.endpoint);
  const headers = { Authorization: `Bearer ${channel.token}` };
  const address = placeIn(
    await http({ method: "POST", url: href, headers, parts: [file], safe: true }),
    channel,
  );
  if (address === undefined) throw new NetworkError("unavailable", "the site does not say where the file is");
  return address;
}

// An answer with none of the words that it could have may come from somewhere else.
function noPlace({ file }: Media, config: object): NetworkError {
  const names = Object.keys(config);
  const isConfig = names.length === 0 || names.some((name) => CONFIG.includes(name));
  return new NetworkError(
    isConfig ? "rejected" : "unavailable",
    `${file} has no place: the site takes no files`,
  );
}

function configOf({ ask, channel }: Reach<Channel>): Promise<v.InferOutput<typeof Config>> {
  const query = { q: "config", "mp-destination": channel.destination };
  return ask({ path: "", query }, Config, "a description of the site");
}

function placeIn({ headers }: Reply, { endpoint }: Channel): string | undefined {
  const { location } = headers;
  return location && isUrl(location, endpoint) ? new URL(location, endpoint).href : undefined;
}

function receiptOf(address: string, { options }: Post<Options>): Receipt {
  return { id: address, url: address, ...(options.draft && { hidden: "draft" as const }) };
}

/** Every value is in a list, but for servers that forget it. */
function first({ properties }: Entry, name: string): string {
  const [value = ""] = [properties[name] ?? []].flat();
  return typeof value === "string" ? value : "";
}

function wordsOf({ properties }: Entry): string {
  const [content] = [properties.content ?? []].flat();
  if (typeof content === "string") return textOfHtml(content).trim();
  const { html, value } = (content ?? {}) as { html?: unknown; value?: unknown };
  return textOfHtml(String(html ?? value ?? "")).trim();
}

function whenOf(entry: Entry): number {
  return Date.parse(first(entry, "published")) || 0;
}

// Whole seconds: not every server keeps more.
function timeOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
