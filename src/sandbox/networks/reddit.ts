/**
 * Reddit's API: https://www.reddit.com/dev/api for requests and members, PRAW's models for what that page leaves out (places
 * for files, rich text, polls). Read 2026-11-26. Refusals of what is said come with HTTP 200.
 */

import { isUrl } from "../../urls.ts";
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { bearer, flag, text } from "../body.ts";
import { codePoints } from "../count.ts";
import { memberOf, numberOf } from "../ids.ts";
import { markdownHtml } from "../markdown.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";
import { sniff } from "../sniff.ts";

const ID = "reddit";
const MAX = 40_000;
const COMMENT_MAX = 10_000;

interface File {
  type: string;
  alt: string;
  bytes: Uint8Array;
}

interface Thing {
  /** `t3_…` or `t1_…`. */
  name: string;
  /** The post that it belongs to. */
  article: string;
  user: string;
  subreddit: string;
  title?: string;
  body: string;
  url?: string;
  files: File[];
  poll?: string[];
  gallery?: true;
  notes: string[];
  parent?: string;
  at: number;
  editedAt?: number;
}

interface State {
  things: Map<string, Thing>;
  assets: Map<string, { type?: string; bytes?: Uint8Array }>;
  sequence: number;
}

type Call = SomeCall<State, { name: string; channel: string }>;

export const reddit: SandboxNetwork = {
  id: ID,
  name: "Reddit",
  look: { light: "#d13a00", dark: "#ff8a5c", mark: "r/", layout: "article", alt: true },
  ways: [
    { name: "token", title: "Acme 2.4", media: { counts: [1, 2], before: true }, threads: true },
    {
      name: "gallery",
      besides: true,
      title: "Acme 2.4",
      options: { gallery: true },
      media: { counts: [2], needed: true, before: true },
      threads: true,
    },
  ],
  channel: (name, base) => ({
    token: `sandbox-${name}`,
    user: userOf(name),
    subreddit: subredditOf(name),
    server: base,
    web: base,
  }),
  publishes: isOneOf(
    "POST /api/submit",
    "POST /api/submit_poll_post",
    "POST /api/submit_gallery_post.json",
    "POST /api/comment",
  ),
  handle: api<State, { name: string; channel: string }>({
    id: ID,
    state: () => ({ things: new Map(), assets: new Map(), sequence: 0 }),
    first({ request }) {
      const agent = String(request.headers["user-agent"] ?? "");
      if (agent === "" || /^(?:node|undici|python-requests|curl)\b(?!:)/i.test(agent))
        throw refusal(plain(429, "Too Many Requests"));
    },
    auth({ request }) {
      const member = memberOf(bearer(request));
      if (!member) throw refusal(plain(401, "Unauthorized"));
      return { name: userOf(member.name), channel: member.channel };
    },
    expired: () => plain(401, "Unauthorized"),
    windows: { posts: [{ posts: 10, ms: 600_000 }], comments: [{ posts: 10, ms: 60_000 }] },
    limited: ({ seconds }) => {
      const minutes = Math.ceil(seconds / 60);
      const wait = minutes > 1 ? `${minutes} minutes` : `${Math.ceil(seconds)} seconds`;
      return refused(
        "RATELIMIT",
        `Looks like you've been doing that a lot. Take a break for ${wait} before trying again.`,
        "ratelimit",
      );
    },
    retryAfter: false,
    pause: 5_000,
    malformed: () => plain(400, "Bad Request"),
    unknown: ({ path }) => (path.startsWith("/api/") ? plain(404, "Not Found") : undefined),
    open: { "POST /upload/:asset": receive },
    routes: {
      "GET /api/v1/me": (call) => {
        const { name } = call.who();
        return ok({ id: numberOf(name).slice(0, 6), name });
      },
      "GET /api/v1/:subreddit/post_requirements": (call) => {
        const { channel } = call.who();
        if (call.params.subreddit !== subredditOf(channel)) throw refusal(plain(404, "Not Found"));
        return ok(REQUIREMENTS);
      },
      "POST /api/media/asset.json": (call) => {
        const { filepath, mimetype } = call.fields();
        if (!text(filepath) || !/^image\/(png|jpeg|gif)$/.test(text(mimetype) ?? ""))
          throw refusal(plain(400, "Bad Request"));
        const id = `asset${nextId(call.state)}`;
        call.state.assets.set(id, {});
        const fields = [{ name: "key", value: `rte_images/${id}` }];
        return ok({
          args: { action: `${call.world.base(ID)}/upload/${id}`, fields },
          asset: { asset_id: id },
        });
      },
      "POST /api/convert_rte_body_format": (call) => {
        const { output_mode, markdown_text } = call.fields();
        if (output_mode !== "rtjson") throw refusal(plain(400, "Bad Request"));
        return ok({ output: { document: [{ e: "par", c: [{ e: "text", t: text(markdown_text) ?? "" }] }] } });
      },
      "POST /api/submit": submit,
      "POST /api/submit_poll_post": submit,
      "POST /api/submit_gallery_post.json": submit,
      "POST /api/comment": comment,
      "POST /api/editusertext": (call) => {
        const thing = thingIn(call, text(call.fields().thing_id));
        if (thing.user !== call.who().name) throw refusal(plain(403, "Forbidden"));
        const { files, ...said } = bodyOf(call);
        // A gallery's pictures are no part of its text.
        if (thing.gallery && files.length > 0)
          return refused("INVALID_OPTION", "that option is not valid", "richtext_json");
        Object.assign(thing, said, thing.gallery ? {} : { files });
        thing.editedAt = call.world.now();
        call.world.update(shownOf(thing, call.world));
        return ok({ json: { errors: [], data: { things: [{ kind: "t3", data: entityOf(thing) }] } } });
      },
      "POST /api/del": (call) => {
        const thing = call.state.things.get(text(call.fields().id) ?? "");
        if (thing && thing.user === call.who().name) {
          call.state.things.delete(thing.name);
          call.world.remove(ID, thing.name);
        }
        return ok({});
      },
      "GET /api/info": (call) => {
        call.who();
        const ids = (call.query.get("id") ?? "").split(",");
        return listing(ids.flatMap((id) => call.state.things.get(id) ?? []));
      },
      "GET /user/:name/submitted": (call) => own(call, "t3_"),
      "GET /user/:name/comments": (call) => own(call, "t1_"),
      "GET /comments/:article": (call) => {
        call.who();
        const name = `t3_${call.params.article}`;
        const all = [...call.state.things.values()];
        const from = call.query.get("comment");
        const top = all.filter(({ parent, name: own }) => (from ? own === `t1_${from}` : parent === name));
        const post = call.state.things.get(name);
        return ok([
          listed(post ? [post] : []),
          { kind: "Listing", data: { after: null, children: top.map((one) => tree(one, all)) } },
        ]);
      },
    },
  }),
};

/** As a subreddit has them that demands nothing. */
const REQUIREMENTS = {
  ...{ title_text_min_length: null, title_text_max_length: null, title_required_strings: [] },
  ...{ title_blacklisted_strings: [], title_regexes: [], body_restriction_policy: "none" },
  ...{ body_text_min_length: null, body_text_max_length: null, body_required_strings: [] },
  ...{
    body_blacklisted_strings: [],
    body_regexes: [],
    link_restriction_policy: "none",
    link_repost_age: null,
  },
  ...{ domain_blacklist: [], domain_whitelist: [], is_flair_required: false, guidelines_text: null },
};

const userOf = (name: string) => name.replace(/\W/g, "_").slice(0, 20).padEnd(3, "_");
const subredditOf = (name: string) => name.replace(/\W/g, "_").slice(0, 24).padEnd(2, "_");
const ok = (body: unknown): SandboxReply => ({ status: 200, body });
const plain = (error: number, message: string): SandboxReply => ({ status: error, body: { message, error } });

function refused(code: string, words: string, field: string): SandboxReply {
  return ok({ json: { errors: [[code, words, field]] } });
}

function nextId(state: State): string {
  state.sequence += 1;
  return (50_000_000_000 + state.sequence).toString(36);
}

function receive({ state, params, files }: Call): SandboxReply {
  const asset = state.assets.get(params.asset!);
  const file = files().find(({ name }) => name === "file");
  if (!asset || !file)
    return { status: 403, headers: { "content-type": "application/xml" }, body: "<Error/>" };
  Object.assign(asset, { type: sniff(file.bytes), bytes: file.bytes });
  return { status: 201, headers: { "content-type": "application/xml" }, body: "<PostResponse/>" };
}

/** Markdown, or rich text with pictures in it. */
function bodyOf(call: Call): { body: string; files: File[] } {
  const { text: markdown, richtext_json } = call.fields();
  if (richtext_json === undefined) return { body: text(markdown) ?? "", files: [] };
  const document = JSON.parse(text(richtext_json) ?? "{}") as { document?: { c: { t: string }[] }[] };
  const words = document.document?.[0]?.c[0]?.t ?? "";
  const files: File[] = [];
  const body = words.replace(/!\[(?:img|gif)\]\((\w+)(?: "([^"]*)")?\)/g, (_, id: string, caption = "") => {
    const { type, bytes } = call.state.assets.get(id) ?? {};
    if (!type || !bytes) throw refusal(refused("BAD_MEDIA", "That media is not there.", "richtext_json"));
    files.push({ type, bytes, alt: caption });
    const address = `https://preview.redd.it/${id}.png`;
    return caption === "" ? address : `[${caption}](${address})`;
  });
  return { body, files };
}

function submit(call: Call): SandboxReply {
  const { world, path } = call;
  const { name, channel } = call.who();
  const fields = call.fields();
  const isPoll = path.endsWith("/submit_poll_post");
  const isGallery = path.endsWith("/submit_gallery_post.json");
  const kind = isPoll ? "poll" : isGallery ? "gallery" : text(fields.kind);
  const title = text(fields.title) ?? "";
  if (fields.api_type !== "json") throw refusal(plain(400, "Bad Request"));
  if (title.trim() === "") return refused("NO_TEXT", "we need something here", "title");
  if (codePoints(title) > 300) return refused("TOO_LONG", "this is too long (max: 300)", "title");
  const sr = text(fields.sr) ?? "";
  if (sr.toLowerCase() !== subredditOf(channel).toLowerCase())
    return refused("SUBREDDIT_NOEXIST", "that subreddit doesn't exist", "sr");
  if (kind !== "self" && kind !== "link" && kind !== "poll" && kind !== "gallery")
    return refused("INVALID_OPTION", "that option is not valid", "kind");
  const url = kind === "link" ? text(fields.url) : undefined;
  if (kind === "link" && !isUrl(url ?? "")) return refused("BAD_URL", "you should check that url", "url");
  const poll = isPoll ? pollOf(fields) : undefined;
  const said =
    kind === "link"
      ? { body: "", files: [] }
      : isGallery
        ? { body: text(fields.text) ?? "", files: galleryOf(call), gallery: true as const }
        : bodyOf(call);
  if (codePoints(said.body) > MAX) return refused("TOO_LONG", `this is too long (max: ${MAX})`, "text");
  call.take("posts", name);
  const id = nextId(call.state);
  const thing: Thing = {
    name: `t3_${id}`,
    article: id,
    user: name,
    subreddit: sr,
    title,
    ...said,
    ...(url !== undefined && { url }),
    ...(poll && { poll }),
    notes: [
      ...(text(fields.flair_text) ? [`flair: ${text(fields.flair_text)}`] : []),
      ...(flag(fields.nsfw) ? ["nsfw"] : []),
      ...(flag(fields.spoiler) ? ["spoiler"] : []),
    ],
    at: world.now(),
  };
  call.state.things.set(thing.name, thing);
  world.accept(shownOf(thing, world));
  const address = urlOf(thing, world);
  if (isGallery) return ok({ json: { errors: [], data: { url: address, id: thing.name } } });
  return ok({ json: { errors: [], data: { url: address, id, name: thing.name } } });
}

/** PRAW's `submit`: two to twenty pictures, each with a caption of 180 characters at most. */
function galleryOf(call: Call): File[] {
  const { items } = call.fields();
  if (call.body().type !== "json" || !Array.isArray(items) || items.length < 2 || items.length > 20)
    throw refusal(refused("BAD_GALLERY", "A gallery needs 2 to 20 items.", "items"));
  return (items as Record<string, unknown>[]).map(({ media_id, caption, outbound_url, ...others }) => {
    const { type, bytes } = call.state.assets.get(text(media_id) ?? "") ?? {};
    if (!type || !bytes) throw refusal(refused("BAD_MEDIA", "That media is not there.", "items"));
    const alt = typeof caption === "string" ? caption : "";
    if (codePoints(alt) > 180) throw refusal(refused("TOO_LONG", "this is too long (max: 180)", "items"));
    if (Object.keys(others).length > 0 || (outbound_url && !isUrl(String(outbound_url))))
      throw refusal(refused("BAD_GALLERY", "That item is not valid.", "items"));
    return { type, bytes, alt };
  });
}

function pollOf({ options, duration }: Record<string, unknown>): string[] {
  const choices = Array.isArray(options) ? options.map(String) : [];
  const isFine = choices.length >= 2 && choices.length <= 6 && Number(duration) >= 1 && Number(duration) <= 7;
  if (!isFine) throw refusal(refused("INVALID_OPTION", "that option is not valid", "options"));
  return choices;
}

function comment(call: Call): SandboxReply {
  const { world } = call;
  const { name } = call.who();
  const above = thingIn(call, text(call.fields().thing_id));
  const said = bodyOf(call);
  if (said.body.trim() === "") return refused("NO_TEXT", "we need something here", "text");
  if (codePoints(said.body) > COMMENT_MAX)
    return refused("TOO_LONG", `this is too long (max: ${COMMENT_MAX})`, "text");
  call.take("comments", name);
  const { article, subreddit } = above;
  const made = { name: `t1_${nextId(call.state)}`, article, user: name, subreddit, ...said };
  const thing: Thing = { ...made, notes: [], parent: above.name, at: world.now() };
  call.state.things.set(thing.name, thing);
  world.accept(shownOf(thing, world));
  return ok({
    json: {
      errors: [],
      data: { things: [{ kind: "t1", data: { ...entityOf(thing), permalink: pathOf(thing) } }] },
    },
  });
}

function thingIn({ state }: Call, name: string | undefined): Thing {
  const thing = state.things.get(name ?? "");
  if (!thing) throw refusal(refused("DELETED_LINK", "that has been deleted", "parent"));
  return thing;
}

function pathOf({ article, name, subreddit, parent }: Thing): string {
  return `/r/${subreddit}/comments/${article}/${parent === undefined ? "" : `_/${name.slice(3)}/`}`;
}

const urlOf = (thing: Thing, world: World) => `${world.base(ID)}${pathOf(thing)}`;

function entityOf(thing: Thing): Record<string, unknown> {
  const { name, title, body, user, subreddit, at, editedAt, parent, url } = thing;
  const isComment = parent !== undefined;
  return {
    id: name.slice(3),
    name,
    author: user,
    subreddit,
    permalink: pathOf(thing),
    created_utc: Math.floor(at / 1000),
    edited: editedAt === undefined ? false : Math.floor(editedAt / 1000),
    ups: 1,
    ...(isComment ? { body, parent_id: parent } : { title, selftext: body, num_comments: 0, url }),
  };
}

function listed(things: readonly Thing[], after: string | null = null) {
  const children = things.map((thing) => ({ kind: thing.name.slice(0, 2), data: entityOf(thing) }));
  return { kind: "Listing", data: { after, children } };
}

const listing = (things: readonly Thing[], after?: string | null) => ok(listed(things, after));

function tree(thing: Thing, all: readonly Thing[]): unknown {
  const below = all.filter(({ parent }) => parent === thing.name).map((one) => tree(one, all));
  const replies = below.length === 0 ? "" : { kind: "Listing", data: { after: null, children: below } };
  return { kind: "t1", data: { ...entityOf(thing), replies } };
}

function own(call: Call, kind: string): SandboxReply {
  call.who();
  const limit = Math.min(100, Number(call.query.get("limit") ?? 25));
  const found = [...call.state.things.values()]
    .filter(({ name, user }) => name.startsWith(kind) && user === call.params.name)
    .sort((a, b) => b.at - a.at);
  const after = call.query.get("after");
  const start = after === null ? 0 : found.findIndex(({ name }) => name === after) + 1;
  const page = found.slice(start, start + limit);
  return listing(page, start + limit < found.length ? page.at(-1)!.name : null);
}

function shownOf(thing: Thing, world: World): SandboxPost {
  const { name, subreddit, title, body, files, at, parent, url, poll, notes } = thing;
  const all = [...notes, ...(poll ? [`poll: ${poll.join(" · ")}`] : [])];
  return {
    network: ID,
    account: `r/${subreddit}`,
    id: name,
    url: urlOf(thing, world),
    at,
    ...(title !== undefined && { title }),
    text: body.replace(/^(?:(?:\[[^\]]*\]\()?https:\/\/preview\.redd\.it\/\S+\s*)+/, ""),
    html: markdownHtml(body),
    media: files,
    length: codePoints(body),
    max: parent === undefined ? MAX : COMMENT_MAX,
    ...(parent !== undefined && { parent }),
    ...(url !== undefined && { card: { url } }),
    ...(all.length > 0 && { notes: all }),
  };
}
