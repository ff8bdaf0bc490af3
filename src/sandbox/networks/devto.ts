/**
 * Forem's API v1: https://developers.forem.com/api/v1 (swagger/v1/api_v1.json), and app/models/article.rb for what it refuses. Read
 * 2026-11-27.
 */
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { text } from "../body.ts";
import { codePoints, utf8 } from "../count.ts";
import { channelOf } from "../ids.ts";
import { markdownHtml } from "../markdown.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";

const ID = "devto";
const LONGEST = 800_000;

interface Article {
  id: number;
  user: string;
  title: string;
  body: string;
  published: boolean;
  tags: string[];
  canonical?: string;
  description: string;
  at: number;
}

interface State {
  articles: Article[];
  last: number;
}

type Call = SomeCall<State, string>;

export const devto: SandboxNetwork = {
  id: ID,
  name: "DEV",
  look: { light: "#0a0a0a", dark: "#f5f5f5", mark: "DEV", layout: "article", alt: false },
  ways: [{ name: "key", title: "Acme 2.4", named: true, edits: "untold" }],
  channel: (name, base) => ({ server: base, api_key: `sandbox-${name}` }),
  publishes: isOneOf("POST /api/articles"),
  handle: api<State, string>({
    id: ID,
    state: () => ({ articles: [], last: 2_000_000 }),
    auth({ request }) {
      const key = request.headers["api-key"];
      const user = channelOf(typeof key === "string" ? key : undefined);
      if (user === undefined) throw refuse(401, "unauthorized");
      return user;
    },
    expired: () => said(401, "unauthorized"),
    windows: { create: [{ posts: 10, ms: 30_000 }], update: [{ posts: 30, ms: 30_000 }] },
    limited: ({ seconds }) => said(429, `Rate limit reached, try again in ${Math.ceil(seconds)} seconds`),
    malformed: () => said(400, "bad request"),
    unknown: ({ path }) => (path.startsWith("/api/") ? said(404, "not found") : undefined),
    routes: {
      "POST /api/articles": create,
      "PUT /api/articles/:id": update,
      "GET /api/articles/me/all": (call) => {
        const limit = Math.min(1_000, Number(call.query.get("per_page") ?? 30));
        const from = (Number(call.query.get("page") ?? 1) - 1) * limit;
        const own = call.state.articles.filter(({ user }) => user === call.who()).toReversed();
        return ok(own.slice(from, from + limit).map((one) => entityOf(one, call.world)));
      },
      "GET /api/comments": () => ok([]),
      "GET /api/users/me": ({ who }) => ok({ type_of: "user", id: 1, username: who(), name: who() }),
    },
  }),
};

function create(call: Call): SandboxReply {
  const { state, world } = call;
  const user = call.who();
  const fields = fieldsOf(call);
  if (!fields.title) throw refuse(422, "Title can't be blank");
  const taken = state.articles.filter((one) => one.user === user);
  if (taken.some(({ title, body }) => title === fields.title && body === (fields.body ?? "")))
    throw refuse(422, "Body markdown has already been taken");
  if (fields.canonical && state.articles.some(({ canonical }) => canonical === fields.canonical))
    throw refuse(422, "Canonical url has already been taken");
  call.take("create", user);
  state.last++;
  const article: Article = {
    ...{
      id: state.last,
      user,
      title: "",
      body: "",
      published: false,
      tags: [],
      description: "",
      at: world.now(),
    },
    ...fields,
  };
  state.articles.push(article);
  world.accept(shown(article, world));
  return ok(entityOf(article, world), 201);
}

function update(call: Call): SandboxReply {
  const article = call.state.articles.find(({ id }) => id === Number(call.params.id));
  if (article?.user !== call.who()) throw refuse(404, "not found");
  call.take("update", article.user);
  const wasOut = article.published;
  Object.assign(article, fieldsOf(call));
  if (wasOut && !article.published) call.world.remove(ID, String(article.id));
  else call.world.update(shown(article, call.world));
  return ok(entityOf(article, call.world));
}

function fieldsOf(call: Call): Partial<Article> {
  const said = call.fields().article as Record<string, unknown> | undefined;
  if (typeof said !== "object" || said === null)
    throw refuse(422, "param is missing or the value is empty: article");
  const { title, body_markdown, published, tags, canonical_url, description } = said;
  const body = text(body_markdown);
  // Its settings would win over these.
  if (body?.startsWith("---\n"))
    throw refuse(422, "(<unknown>): front matter is not what this rehearsal is about");
  if (codePoints(text(title) ?? "") > 128) throw refuse(422, "Title is too long (maximum is 128 characters)");
  if (utf8(body ?? "") > LONGEST) throw refuse(422, "Body markdown is too long.");
  if (body !== undefined && /\{%(?!\s*(?:embed|raw|endraw|details|enddetails)\b)/.test(body))
    throw refuse(422, "Liquid syntax error: Unknown tag");
  const list = Array.isArray(tags) ? tags.map(String) : undefined;
  if (list && list.length > 4) throw refuse(422, "Tag list exceed the maximum of 4 tags");
  if (list?.some((tag) => !/^[\p{L}\p{N}]{1,30}$/u.test(tag)))
    throw refuse(422, "Tag contains non-alphanumeric or prohibited unicode characters");
  return {
    ...(title !== undefined && { title: text(title) ?? "" }),
    ...(body !== undefined && { body }),
    ...(published !== undefined && { published: published === true }),
    ...(list && { tags: list }),
    ...(canonical_url !== undefined && { canonical: text(canonical_url) }),
    ...(description !== undefined && { description: text(description) ?? "" }),
  };
}

function pageOf({ user, title, id }: Article, world: World): string {
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `${world.base(ID)}/${user}/${slug}-${id.toString(36)}`;
}

function entityOf(article: Article, world: World) {
  const { id, user, title, body, published, tags, canonical, description, at } = article;
  return {
    ...{ type_of: "article", id, title, description, published, body_markdown: body, tag_list: tags },
    ...{ url: pageOf(article, world), canonical_url: canonical ?? pageOf(article, world) },
    published_at: published ? new Date(at).toISOString() : null,
    ...{
      comments_count: 0,
      public_reactions_count: 0,
      page_views_count: 0,
      user: { username: user, name: user },
    },
  };
}

function shown(article: Article, world: World): SandboxPost {
  const { id, user, title, body, published, tags, canonical, at } = article;
  return {
    network: ID,
    account: `@${user}`,
    id: String(id),
    url: pageOf(article, world),
    at,
    title,
    text: body,
    html: markdownHtml(body),
    media: [],
    length: utf8(body),
    max: LONGEST,
    notes: [
      ...(published ? [] : ["draft"]),
      ...tags.map((tag) => `tag ${tag}`),
      ...(canonical ? [`canonical ${canonical}`] : []),
    ],
  };
}

function ok(body: unknown, status = 200): SandboxReply {
  return { status, body };
}

function said(status: number, error: string): SandboxReply {
  return { status, body: { error, status } };
}

function refuse(status: number, error: string): Error {
  return refusal(said(status, error));
}
