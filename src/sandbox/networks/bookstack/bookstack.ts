/**
 * BookStack's REST API: its own documents at /api/docs, and their source (github.com/BookStackApp/BookStack, dev/api and the API
 * controllers). Read 2026-11-27.
 */
import { api, isOneOf, refusal, type Call as SomeCall } from "../../api.ts";
import { text } from "../../body.ts";
import { codePoints, utf8 } from "../../count.ts";
import { channelOf, numberOf } from "../../ids.ts";
import { markdownHtml } from "../../markdown.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply } from "../../network.ts";
import { sanitise } from "../../sanitise.ts";
import { sniff } from "../../sniff.ts";
import { withIds, withoutData } from "./html.ts";

const ID = "bookstack";
const NAME = 255;

interface Page {
  id: number;
  who: string;
  chapter: number;
  name: string;
  slug: string;
  html: string;
  markdown: string;
  tags: { name: string; value: string; order: number }[];
  priority: number;
  revisions: number;
  at: number;
  editedAt: number;
  isDeleted: boolean;
}

interface Picture {
  url: string;
  type: string;
  bytes: Uint8Array;
}

interface State {
  pages: Page[];
  pictures: Picture[];
  last: number;
}

/** `who()` is the account, which has the channel's name; so has its one book. */
type Call = SomeCall<State, string>;

const pictures = { counts: [1, 2] } as const;

export const bookstack: SandboxNetwork = {
  id: ID,
  name: "BookStack",
  look: { light: "#0a63a5", dark: "#7cbcec", mark: "Bk", layout: "article", alt: true },
  ways: [
    { name: "book", title: "Acme 2.4", media: pictures },
    { name: "chapter", title: "Acme 2.4", settings: { chapter: "decisions" } },
    { name: "markdown", title: "Acme 2.4", settings: { editor: "markdown" }, media: pictures },
  ],
  channel: (name, base, _folder, settings = {}) => ({
    server: base,
    token: `id-${name}:sandbox-${name}`,
    book: name,
    ...(settings.chapter ? { chapter: "decisions" } : {}),
    ...(settings.editor === "markdown" && { editor: "markdown" }),
  }),
  publishes: isOneOf("POST /api/pages"),
  handle: api<State, string>({
    id: ID,
    state: () => ({ pages: [], pictures: [], last: 0 }),
    auth({ request }) {
      const header = String(request.headers.authorization ?? "").trim();
      if (header === "") throw refuse(401, "No authorization token found on the request");
      const [, id, secret] = /^Token ([^\s:]+):([^\s:]+)$/.exec(header) ?? [];
      if (id === undefined)
        throw refuse(
          401,
          "An authorization token was found on the request but the format appeared incorrect",
        );
      const who = channelOf(secret);
      if (who === undefined || id !== `id-${who}`)
        throw refuse(401, "No matching API token was found for the provided authorization token");
      return who;
    },
    expired: () => said(403, "The authorization token used has expired"),
    windows: { requests: [{ posts: 180, ms: 60_000 }] },
    always: { window: "requests", account: (who) => who },
    limited: ({ limit }) => ({
      ...said(429, "Too Many Attempts."),
      headers: { "x-ratelimit-limit": String(limit), "x-ratelimit-remaining": "0" },
    }),
    malformed: () => said(400, "The body could not be read"),
    unknown: ({ path }) =>
      path.startsWith("/api/") ? said(404, "The route could not be found.") : undefined,
    routes: {
      "GET /api/system": (call) => {
        const base_url = call.world.base(ID);
        return ok({
          version: "v25.12.2",
          instance_id: "sandbox",
          app_name: `Books of ${call.who()}`,
          base_url,
        });
      },
      "GET /api/books": (call) => listed([bookOf(call)], call),
      "GET /api/chapters": (call) => {
        const { id } = bookOf(call);
        const chapter = {
          id: chapterOf(call),
          book_id: id,
          name: "Decisions",
          slug: "decisions",
          description: "",
        };
        return listed([chapter], call);
      },
      "GET /api/pages": (call) => {
        const own = call.state.pages.filter(({ who, isDeleted }) => who === call.who() && !isDeleted);
        // A list has neither texts nor tags, and people as numbers.
        const rows = own.map((page) => {
          const { html: _html, raw_html: _raw, markdown: _text, tags: _tags, ...row } = entityOf(page, call);
          const by = personOf(call).id;
          return { ...row, created_by: by, updated_by: by, owned_by: by, book_slug: call.who() };
        });
        return listed(rows, call);
      },
      "POST /api/pages": create,
      "GET /api/pages/:id": (call) => ok(entityOf(pageOf(call), call)),
      "PUT /api/pages/:id": update,
      "DELETE /api/pages/:id": (call) => {
        const page = pageOf(call);
        page.isDeleted = true;
        call.world.remove(ID, String(page.id));
        return { status: 204 };
      },
      "GET /api/comments": (call) => listed([], call),
    },
  }),
};

function bookOf(call: Call) {
  const who = call.who();
  const id = Number(numberOf(`bookstack ${who}`).slice(0, 6));
  return { id, name: `Announcements of ${who}`, slug: who, description: "", created_by: 1, updated_by: 1 };
}

function chapterOf(call: Call): number {
  return bookOf(call).id + 1;
}

function personOf(call: Call) {
  const who = call.who();
  return { id: Number(numberOf(`bookstack user ${who}`).slice(0, 5)), name: who, slug: who };
}

/** Filters, order and part, as every list has them. Unknown fields are ignored. */
function listed(rows: readonly object[], call: Call): SandboxReply {
  const all = rows as Record<string, unknown>[];
  const compare: Record<string, (one: string, two: string) => boolean> = {
    eq: (one, two) => one.toLowerCase() === two.toLowerCase(),
    ne: (one, two) => one !== two,
    gte: (one, two) => one >= two,
    lte: (one, two) => one <= two,
  };
  let found = all;
  for (const [key, value] of call.query) {
    const [, field = "", by = "eq"] = /^filter\[(\w+)(?::(\w+))?\]$/.exec(key) ?? [];
    found = found.filter(
      (row) => row[field] === undefined || (compare[by] ?? compare.eq)?.(String(row[field]), value),
    );
  }
  const sort = call.query.get("sort") ?? "";
  const field = sort.replace(/^[+\- ]/, "") || "id";
  const sign = sort.startsWith("-") ? -1 : 1;
  const sorted = [...found].sort((a, b) => sign * (Number(a[field]) - Number(b[field])));
  const offset = Number(call.query.get("offset") ?? 0);
  const count = Math.max(1, Math.min(500, Number(call.query.get("count") ?? 100)));
  return ok({ data: sorted.slice(offset, offset + count), total: found.length });
}

function create(call: Call): SandboxReply {
  const { state, world } = call;
  const fields = call.fields();
  const chapter = placeIn(call);
  if (fields.name === undefined) throw invalid("name", "The name field is required.");
  if (fields.html === undefined && fields.markdown === undefined)
    throw invalid("html", "The html field is required when markdown is not present.");
  const now = world.now();
  const page: Page = {
    ...{ id: ++state.last, who: call.who(), chapter, name: "", slug: "", html: "", markdown: "", tags: [] },
    ...{ priority: state.pages.length + 1, revisions: 1, at: now, editedAt: now, isDeleted: false },
  };
  Object.assign(page, contentIn(call, page));
  page.slug = slugOf(page, call);
  state.pages.push(page);
  world.accept(shown(page, call));
  return ok(entityOf(page, call));
}

function placeIn(call: Call): number {
  const { book_id, chapter_id } = call.fields();
  if (book_id === undefined && chapter_id === undefined)
    throw invalid("book_id", "The book id field is required when chapter id is not present.");
  for (const [name, value] of Object.entries({ book_id, chapter_id }))
    if (value !== undefined && !/^\d+$/.test(String(value)))
      throw invalid(name, `The ${name.replace("_", " ")} must be an integer.`);
  const isKnown =
    chapter_id === undefined ? Number(book_id) === bookOf(call).id : Number(chapter_id) === chapterOf(call);
  if (!isKnown) throw refuse(404, "Entity not found");
  return chapter_id === undefined ? 0 : chapterOf(call);
}

function update(call: Call): SandboxReply {
  const page = pageOf(call);
  if (call.fields().name === "") throw invalid("name", "The name must be at least 1 characters.");
  Object.assign(page, contentIn(call, page), { editedAt: call.world.now(), revisions: page.revisions + 1 });
  call.world.update(shown(page, call));
  return ok(entityOf(page, call));
}

/** Markdown wins over HTML. */
function contentIn(call: Call, page: Page): Partial<Page> {
  const { name, html, markdown, tags, priority } = call.fields();
  if (name !== undefined && (typeof name !== "string" || codePoints(name) > NAME))
    throw invalid("name", `The name must not be greater than ${NAME} characters.`);
  for (const [field, value] of Object.entries({ html, markdown }))
    if (value !== undefined && typeof value !== "string")
      throw invalid(field, `The ${field} must be a string.`);
  if (tags !== undefined && !Array.isArray(tags)) throw invalid("tags", "The tags must be an array.");
  if (priority !== undefined && !Number.isInteger(priority))
    throw invalid("priority", "The priority must be an integer.");
  const keep = (type: string, bytes: Buffer) => kept(call, type, bytes);
  const source = text(markdown);
  const own = source ? withoutData(source, keep) : undefined;
  const made = own === undefined ? withoutData(text(html) ?? page.html, keep) : htmlOf(own);
  const named = ((tags ?? []) as { name?: unknown; value?: unknown }[])
    .filter((tag) => text(tag.name)?.trim())
    .map((tag, order) => ({ name: text(tag.name)!.trim(), value: text(tag.value)?.trim() ?? "", order }));
  return {
    ...(name !== undefined && { name: String(name) }),
    html: withIds(made),
    markdown: own ?? (html === undefined ? page.markdown : ""),
    ...(tags !== undefined && { tags: named }),
    ...(priority !== undefined && { priority: Number(priority) }),
  };
}

/** Pictures and comments pass through Markdown; what else is in it is read as usual. */
function htmlOf(markdown: string): string {
  const comments = markdown.match(/<!--.*?-->/gs) ?? [];
  const rest = markdown.replace(/<!--.*?-->/gs, "").replace(/^!\[([^\]\n]*)\]\(([^)\s]*)\)$/gm, "");
  const images = [...markdown.matchAll(/^!\[([^\]\n]*)\]\(([^)\s]*)\)$/gm)].map(
    ([, alt, url]) => `<p><img src="${url}" alt="${(alt ?? "").replaceAll('"', "&quot;")}"></p>`,
  );
  return [...images, markdownHtml(rest.trim()), ...comments].join("\n");
}

/** What is no picture is left out, and nothing is said of it. */
function kept(call: Call, type: string, bytes: Buffer): string {
  if (!sniff(bytes)?.startsWith("image/")) return "";
  const { state, world } = call;
  const end = type.split("/")[1];
  const url = `${world.base(ID)}/uploads/images/gallery/2026-11/embedded-image-${state.pictures.length + 1}.${end}`;
  state.pictures.push({ url, type, bytes });
  return url;
}

function pageOf(call: Pick<Call, "state" | "who" | "params">): Page {
  const found = call.state.pages.find(({ id, who }) => String(id) === call.params.id && who === call.who());
  if (!found || found.isDeleted) throw refuse(404, "Entity not found");
  return found;
}

function slugOf({ name, who }: Page, { state }: Call): string {
  const slug =
    name
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "") || "page";
  const isTaken = (page: Page) =>
    page.who === who && (page.slug === slug || page.slug.startsWith(`${slug}-`));
  const taken = state.pages.filter(isTaken).length;
  return taken === 0 ? slug : `${slug}-${["aBc", "dEf", "gHi"][taken % 3]}${taken}`;
}

function entityOf(page: Page, call: Call) {
  const { id, chapter, name, slug, html, markdown, tags, priority, revisions, at, editedAt } = page;
  const by = personOf(call);
  const time = (value: number) => `${new Date(value).toISOString().slice(0, 19)}.000000Z`;
  return {
    ...{ id, book_id: bookOf(call).id, chapter_id: chapter, name, slug, html, raw_html: html, priority },
    ...{ created_at: time(at), updated_at: time(editedAt), created_by: by, updated_by: by, owned_by: by },
    ...{ draft: false, template: false, revision_count: revisions, markdown, tags },
    editor: markdown === "" ? "wysiwyg" : "markdown",
  };
}

function shown(page: Page, call: Call): SandboxPost {
  const { id, who, slug, name, html, tags, chapter, at } = page;
  const media = [...html.matchAll(/<img\b([^>]*)>/g)].flatMap(([, attributes = ""]) => {
    const [, url] = /\bsrc="([^"]*)"/.exec(attributes) ?? [];
    const [, alt = ""] = /\balt="([^"]*)"/.exec(attributes) ?? [];
    const file = call.state.pictures.find((one) => one.url === url);
    return file ? [{ type: file.type, bytes: file.bytes, alt: decoded(alt) }] : [];
  });
  const words = html.replace(/<!--.*?-->/gs, "").replace(/<p\b[^>]*><img\b[^>]*><\/p>\n?/g, "");
  return {
    ...{
      network: ID,
      account: `${bookOf(call).name}${chapter ? ", Decisions" : ""}`,
      id: String(id),
      at,
      title: name,
    },
    url: `${call.world.base(ID)}/books/${who}/page/${slug}`,
    text: decoded(words.replace(/<[^>]*>/g, "")).trim(),
    html: sanitise(words.replace(/ id="[^"]*"/g, "")),
    media,
    length: utf8(html),
    max: 0,
    notes: tags.map((tag) => (tag.value === "" ? tag.name : `${tag.name}: ${tag.value}`)),
  };
}

function decoded(words: string): string {
  const signs: Record<string, string> = { lt: "<", gt: ">", quot: '"', amp: "&", "#39": "'" };
  return words.replace(/&(lt|gt|quot|amp|#39);/g, (_, name: string) => signs[name] ?? "");
}

function ok(body: object): SandboxReply {
  return { status: 200, body };
}

function said(code: number, message: string, more: object = {}): SandboxReply {
  return { status: code, body: { error: { message, ...more, code } } };
}

function refuse(code: number, message: string): Error {
  return refusal(said(code, message));
}

function invalid(field: string, words: string): Error {
  return refusal(said(422, "The given data was invalid.", { validation: { [field]: [words] } }));
}
