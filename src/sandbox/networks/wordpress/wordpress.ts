/**
 * WordPress's REST API: https://developer.wordpress.org/rest-api/reference/ (posts, media, categories, tags, comments, users), and
 * class-wp-rest-posts-controller.php for what these leave open. Read 2026-11-27.
 */
import { api, isOneOf, refusal, type Call as SomeCall } from "../../api.ts";
import { text } from "../../body.ts";
import { codePoints } from "../../count.ts";
import { channelOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../../network.ts";
import { sanitise } from "../../sanitise.ts";
import { sniff } from "../../sniff.ts";

const ID = "wordpress";
const V2 = "/:site/wp-json/wp/v2";
const STATUSES = ["publish", "future", "draft", "pending", "private"];

interface Entry {
  id: number;
  site: string;
  slug: string;
  status: string;
  title: string;
  content: string;
  excerpt: string;
  featured: number;
  categories: number[];
  tags: number[];
  at: number;
  editedAt: number;
}

interface State {
  posts: Map<number, Entry>;
  files: Map<number, { site: string; type: string; bytes: Uint8Array; alt: string; name: string }>;
  terms: { id: number; site: string; kind: string; name: string }[];
  last: number;
}

type Call = SomeCall<State, string>;
type Fields = Record<string, unknown>;

export const wordpress: SandboxNetwork = {
  id: ID,
  name: "WordPress",
  look: { light: "#1d6f93", dark: "#72c1e6", mark: "W", layout: "article", alt: true },
  ways: [{ name: "password", media: { counts: [1, 2], before: true } }],
  channel: (name, base) => ({ server: `${base}/${name}`, username: name, password: `sandbox-${name}` }),
  publishes: isOneOf(`POST ${V2}/posts`),
  handle: api<State, string>({
    id: ID,
    state: () => ({ posts: new Map(), files: new Map(), terms: [], last: 100_000 }),
    first: ({ state, world }) => publishDue(state, world),
    auth: callerOf,
    expired: () =>
      said(401, "incorrect_password", "The provided password is an invalid application password."),
    // Core has no limits; hosts and plug-ins have.
    windows: { requests: [{ posts: 600, ms: 60_000 }] },
    always: { window: "requests", account: (site) => site },
    limited: () => said(429, "rest_too_many_requests", "Too many requests."),
    malformed: ({ type }) =>
      type === "other" ? undefined : said(400, "rest_invalid_json", "Invalid JSON body passed."),
    unknown: ({ path }) =>
      path.includes("/wp-json/")
        ? said(404, "rest_no_route", "No route was found matching the URL and request method.")
        : undefined,
    routes: {
      [`GET ${V2}/users/me`]: (call) =>
        ok({ id: 1, name: call.who(), link: `${siteOf(call)}/author/${call.who()}/` }),
      [`GET ${V2}/categories`]: (call) => ok(termsIn(call, "category")),
      [`POST ${V2}/categories`]: (call) => makeTerm(call, "category"),
      [`GET ${V2}/tags`]: (call) => ok(termsIn(call, "post_tag")),
      [`POST ${V2}/tags`]: (call) => makeTerm(call, "post_tag"),
      [`POST ${V2}/media`]: upload,
      [`POST ${V2}/media/:id`]: (call) => {
        const file = call.state.files.get(Number(call.params.id));
        if (file?.site !== call.who()) throw refuse(404, "rest_post_invalid_id", "Invalid post ID.");
        file.alt = text(call.fields().alt_text) ?? file.alt;
        return ok(fileEntity(Number(call.params.id), call));
      },
      [`POST ${V2}/posts`]: create,
      [`GET ${V2}/posts`]: list,
      [`GET ${V2}/posts/:id`]: (call) => ok(entityOf(entryOf(call), call)),
      [`POST ${V2}/posts/:id`]: (call) => {
        const entry = entryOf(call);
        Object.assign(entry, fieldsOf(call), { editedAt: call.world.now() });
        call.world.update(shown(entry, call));
        return ok(entityOf(entry, call));
      },
      [`DELETE ${V2}/posts/:id`]: (call) => {
        const entry = entryOf(call);
        if (entry.status === "trash")
          throw refuse(410, "rest_already_trashed", "The post has already been deleted.");
        entry.status = "trash";
        call.world.remove(ID, String(entry.id));
        return ok(entityOf(entry, call));
      },
      [`GET ${V2}/comments`]: comments,
    },
  }),
};

function callerOf({ request, params }: Call): string {
  const [, basic = ""] = /^Basic (.+)$/i.exec(String(request.headers.authorization ?? "")) ?? [];
  const [user, ...password] = Buffer.from(basic, "base64").toString("utf8").split(":");
  // The spaces that it is shown with are none.
  const name = channelOf(password.join(":").replace(/ /g, ""));
  if (basic === "") throw refuse(401, "rest_not_logged_in", "You are not currently logged in.");
  if (name === undefined || name !== user)
    throw refuse(401, "incorrect_password", "The provided password is an invalid application password.");
  if (name !== params.site) throw refuse(401, "invalid_username", "Unknown username.");
  return name;
}

/** WP-Cron: at the next visit. */
function publishDue(state: State, world: World): void {
  for (const entry of state.posts.values())
    if (entry.status === "future" && entry.at <= world.now()) entry.status = "publish";
}

function siteOf({ params, world }: Call): string {
  return `${world.base(ID)}/${params.site}`;
}

function termsIn(call: Call, kind: string) {
  const search = (call.query.get("search") ?? "").toLowerCase();
  return call.state.terms
    .filter((one) => one.site === call.who() && one.kind === kind && one.name.toLowerCase().includes(search))
    .map(({ id, name }) => ({ id, name: name.replace(/&/g, "&amp;"), slug: slugged(name), taxonomy: kind }));
}

function makeTerm(call: Call, kind: string): SandboxReply {
  const site = call.who();
  const name = text(call.fields().name) ?? "";
  if (name === "") throw refuse(400, "rest_missing_callback_param", "Missing parameter(s): name");
  if (call.state.terms.some((one) => one.site === site && one.kind === kind && one.name === name))
    throw refuse(400, "term_exists", "A term with the name provided already exists.");
  call.state.last++;
  call.state.terms.push({ id: call.state.last, site, kind, name });
  return ok({ id: call.state.last, name, slug: slugged(name), taxonomy: kind }, 201);
}

function upload(call: Call): SandboxReply {
  const site = call.who();
  const name = /filename="([^"]+)"/.exec(String(call.request.headers["content-disposition"] ?? ""))?.[1];
  if (name === undefined)
    throw refuse(400, "rest_upload_no_content_disposition", "No Content-Disposition supplied.");
  const type = sniff(call.request.body);
  if (!type?.startsWith("image/"))
    throw refuse(500, "rest_upload_unknown_error", "Sorry, you are not allowed to upload this file type.");
  call.state.last++;
  call.state.files.set(call.state.last, { site, type, bytes: call.request.body, alt: "", name });
  return ok(fileEntity(call.state.last, call), 201);
}

function fileEntity(id: number, call: Call) {
  const { name, alt } = call.state.files.get(id)!;
  return {
    id,
    alt_text: alt,
    media_type: "image",
    source_url: `${siteOf(call)}/wp-content/uploads/${id}-${name}`,
  };
}

function create(call: Call): SandboxReply {
  const { state, world } = call;
  const site = call.who();
  const fields = fieldsOf(call);
  if (!fields.title && !fields.content && !fields.excerpt)
    throw refuse(400, "empty_content", "Content, title, and excerpt are empty.");
  state.last++;
  const now = world.now();
  const entry: Entry = {
    ...{ id: state.last, site, slug: "", status: "draft", title: "", content: "", excerpt: "", featured: 0 },
    ...{ categories: [1], tags: [], at: now, editedAt: now },
    ...fields,
  };
  if (entry.status === "publish" && entry.at > now) entry.status = "future";
  entry.slug = freeSlug(slugged(text(call.fields().slug) ?? entry.title), call);
  entry.editedAt = entry.at;
  state.posts.set(entry.id, entry);
  world.accept(shown(entry, call));
  return {
    ...ok(entityOf(entry, call), 201),
    headers: { location: `${siteOf(call)}/wp-json/wp/v2/posts/${entry.id}` },
  };
}

/** A second one of a name gets a number. */
function freeSlug(wanted: string, call: Call): string {
  const taken = new Set(
    [...call.state.posts.values()].filter(({ site }) => site === call.who()).map(({ slug }) => slug),
  );
  for (let number = 1; ; number++) {
    const slug = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.has(slug)) return slug;
  }
}

function slugged(words: string): string {
  return words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

function fieldsOf(call: Call): Partial<Entry> {
  const fields = call.fields();
  const { status, featured_media, categories, tags, date_gmt } = fields;
  if (status !== undefined && !STATUSES.includes(String(status)))
    throw refuse(400, "rest_invalid_param", "Invalid parameter(s): status");
  const file = Number(featured_media ?? 0);
  if (file > 0 && call.state.files.get(file)?.site !== call.who())
    throw refuse(400, "rest_invalid_featured_media", "Invalid featured media ID.");
  for (const [kind, ids] of [
    ["category", categories],
    ["post_tag", tags],
  ] as const)
    for (const id of Array.isArray(ids) ? ids : [])
      if (!call.state.terms.some((one) => one.id === id && one.kind === kind && one.site === call.who()))
        throw refuse(400, "rest_invalid_param", `Invalid parameter(s): ${kind}`);
  if (date_gmt !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(String(date_gmt)))
    throw refuse(400, "rest_invalid_param", "Invalid parameter(s): date_gmt");
  const words = (name: string) => (fields[name] === undefined ? {} : { [name]: text(fields[name]) ?? "" });
  return {
    ...words("title"),
    ...words("content"),
    ...words("excerpt"),
    ...(status !== undefined && { status: String(status) }),
    ...(featured_media !== undefined && { featured: file }),
    ...(Array.isArray(categories) && { categories: categories.map(Number) }),
    ...(Array.isArray(tags) && { tags: tags.map(Number) }),
    ...(date_gmt !== undefined && { at: Date.parse(`${String(date_gmt)}Z`) }),
  };
}

function entryOf(call: Call): Entry {
  const entry = call.state.posts.get(Number(call.params.id));
  if (entry?.site !== call.who()) throw refuse(404, "rest_post_invalid_id", "Invalid post ID.");
  return entry;
}

function list(call: Call): SandboxReply {
  const site = call.who();
  const statuses = (call.query.get("status") ?? "publish").split(",");
  if (!statuses.every((one) => STATUSES.includes(one)))
    throw refuse(400, "rest_invalid_param", "Invalid parameter(s): status");
  const slug = call.query.get("slug");
  const found = [...call.state.posts.values()].filter(
    (one) => one.site === site && statuses.includes(one.status) && (slug === null || one.slug === slug),
  );
  return {
    status: 200,
    headers: { "x-wp-total": String(found.length) },
    body: found.toReversed().map((one) => entityOf(one, call)),
  };
}

// rest_parse_date takes what PHP's strtotime gives, and 0 for nothing: the first second of 1970 is refused. Seen on 6.1.
function comments({ query }: Call): SandboxReply {
  const after = query.get("after");
  const isDate = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}(:\d{2})?)?$/.test(after ?? "");
  if (after !== null && !(isDate && Math.floor(Date.parse(after) / 1_000) !== 0))
    throw refuse(400, "rest_invalid_param", "Invalid parameter(s): after");
  return { ...ok([]), headers: { "x-wp-total": "0", "x-wp-totalpages": "0" } };
}

const gmt = (at: number) => new Date(at).toISOString().slice(0, 19);

function entityOf(entry: Entry, call: Call): Fields {
  const { id, slug, status, title, content, excerpt, featured, categories, tags, at, editedAt } = entry;
  return {
    id,
    slug,
    status,
    ...{ date_gmt: gmt(at), modified_gmt: gmt(editedAt) },
    link: pageOf(entry, call.world),
    title: { raw: title, rendered: title },
    content: { raw: content, rendered: content },
    excerpt: { raw: excerpt, rendered: excerpt },
    featured_media: featured,
    categories,
    tags,
  };
}

function pageOf({ site, slug }: Entry, world: World): string {
  return `${world.base(ID)}/${site}/${slug}/`;
}

function shown(entry: Entry, { state, world }: Call): SandboxPost {
  const { id, site, status, title, content, featured, categories, tags, at } = entry;
  const inText = [...content.matchAll(/<img\b[^>]*class="wp-image-(\d+)"[^>]*>/g)].map(([tag, number]) => ({
    number: Number(number),
    alt: /alt="([^"]*)"/.exec(tag)?.[1],
  }));
  const media = [{ number: featured, alt: undefined }, ...inText].flatMap(({ number, alt }) => {
    const file = state.files.get(number);
    return file ? [{ type: file.type, bytes: file.bytes, alt: alt ?? file.alt }] : [];
  });
  const nameOf = (number: number) => state.terms.find((one) => one.id === number)?.name ?? "Uncategorized";
  const body = content.replace(/<figure class="wp-block-image">.*?<\/figure>\n?/gs, "");
  return {
    network: ID,
    account: site,
    id: String(id),
    url: pageOf(entry, world),
    at,
    title,
    text: body.replace(/<[^>]*>/g, "").trim(),
    html: sanitise(body),
    media,
    length: codePoints(content),
    max: 0,
    notes: [
      ...(status === "publish" ? [] : [status]),
      ...categories.map((number) => `category ${nameOf(number)}`),
      ...tags.map((number) => `tag ${nameOf(number)}`),
    ],
  };
}

function ok(body: unknown, status = 200): SandboxReply {
  return { status, body };
}

function said(status: number, code: string, message: string): SandboxReply {
  return { status, body: { code, message, data: { status } } };
}

function refuse(status: number, code: string, message: string): Error {
  return refusal(said(status, code, message));
}
