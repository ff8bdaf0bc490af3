/** BookStack: a page in a book or a chapter. A mark in the page says whose it is, so a lost answer can be asked about. */
import * as v from "valibot";
import {
  defineAdapter,
  everyItem,
  expectReply,
  NetworkError,
  type Objection,
  type PostReply,
} from "../../adapter.ts";
import { shownText } from "../../text/likeness.ts";
import {
  asData,
  channel,
  isMarked,
  isOurs,
  listOf,
  lookUpPlace,
  options,
  Page,
  pageAt,
  placeOf,
  Refused,
  receiptOf,
  TAG,
  writing,
} from "./api.ts";
import { wordsOf } from "./body.ts";

const Listed = v.object({ id: v.number(), created_at: v.string() });
const System = v.object({ app_name: v.string() });
const Comment = v.object({
  id: v.number(),
  local_id: v.number(),
  parent_id: v.nullish(v.number()),
  created_at: v.string(),
  created_by: v.number(),
});
const Said = v.object({ html: v.string(), created_by: v.object({ name: v.string() }) });
const COUNT = 100;
// Whole seconds, by the server's clock.
const MARGIN = 60_000;

export const bookstack = defineAdapter({
  id: "bookstack",
  name: "BookStack",
  source: { url: "https://demo.bookstackapp.com/api/docs", checked: "2026-11-27" },
  group: "knowledge",
  shape: "article",
  look: { mark: "Bk", light: "#0a63a5", dark: "#7cbcec", layout: "article" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://www.bookstackapp.com/docs/admin/hacking-bookstack/",
    steps: [
      "Ask an administrator for an account whose role may access the system's API, create and change pages in the book, and add images.",
      "Log in as it, open My Account, Access & Security, API Tokens, Create Token, and give it a date on which it ends.",
      "Token ID and secret are shown once: together they are `token`, as ID:SECRET.",
      "`server` is the address of BookStack; `book` is the part behind /books/ in the book's address, `chapter` the part behind /chapter/ in a chapter's.",
    ],
    asks: ["server", "token", "book"],
  },
  endpoint: ({ server, token }) => ({
    base: `${server}/api`,
    headers: { Authorization: `Token ${token}` },
  }),
  errors: [{ status: 403, code: "auth" }],
  own: { body: Refused },

  title: { max: 255, unit: "codepoint", markup: "plain", line: true, required: true },
  // No limit is known; the editors become slow long before.
  text: { max: 1_000_000, unit: "byte", markup: "html", tags: "field" },
  rulesFor: ({ editor }) => ({ text: { markup: editor === "markdown" ? "markdown" : "html" } }),
  media: {
    count: 20,
    alt: 1_000,
    // FILE_UPLOAD_SIZE_LIMIT is 50 MB; what PHP and the server before it take in one request is often less.
    image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp"], bytes: 5_000_000 },
    total: 20_000_000,
  },
  thread: "none",
  card: "none",
  rates: [{ posts: 180, per: "1m" }],
  idempotency: "none",
  edits: { fields: ["text", "title", "media", "alt", "tags", "options"], visible: true },
  retracts: {},

  check({ tags, options }) {
    const all = [...tags, ...Object.entries(options.tags ?? {}).flat()];
    return all
      .filter((one) => [...one].length > TAG)
      .map(
        (one): Objection => ({
          message: `the tag ${[...one].slice(0, 20).join("")}… has ${[...one].length} characters; BookStack takes ${TAG}`,
          remedy: "Write a shorter one.",
          about: "options",
        }),
      );
  },

  async prepare(_posts, context) {
    await placeOf(context);
  },

  async publish(post, context) {
    const { channel, key } = context;
    const place = await placeOf(context);
    const { chapter, book } = place;
    const where = chapter === undefined ? { book_id: book.id } : { chapter_id: chapter };
    const json = { ...where, ...writing(post, await asData(post, context), key, channel) };
    const page = await context.ask({ method: "POST", path: "/pages", json }, Page, "a page");
    return receiptOf(page, place, channel, { mark: key });
  },

  /** Among the pages of the book that were made since, the one with our mark: it may have another name by now. */
  async find(_post, context, since) {
    const { channel, key } = context;
    const place = await placeOf(context);
    const list = everyItem(async (offset = "0") => {
      const query = { "filter[book_id]": place.book.id, sort: "-id", count: COUNT, offset };
      const { data } = await context.ask({ path: "/pages", query }, listOf(Listed), "pages");
      return { items: data, next: data.length === COUNT ? String(Number(offset) + COUNT) : undefined };
    });
    for await (const { id, created_at } of list) {
      // Numbers rise: what follows is older.
      if (new Date(created_at).getTime() < since.getTime() - MARGIN) break;
      const page = await pageAt(String(id), context);
      if (page !== "gone" && isMarked(page, key)) return receiptOf(page, place, channel, { mark: key });
    }
    return "absent";
  },

  async account(reach) {
    const { book } = await lookUpPlace(reach);
    // Older ones do not say their name.
    const reply = await reach.http({ path: "/system", ok: [403, 404] });
    const name =
      reply.status < 300
        ? expectReply(reply, System, "the name", true).app_name
        : new URL(reach.channel.server).host;
    return {
      id: String(book.id),
      handle: `${book.name} in ${name}`,
      url: `${reach.channel.server}/books/${book.slug}`,
    };
  },

  async read({ id, url, ref }, reach) {
    const page = await pageAt(id, reach);
    if (page === "gone") return page;
    const isEdited = ref?.first !== undefined && page.revision_count > Number(ref.first);
    return {
      text: wordsOf(page, reach.channel.editor),
      title: page.name,
      ...(url && { url }),
      ...(isEdited && { edited: new Date(page.updated_at).toISOString() }),
    };
  },

  async edit({ id, ref = {} }, post, context) {
    const { channel } = context;
    const place = await placeOf(context);
    const there = await pageAt(id, context);
    const isNewer =
      there !== "gone" && ref.revision !== undefined && String(there.revision_count) !== ref.revision;
    if (isNewer && !isOurs(post, there, channel))
      throw new NetworkError("rejected", "somebody else has changed the page since; edit it there");
    const json = writing(post, await asData(post, context), ref.mark ?? context.key, channel);
    const page = await context.ask({ method: "PUT", path: `/pages/${id}`, json }, Page, "a page");
    const { first, mark } = ref;
    return receiptOf(page, place, channel, { ...(first && { first }), ...(mark && { mark }) });
  },

  // To the recycle bin, from which an administrator can take it back.
  async retract({ id }, { http }) {
    await http({ method: "DELETE", path: `/pages/${id}`, ok: [404] });
  },

  async replies({ id }, reach, since) {
    const page = await pageAt(id, reach);
    if (page === "gone") return [];
    const query = { "filter[commentable_id]": id, "filter[commentable_type]": "page", sort: "+id" };
    const reply = await reach.http({ path: "/comments", query: { ...query, count: COUNT }, ok: [404] });
    if (reply.status === 404)
      throw new NetworkError("rejected", "this BookStack does not tell comments in its API; newer ones do");
    const { data } = expectReply(reply, listOf(Comment), "comments", true);
    const parents = new Map(data.map((one) => [one.local_id, String(one.id)]));
    const found: PostReply[] = [];
    for (const { id: own, parent_id, created_at, created_by } of data) {
      const at = new Date(created_at);
      if (created_by === page.created_by?.id || at < since) continue;
      const { html, created_by: author } = await reach.ask({ path: `/comments/${own}` }, Said, "a comment");
      const parent = parents.get(parent_id ?? 0) ?? id;
      const said = { author: { handle: author.name }, text: shownText(html).trim(), at: at.toISOString() };
      found.push({ id: String(own), parent, ...said });
    }
    return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  },
});
