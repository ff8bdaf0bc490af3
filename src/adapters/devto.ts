/** DEV (dev.to) and other Forem communities: an article with tags, a cover and a canonical address. */
import * as v from "valibot";
import {
  defineAdapter,
  everyItem,
  expectReply,
  NetworkError,
  type Objection,
  type Post,
  type PostReply,
  type Reach,
  type Receipt,
} from "../adapter.ts";
import { base, secret, text, url } from "../settings.ts";
import { textOfHtml } from "../text/from-html.ts";

const channel = v.strictObject({
  api_key: secret("DEV Community API key"),
  organization: v.optional(
    v.pipe(v.number(), v.integer(), v.description("Number of the organisation that it is published for")),
  ),
  server: base("The community's address", "https://dev.to"),
});

const options = v.strictObject({
  tags: v.optional(v.pipe(v.array(text("A tag")), v.description("Up to four, in place of the campaign's"))),
  draft: v.optional(v.pipe(v.boolean(), v.description("It is saved and not published"))),
  series: v.optional(text("The series that it belongs to")),
  cover: v.optional(url("Address of the picture above the title")),
  liquid: v.optional(v.pipe(v.boolean(), v.description("`{%` in the text is meant: an embed"))),
});

type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const Article = v.object({
  id: v.number(),
  url: v.string(),
  title: v.string(),
  body_markdown: v.nullish(v.string()),
  published: v.optional(v.boolean()),
  published_at: v.nullish(v.string()),
  comments_count: v.optional(v.number()),
  public_reactions_count: v.optional(v.number()),
  page_views_count: v.nullish(v.number()),
  user: v.optional(v.object({ username: v.string() })),
});
type Article = v.InferOutput<typeof Article>;
const Me = v.object({ id: v.number(), username: v.string() });

interface Comment {
  id_code: string;
  created_at: string;
  body_html: string;
  user: { username?: string; name?: string };
  children: Comment[];
}
const Comment: v.GenericSchema<unknown, Comment> = v.object({
  id_code: v.string(),
  created_at: v.string(),
  body_html: v.string(),
  user: v.object({ username: v.optional(v.string()), name: v.optional(v.string()) }),
  children: v.array(v.lazy(() => Comment)),
});

const PAGE = 1_000;
const MOST_TAGS = 4;

export const devto = defineAdapter({
  id: "devto",
  name: "DEV",
  source: { url: "https://developers.forem.com/api/v1", checked: "2026-11-23" },
  api: { version: "v1" },
  group: "writing",
  shape: "article",

  channel,
  options,
  auth: {
    kind: "key",
    url: "https://dev.to/settings/extensions",
    steps: [
      "Log in at the community and open Settings, Extensions.",
      "Under DEV Community API Keys describe the key, choose Generate API Key, and copy it: that is `api_key`.",
    ],
  },
  endpoint: ({ server, api_key }) => ({
    base: `${server}/api`,
    headers: { "api-key": api_key, Accept: "application/vnd.forem.api-v1+json" },
  }),
  own: { body: v.object({ error: v.string(), status: v.number() }) },

  title: { max: 128, unit: "codepoint", markup: "plain", line: true, required: true },
  text: { max: 800_000, unit: "byte", markup: "markdown", tags: "field" },
  // Pictures are addresses in the text; nothing uploads them.
  media: "none",
  thread: "none",
  card: "none",
  rates: [
    { posts: 1, per: "1s" },
    { posts: 10, per: "30s" },
  ],
  // A second article of one's own with the same title and text is refused; `find` decides.
  idempotency: "none",
  edits: { fields: ["text", "title", "summary", "tags", "options"], fixed: ["liquid"] },
  // Nothing is deleted: it becomes a draft.
  retracts: {},

  check(post) {
    const found: Objection[] = [];
    if (/^---\s*$/m.test(post.text.trimStart().split("\n")[0] ?? ""))
      found.push({
        message: "the text begins with ---, which DEV reads as settings",
        remedy: "Begin with words.",
      });
    if (/\{[%{]/.test(post.text) && !post.options.liquid)
      found.push({
        message: "`{%` and `{{` are commands in DEV's Markdown",
        remedy:
          "Write them between {% raw %} and {% endraw %}, and set `options: { devto: { liquid: true } }`.",
      });
    if (tagsOf(post).length > MOST_TAGS)
      found.push({
        message: `an article has ${MOST_TAGS} tags at most, and this one has ${tagsOf(post).length}`,
        remedy: "Name the best ones with `options: { devto: { tags: […] } }`.",
        about: "options",
      });
    return found;
  },

  async publish(post, context) {
    const { http, channel } = context;
    const json = { article: fieldsOf(post, channel) };
    const reply = await http({ method: "POST", path: "/articles", json, ok: ["has already been taken"] });
    if (reply.status < 300) return receiptOf(expectReply(reply, Article, "an article"), post);
    const there = await same(post, context);
    if (there) return receiptOf(there, post);
    throw new NetworkError(
      "rejected",
      "the account has an article with this title and text, or this canonical address, already",
    );
  },

  async find(post, context) {
    const there = await same(post, context);
    return there ? receiptOf(there, post) : "absent";
  },

  async account({ ask, channel }) {
    const { id, username } = await ask({ path: "/users/me" }, Me, "a user");
    return { id: String(id), handle: `@${username}`, url: `${channel.server}/${username}` };
  },

  async read({ id, hidden }, reach) {
    const article = await articleAt(id, reach);
    // What was taken back is a draft.
    if (!article || (!isOut(article) && hidden !== "draft")) return "gone";
    const { title, body_markdown, url } = article;
    return { text: body_markdown ?? "", title, url, ...(!isOut(article) && { hidden: "draft" as const }) };
  },

  async edit({ id }, post, { ask, channel }) {
    const json = { article: fieldsOf(post, channel) };
    return receiptOf(
      await ask({ method: "PUT", path: `/articles/${id}`, json }, Article, "an article"),
      post,
    );
  },

  async retract({ id }, { http }) {
    await http({
      method: "PUT",
      path: `/articles/${id}`,
      json: { article: { published: false } },
      ok: [404],
    });
  },

  async metrics(receipts, reach) {
    const own = new Map<string, Article>();
    for await (const article of articles(reach)) own.set(String(article.id), article);
    return receipts.map(({ id, hidden }) => {
      const article = own.get(id);
      if (!article || (!isOut(article) && hidden !== "draft")) return "gone";
      const { comments_count, public_reactions_count, page_views_count } = article;
      return {
        likes: public_reactions_count ?? 0,
        replies: comments_count,
        views: page_views_count ?? undefined,
      };
    });
  },

  async replies({ id }, reach, since) {
    const article = await articleAt(id, reach);
    if (!article) return [];
    const all = await reach.ask({ path: "/comments", query: { a_id: id } }, v.array(Comment), "comments");
    const found: PostReply[] = [];
    const walk = (comments: readonly Comment[], parent: string) => {
      for (const { id_code, created_at, body_html, user, children } of comments) {
        walk(children, id_code);
        if (user.username === article.user?.username || Date.parse(created_at) < since.getTime()) continue;
        found.push({
          ...{
            id: id_code,
            parent,
            text: textOfHtml(body_html).trim(),
            at: new Date(created_at).toISOString(),
          },
          url: `${reach.channel.server}/${user.username ?? ""}/comment/${id_code}`,
          author: { handle: `@${user.username ?? "[deleted]"}`, ...(user.name && { name: user.name }) },
        });
      }
    };
    walk(all, id);
    return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  },
});

/** Letters and digits only. */
function tagsOf({ tags, options }: Post<Options>): string[] {
  const written = (options.tags ?? tags).map((tag) => tag.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""));
  return [...new Set(written.filter((tag) => tag !== ""))];
}

function fieldsOf(post: Post<Options>, { organization }: Channel) {
  const { title, text, summary, canonical, options } = post;
  return {
    title,
    body_markdown: text,
    published: !options.draft,
    tags: tagsOf(post),
    ...(summary && { description: summary }),
    ...(canonical && { canonical_url: canonical }),
    ...(options.series && { series: options.series }),
    ...(options.cover && { main_image: options.cover }),
    ...(organization !== undefined && { organization_id: organization }),
  };
}

/** One's own, the newest first, drafts included. */
function articles(reach: Reach<Channel>): AsyncIterable<Article> {
  return everyItem(async (page = "1") => {
    const query = { per_page: PAGE, page };
    const items = await reach.ask({ path: "/articles/me/all", query }, v.array(Article), "articles");
    return { items, next: items.length === PAGE ? String(Number(page) + 1) : undefined };
  });
}

async function articleAt(id: string, reach: Reach<Channel>): Promise<Article | undefined> {
  for await (const article of articles(reach)) if (String(article.id) === id) return article;
  return undefined;
}

/** The account has each title with each text once. A draft with these words is not what was to be published. */
async function same(post: Post<Options>, reach: Reach<Channel>): Promise<Article | undefined> {
  for await (const article of articles(reach)) {
    const isSame = article.title === post.title && (article.body_markdown ?? "").trim() === post.text.trim();
    if (isSame && isOut(article) === !post.options.draft) return article;
  }
  return undefined;
}

function isOut({ published, published_at }: Article): boolean {
  return published ?? Boolean(published_at);
}

function receiptOf({ id, url }: Article, { options }: Post<Options>): Receipt {
  return { id: String(id), url, ...(options.draft && { hidden: "draft" as const }) };
}
