/** WordPress: a post on a site's blog, with a featured picture, categories, tags, and the site's own schedule. */
import * as v from "valibot";
import {
  defineAdapter,
  everyItem,
  expectReply,
  type Found,
  oneByOne,
  type PostReply,
} from "../../adapter.ts";
import { likeness, shownText } from "../../text/likeness.ts";
import {
  channel,
  fieldsOf,
  file,
  options,
  postAt,
  Refused,
  receiptOf,
  slugOf,
  timeOf,
  WpPost,
  withoutFigures,
} from "./api.ts";

const User = v.object({ id: v.number(), name: v.string(), link: v.optional(v.string()) });
const Comment = v.object({
  id: v.number(),
  parent: v.number(),
  author: v.number(),
  author_name: v.string(),
  author_url: v.optional(v.string()),
  date_gmt: v.string(),
  link: v.string(),
  content: v.object({ rendered: v.string() }),
});
const ANY = "publish,future,draft,pending,private";
// Who makes the posts may have another clock than who answers.
const MARGIN = 60_000;
const PAGE = 100;

export const wordpress = defineAdapter({
  id: "wordpress",
  name: "WordPress",
  source: { url: "https://developer.wordpress.org/rest-api/reference/posts/", checked: "2026-11-23" },
  api: { version: "wp/v2" },
  group: "writing",
  shape: "article",

  channel,
  options,
  auth: {
    // Nothing renews it: it is made by a person.
    kind: "key",
    url: "https://developer.wordpress.org/advanced-administration/security/application-passwords/",
    steps: [
      "Make a user for the project under Users, Add New, with the role Author, or Editor if new categories are to be made.",
      "Log in as that user, open Profile, Application Passwords, name one broadcast and choose Add.",
      "Copy the password, which is shown once: that is `password`; the login name is `username`, the site's address `server`.",
    ],
  },
  endpoint: ({ server, username, password }) => ({
    base: `${server}/wp-json/wp/v2`,
    headers: { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` },
  }),
  errors: [
    {
      status: [401, 403],
      words: /"code": ?"(rest_forbidden|rest_cannot_\w+|invalid_\w+|incorrect_password)/,
      code: "auth",
    },
  ],
  own: { body: Refused },

  // No limit is known; themes are made for less.
  title: { max: 255, unit: "codepoint", markup: "plain", line: true },
  text: { max: 1_000_000, unit: "byte", markup: "html", tags: "field" },
  media: {
    count: 20,
    alt: 1_000,
    // The server's upload_max_filesize; 2 MB is PHP's own, and most hosts have more.
    image: { types: ["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"], bytes: 8_000_000 },
  },
  thread: "none",
  card: "none",
  rates: [],
  // A second post of a slug gets `-2`; `find` decides.
  idempotency: "none",
  edits: { fields: ["text", "title", "summary", "media", "alt", "tags", "options"], fixed: ["slug"] },
  retracts: {},
  // `future`: WordPress publishes it when somebody visits the site after that time.
  schedules: {
    least: "5m",
    async cancel({ id }, reach) {
      const post = await postAt(id, reach);
      if (post === "gone" || post.status !== "future") return "gone";
      await reach.http({ method: "DELETE", path: `/posts/${id}`, ok: [404, 410] });
      return "cancelled";
    },
  },

  async prepare(posts, context) {
    for (const post of posts) await file(post, context);
  },

  async publish(post, context) {
    const fields = fieldsOf(post, await file(post, context));
    const { due, channel } = context;
    const json = {
      ...fields,
      slug: slugOf(post, context),
      status: due ? "future" : (post.options.status ?? channel.status ?? "publish"),
      ...(due && { date_gmt: due.toISOString().slice(0, 19) }),
    };
    return receiptOf(await context.ask({ method: "POST", path: "/posts", json }, WpPost, "a post"));
  },

  /** By the slug, which has the key in it; one that the campaign chose may be another post's. */
  async find(post, context, since): Promise<Found> {
    const query = { slug: slugOf(post, context), status: ANY, context: "edit" };
    const [found] = await context.ask({ path: "/posts", query }, v.array(WpPost), "posts");
    if (!found) return "absent";
    if (!post.options.slug) return receiptOf(found);
    const isNew = timeOf(found.date_gmt ?? "") >= since.getTime() - MARGIN;
    const isSame = likeness(post.title ?? "", found.title.raw) === "same";
    const { id, url } = receiptOf(found);
    return isSame && (isNew || context.due) ? receiptOf(found) : { like: { id, url } };
  },

  async account({ ask, channel }) {
    const { id, name, link } = await ask({ path: "/users/me", query: { context: "edit" } }, User, "a user");
    return {
      id: String(id),
      handle: `${name} on ${new URL(channel.server).host}`,
      ...(link && { url: link }),
    };
  },

  async read({ id }, reach) {
    const post = await postAt(id, reach);
    if (post === "gone") return post;
    const { title, content, link, date_gmt, modified_gmt } = post;
    const { hidden } = receiptOf(post);
    const isEdited = date_gmt && modified_gmt && timeOf(modified_gmt) > timeOf(date_gmt);
    return {
      text: shownText(withoutFigures(content.raw || content.rendered)).trim(),
      title: title.raw || title.rendered,
      url: link,
      ...(isEdited && { edited: new Date(timeOf(modified_gmt)).toISOString() }),
      ...(hidden && { hidden }),
    };
  },

  async edit({ id }, post, context) {
    const json = fieldsOf(post, await file(post, context));
    const { status } = post.options;
    return receiptOf(
      await context.ask(
        { method: "POST", path: `/posts/${id}`, json: { ...json, ...(status && { status }) } },
        WpPost,
        "a post",
      ),
    );
  },

  // To the trash, from which a person can take it back.
  async retract({ id }, { http }) {
    await http({ method: "DELETE", path: `/posts/${id}`, ok: [404, 410] });
  },

  /** Views are not counted by WordPress itself. */
  metrics: oneByOne(async ({ id }, reach) => {
    const post = await postAt(id, reach);
    if (post === "gone") return "gone";
    const { headers } = await reach.http({ path: "/comments", query: { post: id, per_page: 1 } });
    return { replies: Number(headers["x-wp-total"] ?? 0) };
  }),

  async replies({ id }, reach, since) {
    const me = await reach.ask({ path: "/users/me", query: { context: "edit" } }, User, "a user");
    const list = everyItem(async (page = "1") => {
      // Without a zone it would be the site's own time. The first second of 1970 is not a date there, and means all.
      const after = since.getTime() >= 1_000 ? { after: since.toISOString() } : {};
      const query = { post: id, ...after, order: "asc", per_page: PAGE, page };
      const reply = await reach.http({ path: "/comments", query, ok: [404] });
      if (reply.status >= 400) return { items: [] };
      const items = expectReply(reply, v.array(Comment), "comments", true);
      return { items, next: items.length === PAGE ? String(Number(page) + 1) : undefined };
    });
    const found: PostReply[] = [];
    for await (const { id: own, parent, author, author_name, author_url, date_gmt, link, content } of list) {
      if (author === me.id || timeOf(date_gmt) < since.getTime()) continue;
      found.push({
        ...{
          id: String(own),
          url: link,
          parent: parent ? String(parent) : id,
          text: shownText(content.rendered).trim(),
        },
        author: { handle: author_name || "somebody", ...(author_url && { url: author_url }) },
        at: new Date(timeOf(date_gmt)).toISOString(),
      });
    }
    return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  },
});
