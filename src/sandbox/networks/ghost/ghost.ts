/**
 * Ghost's Admin API, v5: https://docs.ghost.org/admin-api (posts, images, newsletters, site, token authentication). Lengths and the
 * words of refusals from Ghost's own source. Read 2026-11-27.
 */
import { api, isOneOf, refusal } from "../../api.ts";
import { text } from "../../body.ts";
import { sha256 } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply, World } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { type Call, entityOf, type Image, type Post, type State, shown, written } from "./post.ts";
import { callerOf, keyOf } from "./token.ts";

const ID = "ghost";
const ADMIN = "/:site/ghost/api/admin";
const NEWSLETTERS = [
  { slug: "weekly-news", status: "active" },
  { slug: "old-news", status: "archived" },
];
const TWO_MINUTES = 120_000;

export const ghost: SandboxNetwork = {
  id: ID,
  name: "Ghost",
  look: { light: "#24505f", dark: "#8fc7d8", mark: "G", layout: "article", alt: true },
  ways: [{ name: "key", title: "Acme 2.4", media: { counts: [1, 2], before: true }, edits: "untold" }],
  channel: (name, base) => ({
    server: `${base}/${name}`,
    admin_api_key: keyOf(name),
    newsletter: "weekly-news",
  }),
  publishes: isOneOf(`PUT ${ADMIN}/posts/:id/`),
  // A change without a state is an edit.
  publishing: (body) => /"status":/.test(body.toString("utf8")),
  handle: api<State, string>({
    id: ID,
    state: () => ({ posts: new Map(), images: new Map() }),
    first: ({ state, world }) => publishDue(state, world),
    auth: callerOf(said),
    expired: () => said(401, "UnauthorizedError", "Invalid token: jwt expired"),
    // Ghost(Pro) has limits and does not tell them.
    windows: { requests: [{ posts: 600, ms: 60_000 }] },
    always: { window: "requests", account: (site) => site },
    limited: () => said(429, "TooManyRequestsError", "Too many attempts."),
    malformed: () => said(400, "BadRequestError", "The body could not be parsed."),
    unknown: ({ path }) =>
      path.includes("/ghost/api/") ? said(404, "NotFoundError", "Resource not found.") : undefined,
    open: {
      [`GET ${ADMIN}/site/`]: ({ params, world }) =>
        ok({ site: { title: params.site, url: `${world.base(ID)}/${params.site}/`, version: "5.130" } }),
    },
    routes: {
      [`GET ${ADMIN}/newsletters/`]: (call) => {
        call.who();
        const slug = /^slug:([\w-]+)$/.exec(call.query.get("filter") ?? "")?.[1];
        return ok({ newsletters: NEWSLETTERS.filter((one) => slug === undefined || one.slug === slug) });
      },
      [`POST ${ADMIN}/images/upload/`]: upload,
      [`GET ${ADMIN}/posts/`]: (call) =>
        ok({
          posts: own(call)
            .slice(0, 1)
            .map((one) => entityOf(one, call)),
        }),
      [`GET ${ADMIN}/posts/slug/:slug/`]: (call) => {
        const post = own(call).find(({ slug }) => slug === call.params.slug);
        if (!post) throw refuse(404, "NotFoundError", "Post not found.");
        return ok({ posts: [entityOf(post, call)] });
      },
      [`GET ${ADMIN}/posts/:id/`]: (call) => ok({ posts: [entityOf(postOf(call), call)] }),
      [`POST ${ADMIN}/posts/`]: create,
      [`PUT ${ADMIN}/posts/:id/`]: update,
      [`DELETE ${ADMIN}/posts/:id/`]: (call) => {
        const post = postOf(call);
        call.state.posts.delete(post.id);
        call.world.remove(ID, post.id);
        return { status: 204 };
      },
    },
  }),
};

function publishDue({ posts }: State, world: World): void {
  for (const post of posts.values())
    if (post.status === "scheduled" && post.at <= world.now()) post.status = "published";
}

function own(call: Call): Post[] {
  return [...call.state.posts.values()].filter(({ site }) => site === call.who());
}

function postOf(call: Call): Post {
  const post = own(call).find(({ id }) => id === call.params.id);
  if (!post) throw refuse(404, "NotFoundError", "Resource not found error, cannot read post.");
  return post;
}

function upload(call: Call): SandboxReply {
  const site = call.who();
  const file = call.files().find(({ name }) => name === "file");
  const type = file && sniff(file.bytes);
  if (!file || !type?.startsWith("image/"))
    throw refuse(415, "UnsupportedMediaTypeError", "Please select a valid image.");
  const image: Image = { type, bytes: file.bytes };
  const name = sha256(file.bytes).toString("hex").slice(0, 12);
  const url = `${call.world.base(ID)}/${site}/content/images/2026/11/${name}-${file.filename}`;
  call.state.images.set(url, image);
  return ok({ images: [{ url, ref: text(call.fields().ref) ?? null }] }, 201);
}

function create(call: Call): SandboxReply {
  const site = call.who();
  const fields = fieldsOf(call);
  if (!fields.title) throw invalid("Value in [posts.title] cannot be blank.");
  const now = call.world.now();
  const post: Post = {
    ...{ id: "", site, title: "", slug: "", status: "draft", html: "", tags: [], at: now, updated: now },
    ...{ visibility: "public", featured: false, emailOnly: false, shown: false },
    ...fields,
  };
  post.slug = freeSlug(fields.slug ?? slugged(post.title), call);
  post.id = sha256(`${site} ${post.slug}`).toString("hex").slice(0, 24);
  call.state.posts.set(post.id, post);
  if (post.status !== "draft") move(post, post.status, call);
  return ok({ posts: [entityOf(post, call)] }, 201);
}

function update(call: Call): SandboxReply {
  const post = postOf(call);
  const fields = fieldsOf(call);
  const { updated_at } = first(call);
  if (updated_at === undefined) throw invalid("Validation (required) failed for updated_at");
  if (Date.parse(String(updated_at)) !== Date.parse(written(post.updated)))
    throw refuse(409, "UpdateCollisionError", "Saving failed! Someone else is editing this post.");
  const { status, slug, ...rest } = fields;
  if (status === "scheduled" && (rest.at ?? 0) < call.world.now() + TWO_MINUTES)
    throw invalid("Date must be at least 2 minutes in the future.");
  Object.assign(post, rest, { updated: call.world.now() });
  if (slug !== undefined && slug !== post.slug) post.slug = freeSlug(slug, call);
  if (status === undefined) call.world.update(shown(post, call));
  else move(post, status, call);
  return ok({ posts: [entityOf(post, call)] });
}

/** Into another state; out of a draft a post goes by mail, if the request says so, and once. */
function move(post: Post, status: string, call: Call): void {
  const slug = call.query.get("newsletter");
  if (slug !== null && !NEWSLETTERS.some((one) => one.slug === slug && one.status === "active"))
    throw refuse(400, "BadRequestError", "The newsletter was not found or is not active.");
  if (slug !== null && post.status === "draft" && status !== "draft" && !post.mailed)
    post.mailed = { newsletter: slug, segment: call.query.get("email_segment") ?? "all" };
  if (status === "published" && post.status !== "published") post.at = call.world.now();
  post.status = status === "published" && post.emailOnly && post.mailed ? "sent" : status;
  if (post.shown) call.world.update(shown(post, call));
  else call.world.accept(shown(post, call));
  post.shown = true;
}

function freeSlug(wanted: string, call: Call): string {
  const taken = new Set(own(call).map(({ slug }) => slug));
  for (let number = 1; ; number++) {
    const slug = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.has(slug)) return slug;
  }
}

const slugged = (words: string) =>
  words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");

const STATUSES = ["draft", "published", "scheduled"];
const KNOWN = new Set(
  "title html slug status tags custom_excerpt canonical_url feature_image feature_image_alt visibility featured updated_at published_at email_only".split(
    " ",
  ),
);
const LONGEST = { title: 255, slug: 191, custom_excerpt: 300, feature_image_alt: 191, canonical_url: 2_000 };

function first(call: Call): Record<string, unknown> {
  const { posts } = call.body().fields;
  const [post] = Array.isArray(posts) ? posts : [];
  if (typeof post !== "object" || post === null) throw invalid("Validation (required) failed for posts");
  return post as Record<string, unknown>;
}

function fieldsOf(call: Call): Partial<Post> {
  const given = first(call);
  const stranger = Object.keys(given).find((name) => !KNOWN.has(name));
  if (stranger !== undefined) throw invalid(`Validation (additionalProperties) failed for ${stranger}`);
  for (const [name, most] of Object.entries(LONGEST))
    if (String(given[name] ?? "").length > most)
      throw invalid(`Value in [posts.${name}] exceeds maximum length of ${most} characters.`);
  if (given.status !== undefined && !STATUSES.includes(String(given.status)))
    throw invalid("Validation (enum) failed for status");
  const { tags, published_at, status, featured, email_only } = given;
  const words = (name: string, to: keyof Post) =>
    given[name] === undefined ? {} : { [to]: text(given[name]) ?? undefined };
  return {
    ...words("title", "title"),
    // Without `source=html` it is not looked at.
    ...(call.query.get("source") === "html" && words("html", "html")),
    ...words("slug", "slug"),
    ...words("custom_excerpt", "excerpt"),
    ...words("canonical_url", "canonical"),
    ...words("feature_image", "picture"),
    ...words("feature_image_alt", "alt"),
    ...words("visibility", "visibility"),
    ...(status !== undefined && { status: String(status) }),
    ...(Array.isArray(tags) && { tags: tags.map(String) }),
    ...(featured !== undefined && { featured: featured === true }),
    ...(email_only !== undefined && { emailOnly: email_only === true }),
    ...(published_at !== undefined && { at: Date.parse(String(published_at)) }),
  };
}

function ok(body: unknown, status = 200): SandboxReply {
  return { status, body };
}

function said(status: number, type: string, message: string): SandboxReply {
  const errors = [
    { message, context: null, type, details: null, property: null, help: null, code: null, id: "0" },
  ];
  return { status, body: { errors } };
}

function refuse(status: number, type: string, message: string): Error {
  return refusal(said(status, type, message));
}

function invalid(message: string): Error {
  return refuse(422, "ValidationError", message);
}
