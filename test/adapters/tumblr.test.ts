import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { slugOf } from "../../src/adapters/tumblr/body.ts";
import { tumblr } from "../../src/adapters/tumblr/tumblr.ts";
import { tumblr as half } from "../../src/sandbox/networks/tumblr/tumblr.ts";
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

const text = (words: string, part: object = {}) => ({ type: "text", text: words, ...part });
const seconds = STARTED.getTime() / 1_000;
const answered = (response: object) => ({
  status: 200,
  body: { meta: { status: 200, msg: "OK" }, response },
});
const notes = {
  notes: [
    { type: "reblog", timestamp: seconds + 90, blog_name: "eve", post_id: "77", added_text: "And fast" },
    { type: "reply", timestamp: seconds + 60, blog_name: "bob", reply_text: "Good!" },
    { type: "reply", timestamp: seconds + 50, blog_name: "acme-news", reply_text: "Ours" },
    { type: "reblog", timestamp: seconds + 40, blog_name: "zoe", post_id: "78" },
    { type: "reply", timestamp: seconds - 60, blog_name: "bob", reply_text: "Before" },
  ],
  total_notes: 12,
  total_likes: 7,
  total_reblogs: 2,
};

/** What is out, as it stands. */
function after({ method, path }: StageRequest): StageReply | undefined {
  if (path.includes("/notes?")) return answered(notes);
  if (method === "POST" && path.endsWith("/post/delete")) return answered({ id: "42" });
  if (method === "PUT") return answered({ id: "42" });
  if (path.includes("/posts/42?")) return answered({ id: "42", content: [text("Acme 2.4 is out")] });
  return undefined;
}

const out = { id: "42", url: "https://www.tumblr.com/acme-news/42" };
describeAdapter(tumblr, half, {
  receipt: out,
  answer: after,
  changes: ({ method, path }) => method === "PUT" || path.endsWith("/post/delete"),
});

const image = {
  file: "images/hero.png",
  sha256: "00",
  type: "image/png",
  bytes: 10,
  alt: "Three devices",
  width: 8,
  height: 6,
};

describe("tumblr", () => {
  let stage: Stage;
  let posts: object[];
  beforeEach(async () => {
    posts = [];
    stage = await openStage((request) => {
      if (request.method === "POST") return { status: 201, body: { meta: {}, response: { id: "42" } } };
      if (/\/posts(?:\/queue|\/draft)?\?/.test(request.path)) return answered({ posts });
      return after(request) ?? { status: 404, body: { meta: { status: 404, msg: "Not Found" } } };
    });
  });
  afterEach(() => stage.close());
  const context = (part: object = {}) =>
    contextOn(tumblr, stage, {
      channel: { server: stage.url, web: "https://www.tumblr.com", token: "t-secret", blog: "acme-news" },
      ...part,
    });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());

  it("posts a title as a heading, blocks, a card, tags, and the key in its address", async () => {
    const post = postOf({
      options: { reblogs: "noone" as const },
      title: "Acme 2.4 – it’s out",
      blocks: [text("Hello")],
      link: { url: "https://acme.example/2-4", title: "Notes" },
      tags: ["open source", "Acme"],
      canonical: "https://acme.example/blog",
    });
    expect(await tumblr.publish(post, context())).toEqual(out);
    expect(sent()).toEqual({
      content: [
        text("Acme 2.4 – it’s out", { subtype: "heading1" }),
        text("Hello"),
        { type: "link", url: "https://acme.example/2-4", title: "Notes" },
      ],
      state: "published",
      slug: `acme-2-4-it-s-out-${KEY.slice(0, 12)}`,
      tags: "open source,Acme",
      source_url: "https://acme.example/blog",
      interactability_reblog: "noone",
    });
  });

  it("sends files as parts that the blocks name, with their alternative text", async () => {
    await tumblr.publish(postOf({ options: {}, blocks: [text("Hello")], media: [image] }), context());
    const body = stage.requests[0]!.body.toString();
    const [, json = ""] = /name="json"\r\nContent-Type: application\/json\r\n\r\n(.*)\r\n/.exec(body) ?? [];
    expect(JSON.parse(json).content[0]).toEqual({
      type: "image",
      media: [{ type: "image/png", identifier: "picture-1", width: 8, height: 6 }],
      alt_text: "Three devices",
    });
    expect(body).toContain('name="picture-1"; filename="hero.png"');
  });

  it("sends a video as one file of its block, and never takes its absence for a proof", async () => {
    const film = { ...image, file: "a.mp4", type: "video/mp4" };
    const post = postOf({ options: {}, blocks: [text("Hello")], media: [film] });
    expect(tumblr.check!(post, context().channel)).toMatchObject([{ severity: "warning", about: "media" }]);
    await tumblr.publish(post, context());
    const body = stage.requests[0]!.body.toString();
    const [, json = ""] = /name="json"\r\nContent-Type: application\/json\r\n\r\n(.*)\r\n/.exec(body) ?? [];
    expect(JSON.parse(json).content[0]).toEqual({
      type: "video",
      media: { type: "video/mp4", identifier: "picture-1", width: 8, height: 6 },
    });
    stage.answer = () => answered({ posts: [] });
    const at = (ago: number) => new Date(Date.now() - ago);
    await expect(tumblr.find!(post, context(), at(60_000))).rejects.toMatchObject({ code: "uncertain" });
    await expect(tumblr.find!(post, context(), at(3_600_000))).rejects.toMatchObject({ code: "rejected" });
    expect(await tumblr.find!({ ...post, media: [] }, context(), at(60_000))).toBe("absent");
  });

  it("goes on with a reblog that knows the post before, and says that a reply cannot be answered", async () => {
    const parent = { id: "42" };
    stage.answer = ({ method }) =>
      method === "POST"
        ? { status: 201, body: { response: { id: "43" } } }
        : answered({ tumblelog_uuid: "t:1", reblog_key: "rk", content: [] });
    await tumblr.publish(
      postOf({ options: {}, blocks: [text("More")] }),
      context({ thread: { root: parent, parent } }),
    );
    expect(sent()).toMatchObject({ parent_tumblelog_uuid: "t:1", parent_post_id: "42", reblog_key: "rk" });
    const reply = { id: "bob-1", ref: { kind: "reply" } };
    const answering = tumblr.publish(
      postOf({ options: {}, blocks: [text("Thanks")] }),
      context({ thread: { root: parent, parent: reply, answers: true } }),
    );
    await expect(answering).rejects.toMatchObject({ code: "rejected" });
  });

  describe("looks a lost post up", () => {
    const post = postOf({ options: {}, blocks: [text("Acme 2.4 is out")] });
    const slug = slugOf(post, KEY);
    const there = (part: object) => ({ id_string: "9", timestamp: seconds + 1, content: [], ...part });
    const find = (options = {}, part: object = {}) =>
      tumblr.find!({ ...post, options }, context(part), STARTED);

    it("by the mark in its address, and else asks a person about the same words", async () => {
      posts = [there({ id_string: "8" }), there({ post_url: `https://acme.tumblr.com/post/9/${slug}` })];
      expect(await find()).toMatchObject({ id: "9" });
      posts = [there({ content: [text("Acme 2.4 is out")] })];
      expect(await find()).toMatchObject({ like: { id: "9" } });
      posts = [there({ timestamp: seconds - 3_600, slug, content: [text("Acme 2.4 is out")] })];
      expect(await find()).toBe("absent");
    });

    it("among the drafts and in the queue, where it is to wait", async () => {
      const due = new Date(STARTED.getTime() + 3_600_000);
      posts = [there({ slug })];
      expect(await find({ draft: true })).toMatchObject({ id: "9", hidden: "draft" });
      expect(await find({}, { due })).toMatchObject({ id: "9", due: due.toISOString() });
      posts = [];
      expect(await find({ draft: true })).toBe("absent");
    });
  });

  it("reads its words with the address behind each link, and not one that is seen", async () => {
    const url = "https://acme.example/2-4";
    const formatting = [
      { type: "link", start: 4, end: 6, url },
      { type: "bold", start: 0, end: 3 },
    ];
    const content = [
      text("Acme", { subtype: "heading1" }),
      text("See it", { formatting }),
      text(url, { formatting: [{ type: "link", start: 0, end: 24, url }] }),
    ];
    stage.answer = () => answered({ id: "42", content });
    expect(await tumblr.read!(out, context())).toEqual({
      ...out,
      id: undefined,
      title: "Acme",
      text: `See it (${url})\n${url}`,
    });
  });

  it("hears replies and reblogs with words, and counts", async () => {
    expect(await tumblr.replies!(out, context(), STARTED)).toMatchObject([
      { text: "Good!", author: { handle: "bob" }, ref: { kind: "reply" } },
      { id: "77", text: "And fast", url: "https://www.tumblr.com/eve/77", ref: { blog: "eve" } },
    ]);
    expect(await tumblr.metrics!([out], context())).toEqual([{ likes: 7, shares: 2 }]);
  });

  it("waits at the network, and is taken back as long as it is not out", async () => {
    const due = new Date(STARTED.getTime() + 3_600_000);
    const receipt = await tumblr.publish(postOf({ options: {}, blocks: [text("Later")] }), context({ due }));
    expect(receipt.due).toBe(due.toISOString());
    expect(sent()).toMatchObject({ state: "queue", publish_on: due.toISOString() });
    const state = (state: string) => {
      stage.answer = ({ method }) => (method === "GET" ? answered({ state, content: [] }) : answered({}));
    };
    state("queued");
    expect(await tumblr.schedules!.cancel(receipt, context())).toBe("cancelled");
    state("published");
    expect(await tumblr.schedules!.cancel(receipt, context())).toBe("gone");
  });

  it.each([
    [403, { errors: [{ code: 8023 }] }, "limited"],
    [403, { errors: [{ code: 8010 }] }, "unavailable"],
    [403, { errors: [{ code: 8008 }] }, "rejected"],
    [400, { errors: [{ code: 8001 }] }, "rejected"],
    [401, {}, "auth"],
  ])("calls %d %j %s", async (status, said, code) => {
    stage.answer = () => ({ status, body: { meta: { status, msg: "No" }, ...said } });
    await expect(tumblr.publish(postOf({ options: {} }), context())).rejects.toMatchObject({ code });
  });

  it("refuses in the plan what no post may be", () => {
    const check = (part: object) =>
      [
        tumblr.check!(postOf({ options: {}, ...part }), { token: "", blog: "acme", server: "", web: "" }) ??
          [],
      ].flat();
    expect(check({ blocks: [text("🦊".repeat(4_096))] })).toEqual([]);
    expect(check({ blocks: [text("🦊".repeat(4_097))] })).toHaveLength(1);
    const ranges = Array.from({ length: 101 }, (_, n) => ({ type: "link", start: n, end: n + 1 }));
    expect(check({ blocks: [text("x".repeat(200), { formatting: ranges })] })).toHaveLength(1);
    expect(check({ tags: ["a,b"] })).toHaveLength(1);
  });

  it("says whose blog it is, and which there are when it is not there", async () => {
    stage.answer = () => answered({ user: { name: "acme", blogs: [{ name: "acme-news", uuid: "t:1" }] } });
    expect(await tumblr.account!(context())).toEqual({ id: "t:1", handle: "acme-news" });
    stage.answer = () => answered({ user: { name: "acme", blogs: [{ name: "other" }] } });
    await expect(tumblr.account!(context())).rejects.toMatchObject({
      message: expect.stringContaining("only other"),
    });
  });
});
