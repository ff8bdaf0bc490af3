/** Notion: a page below a page or in a database. It knows no key, so a page is known again by its title, its author, its time and its words. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  everyItem,
  type Found,
  NetworkError,
  type Objection,
  type Post,
  type PostReply,
  type Reach,
} from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import {
  type Channel,
  channel,
  childrenOf,
  listOf,
  Me,
  type Options,
  options,
  Page,
  pageAt,
  placeOf,
  Refused,
  receiptOf,
  sourceOf,
  storedIn,
  titleOf,
  VERSION,
  type Written,
  writtenOf,
} from "./api.ts";
import { type Block, objectionsTo, requestsOf } from "./blocks.ts";
import { markdownOf, markOfWords } from "./said.ts";

const Comment = v.object({
  id: v.string(),
  created_time: v.string(),
  created_by: v.object({ id: v.string() }),
  rich_text: v.array(v.object({ plain_text: v.string() })),
  display_name: v.nullish(v.object({ resolved_name: v.nullish(v.string()) })),
});
const Anything = v.object({ id: v.string() });
const MINUTE = 60_000;

// What a workspace without a plan takes; `account` says what others do.
const BYTES = 5_242_880;
const files = {
  image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp"], bytes: BYTES },
  video: { types: ["video/mp4", "video/quicktime", "video/webm"], bytes: BYTES },
  audio: { types: ["audio/mpeg", "audio/ogg", "audio/mp4", "audio/wav"], bytes: BYTES },
  document: { types: ["application/pdf"], bytes: BYTES },
};

export const notion = defineAdapter({
  id: "notion",
  name: "Notion",
  source: { url: "https://developers.notion.com/reference/request-limits", checked: "2026-11-27" },
  api: { version: VERSION },
  group: "knowledge",
  shape: "article",
  look: { mark: "Nn", light: "#4b4a45", dark: "#c9c7bf", layout: "article" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://www.notion.so/developers/connections",
    steps: [
      "Make an internal connection with the capabilities to read, insert and update content, to read comments and to read users' names, and copy its access token: that is `token`.",
      "Open the page or the database under which announcements go, open its menu, Connections, and add the connection: without that it sees nothing.",
      "The 32 letters and digits at the end of the address are the id: that is `page` for a page, `database` for a database.",
    ],
    asks: ["token", "page"],
  },
  endpoint: ({ server, token, version }) => ({
    base: `${server}/v1`,
    headers: { Authorization: `Bearer ${token}`, "Notion-Version": version },
  }),
  errors: [
    { status: 403, code: "auth" },
    // "The transaction could not be completed": it may be sent again.
    { status: 409, code: "unavailable" },
  ],
  own: { body: Refused },

  title: { max: 2_000, unit: "utf16", markup: "plain", line: true, required: true },
  // The blocks' own limits are looked at by `check`.
  text: { max: 1_000_000, unit: "byte", markup: "markdown", tags: "none" },
  media: { count: 20, alt: 2_000, altUnit: "utf16", ...files, mixed: true },
  thread: "none",
  card: "none",
  rates: [{ posts: 3, per: "1s" }],
  idempotency: "none",
  edits: { fields: ["text", "title", "media", "alt", "options"], visible: true },
  retracts: {},

  check: ({ text, options }, { page, database, data_source }) => [
    ...objectionsTo(text),
    ...(page || database || data_source
      ? []
      : [
          about(
            "the channel says neither below which page nor in which database it goes",
            "Set `page` or `database` in broadcast.yml.",
          ),
        ]),
    ...(page && (database || data_source)
      ? [about("the channel names a page and a database", "Leave one of them out in broadcast.yml.")]
      : []),
    ...(options.properties && !database && !data_source
      ? [
          about(
            "only a page in a database has properties",
            "Set `database` in broadcast.yml, or leave them out.",
          ),
        ]
      : []),
  ],

  async prepare(posts, context) {
    for (const post of posts) await writtenOf(post, context);
  },

  async publish(post, context) {
    const written = await writtenOf(post, context);
    const [children = [], ...more] = requestsOf(written.blocks);
    const json = { parent: written.parent, ...written.head, children };
    const page = await context.ask({ method: "POST", path: "/pages", json }, Page, "a page");
    if (more.length === 0) return receiptOf(page, written, post.text);
    try {
      await complete(page.id, more, context);
    } catch (error) {
      // The page is out: to begin again would make a second one. `find` goes on where this ends.
      if (!(error instanceof NetworkError)) throw error;
      throw new NetworkError("uncertain", `a part of the page is missing: ${error.message}`);
    }
    return receiptOf(page, written, post.text);
  },

  async find(post, context, since) {
    const written = await writtenOf(post, context);
    const me = await context.ask({ path: "/users/me" }, Me, "who this is");
    let resembling: Found = "absent";
    for await (const page of pagesOf(post, context, since)) {
      if (page.created_by?.id !== me.id || (await context.taken(page.id))) continue;
      const stored = await storedIn(page.id, context);
      if (stored === "gone") continue;
      const missing = missingIn(stored, written.blocks);
      if (missing) {
        await complete(page.id, missing, context);
        return receiptOf(page, written, post.text);
      }
      resembling = { like: { id: page.id, url: page.url } };
    }
    return resembling;
  },

  async account(reach) {
    const { ask, channel } = reach;
    const { id, name, bot } = await ask({ path: "/users/me" }, Me, "who this is");
    const source = await sourceOf(reach);
    // A place that the connection was not added to is found out now.
    if (source) await ask({ path: `/data_sources/${source}` }, Anything, "a data source");
    else if (channel.page) await ask({ path: `/pages/${channel.page}` }, Anything, "the page above");
    const bytes = bot?.workspace_limits?.max_file_upload_size_in_bytes;
    const larger = Object.fromEntries(
      Object.entries(files).map(([kind, rules]) => [kind, { ...rules, bytes: bytes ?? BYTES }]),
    );
    return {
      id,
      handle: `${name ?? "the connection"} in ${bot?.workspace_name ?? "Notion"}`,
      ...(bytes !== undefined && { limits: { media: larger } }),
    };
  },

  async read({ id, ref }, reach) {
    const page = await pageAt(id, reach);
    if (page === "gone") return page;
    const stored = await storedIn(page.id, reach);
    if (stored === "gone") return stored;
    const fences = ref?.fences?.split(" ");
    const isEdited = ref?.first !== undefined && page.last_edited_time > ref.first;
    return {
      text: markdownOf(stored, { files: "apart", ...(fences && { fences }) }),
      title: titleOf(page),
      url: page.url,
      ...(isEdited && { edited: new Date(page.last_edited_time).toISOString() }),
    };
  },

  /** All blocks are made anew. A repeat finds what the first attempt has left, and begins again. */
  async edit({ id, ref }, post, context) {
    const written = await writtenOf(post, context);
    const stored = await storedIn(id, context);
    const isAsItWas = (all: readonly unknown[]) =>
      ref?.words === undefined || markOfWords(all) === ref.words || all.length === 0;
    if (stored !== "gone" && !isAsItWas(stored) && !missingIn(stored, written.blocks))
      throw new NetworkError("rejected", "somebody else has changed the page since; edit it there");
    const json = { ...written.head, erase_content: true };
    const page = await context.ask({ method: "PATCH", path: `/pages/${id}`, json }, Page, "a page");
    for (const children of requestsOf(written.blocks))
      await context.http({ method: "PATCH", path: `/blocks/${id}/children`, json: { children } });
    return receiptOf(page, written, post.text, ref?.first);
  },

  // To the trash, from which a person can take it back.
  async retract({ id }, { http }) {
    const json = { in_trash: true };
    await http({ method: "PATCH", path: `/pages/${id}`, json, ok: [404, "archived", "in trash"] });
  },

  async replies({ id }, { ask }, since) {
    const me = await ask({ path: "/users/me" }, Me, "who this is");
    const list = everyItem(async (start_cursor) => {
      const query = { block_id: id, page_size: 100, start_cursor };
      const { results, has_more, next_cursor } = await ask(
        { path: "/comments", query },
        listOf(Comment),
        "comments",
      );
      return { items: results, next: has_more ? (next_cursor ?? undefined) : undefined };
    });
    const found: PostReply[] = [];
    for await (const { id: own, created_time, created_by, rich_text, display_name } of list) {
      const at = new Date(created_time);
      if (created_by.id === me.id || at < since) continue;
      const author = { handle: display_name?.resolved_name ?? created_by.id };
      const words = rich_text.map(({ plain_text }) => plain_text).join("");
      found.push({ id: own, parent: id, author, text: words, at: at.toISOString() });
    }
    return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  },
});

function about(message: string, remedy: string): Objection {
  return { message, remedy, about: "options" };
}

/** Those of this title that were made since, wherever they go. */
async function* pagesOf(post: Post<Options>, context: Context<Channel>, since: Date): AsyncGenerator<Page> {
  const { title = "" } = post;
  const { parent } = await placeOf(post, context);
  // Notion's times are whole minutes.
  const from = new Date(Math.floor(since.getTime() / MINUTE) * MINUTE);
  if ("data_source_id" in parent) {
    yield* inSource(parent.data_source_id, title, from, context);
    return;
  }
  for await (const one of childrenOf(parent.page_id, context)) {
    if (one === "gone" || one.type !== "child_page" || new Date(one.created_time) < from) continue;
    if ((one.child_page as { title?: string } | undefined)?.title !== title) continue;
    const page = await pageAt(one.id, context);
    if (page !== "gone") yield page;
  }
}

async function* inSource(
  id: string,
  title: string,
  from: Date,
  { ask }: Reach<Channel>,
): AsyncGenerator<Page> {
  const filter = {
    and: [
      { property: "title", title: { equals: title } },
      { timestamp: "created_time", created_time: { on_or_after: from.toISOString() } },
    ],
  };
  yield* everyItem(async (start_cursor) => {
    const json = { filter, page_size: 100, ...(start_cursor && { start_cursor }) };
    const path = `/data_sources/${id}/query`;
    const { results, has_more, next_cursor } = await ask(
      { method: "POST", path, json, safe: true },
      listOf(Page),
      "pages",
    );
    return {
      items: results.filter(({ in_trash }) => !in_trash),
      next: has_more ? (next_cursor ?? undefined) : undefined,
    };
  });
}

/** What a page of ours still lacks, request by request; nothing where other words stand there. */
function missingIn(stored: readonly unknown[], blocks: readonly Block[]): Block[][] | undefined {
  const requests = requestsOf(blocks);
  let length = 0;
  for (const [at, request] of requests.entries()) {
    length += request.length;
    if (length === stored.length && isSame(stored, blocks.slice(0, length))) return requests.slice(at + 1);
  }
  return undefined;
}

function isSame(stored: readonly unknown[], blocks: Written["blocks"]): boolean {
  return likeness(markdownOf(blocks), markdownOf(stored)) === "same";
}

/** The page is on record, and what it holds is counted before this: a repeat puts nothing there twice. */
async function complete(id: string, missing: readonly Block[][], { http }: Context<Channel>): Promise<void> {
  for (const children of missing)
    await http({ method: "PATCH", path: `/blocks/${id}/children`, json: { children }, safe: true });
}
