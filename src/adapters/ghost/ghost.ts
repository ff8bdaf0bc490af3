/** Ghost: an article on a site, and the same by mail to its members. A draft is made first; publishing it is one change of its state. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  expectReply,
  NetworkError,
  type Objection,
  oneByOne,
  type Post,
} from "../../adapter.ts";
import { shownText } from "../../text/likeness.ts";
import { slugOf } from "../../text/slug.ts";
import {
  type Channel,
  channel,
  endpoint,
  fieldsOf,
  type GhostPost,
  isOut,
  type Options,
  options,
  Posts,
  pictures,
  postAt,
  Refused,
  receiptOf,
} from "./api.ts";

const Site = v.object({ site: v.object({ title: v.string(), url: v.string() }) });
const Newsletters = v.object({ newsletters: v.array(v.object({ slug: v.string(), status: v.string() })) });
const AsHtml = { source: "html" };
const LONGEST_EXCERPT = 300;

export const ghost = defineAdapter({
  id: "ghost",
  name: "Ghost",
  source: { url: "https://docs.ghost.org/admin-api/posts/overview", checked: "2026-11-27" },
  api: { version: "v5.0" },
  group: "writing",
  shape: "article",
  look: { mark: "Gh", light: "#24505f", dark: "#8fc7d8", layout: "article" },

  channel,
  options,
  auth: {
    kind: "key",
    url: "https://ghost.org/integrations/custom-integrations/",
    asks: ["server", "admin_api_key"],
    steps: [
      "Open the site's admin (the address with /ghost behind it), Settings, Integrations, and choose Add custom integration.",
      "Copy the Admin API key: that is `admin_api_key`; the API URL that is shown there is `server`.",
    ],
  },
  endpoint,
  errors: [{ status: 403, words: "NoPermissionError", code: "auth" }],
  own: { body: Refused },

  title: { max: 255, unit: "utf16", markup: "plain", line: true, required: true },
  text: { max: 1_000_000, unit: "byte", markup: "html", tags: "field" },
  media: {
    count: 20,
    alt: 191,
    altUnit: "utf16",
    image: {
      types: ["image/jpeg", "image/png", "image/gif", "image/webp"],
      // A server's own limit may be lower.
      bytes: 10_000_000,
    },
  },
  thread: "none",
  card: "none",
  rates: [],
  // Of a second post of a slug Ghost makes `slug-2`; a draft is known by its own, and published once.
  idempotency: "none",
  edits: {
    fields: ["text", "title", "summary", "media", "alt", "tags", "options"],
    fixed: ["mail", "draft", "slug"],
  },
  retracts: {},
  schedules: {
    least: "5m",
    async cancel({ id }, reach) {
      const post = await postAt(`/posts/${id}/`, reach);
      if (post === "gone" || post.status !== "scheduled") return "gone";
      await reach.http({ method: "DELETE", path: `/posts/${id}/`, ok: [404] });
      return "cancelled";
    },
  },

  check({ summary, options }, { newsletter }) {
    const found: Objection[] = [];
    const excerpt = summary?.length ?? 0;
    if (excerpt > LONGEST_EXCERPT)
      found.push({
        message: `the summary has ${excerpt} characters, and Ghost's excerpt takes ${LONGEST_EXCERPT}`,
        remedy: "Shorten `summary`.",
      });
    if (options.mail !== undefined && options.mail !== "none" && !newsletter)
      found.push({
        message: `\`mail: ${options.mail}\` needs a newsletter, and the channel names none`,
        remedy: "Give the channel `newsletter: SLUG`.",
        about: "options",
      });
    if (options.draft && options.mail === "only")
      found.push({
        message: "a draft is not mailed, and `mail: only` asks for nothing else",
        remedy: "Leave one of `draft` and `mail` out.",
        about: "options",
      });
    return found;
  },

  async publish(post, context) {
    const { draft, slug } = post.options;
    const images = await pictures(post, context);
    const { id, updated_at } = await draftOf(post, images, context);
    const { due, channel } = context;
    const { newsletter, segment = "all" } = channel;
    const isMailed = newsletter !== undefined && post.options.mail !== "none" && !draft;
    const fields = {
      updated_at,
      status: draft ? "draft" : due ? "scheduled" : "published",
      ...(due && !draft && { published_at: due.toISOString() }),
      ...(slug && { slug }),
    };
    const reply = await context.http({
      method: "PUT",
      path: `/posts/${id}/`,
      ...(isMailed && { query: { newsletter, email_segment: segment } }),
      json: { posts: [fields] },
      ok: [409],
    });
    if (reply.status < 300) return receiptOf(expectReply(reply, Posts, "a post").posts[0]!);
    // Somebody has changed it since: an attempt before this one, or a person.
    const now = await postAt(`/posts/${id}/`, context);
    if (now !== "gone" && now.status === fields.status) return receiptOf(now);
    throw new NetworkError(
      "rejected",
      "somebody has changed the draft in the meantime, and it was not published; look at it there",
      { status: reply.status },
    );
  },

  /** A draft that is still one was not published, and nothing is before it has an id. */
  async find({ options }, context) {
    const draft = await context.done<Draft>("draft");
    const now = draft && (await postAt(`/posts/${draft.id}/`, context));
    if (!now || now === "gone") return "absent";
    return isOut(now) || now.status === "scheduled" || options.draft ? receiptOf(now) : "absent";
  },

  async account({ ask, channel }) {
    // The site is told to everybody; the posts only to those with a key.
    await ask(
      { path: "/posts/", query: { limit: 1, fields: "id" } },
      v.object({ posts: v.array(v.unknown()) }),
      "posts",
    );
    const { site } = await ask({ path: "/site/" }, Site, "a site");
    const { newsletter } = channel;
    if (newsletter !== undefined) {
      const query = { filter: `slug:${newsletter}` };
      const { newsletters } = await ask({ path: "/newsletters/", query }, Newsletters, "newsletters");
      if (!newsletters.some(({ slug, status }) => slug === newsletter && status === "active"))
        throw new NetworkError("rejected", `the site has no active newsletter with the slug ${newsletter}`);
    }
    return { id: new URL(site.url).host, handle: site.title, url: site.url };
  },

  async read({ id }, reach) {
    const post = await postAt(`/posts/${id}/`, reach, { formats: "html" });
    if (post === "gone") return post;
    const { title, html, url } = post;
    const { hidden } = receiptOf(post);
    return {
      text: shownText(html ?? "").trim(),
      ...(title && { title }),
      url,
      ...(hidden && { hidden }),
    };
  },

  /** Over the version that we know; over the newest one, where somebody has changed it since. */
  async edit(receipt, post, context) {
    const images = await pictures(post, context);
    const path = `/posts/${receipt.id}/`;
    const newest = async () => {
      const now = await postAt(path, context);
      if (now === "gone") throw new NetworkError("rejected", "the post is not there any more");
      return now.updated_at;
    };
    const put = (updated_at: string) => {
      const json = { posts: [{ ...fieldsOf(post, images), updated_at }] };
      return context.http({ method: "PUT", path, query: AsHtml, json, ok: [409] });
    };
    const reply = await put(receipt.ref?.updated_at ?? (await newest()));
    const last = reply.status === 409 ? await put(await newest()) : reply;
    if (last.status === 409)
      throw new NetworkError("unavailable", "somebody else is changing the post at this moment");
    return receiptOf(expectReply(last, Posts, "a post").posts[0]!);
  },

  async retract({ id }, { http }) {
    await http({ method: "DELETE", path: `/posts/${id}/`, ok: [404] });
  },

  /** Of the mail; visitors of the page are not counted by the API. */
  metrics: oneByOne(async ({ id }, reach) => {
    const post = await postAt(`/posts/${id}/`, reach, { include: "email,count.clicks" });
    if (post === "gone") return "gone";
    const { email, count } = post;
    return {
      ...(email && { views: email.opened_count ?? 0 }),
      ...(count?.clicks !== undefined && { clicks: count.clicks }),
    };
  }),
});

type Draft = Pick<GhostPost, "id" | "updated_at">;

/** One draft for each key, also if the answer to its making was lost. */
function draftOf(post: Post<Options>, images: readonly string[], context: Context<Channel>): Promise<Draft> {
  return context.step("draft", async () => {
    const slug = slugOf(post.title ?? "", context.key);
    const there = await postAt(`/posts/slug/${slug}/`, context);
    if (there !== "gone") return draftIn(there);
    const own = { slug, status: "draft", ...(post.options.mail === "only" && { email_only: true }) };
    const json = { posts: [{ ...fieldsOf(post, images), ...own }] };
    const request = { method: "POST", path: "/posts/", query: AsHtml, json } as const;
    return draftIn((await context.ask(request, Posts, "a post")).posts[0]!);
  });
}

function draftIn({ id, updated_at }: GhostPost): Draft {
  return { id, updated_at };
}
