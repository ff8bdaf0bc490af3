import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { discourse } from "../../src/adapters/discourse/discourse.ts";
import { discourse as half } from "../../src/sandbox/networks/discourse/discourse.ts";
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

const TITLE = "Acme 2.4 is out for everyone";
const full = (part: object = {}) => ({
  id: 101,
  post_number: 1,
  username: "Acme",
  created_at: "2026-11-23T09:00:01.000Z",
  updated_at: "2026-11-23T09:00:01.000Z",
  version: 1,
  raw: "Acme 2.4 is out",
  reply_to_post_number: null,
  reply_count: 1,
  actions_summary: [{ id: 2, count: 3 }],
  ...part,
});
let posts: ReturnType<typeof full>[] = [];
let pending: object[] = [];
let byKey: StageReply = { status: 404, body: { errors: ["not found"] } };

function answer({ method, path }: StageRequest): StageReply {
  const [where = ""] = path.split("?");
  const say = (body: object) => ({ status: 200, body });
  if (where.startsWith("/t/external_id/")) return byKey;
  if (where === "/t/11/posts.json") return say({ post_stream: { posts } });
  if (method === "GET" && where.startsWith("/t/11"))
    return say({
      id: 11,
      title: TITLE,
      slug: "acme",
      views: 40,
      posts_count: posts.length,
      deleted_at: null,
      post_stream: { posts, stream: posts.map(({ id }) => id) },
    });
  if (where.endsWith("/pending.json")) return say({ pending_posts: pending });
  if (where === "/u/acme.json") return say({ user: { id: 1, username: "acme" } });
  if (where === "/site/settings.json") return say({ max_topic_title_length: 100, max_post_length: 50_000 });
  if (where === "/uploads.json")
    return say({ short_url: `upload://${posts.length}.png`, width: 80, height: 40 });
  const made = { id: 101, topic_id: 11, topic_slug: "acme", post_number: 1 };
  return method === "PUT" ? say({ post: made }) : method === "POST" ? say(made) : { status: 200 };
}

const out = { id: "101", url: "https://forum.example/t/acme/11", ref: { topic: "11", number: "1" } };
const theirs = { username: "eve", name: "Eve", version: 1 };

describeAdapter(discourse, half, {
  receipt: out,
  answer: (request) => {
    posts = [
      full(),
      full({ ...theirs, id: 102, post_number: 2, created_at: "2026-11-23T09:30:00Z" }),
      full({ ...theirs, id: 103, post_number: 3, created_at: "2026-11-23T10:00:00Z" }),
    ];
    return /^\/t\/11|^\/posts\/101/.test(request.path) ? (answer(request) as { status: number }) : undefined;
  },
  changes: ({ method }) => method === "PUT" || method === "DELETE",
});

describe("discourse", () => {
  let stage: Stage;
  beforeEach(async () => {
    posts = [full()];
    pending = [];
    byKey = { status: 404, body: { errors: ["not found"] } };
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const settings = { username: "acme", api_key: "discourse-secret-key", category: 12 };
  const context = (part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(discourse, stage, { channel: { ...settings, server: stage.url }, ...part });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());
  const image = {
    file: "images/hero.png",
    sha256: "00",
    type: "image/png",
    bytes: 10,
    alt: "A [small] phone",
  };
  const post = (part: object = {}) => postOf({ options: {}, title: TITLE, ...part });
  const find = (part: object = {}, more: object = {}) => discourse.find!(post(part), context(more), STARTED);

  it("opens a topic in the category, under an id of its own, with tags as the forum writes them", async () => {
    const receipt = await discourse.publish(
      post({ tags: ["Field Work", "release"], media: [image] }),
      context(),
    );
    expect(sent()).toEqual({
      raw: "![A  small  phone|80x40](upload://1.png)\n\nAcme 2.4 is out",
      title: TITLE,
      category: 12,
      tags: ["field-work", "release"],
      external_id: `broadcast-${KEY}`,
    });
    expect(stage.requests.at(-1)!.headers).toMatchObject({
      "api-key": "discourse-secret-key",
      "api-username": "acme",
    });
    expect(receipt).toEqual({ ...out, url: `${stage.url}/t/acme/11` });
  });

  it("goes on below its topic, and answers below an answer", async () => {
    const parent = { id: "104", ref: { topic: "11", number: "4" } };
    await discourse.publish(post(), context({ thread: { root: out, parent: out } }));
    expect(sent()).toEqual({ raw: "Acme 2.4 is out", topic_id: 11 });
    await discourse.publish(post(), context({ thread: { root: out, parent } }));
    expect(sent()).toEqual({ raw: "Acme 2.4 is out", topic_id: 11, reply_to_post_number: 4 });
    await discourse.retract?.(parent, context());
    expect(stage.requests.at(-1)!.path).toBe("/posts/104.json");
    await discourse.retract?.(out, context());
    expect(stage.requests.at(-1)!.path).toBe("/t/11.json");
  });

  it("says that a post waits for a moderator, and what hangs on it waits as well", async () => {
    stage.answer = (request) =>
      request.method === "POST"
        ? { status: 200, body: { action: "enqueued", success: true, pending_post: { id: 7 } } }
        : answer(request);
    const waiting = await discourse.publish(post(), context());
    expect(waiting).toEqual({ id: "review-7", ref: { external: `broadcast-${KEY}` }, hidden: "review" });
    const thread = { root: waiting, parent: waiting };
    await expect(discourse.publish(post(), context({ thread }))).rejects.toMatchObject({
      code: "unavailable",
    });
    expect(await discourse.read?.(waiting, context())).toEqual({ text: "", hidden: "review" });
    byKey = { status: 301, headers: { location: `${stage.url}/t/acme/11.json` } };
    expect(await discourse.read?.(waiting, context())).toMatchObject({
      text: "Acme 2.4 is out",
      title: TITLE,
    });
    await discourse.publish(post(), context({ thread })).catch(() => {});
    expect(sent()).toMatchObject({ topic_id: 11 });
  });

  it("finds its topic by the id, also among those that wait", async () => {
    expect(await find()).toBe("absent");
    byKey = { status: 301, headers: { location: `${stage.url}/t/acme/11.json` } };
    expect(await find()).toMatchObject({ id: "101", ref: { topic: "11" } });
    // A proxy that leads elsewhere has told nothing of a topic.
    byKey = {
      status: 301,
      headers: { location: `https://www.forum.example/t/external_id/broadcast-${KEY}.json` },
    };
    expect(await find()).toBe("absent");
    pending = [{ id: 9, raw_text: "Acme 2.4 is out", created_at: "2026-11-23T09:00:01Z" }];
    expect(await find()).toMatchObject({ id: "review-9", hidden: "review" });
  });

  it("finds its reply among the user's own of the topic, by its words", async () => {
    const below = { thread: { root: out, parent: out } };
    expect(await find({}, below)).toBe("absent");
    posts = [full(), full({ id: 102, post_number: 2 })];
    expect(await find({}, below)).toMatchObject({ id: "102", url: `${stage.url}/t/acme/11/2` });
    posts = [full(), full({ id: 102, post_number: 2, username: "eve" })];
    expect(await find({}, below)).toBe("absent");
    posts = [full(), full({ id: 102, post_number: 2, raw: "Acme 2.4 is out since this morning" })];
    expect(await find({}, below)).toMatchObject({ like: { id: "102" } });
    posts = [full(), full({ id: 102, post_number: 2, created_at: "2026-11-23T08:00:00Z" })];
    expect(await find({}, below)).toBe("absent");
  });

  it("reads its words without the pictures above them, and that they were edited", async () => {
    posts = [
      full({ raw: "![A|8x8](upload://a.png)\n\nNew", version: 2, updated_at: "2026-11-24T08:00:00Z" }),
    ];
    expect(await discourse.read?.(out, context())).toEqual({
      text: "New",
      title: TITLE,
      url: out.url,
      edited: "2026-11-24T08:00:00.000Z",
    });
    expect(await discourse.metrics?.([out], context())).toEqual([{ likes: 3, views: 40, replies: 0 }]);
  });

  it.each([
    [403, { errors: ["The API username or key is invalid."], error_type: "invalid_access" }, "auth"],
    [403, { errors: ["You are not permitted to view the requested resource."] }, "rejected"],
    [422, { errors: ["Title has already been used"] }, "rejected"],
  ])("reads %i %j as %s", async (status, body, code) => {
    stage.answer = () => ({ status, body });
    await expect(discourse.publish(post(), context())).rejects.toMatchObject({ code });
  });

  it("takes the forum's own limits, and says beforehand what it would refuse", async () => {
    expect(await discourse.account?.(context())).toMatchObject({
      handle: expect.stringContaining("@acme on "),
      limits: { text: { max: 50_000 }, title: { max: 100 } },
    });
    const channel = { ...settings, server: stage.url };
    expect(discourse.check?.(post(), channel)).toEqual([]);
    expect(discourse.check?.(post({ title: "Acme 2.4" }), channel)).toHaveLength(1);
    expect(discourse.check?.(post({ title: "Acme 2.4" }), { ...channel, shortest_title: 5 })).toEqual([]);
    expect(discourse.check?.(post({ tags: ["a", "b", "c", "d", "e", "f"] }), channel)).toHaveLength(1);
  });
});
