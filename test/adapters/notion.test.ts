import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Block, blocksIn, objectionsTo, requestsOf } from "../../src/adapters/notion/blocks.ts";
import { notion } from "../../src/adapters/notion/notion.ts";
import { valuesOf } from "../../src/adapters/notion/properties.ts";
import { markdownOf } from "../../src/adapters/notion/said.ts";
import { readBlocks } from "../../src/sandbox/networks/notion/blocks.ts";
import { notion as half } from "../../src/sandbox/networks/notion/notion.ts";
import {
  contextOn,
  newMemory,
  openStage,
  postOf,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { likeness } from "../../src/text/likeness.ts";
import { describeAdapter } from "./contract.ts";

const ABOVE = "195de9221179449fab8075a27c979105";
const DATABASE = "b1f0c2d3-4e5a-4b6c-8d7e-9f0a1b2c3d4e";
const ok = (body: object): StageReply => ({ status: 200, body });
const list = (results: object[], next?: string) =>
  ok({ object: "list", results, has_more: next !== undefined, next_cursor: next ?? null });
const refusal = (status: number, code: string, message = code): StageReply => ({
  status,
  body: { object: "error", status, code, message },
});
const page = (part: object = {}) => ({
  ...{ object: "page", id: "7", url: "https://www.notion.so/Acme-7", in_trash: false },
  ...{ created_time: "2026-11-23T09:00:00.000Z", last_edited_time: "2026-11-23T09:00:00.000Z" },
  created_by: { object: "user", id: "bot" },
  properties: { title: { id: "title", type: "title", title: [{ plain_text: "Acme 2.4" }] } },
  ...part,
});
const paragraph = (text: string, id = text) => ({
  ...{ object: "block", id, type: "paragraph", has_children: false },
  paragraph: { rich_text: [{ type: "text", plain_text: text, href: null }] },
});
const below = (part: object = {}) => ({
  ...{ object: "block", id: "7", type: "child_page", has_children: true },
  ...{
    created_time: "2026-11-23T09:00:00.000Z",
    created_by: { id: "bot" },
    child_page: { title: "Acme 2.4" },
  },
  ...part,
});
const comment = (id: string, at: string, by: string) => ({
  ...{ id, created_time: at, created_by: { id: by }, rich_text: [{ plain_text: "Thanks" }] },
  display_name: { type: "user", resolved_name: by },
});

let stored: object[] = [];
let siblings: object[] = [];

function answer({ method, path }: StageRequest): StageReply {
  if (path === "/v1/users/me")
    return ok({
      ...{ object: "user", id: "bot", name: "Broadcast" },
      bot: { workspace_name: "Acme", workspace_limits: { max_file_upload_size_in_bytes: 9_000_000 } },
    });
  if (path.startsWith("/v1/comments"))
    return list([
      comment("a", "2026-11-23T09:10:00.000Z", "bot"),
      comment("b", "2026-11-23T09:30:00.000Z", "eve"),
      comment("c", "2026-11-23T09:20:00.000Z", "ada"),
    ]);
  if (method === "GET" && path.startsWith(`/v1/blocks/${ABOVE}`)) return list(siblings);
  if (method === "GET" && path.startsWith("/v1/blocks/")) return list(stored);
  if (path.startsWith("/v1/blocks/")) return list([]);
  return ok(page());
}

const out = { id: "7", url: "https://www.notion.so/Acme-7", ref: { first: "2026-11-23T09:00:00.000Z" } };

let isRead = false;
describeAdapter(notion, half, {
  receipt: out,
  answer(request) {
    const { method, path } = request;
    stored = [paragraph("Acme 2.4 is out")];
    if (method === "PATCH" || path.startsWith("/v1/comments")) return answer(request) as { status: number };
    // A correction looks at the blocks alone; the checks of it are about the request that changes something.
    const isAsked = isRead || path === "/v1/pages/7";
    isRead = path === "/v1/pages/7";
    return isAsked && path.includes("/7") ? (answer(request) as { status: number }) : undefined;
  },
  changes: ({ method, path }) => method === "PATCH" && path.startsWith("/v1/pages/"),
});

describe("notion", () => {
  let stage: Stage;
  beforeEach(async () => {
    stored = [];
    siblings = [];
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (channel: object = {}, more: object = {}) =>
    contextOn(notion, stage, {
      channel: { token: "ntn_secret", page: ABOVE, version: "2026-03-11", server: stage.url, ...channel },
      ...more,
    });
  const post = (part: object = {}) => postOf({ options: {}, title: "Acme 2.4", ...part });
  const bodyOf = (request: StageRequest) => JSON.parse(request.body.toString());
  const sent = (path: string) =>
    stage.requests.filter((one) => one.method !== "GET" && one.path === path).map(bodyOf);
  const long = Array.from({ length: 230 }, (_, n) => `- Item ${n}`).join("\n");

  it("makes a page below a page, and says in which version it speaks", async () => {
    const receipt = await notion.publish(post({ options: { icon: "🎉" } }), context());
    expect(receipt).toMatchObject({ id: "7", url: out.url });
    expect(sent("/v1/pages")).toEqual([
      {
        parent: { page_id: ABOVE },
        properties: { title: { title: [{ type: "text", text: { content: "Acme 2.4" } }] } },
        icon: { type: "emoji", emoji: "🎉" },
        children: [
          {
            ...{ object: "block", type: "paragraph" },
            paragraph: { rich_text: [{ type: "text", text: { content: "Acme 2.4 is out" } }] },
          },
        ],
      },
    ]);
    expect(stage.requests.at(-1)!.headers["notion-version"]).toBe("2026-03-11");
    await notion.publish(post(), context({ version: "2025-09-03" }));
    expect(stage.requests.at(-1)!.headers["notion-version"]).toBe("2025-09-03");
  });

  it("adds the rest of a long page in requests of a hundred blocks", async () => {
    await notion.publish(post({ text: long }), context());
    expect(sent("/v1/pages").map(({ children }) => children.length)).toEqual([100]);
    expect(sent("/v1/blocks/7/children").map(({ children }) => children.length)).toEqual([100, 30]);
  });

  it("is not sure of a long page when a part was refused, and goes on where it ended, not twice", async () => {
    let appended = 0;
    stage.answer = (request) =>
      request.path === "/v1/blocks/7/children" && request.method === "PATCH" && ++appended === 2
        ? refusal(429, "rate_limited")
        : answer(request);
    const memory = newMemory();
    await expect(notion.publish(post({ text: long }), context({}, { memory }))).rejects.toMatchObject({
      code: "uncertain",
    });
    siblings = [below()];
    stored = blocksIn(long).slice(0, 200);
    stored = stored.map((one, n) => ({ id: String(n), has_children: false, ...one }));
    stage.answer = answer;
    const from = stage.requests.length;
    expect(await notion.find!(post({ text: long }), context({}, { memory }), STARTED)).toMatchObject({
      id: "7",
    });
    const more = stage.requests.slice(from).filter(({ method }) => method === "PATCH");
    expect(more.map((one) => bodyOf(one).children.length)).toEqual([30]);
    expect(bodyOf(more[0]!).children[0].bulleted_list_item.rich_text[0].text.content).toBe("Item 200");
  });

  it("knows its page by title, author, time and words, and asks about one that resembles it", async () => {
    const found = (part: object, words = "Acme 2.4 is out") => {
      siblings = [below(part)];
      stored = [paragraph(words)];
      return notion.find!(post(), context(), STARTED);
    };
    stage.answer = (request) =>
      request.path === "/v1/pages/7"
        ? ok(page({ created_by: (siblings[0] as { created_by: object }).created_by }))
        : answer(request);
    expect(await found({})).toMatchObject({ id: "7" });
    expect(await found({ child_page: { title: "Acme 2.3" } })).toBe("absent");
    expect(await found({ created_time: "2026-11-22T09:00:00.000Z" })).toBe("absent");
    expect(await found({ created_by: { id: "eve" } })).toBe("absent");
    expect(await found({}, "Something else")).toEqual({ like: { id: "7", url: out.url } });
  });

  it("asks a database for the one data source that it has, and for pages of the title since then", async () => {
    let sources = [{ id: "s1", name: "Announcements" }];
    stage.answer = (request) => {
      if (request.path === `/v1/databases/${DATABASE}`) return ok({ data_sources: sources });
      if (request.path === "/v1/data_sources/s1/query") return list([page()]);
      return answer(request);
    };
    stored = [paragraph("Acme 2.4 is out")];
    const channel = { page: undefined, database: DATABASE };
    await notion.publish(post(), context(channel));
    expect(sent("/v1/pages")[0].parent).toEqual({ data_source_id: "s1" });
    expect(await notion.find!(post(), context(channel), new Date(STARTED.getTime() + 30_000))).toMatchObject({
      id: "7",
    });
    expect(sent("/v1/data_sources/s1/query")[0].filter.and[1].created_time.on_or_after).toBe(
      "2026-11-23T09:00:00.000Z",
    );
    sources = [...sources, { id: "s2", name: "Archive" }];
    await expect(notion.publish(post(), context(channel))).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("Archive (s2)"),
    });
  });

  it("says properties as their types have it, and refuses what the database does not have", () => {
    const known = {
      Name: { type: "title", status: undefined },
      Status: { type: "status", status: { options: [{ name: "Decided" }] } },
      Tags: { type: "multi_select", status: undefined },
      Score: { type: "number", status: undefined },
      Due: { type: "date", status: undefined },
      Made: { type: "created_time", status: undefined },
    };
    expect(valuesOf({ Status: "Decided", Tags: ["api", "cli"], Score: 3, Due: "2026-12-01" }, known)).toEqual(
      {
        Status: { status: { name: "Decided" } },
        Tags: { multi_select: [{ name: "api" }, { name: "cli" }] },
        Score: { number: 3 },
        Due: { date: { start: "2026-12-01" } },
      },
    );
    const refused = (wanted: Parameters<typeof valuesOf>[0]) => () => valuesOf(wanted, known);
    expect(refused({ Owner: "x" })).toThrow(/no property "Owner"; it has: Name, Status/);
    expect(refused({ Status: "Done" })).toThrow(/no status "Done"; it has: Decided/);
    expect(refused({ Score: "many" })).toThrow(/needs a number/);
    expect(refused({ Made: "x" })).toThrow(/created_time/);
    expect(refused({ Name: "x" })).toThrow(/title/);
  });

  it("does not undo what somebody else has changed, and finishes a correction that was cut off", async () => {
    stored = [paragraph("Acme 2.4 is out")];
    const receipt = await notion.publish(post(), context());
    const edited = post({ text: "Acme 2.4 is out now" });
    stored = [paragraph("By hand")];
    await expect(notion.edit!(receipt, edited, context())).rejects.toMatchObject({ code: "rejected" });
    expect(sent("/v1/pages/7")).toEqual([]);
    for (const there of [[paragraph("Acme 2.4 is out")], [], [paragraph("Acme 2.4 is out now")]]) {
      stored = there;
      expect(await notion.edit!(receipt, edited, context())).toMatchObject({
        id: "7",
        ref: { first: out.ref.first },
      });
    }
    expect(sent("/v1/pages/7")).toHaveLength(3);
    expect(sent("/v1/pages/7")[0]).toMatchObject({ erase_content: true });
  });

  it("has nothing against a page that is in the trash already", async () => {
    const words = "Can't edit block that is archived. You must unarchive the block before editing.";
    stage.answer = () => refusal(400, "validation_error", words);
    await expect(notion.retract!(out, context())).resolves.toBeUndefined();
    stage.answer = () => refusal(400, "validation_error", "body failed validation");
    await expect(notion.retract!(out, context())).rejects.toMatchObject({ code: "rejected" });
  });

  it("leaves it open whether a page was made when Notion took too long, and knows that a conflict made none", async () => {
    for (const [status, word, code] of [
      [503, "service_unavailable", "uncertain"],
      [504, "gateway_timeout", "uncertain"],
      [500, "internal_server_error", "uncertain"],
      [409, "conflict_error", "unavailable"],
      [429, "rate_limited", "limited"],
      [403, "restricted_resource", "auth"],
      [400, "validation_error", "rejected"],
    ] as const) {
      stage.answer = () => refusal(status, word);
      await expect(notion.publish(post(), context()), word).rejects.toMatchObject({ code });
    }
  });

  it("sends a large file in parts, one after another", async () => {
    const bytes = Buffer.alloc(21_000_000, 7);
    const video = { file: "tour.mp4", sha256: "00", type: "video/mp4", bytes: bytes.length, alt: "A tour" };
    stage.answer = (request) =>
      request.path.startsWith("/v1/file_uploads") ? ok({ id: "f1", status: "pending" }) : answer(request);
    await notion.publish(post({ media: [video] }), context({}, { read: () => bytes }));
    const uploads = stage.requests.filter(({ path }) => path.startsWith("/v1/file_uploads"));
    expect(uploads.map(({ path }) => path.replace("/v1/file_uploads", ""))).toEqual([
      ...["", "/f1/send", "/f1/send", "/f1/send", "/f1/complete"],
    ]);
    expect(bodyOf(uploads[0]!)).toMatchObject({
      mode: "multi_part",
      number_of_parts: 3,
      filename: "tour.mp4",
    });
    expect(uploads[3]!.body.toString("latin1")).toMatch(/name="part_number"\r\n\r\n3\r\n/);
    expect(sent("/v1/pages")[0].children[0]).toMatchObject({
      type: "video",
      video: { type: "file_upload", file_upload: { id: "f1" }, caption: [{ text: { content: "A tour" } }] },
    });
  });

  it("says what its workspace takes, and hears others", async () => {
    expect(await notion.account!(context())).toMatchObject({
      handle: "Broadcast in Acme",
      limits: { media: { image: { bytes: 9_000_000 } } },
    });
    const heard = await notion.replies!(out, context(), STARTED);
    expect(heard.map(({ id, author }) => [id, author.handle])).toEqual([
      ["c", "ada"],
      ["b", "eve"],
    ]);
  });

  it("asks where pages go", () => {
    const channel = { token: "t", version: "2026-03-11", server: "https://api.notion.com" };
    const about = (settings: object, options: object = {}) =>
      [notion.check?.(post({ options }), { ...channel, ...settings })]
        .flat()
        .map((one) => (one as { message: string }).message);
    expect(about({})).toHaveLength(1);
    expect(about({ page: ABOVE })).toEqual([]);
    expect(about({ page: ABOVE, database: ABOVE })).toHaveLength(1);
    expect(about({ page: ABOVE }, { properties: { Status: "x" } })).toEqual([
      "only a page in a database has properties",
    ]);
  });
});

const SOURCE = `# Decision & more

We **decided** on *one* [format](https://acme.example/adr/7), \`code\` and ~~two~~ **[both](https://acme.example/b)**.

- First
  - Second
    - Third
      - Fourth
- [x] Done

1. One
2. Two

> Quoted
>
> twice

\`\`\`js
const a = "<b>";
\`\`\`

| a | b |
| - | - |
| 1 | \`|\` |

---

![A chart](https://acme.example/chart.png)

A note[^1], two lines\\
here.

[^1]: The note.`;

describe("notion's blocks", () => {
  const around = () => {
    let last = 0;
    return { id: () => String(++last), attach: () => {} };
  };

  it("say everything that an author writes, as the documents have it", () => {
    const blocks = blocksIn(SOURCE);
    expect(blocks.map(({ type }) => type)).toEqual([
      ...[
        "heading_1",
        "paragraph",
        "bulleted_list_item",
        "to_do",
        "numbered_list_item",
        "numbered_list_item",
        "quote",
      ],
      ...["code", "table", "divider", "image", "paragraph", "paragraph"],
    ]);
    expect(() => readBlocks(blocks, "children", around())).not.toThrow();
    const [, first] = blocks as (Block & { paragraph: { rich_text: object[] } })[];
    expect(first!.paragraph.rich_text.slice(1, 6)).toEqual([
      { type: "text", text: { content: "decided" }, annotations: { bold: true } },
      { type: "text", text: { content: " on " } },
      { type: "text", text: { content: "one" }, annotations: { italic: true } },
      { type: "text", text: { content: " " } },
      { type: "text", text: { content: "format", link: { url: "https://acme.example/adr/7" } } },
    ]);
    expect(blocks[7]).toMatchObject({ code: { language: "javascript" } });
  });

  it("are read back as the same words", () => {
    expect(likeness(SOURCE, markdownOf(blocksIn(SOURCE), { fences: ["js"] }))).toBe("same");
    expect(likeness(SOURCE, markdownOf(blocksIn(SOURCE)))).toBe("like");
  });

  it("stand on the third level where they would be deeper, and that is said", () => {
    expect(objectionsTo(SOURCE)).toEqual([
      { severity: "warning", message: expect.stringContaining("three levels") },
    ]);
    expect(markdownOf(blocksIn(SOURCE))).toContain("Fourth");
  });

  it("hold 2,000 characters in a piece, and no half of one", () => {
    const text = `${"x".repeat(1_999)}😀${"y".repeat(2_500)}`;
    const [block] = blocksIn(text) as (Block & {
      paragraph: { rich_text: { text: { content: string } }[] };
    })[];
    const pieces = block!.paragraph.rich_text.map((one) => one.text.content);
    expect(pieces.map((one) => one.length)).toEqual([1_999, 2_000, 502]);
    expect(pieces.join("")).toBe(text);
    expect(() => readBlocks([block], "children", around())).not.toThrow();
  });

  it("go in requests of 100 blocks, 1,000 with all inside, and 500 KB", () => {
    const sizes = (markdown: string) => requestsOf(blocksIn(markdown)).map((all) => all.length);
    expect(sizes("")).toEqual([0]);
    expect(sizes(Array.from({ length: 101 }, (_, n) => `p${n}`).join("\n\n"))).toEqual([100, 1]);
    const nested = `- a\n${Array.from({ length: 60 }, (_, n) => `  - b${n}\n`).join("")}`;
    expect(sizes(nested.repeat(20))).toEqual([16, 4]);
    expect(
      sizes(Array.from({ length: 10 }, () => `\`\`\`\n${"x".repeat(90_000)}\n\`\`\``).join("\n\n")),
    ).toEqual([...[5, 5]]);
  });

  it("are refused by the plan where Notion would refuse them", () => {
    const messages = (markdown: string) => objectionsTo(markdown).map(({ message }) => message);
    expect(messages(`- a\n${Array.from({ length: 101 }, (_, n) => `  - b${n}\n`).join("")}`)[0]).toContain(
      "101 rows",
    );
    expect(messages(Array.from({ length: 60 }, (_, n) => `a **b${n}**`).join(" "))[0]).toContain("120 times");
    expect(messages(`[a](https://acme.example/${"x".repeat(2_000)})`)[0]).toContain("2,021 characters");
    const code = (length: number) => messages(`\`\`\`\n${"x".repeat(length)}\n\`\`\``);
    expect(code(199_000)).toEqual([]);
    expect(code(202_000)[0]).toContain("100 pieces");
    const wide = Array.from({ length: 90 }, () => `  - ${"é".repeat(2_800)}\n`).join("");
    expect(messages(`- a\n${wide}`)[0]).toContain("bytes as a block");
  });
});
