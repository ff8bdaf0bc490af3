/** Tumblr's API v2: https://github.com/tumblr/docs, api.md and npf-spec.md (2024-10-18). Read 2026-11-27. */
import { api, isOneOf, refusal, type Call as SomeCall } from "../../api.ts";
import { bearer, text } from "../../body.ts";
import { memberOf, numberOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { entityOf, ID, keyOf, postOf, type Stored } from "./entities.ts";
import { faultIn } from "./npf.ts";

interface State {
  posts: Map<string, Stored>;
  sequence: number;
}

/** `who()` is the blog; a guest has one, too. */
type Call = SomeCall<State, string>;

const DAY = 86_400_000;
const STATES = ["published", "queue", "draft", "private"];
const FIELDS = new Set(
  "content layout state publish_on date tags source_url send_to_twitter is_private slug interactability_reblog parent_tumblelog_uuid parent_post_id reblog_key hide_trail exclude_trail_items".split(
    " ",
  ),
);

export const tumblr: SandboxNetwork = {
  id: ID,
  name: "Tumblr",
  look: { light: "#36465d", dark: "#a9bcd6", mark: "t", layout: "post", alt: true },
  ways: [
    { name: "token", media: { counts: [1, 2] }, threads: true, edits: "untold" },
    {
      name: "video",
      besides: true,
      media: { needed: true, type: "video/mp4", lookUp: "presence", settles: 1_800_000 },
      threads: true,
      edits: "untold",
    },
  ],
  channel: (name, base) => ({ token: `sandbox-${name}`, blog: blogOf(name), server: base, web: base }),
  publishes: isOneOf("POST /v2/blog/:blog/posts"),
  busy: said(503, "Service Unavailable"),
  handle: api<State, string>({
    id: ID,
    state: () => ({ posts: new Map(), sequence: 0 }),
    first: ({ state, world }) => publishDue(state, world.now(), (post) => world.accept(postOf(post, world))),
    auth({ request }) {
      const member = memberOf(bearer(request));
      if (!member)
        throw refuse(401, "Unauthorized", [
          { title: "Unauthorized", code: 1016, detail: "Unable to authorize" },
        ]);
      return blogOf(member.name);
    },
    expired: () => said(401, "Unauthorized"),
    windows: { calls: [{ posts: 1_000, ms: 3_600_000 }], posts: [{ posts: 250, ms: DAY }] },
    always: { window: "calls", account: (who) => who },
    limited: ({ window }) =>
      window === "posts"
        ? said(403, "Forbidden", [{ title: "You have reached your daily posting limit", code: 8023 }])
        : said(429, "Limit Exceeded"),
    malformed: () => said(400, "Bad Request", [{ title: "invalid body", code: 8001 }]),
    unknown: ({ path }) => (path.startsWith("/v2/") ? said(404, "Not Found") : undefined),
    routes: {
      "GET /v2/user/info": (call) => ok({ user: { name: call.who(), blogs: [infoOf(call)] } }),
      "POST /v2/blog/:blog/posts": create,
      "GET /v2/blog/:blog/posts": (call) => list(call, "published"),
      "GET /v2/blog/:blog/posts/queue": (call) => list(call, "queue"),
      "GET /v2/blog/:blog/posts/draft": (call) => list(call, "draft"),
      "GET /v2/blog/:blog/posts/:id": (call) => ok(entityOf(at(call, call.params.id), call.world)),
      "PUT /v2/blog/:blog/posts/:id": edit,
      "POST /v2/blog/:blog/post/delete": remove,
      "GET /v2/blog/:blog/notes": notes,
    },
  }),
};

function blogOf(name: string): string {
  return name.replace(/[^A-Za-z0-9-]/g, "-").slice(0, 32);
}

function infoOf(call: Call) {
  const name = call.who();
  return { name, url: `${call.world.base(ID)}/${name}`, title: name, primary: true, uuid: `t:${name}` };
}

function create(call: Call): SandboxReply {
  const { state, world } = call;
  const draft = read(call, own(call));
  call.take("posts", draft.blog);
  const id = numberOf(`post ${++state.sequence} ${draft.blog}`);
  const post: Stored = { ...draft, id, at: world.now(), likes: new Set(), notes: [] };
  state.posts.set(id, post);
  if (post.state === "published" || post.state === "private") world.accept(postOf(post, world));
  const parent = post.parent === undefined ? undefined : state.posts.get(post.parent);
  parent?.notes.push({ type: "reblog", blog: post.blog, at: post.at, post: id });
  return { status: 201, body: { meta: { status: 201, msg: "Created" }, response: { id } } };
}

function edit(call: Call): SandboxReply {
  const { world } = call;
  const post = at(call, call.params.id, own(call));
  const { slug } = post;
  Object.assign(post, read(call, post.blog, post), { slug });
  world.update(postOf(post, world));
  return ok({ id: post.id });
}

/** What a request asks for; files are its other parts, by the names in the blocks. */
function read(call: Call, blog: string, edited?: Stored): Omit<Stored, "id" | "at" | "likes" | "notes"> {
  const { state, world } = call;
  const body = call.body();
  const given =
    body.type === "multipart"
      ? parsed(body.fields.json ?? body.files.find(({ name }) => name === "json"))
      : body.fields;
  const fields = given ?? {};
  if (Object.keys(fields).some((name) => !FIELDS.has(name))) throw bad("an unknown field");
  const {
    content,
    state: asked = "published",
    publish_on,
    tags,
    slug,
    source_url,
    interactability_reblog,
  } = fields;
  const wrong = faultIn(content);
  if (wrong) throw bad(wrong);
  if (Buffer.byteLength(JSON.stringify(content)) > 1_000_000) throw bad("the post is too large");
  if (!STATES.includes(String(asked))) throw bad("'state' is unknown");
  const due = asked === "queue" && publish_on !== undefined ? Date.parse(String(publish_on)) : undefined;
  if (due !== undefined && !(due > world.now())) throw bad("'publish_on' is not in the future");
  if (tags !== undefined && typeof tags !== "string") throw bad("'tags' must be a string");
  if (interactability_reblog !== undefined && !["everyone", "noone"].includes(String(interactability_reblog)))
    throw bad("'interactability_reblog' is unknown");
  const parent = parentOf(fields, state);
  const media = (content as Record<string, unknown>[]).flatMap((block) => {
    if (block.type !== "image" && block.type !== "video") return [];
    if (block.type === "video" && parent !== undefined)
      throw refuse(403, "Forbidden", [{ title: "a video cannot be in a reblog", code: 8008 }]);
    const [{ identifier }] = [block.media].flat() as [{ identifier: string }];
    const file = body.files.find(({ name }) => name === identifier);
    const type = file && sniff(file.bytes);
    if (!file || !type?.startsWith(`${block.type}/`))
      throw refuse(400, "Bad Request", [{ title: "the uploaded media is invalid", code: 8005 }]);
    return [{ type, alt: text(block.alt_text) ?? "", bytes: file.bytes }];
  });
  return {
    blog,
    content: content as Record<string, unknown>[],
    state: edited?.state ?? String(asked),
    ...(due !== undefined && { due }),
    tags: tags ? String(tags).split(",") : [],
    slug: text(slug) ?? "",
    ...(source_url !== undefined && { source: String(source_url) }),
    ...((parent ?? edited?.parent) && { parent: parent ?? edited?.parent }),
    media,
  };
}

function parentOf(fields: Record<string, unknown>, { posts }: State): string | undefined {
  const { parent_tumblelog_uuid: blog, parent_post_id: id, reblog_key: key } = fields;
  if (blog === undefined && id === undefined && key === undefined) return undefined;
  const parent = posts.get(String(id));
  if (!parent || `t:${parent.blog}` !== blog || keyOf(parent.id) !== key)
    throw refuse(400, "Bad Request", [{ title: "the reblog parent is invalid", code: 8002 }]);
  return parent.id;
}

function parsed(part: unknown): Record<string, unknown> | undefined {
  const words =
    typeof part === "string" ? part : (part as { bytes?: Buffer } | undefined)?.bytes?.toString("utf8");
  try {
    return JSON.parse(words ?? "") as Record<string, unknown>;
  } catch {
    throw bad("the first part must be JSON");
  }
}

function list(call: Call, state: string): SandboxReply {
  const { query, state: all, params, world } = call;
  if (state !== "published") own(call);
  const [offset, limit] = [Number(query.get("offset") ?? 0), Number(query.get("limit") ?? 20)];
  if (!(limit >= 1 && limit <= 20)) throw bad("'limit' is 1 to 20");
  const posts = [...all.posts.values()]
    .filter((post) => post.blog === params.blog && post.state === state)
    .sort((a, b) => b.at - a.at);
  return ok({
    posts: posts.slice(offset, offset + limit).map((post) => entityOf(post, world)),
    total_posts: posts.length,
  });
}

function remove(call: Call): SandboxReply {
  const { state, world } = call;
  const post = at(call, text(call.fields().id), own(call));
  state.posts.delete(post.id);
  world.remove(ID, post.id);
  return ok({ id: post.id });
}

function notes(call: Call): SandboxReply {
  const post = at(call, call.query.get("id") ?? undefined);
  const shown = post.notes.map(({ type, blog, at: time, post: id, words }) => ({
    type,
    timestamp: Math.floor(time / 1_000),
    blog_name: blog,
    blog_uuid: `t:${blog}`,
    blog_url: `${call.world.base(ID)}/${blog}`,
    ...(id && { post_id: id }),
    ...(words && { [type === "reply" ? "reply_text" : "added_text"]: words }),
  }));
  const reblogs = shown.filter(({ type }) => type === "reblog").length;
  const total = {
    total_notes: shown.length + post.likes.size,
    total_likes: post.likes.size,
    total_reblogs: reblogs,
  };
  return ok({ notes: shown.reverse(), rollup_notes: [], ...total });
}

function publishDue({ posts }: State, now: number, accept: (post: Stored) => void): void {
  for (const post of posts.values()) {
    if (post.state !== "queue" || post.due === undefined || post.due > now) continue;
    Object.assign(post, { state: "published", at: post.due });
    accept(post);
  }
}

function own({ params, who }: Call): string {
  if (params.blog !== who()) throw refuse(403, "Forbidden");
  return who();
}

function at({ state }: Call, id: string | undefined, blog?: string): Stored {
  const post = state.posts.get(id ?? "");
  if (!post || (blog !== undefined && post.blog !== blog)) throw refuse(404, "Not Found");
  return post;
}

function ok(response: unknown): SandboxReply {
  return { status: 200, body: { meta: { status: 200, msg: "OK" }, response } };
}

function said(status: number, msg: string, errors?: object[]): SandboxReply {
  return { status, body: { meta: { status, msg }, ...(errors && { errors }) } };
}

function refuse(status: number, msg: string, errors?: object[]): Error {
  return refusal(said(status, msg, errors));
}

function bad(title: string): Error {
  return refuse(400, "Bad Request", [{ title, code: 8001 }]);
}
