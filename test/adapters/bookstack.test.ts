import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bookstack } from "../../src/adapters/bookstack/bookstack.ts";
import { bookstack as half } from "../../src/sandbox/networks/bookstack/bookstack.ts";
import { withIds } from "../../src/sandbox/networks/bookstack/html.ts";
import {
  contextOn,
  KEY,
  openStage,
  postOf,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const MARK = `bkmrk-${KEY.slice(0, 20)}`;
const OURS = "<p>Acme 2.4 is out</p>";
const ok = (body: object): StageReply => ({ status: 200, body });
const refusal = (code: number, message = "As BookStack says."): StageReply => ({
  status: code,
  body: { error: { message, code } },
});
const page = (html: string, part: object = {}) => ({
  ...{
    id: 7,
    book_id: 3,
    chapter_id: 0,
    name: "Acme 2.4",
    slug: "acme-2-4",
    html,
    raw_html: html,
    markdown: "",
  },
  ...{ created_at: "2026-11-23T09:00:05.000000Z", updated_at: "2026-11-23T09:00:05.000000Z" },
  ...{ created_by: { id: 1, name: "Bot" }, revision_count: 1, tags: [] },
  ...part,
});
const comment = (id: number, local_id: number, parent_id: number | null, by: number, minute: number) => ({
  ...{ id, local_id, parent_id, commentable_id: 7, commentable_type: "page", created_by: by },
  created_at: `2026-11-23T09:${minute}:00.000000Z`,
});

let there: object[] = [];
let made: object = page(OURS);
let system: StageReply;

function answer({ method, path }: StageRequest): StageReply {
  if (path.startsWith("/api/system")) return system;
  if (path.startsWith("/api/books")) return ok({ data: [{ id: 3, slug: "news", name: "News" }], total: 1 });
  if (path.startsWith("/api/chapters"))
    return ok({ data: [{ id: 5, slug: "adr", name: "Decisions" }], total: 1 });
  if (path.startsWith("/api/comments?"))
    return ok({
      data: [comment(11, 1, null, 2, 30), comment(12, 2, 1, 1, 40), comment(13, 3, 1, 4, 20)],
      total: 3,
    });
  if (path.startsWith("/api/comments/"))
    return ok({ id: 11, html: "<p>Thanks &amp; well done</p>", created_by: { id: 2, name: "Ada" } });
  if (method === "GET" && path.startsWith("/api/pages?")) return ok({ data: there, total: there.length });
  if (method === "DELETE") return { status: 204 };
  return ok(made);
}

const out = {
  id: "7",
  url: "https://books.example/books/news/page/acme-2-4",
  ref: { first: "1", revision: "1" },
};

let isCorrected = false;
describeAdapter(bookstack, half, {
  receipt: out,
  answer(request) {
    made = page(OURS);
    const { method, path } = request;
    if (!/^\/api\/(?:pages\/7|comments|books)/.test(path)) return undefined;
    // A correction looks for its book and at the page first; the checks of it are about the request that changes something.
    const isLook = isCorrected && method === "GET";
    isCorrected = path.startsWith("/api/books");
    return isCorrected || isLook ? undefined : (answer(request) as { status: number });
  },
  changes: ({ method }) => method === "PUT" || method === "DELETE",
});

describe("bookstack", () => {
  let stage: Stage;
  beforeEach(async () => {
    there = [];
    made = page(OURS);
    system = ok({ app_name: "Acme Books", version: "v25.12" });
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (channel: object = {}, more: object = {}) =>
    contextOn(bookstack, stage, {
      channel: { server: stage.url, token: "bookstack:secret", book: "news", editor: "wysiwyg", ...channel },
      ...more,
    });
  const post = (part: object = {}) => postOf({ options: {}, title: "Acme 2.4", text: OURS, ...part });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());
  const image = { file: "a.png", sha256: "00", type: "image/png", bytes: 3, alt: 'A "small" phone' };

  it("makes a page in a book, with tags and a mark that readers do not see", async () => {
    const options = { tags: { Status: "Decided" }, priority: 2 };
    const receipt = await bookstack.publish(post({ tags: ["release"], options }), context());
    expect(receipt).toMatchObject({ id: "7", url: `${stage.url}/books/news/page/acme-2-4` });
    expect(stage.requests.at(-1)!.headers.authorization).toBe("Token bookstack:secret");
    expect(sent()).toEqual({
      ...{ book_id: 3, name: "Acme 2.4", priority: 2, html: `<p id="${MARK}">Acme 2.4 is out</p>` },
      tags: [
        { name: "release", value: "" },
        { name: "Status", value: "Decided" },
      ],
    });
  });

  it("makes a page in a chapter, and for the Markdown editor", async () => {
    await bookstack.publish(post({ text: "**Out**" }), context({ chapter: "adr", editor: "markdown" }));
    expect(sent()).toEqual({
      ...{ chapter_id: 5, name: "Acme 2.4", tags: [], markdown: `**Out**\n\n<!-- ${MARK} -->` },
    });
    expect(stage.requests.map(({ path }) => path)).toContain(
      "/api/chapters?filter%5Bbook_id%5D=3&filter%5Bslug%5D=adr",
    );
  });

  it("says which book there is not", async () => {
    stage.answer = () => ok({ data: [], total: 0 });
    await expect(bookstack.prepare!([post()], context({ book: "42" }).preparation)).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("no book 42"),
    });
    expect(stage.requests.map(({ path }) => path)).toEqual([
      "/api/books?filter%5Bslug%5D=42",
      "/api/books?filter%5Bid%5D=42",
    ]);
  });

  it("sends pictures with the page, and says so when BookStack has left them out", async () => {
    const read = () => Buffer.from("png");
    made = page(`<p id="${MARK}"><img src="https://books.example/a.png" alt="A"></p>`);
    expect(
      (await bookstack.publish(post({ media: [image] }), context({}, { read }))).ref?.note,
    ).toBeUndefined();
    expect(sent().html).toBe(
      `<p id="${MARK}"><img src="data:image/png;base64,cG5n" alt="A &quot;small&quot; phone"></p>\n${OURS}`,
    );
    made = page(`<p id="${MARK}"><img src="" alt="A"></p>`);
    const bare = await bookstack.publish(post({ media: [image] }), context({}, { read }));
    expect(bare.ref?.note).toContain("without its pictures");
  });

  it("corrects with the same mark, and counts its own revision", async () => {
    made = page(OURS, { revision_count: 2 });
    const before = { ...out, ref: { first: "1", revision: "1", mark: "f".repeat(32) } };
    const receipt = await bookstack.edit!(before, post(), context());
    expect(receipt.ref).toEqual({ first: "1", revision: "2", mark: "f".repeat(32) });
    expect([stage.requests.at(-1)!.method, sent().html]).toEqual([
      "PUT",
      `<p id="bkmrk-${"f".repeat(20)}">Acme 2.4 is out</p>`,
    ]);
  });

  it("does not undo what somebody else has changed since", async () => {
    made = page("<p>By hand</p>", { revision_count: 2 });
    await expect(bookstack.edit!(out, post(), context())).rejects.toMatchObject({ code: "rejected" });
    expect(stage.requests.every(({ method }) => method === "GET")).toBe(true);
    // A repeat of our own correction.
    made = page(`<p id="${MARK}">Acme&nbsp;2.4 is out</p>`, { revision_count: 2 });
    expect(await bookstack.edit!(out, post(), context())).toMatchObject({
      ref: { first: "1", revision: "2" },
    });
  });

  it("finds its page by the mark, however it is called by now, and looks no further back than it must", async () => {
    there = [
      { id: 9, created_at: "2026-11-23T09:10:00.000000Z" },
      { id: 7, created_at: "2026-11-23T09:00:05.000000Z" },
      { id: 2, created_at: "2026-11-20T09:00:05.000000Z" },
    ];
    made = page(OURS);
    expect(await bookstack.find!(post(), context(), STARTED)).toBe("absent");
    expect(
      stage.requests.filter(({ path }) => path.startsWith("/api/pages/")).map(({ path }) => path),
    ).toEqual(["/api/pages/9", "/api/pages/7"]);
    stage.answer = (request) =>
      request.path === "/api/pages/7"
        ? ok(page(`<p id="${MARK}">Moved on</p>`, { name: "Acme 2.4, renamed" }))
        : answer(request);
    expect(await bookstack.find!(post(), context(), STARTED)).toMatchObject({ id: "7" });
    stage.answer = (request) =>
      request.path === "/api/pages/7"
        ? ok(page("", { markdown: `Out\n\n<!-- ${MARK} -->` }))
        : answer(request);
    expect(await bookstack.find!(post(), context({ editor: "markdown" }), STARTED)).toMatchObject({
      id: "7",
    });
  });

  it("hears others, the answered ones too, and says that older ones do not tell comments", async () => {
    const heard = await bookstack.replies!(out, context(), STARTED);
    expect(heard.map(({ id, parent, text }) => [id, parent, text])).toEqual([
      ["13", "11", "Thanks & well done"],
      ["11", "7", "Thanks & well done"],
    ]);
    stage.answer = (request) =>
      request.path.startsWith("/api/comments")
        ? refusal(404, "The route api/comments could not be found.")
        : answer(request);
    await expect(bookstack.replies!(out, context(), STARTED)).rejects.toMatchObject({ code: "rejected" });
  });

  it("calls itself by the book, and does not need a server that says its name", async () => {
    expect(await bookstack.account!(context())).toMatchObject({ id: "3", handle: "News in Acme Books" });
    system = refusal(404);
    expect((await bookstack.account!(context())).handle).toBe(`News in ${new URL(stage.url).host}`);
  });

  it("leaves it open whether a page was made when the server broke", async () => {
    for (const [status, code] of [
      [500, "uncertain"],
      [503, "uncertain"],
      [422, "rejected"],
      [403, "auth"],
      [401, "auth"],
      [429, "limited"],
    ] as const) {
      stage.answer = ({ method, ...request }) =>
        method === "POST" ? refusal(status) : answer({ method, ...request });
      await expect(bookstack.publish(post(), context()), String(status)).rejects.toMatchObject({ code });
    }
  });

  it("refuses tags that are too long", () => {
    const long = "x".repeat(256);
    const channel = { server: "https://a.example", token: "a:b", book: "news", editor: "wysiwyg" as const };
    expect(
      bookstack.check?.(post({ tags: [long], options: { tags: { Status: "ok" } } }), channel),
    ).toHaveLength(1);
  });

  it("has a half that gives ids as BookStack does", () => {
    expect(
      withIds(
        '<p id="bkmrk-a">A</p><ul id="x"><li>B<ul><li>C</li></ul></li></ul><!-- d --><p>A b</p><p>A b</p>',
      ),
    ).toBe(
      '<p id="bkmrk-a">A</p><ul id="bkmrk-bc"><li>B<ul><li>C</li></ul></li></ul><!-- d --><p id="bkmrk-a-b">A b</p><p id="bkmrk-a-b-1">A b</p>',
    );
  });
});
