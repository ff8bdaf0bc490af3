/** WriteFreely's API as its source has it (posts.go, database.go, routes.go of 2024-10) and https://developers.write.as/docs/api/. Read 2026-11-27. */
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { bearer, text } from "../body.ts";
import { codePoints, utf8 } from "../count.ts";
import { memberOf, sha256 } from "../ids.ts";
import { markdownHtml } from "../markdown.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";

const ID = "writefreely";
const FONTS = ["norm", "serif", "sans", "wrap", "mono", "code"];
const TITLE = 160;
const BODY = 65_535;
const SLUG = 100;

interface Stored {
  id: string;
  slug: string;
  blog: string;
  title: string;
  body: string;
  font: string;
  language: string;
  at: number;
}

interface State {
  posts: Map<string, Stored>;
  sequence: number;
}

type Call = SomeCall<State, string>;

export const writefreely: SandboxNetwork = {
  id: ID,
  name: "WriteFreely",
  look: { light: "#4a4a4a", dark: "#d6d6d6", mark: "wf", layout: "article", alt: false },
  ways: [{ name: "token", title: "Acme 2.4", edits: "untold" }],
  channel: (name, base) => ({ server: base, blog: blogOf(name), token: `sandbox-${name}` }),
  publishes: isOneOf("POST /api/collections/:blog/posts"),
  handle: api<State, string>({
    id: ID,
    state: () => ({ posts: new Map(), sequence: 0 }),
    auth({ request }) {
      const member = memberOf(bearer(request, "Token"));
      if (!member) throw refuse(401, "Invalid access token.");
      return blogOf(member.name);
    },
    expired: () => said(401, "Invalid access token."),
    windows: { posts: [{ posts: 60, ms: 3_600_000 }] },
    limited: () => said(429, "Too many requests."),
    malformed: () => said(400, "Expected valid JSON object."),
    unknown: ({ path }) => (path.startsWith("/api/") ? said(404, "Page not found.") : undefined),
    routes: {
      "GET /api/me": ({ who }) => ok({ username: who() }),
      "GET /api/collections/:blog": (call) => {
        if (call.params.blog !== call.who()) throw refuse(404, "Collection doesn't exist.");
        return ok({ alias: call.who(), title: "News", url: `${call.world.base(ID)}/${call.who()}/` });
      },
      "POST /api/collections/:blog/posts": create,
      "GET /api/collections/:blog/posts/:slug": (call) => {
        const { blog, slug } = call.params;
        const post = [...call.state.posts.values()].find((one) => one.blog === blog && one.slug === slug);
        if (!post) throw refuse(404, "Post not found.");
        return ok(entityOf(post));
      },
      "GET /api/posts/:id": (call) => ok(entityOf(own(call))),
      "POST /api/posts/:id": change,
      "DELETE /api/posts/:id": (call) => {
        const post = own(call);
        call.state.posts.delete(post.id);
        call.world.remove(ID, post.id);
        return { status: 204 };
      },
    },
  }),
};

function blogOf(name: string): string {
  return name.replace(/[^0-9a-zA-Z-]/g, "-");
}

function create(call: Call): SandboxReply {
  const { state, world, params } = call;
  const blog = call.who();
  if (params.blog !== blog) throw refuse(403, "You don't have permission to add to this collection.");
  const { fields, type } = call.body();
  if (type !== "json") throw refuse(400, "Expected valid JSON object.");
  const words = wordsOf(fields);
  call.take("posts", blog);
  const id = sha256(`post ${++state.sequence} ${blog}`)
    .toString("hex")
    .slice(0, 10);
  const wanted = text(fields.slug) || words.title.toLowerCase().replace(/[^a-z0-9]+/g, "-") || id;
  if (wanted.length > SLUG)
    throw refuse(500, "This is an unhelpful error message for a miscellaneous internal error.");
  // An address is one post's: a second one gets a few more characters.
  const isTaken = [...state.posts.values()].some((one) => one.blog === blog && one.slug === wanted);
  const post: Stored = {
    id,
    slug: isTaken ? `${wanted}-${id.slice(0, 4)}` : wanted,
    blog,
    ...words,
    at: world.now(),
  };
  state.posts.set(id, post);
  world.accept(postOf(post, world));
  return { status: 201, body: { code: 201, data: { ...entityOf(post), url: postOf(post, world).url } } };
}

function change(call: Call): SandboxReply {
  const post = own(call);
  Object.assign(post, wordsOf(call.body().fields));
  call.world.update(postOf(post, call.world));
  return ok(entityOf(post));
}

function wordsOf(fields: Record<string, unknown>) {
  const title = text(fields.title) ?? "";
  const body = text(fields.body) ?? "";
  if (body.trim() === "" && title.trim() === "") throw refuse(400, "Supply something to publish.");
  const internal = refuse(500, "This is an unhelpful error message for a miscellaneous internal error.");
  if (codePoints(title) > TITLE || utf8(body) > BODY) throw internal;
  const font = text(fields.font) ?? "norm";
  return { title, body, font: FONTS.includes(font) ? font : "norm", language: text(fields.lang) ?? "" };
}

function entityOf({ id, slug, title, body, font, language, at }: Stored) {
  const created = new Date(at).toISOString();
  return {
    id,
    slug,
    appearance: font,
    language,
    rtl: false,
    created,
    updated: created,
    title,
    body,
    tags: [],
    views: 0,
  };
}

function postOf(post: Stored, world: World): SandboxPost {
  return {
    network: ID,
    account: post.blog,
    id: post.id,
    url: `${world.base(ID)}/${post.blog}/${post.slug}`,
    at: post.at,
    ...(post.title && { title: post.title }),
    text: post.body,
    html: markdownHtml(post.body),
    media: [],
    length: utf8(post.body),
    max: BODY,
    notes: [
      ...(post.font === "norm" ? [] : [post.font]),
      ...(post.language ? [`language ${post.language}`] : []),
    ],
  };
}

function own({ state, params, who }: Call): Stored {
  const post = state.posts.get(params.id ?? "");
  if (post?.blog !== who()) throw refuse(404, "Post not found.");
  return post;
}

function ok(data: unknown): SandboxReply {
  return { status: 200, body: { code: 200, data } };
}

function said(code: number, error_msg: string): SandboxReply {
  return { status: code, body: { code, error_msg } };
}

function refuse(code: number, words: string): Error {
  return refusal(said(code, words));
}
