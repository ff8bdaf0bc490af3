import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lemmy } from "../../src/adapters/lemmy/lemmy.ts";
import { timeOf } from "../../src/adapters/lemmy/read-back.ts";
import { lemmy as half } from "../../src/sandbox/networks/lemmy/lemmy.ts";
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
import { describeAdapter } from "./contract.ts";

const postView = (part: object = {}) => ({
  post: {
    id: 5,
    name: "Acme 2.4",
    body: "Acme 2.4 is out",
    published: "2026-11-23T09:00:01.000000Z",
    community_id: 9,
    ...part,
  },
  counts: { upvotes: 7, comments: 2 },
});
const commentView = (part: object = {}, creator: object = {}) => ({
  comment: { id: 6, content: "Thanks", path: "0.6", post_id: 5, published: "2026-11-23T09:30:00Z", ...part },
  creator: { id: 2, name: "eve", display_name: "Eve", actor_id: "https://other.example/u/eve", ...creator },
  counts: { upvotes: 1, child_count: 0 },
});
let posts: object[] = [];
let comments: object[] = [];

function answer({ method, path }: StageRequest): StageReply {
  const [where] = path.split("?");
  const say = (body: object) => ({ status: 200, body });
  if (where === "/api/v3/user/login") return say({ jwt: "jwt-1" });
  if (where === "/api/v3/community") return say({ community_view: { community: { id: 9 } } });
  if (where === "/api/v3/user") return say({ posts, comments });
  if (where === "/pictrs/image") return { status: 201, body: { files: [{ file: "a.png" }] } };
  if (where === "/api/v3/comment/list") return say({ comments });
  if (where === "/api/v3/site")
    return say({
      my_user: {
        local_user_view: { person: { id: 1, name: "acme", actor_id: "https://lemmy.example/u/acme" } },
      },
      site_view: { local_site_rate_limit: { post: 3, post_per_second: 900 } },
      all_languages: [{ id: 37, code: "en" }],
    });
  if (where?.startsWith("/api/v3/comment")) return say({ comment_view: commentView() });
  return method === "GET" || method === "PUT" || method === "POST"
    ? say({ post_view: postView() })
    : { status: 404, body: {} };
}

const out = { id: "5", url: "https://lemmy.example/post/5" };

describeAdapter(lemmy, half, {
  receipt: out,
  answer: (request) => {
    comments = [commentView({ id: 8, published: "2026-11-23T10:00:00Z" }), commentView()];
    const isAbout = /\/post\?|\/comment\/list|\/post\/delete/.test(request.path) || request.method === "PUT";
    return isAbout ? (answer(request) as { status: number }) : undefined;
  },
  changes: ({ method, path }) => method === "PUT" || path.endsWith("/post/delete"),
});

describe("lemmy", () => {
  let stage: Stage;
  beforeEach(async () => {
    posts = [];
    comments = [];
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const settings = { username: "acme", password: "lemmy-secret-word", community: "!news@lemmy.example" };
  const context = (part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(lemmy, stage, { channel: { ...settings, server: stage.url }, ...part });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());
  const image = { file: "images/hero.png", sha256: "00", type: "image/png", bytes: 10, alt: "A phone" };
  const post = (part: object = {}) => postOf({ options: {}, title: "Acme 2.4", ...part });

  it("logs in once, and posts a link in its language to the community's number", async () => {
    const memory = newMemory();
    const link = { url: "https://acme.example/2-4" };
    const receipt = await lemmy.publish(
      post({ link, lang: "en-GB", options: { nsfw: true } }),
      context({ memory }),
    );
    expect(receipt).toEqual({ id: "5", url: `${stage.url}/post/5` });
    expect(sent()).toEqual({
      name: "Acme 2.4",
      body: "Acme 2.4 is out",
      url: link.url,
      community_id: 9,
      nsfw: true,
      language_id: 37,
    });
    expect(stage.requests.at(-1)!.headers.authorization).toBe("Bearer jwt-1");
    await lemmy.read?.(out, context({ memory }));
    expect(stage.requests.filter(({ path }) => path.endsWith("/user/login"))).toHaveLength(1);
  });

  it("is about its picture where it has no link, and shows pictures in the text otherwise", async () => {
    await lemmy.publish(post({ media: [image] }), context());
    const address = `${stage.url}/pictrs/image/a.png`;
    expect(sent()).toMatchObject({ url: address, alt_text: "A phone", body: "Acme 2.4 is out" });
    await lemmy.publish(post({ media: [image], link: { url: "https://acme.example" } }), context());
    expect(sent()).toMatchObject({
      url: "https://acme.example",
      body: `![A phone](${address})\n\nAcme 2.4 is out`,
    });
    expect(sent()).not.toHaveProperty("alt_text");
    stage.answer = (request) =>
      request.path.startsWith("/api/v3/post?")
        ? {
            status: 200,
            body: { post_view: postView({ body: `![A phone](${address})\n\nAcme 2.4 is out` }) },
          }
        : answer(request);
    expect(await lemmy.read?.(out, context())).toEqual({
      text: "Acme 2.4 is out",
      title: "Acme 2.4",
      url: out.url,
    });
  });

  it("goes on below its post, and answers below an answer", async () => {
    const thread = { root: out, parent: out };
    const receipt = await lemmy.publish(post(), context({ thread }));
    expect(sent()).toEqual({ content: "Acme 2.4 is out", post_id: 5 });
    expect(receipt).toEqual({ id: "6", url: `${stage.url}/comment/6`, ref: { post: "5" } });
    await lemmy.publish(post(), context({ thread: { root: out, parent: receipt, answers: true } }));
    expect(sent()).toEqual({ content: "Acme 2.4 is out", post_id: 5, parent_id: 6 });
    await lemmy.retract?.(receipt, context());
    expect([stage.requests.at(-1)!.path, sent()]).toEqual([
      "/api/v3/comment/delete",
      { comment_id: 6, deleted: true },
    ]);
  });

  it("finds its post by title, words, link and community, and its comment by words and place", async () => {
    const find = (part: object = {}, more: object = {}) => lemmy.find?.(post(part), context(more), STARTED);
    posts = [postView({ id: 4, name: "Other" }), postView()];
    expect(await find()).toMatchObject({ id: "5" });
    expect(await find({ link: { url: "https://acme.example" } })).toMatchObject({ like: { id: "5" } });
    posts = [postView({ published: "2026-11-23T08:55:00" })];
    await expect(find()).rejects.toMatchObject({ code: "rejected" });
    posts = [];
    expect(await find()).toBe("absent");
    comments = [commentView({ content: "Acme 2.4 is out" })];
    expect(await find({}, { thread: { root: out, parent: out } })).toMatchObject({
      id: "6",
      ref: { post: "5" },
    });
    const below = { id: "7", ref: { post: "5" } };
    expect(await find({}, { thread: { root: out, parent: below } })).toMatchObject({ like: { id: "6" } });
  });

  it("empties in an edit what is not there any more", async () => {
    await lemmy.edit?.(out, post({ text: "New" }), context());
    expect(sent()).toEqual({ post_id: 5, name: "Acme 2.4", body: "New", url: "", alt_text: "" });
  });

  it("takes what was deleted or removed for gone, counts, and hears others", async () => {
    expect(await lemmy.metrics?.([out], context())).toEqual([{ likes: 7, replies: 2 }]);
    const ours = { name: "acme", actor_id: `${stage.url}/u/acme` };
    comments = [commentView(), commentView({ id: 7 }, ours), commentView({ id: 8, path: "0.6.8" })];
    const heard = await lemmy.replies?.(out, context(), STARTED);
    expect(heard?.map(({ id, parent, author }) => [id, parent, author.handle])).toEqual([
      ["6", "5", "@eve@other.example"],
      ["8", "6", "@eve@other.example"],
    ]);
    stage.answer = (request) =>
      request.path.startsWith("/api/v3/post?")
        ? { status: 200, body: { post_view: postView({ removed: true }) } }
        : answer(request);
    expect(await lemmy.read?.(out, context())).toBe("gone");
  });

  it.each([
    [400, "rate_limit_error", "limited"],
    [401, "not_logged_in", "auth"],
    [400, "language_not_allowed", "rejected"],
  ])("reads %i %s as %s", async (status, error, code) => {
    stage.answer = (request) =>
      request.path === "/api/v3/post" ? { status, body: { error } } : answer(request);
    await expect(lemmy.publish(post(), context())).rejects.toMatchObject({ code });
  });

  it("takes the server's own rate, times without a zone, and no title of two signs", async () => {
    expect(await lemmy.account?.(context())).toMatchObject({
      limits: { rates: [{ posts: 3, per: "900s" }] },
    });
    expect(timeOf("2026-11-23T09:00:00")).toBe(timeOf("2026-11-23T09:00:00Z"));
    const channel = { ...settings, server: "https://lemmy.example" };
    expect(lemmy.check?.(post({ title: "Hi" }), channel)).toHaveLength(1);
    expect(lemmy.check?.(post(), channel)).toEqual([]);
  });
});
