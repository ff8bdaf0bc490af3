/** Outline: a document in a collection. Its id is ours to choose, so a repeat meets the first. */
import * as v from "valibot";
import {
  defineAdapter,
  everyItem,
  expectReply,
  NetworkError,
  oneByOne,
  type PostReply,
} from "../../adapter.ts";
import { uuidFrom } from "../../uuid.ts";
import {
  before,
  bodyOf,
  channel,
  documentAt,
  isOurs,
  me,
  One,
  options,
  PICTURES,
  put,
  question,
  Refused,
  receiptOf,
} from "./api.ts";

const Views = v.object({ data: v.array(v.object({ count: v.number() })) });
const Comments = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      parentCommentId: v.nullish(v.string()),
      createdAt: v.string(),
      createdBy: v.object({ id: v.string(), name: v.string() }),
      data: v.unknown(),
    }),
  ),
});
const PAGE = 100;
export const outline = defineAdapter({
  id: "outline",
  name: "Outline",
  source: { url: "https://www.getoutline.com/developers", checked: "2026-11-27" },
  group: "knowledge",
  shape: "article",
  look: { mark: "Ol", light: "#2f5fd0", dark: "#8db0ff", layout: "article" },

  channel,
  options,
  auth: {
    kind: "key",
    url: "https://app.getoutline.com/settings/api-and-apps",
    steps: [
      "Open Settings, API & Apps, make an API key with the scopes documents:write, attachments:write, collections:read, comments:read and views:read, and copy it: that is `token`.",
      "Ask the API for the collection's id (POST /api/collections.list with the key): that is `collection`; or name a document as `parent`.",
      "`server` is the address of an Outline of your own.",
    ],
    asks: ["token", "collection"],
  },
  endpoint: ({ server, token }) => ({ base: `${server}/api`, headers: { Authorization: `Bearer ${token}` } }),
  errors: [{ status: 403, code: "auth" }],
  own: { headers: ["ratelimit-limit"], body: Refused },

  title: { max: 100, unit: "codepoint", markup: "plain", line: true, required: true },
  text: { max: 1_536_000, unit: "utf16", markup: "markdown", tags: "none" },
  media: {
    count: 20,
    alt: 1_000,
    // FILE_STORAGE_UPLOAD_MAX_SIZE may say more or less.
    image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp"], bytes: 25_000_000 },
  },
  thread: "none",
  card: "none",
  rates: [{ posts: 25, per: "1m" }],
  // An id is taken once; `find` decides.
  idempotency: "none",
  edits: {
    fields: ["text", "title", "media", "alt", "options"],
    fixed: ["document", "draft"],
    visible: true,
  },
  retracts: {},

  check: (post, channel) =>
    channel.collection || channel.parent || post.options.document
      ? undefined
      : {
          message: "the channel says neither in which collection nor below which document it goes",
          remedy: "Set `collection` or `parent` in broadcast.yml.",
          about: "options",
        },

  async prepare(posts, context) {
    for (const post of posts) {
      await bodyOf(post, context);
      await before(post, context);
    }
  },

  async publish(post, context) {
    const body = await bodyOf(post, context);
    const there = await before(post, context);
    if (there) return put({ ...there, was: "there" }, post, body, context);
    const { collection, parent } = context.channel;
    const { icon, draft } = post.options;
    const id = uuidFrom(context.key);
    const place = parent ? { parentDocumentId: parent } : { collectionId: collection };
    const json = { id, title: post.title, text: body, ...place, publish: !draft, ...(icon && { icon }) };
    try {
      const { data } = await context.ask(
        { method: "POST", path: "/documents.create", json },
        One,
        "a document",
      );
      return receiptOf(data, context);
    } catch (error) {
      if (!(error instanceof NetworkError && error.code === "rejected")) throw error;
      // Its own id may be what is in the way.
      const found = await documentAt(id, context);
      if (found !== "gone") return receiptOf(found, context);
      throw error;
    }
  },

  async find(post, context) {
    const there = await before(post, context);
    const found = await documentAt(there?.id ?? uuidFrom(context.key), context);
    if (found === "gone") return "absent";
    if (!there) return receiptOf(found, context);
    return isOurs(post, found) ? receiptOf(found, context, { was: "there" }) : "absent";
  },

  async account(reach) {
    const { user, team } = await me(reach);
    const { collection } = reach.channel;
    // A collection that is not there is found out now.
    if (collection)
      await reach.ask(
        question("/collections.info", { id: collection }),
        v.object({ data: v.unknown() }),
        "it",
      );
    return { id: user.id, handle: `${user.name} in ${team.name}`, ...(team.url && { url: team.url }) };
  },

  async read({ id, ref, hidden }, reach) {
    const found = await documentAt(id, reach);
    if (found === "gone" || found.deletedAt) return "gone";
    const { url, hidden: draft } = receiptOf(found, reach);
    if (draft && hidden !== "draft") return "gone";
    const isEdited = ref?.first !== undefined && Number(ref.first) < found.revision;
    return {
      text: found.text.replace(PICTURES, "").trim(),
      title: found.title,
      url,
      ...(isEdited && found.updatedAt && { edited: new Date(found.updatedAt).toISOString() }),
      ...(draft && { hidden: draft }),
    };
  },

  async edit({ id, ref = {} }, post, context) {
    const revision = ref.revision === undefined ? undefined : Number(ref.revision);
    return put({ id, revision, was: ref.was, first: ref.first }, post, await bodyOf(post, context), context);
  },

  // To the trash, where it stays for 30 days.
  async retract({ id, ref }, { http }) {
    if (ref?.was)
      throw new NetworkError(
        "rejected",
        "the document was there before; restore its older revision in its history",
      );
    await http({ method: "POST", path: "/documents.delete", json: { id }, ok: [404] });
  },

  metrics: oneByOne(async ({ id }, reach) => {
    const reply = await reach.http({ ...question("/views.list", { documentId: id }), ok: [404] });
    if (reply.status === 404) return "gone";
    const { data } = expectReply(reply, Views, "views", true);
    return { views: data.reduce((sum, { count }) => sum + count, 0) };
  }),

  async replies({ id }, reach, since) {
    const { user } = await me(reach);
    const list = everyItem(async (offset = "0") => {
      const json = {
        documentId: id,
        limit: PAGE,
        offset: Number(offset),
        sort: "createdAt",
        direction: "ASC",
      };
      const { data } = await reach.ask(question("/comments.list", json), Comments, "comments");
      return { items: data, next: data.length === PAGE ? String(Number(offset) + PAGE) : undefined };
    });
    const found: PostReply[] = [];
    for await (const { id: own, parentCommentId, createdAt, createdBy, data } of list) {
      const at = new Date(createdAt);
      if (createdBy.id === user.id || at < since) continue;
      const author = { handle: createdBy.name };
      found.push({
        id: own,
        parent: parentCommentId ?? id,
        author,
        text: wordsIn(data).trim(),
        at: at.toISOString(),
      });
    }
    return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  },
});

/** The words of a ProseMirror tree. */
function wordsIn(node: unknown): string {
  const { type, text, content } = (node ?? {}) as { type?: string; text?: string; content?: unknown[] };
  const inner = (content ?? []).map(wordsIn).join("");
  return `${text ?? ""}${inner}${type === "paragraph" || type === "br" ? "\n" : ""}`;
}
