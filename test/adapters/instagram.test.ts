import { parse, safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { retractsOf } from "../../src/adapter.ts";
import { instagram } from "../../src/adapters/instagram/instagram.ts";
import { instagram as half } from "../../src/sandbox/networks/instagram.ts";
import { contextOn, newMemory, openStage, postOf, type Stage } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const NOW = "2026-11-23T09:00:07+0000";
const item = { id: "7", caption: "Acme 2.4 is out", permalink: "https://ig.example/7", timestamp: NOW };
const GONE = { error: { message: "Object with ID '7' does not exist, cannot be loaded", code: 100 } };

describeAdapter(instagram, half, {
  receipt: { id: "7", url: "https://ig.example/7" },
  answer({ method, path }) {
    if (method === "DELETE") return { status: 200, body: { success: true } };
    if (path.includes("/insights"))
      return { status: 200, body: { data: [{ name: "views", values: [{ value: 3 }] }] } };
    if (path.includes("/comments")) {
      const answer = { id: "9", text: "Yes", timestamp: NOW, username: "otto" };
      const comment = {
        id: "8",
        text: "Nice",
        timestamp: NOW,
        username: "maria",
        replies: { data: [answer] },
      };
      const own = { id: "10", text: "Thanks", timestamp: NOW, username: "acme-news" };
      return { status: 200, body: { data: [own, comment] } };
    }
    return path.startsWith("/v25.0/7?") || path === "/v25.0/7" ? { status: 200, body: item } : undefined;
  },
  changes: ({ method }) => method === "DELETE",
  gone: { status: 400, body: GONE },
});

const IMAGE = { file: "a.jpg", sha256: "00", type: "image/jpeg", bytes: 64, width: 8, height: 8, alt: "A" };
const VIDEO = { ...IMAGE, file: "b.mp4", type: "video/mp4", alt: "A film" };

describe("instagram", () => {
  let stage: Stage;
  let made: number;
  beforeEach(async () => {
    made = 0;
    stage = await openStage(({ method, path }) => {
      if (path.startsWith("/media-host")) return { status: 200 };
      if (path.includes("status_code")) return { status: 200, body: { status_code: "FINISHED" } };
      if (path.endsWith("/media_publish")) return { status: 200, body: { id: "7" } };
      if (method === "POST") return { status: 200, body: { id: String(100 + ++made) } };
      return { status: 200, body: item };
    });
  });
  afterEach(() => stage.close());
  const settings = (more: object = {}) =>
    parse(instagram.channel, { user: "1789", token: "t-secret", server: stage.url, ...more });
  const context = () => contextOn(instagram, stage, { channel: settings(), read: () => Buffer.alloc(64) });
  const containers = () =>
    stage.requests
      .filter(({ method, path }) => method === "POST" && path === "/v25.0/1789/media")
      .map(({ body }) => Object.fromEntries(new URLSearchParams(body.toString())));
  const image = () => ({ image_url: `${stage.url}/media-host/a.jpg`, alt_text: "A" });

  it("posts a picture with its caption", async () => {
    const options = { collaborators: ["otto"] };
    expect(await instagram.publish(postOf({ text: "Look", media: [IMAGE], options }), context())).toEqual({
      id: "7",
      url: "https://ig.example/7",
    });
    expect(containers()).toEqual([{ ...image(), caption: "Look", collaborators: '["otto"]' }]);
  });

  it("makes a reel of a video, and a carousel of several files", async () => {
    const options = { share_to_feed: false };
    await instagram.publish(postOf({ text: "Look", media: [VIDEO], options }), context());
    await instagram.publish(postOf({ text: "Look", media: [IMAGE, VIDEO], options: {} }), context());
    const video_url = `${stage.url}/media-host/b.mp4`;
    expect(containers()).toEqual([
      { media_type: "REELS", video_url, share_to_feed: "false", caption: "Look" },
      { ...image(), is_carousel_item: "true" },
      { media_type: "VIDEO", video_url, is_carousel_item: "true" },
      { media_type: "CAROUSEL", children: "102,103", caption: "Look" },
    ]);
  });

  it("makes a story without a text, says so in the plan, and looks for it among the stories", async () => {
    const story = postOf({ text: "Look", media: [IMAGE], options: { story: true } });
    const said = (post: typeof story) => [instagram.check!(post, settings()) ?? []].flat();
    expect(said(story)).toMatchObject([{ severity: "warning" }]);
    expect(said({ ...story, media: [IMAGE, VIDEO] })).toMatchObject([{ about: "media" }]);
    const memory = newMemory();
    const on = () =>
      contextOn(instagram, stage, { channel: settings(), read: () => Buffer.alloc(64), memory });
    await instagram.publish(story, on());
    expect(containers()).toEqual([{ media_type: "STORIES", image_url: `${stage.url}/media-host/a.jpg` }]);
    stage.answer = ({ path }) =>
      path.includes("status_code")
        ? { status: 200, body: { status_code: "PUBLISHED" } }
        : {
            status: path.includes("/1789/stories?") ? 200 : 404,
            body: { data: [{ ...item, caption: undefined }] },
          };
    expect(await instagram.find!(story, on(), new Date(NOW))).toMatchObject({ id: "7" });
  });

  it("refuses before anything is sent: no file, too many tags or mentions", () => {
    const said = (text: string, media = [IMAGE]) =>
      [instagram.check!(postOf({ text, media, options: {} }), settings())]
        .flat()
        .map((one) => (typeof one === "string" ? one : one?.message));
    expect(said("Hello", [])).toEqual(["a post needs a picture or a video there"]);
    expect(said("#a ".repeat(30))).toEqual([]);
    expect(said("#a ".repeat(31))).toEqual(["a post has at most 30 hashtags there, not 31"]);
    expect(said("@a ".repeat(21))).toEqual(["a post has at most 20 mentions there, not 21"]);
  });

  it("knows a full quota, which comes as a refusal", async () => {
    const answer = stage.answer;
    stage.answer = (request) =>
      request.path.endsWith("/media_publish")
        ? { status: 403, body: { error: { message: "Limit", code: 9, error_subcode: 2_207_042 } } }
        : answer(request);
    await expect(instagram.publish(postOf({ media: [IMAGE], options: {} }), context())).rejects.toMatchObject(
      { code: "limited" },
    );
  });

  it("comments below its post, answers a comment, and knows its own again", async () => {
    const root = { id: "7", url: "https://ig.example/7" };
    stage.answer = ({ method, path }) => {
      if (method === "POST") return { status: 200, body: { id: "9" } };
      if (path.includes("/comments") || path.includes("/replies")) {
        const one = { id: "9", text: "All of it: https://a.example", timestamp: NOW, username: "acme" };
        return { status: 200, body: { data: [{ ...one, id: "8", username: "maria" }, one] } };
      }
      return { status: 200, body: { id: "1789", username: "acme" } };
    };
    const post = postOf({ text: "All of it: https://a.example", media: [], options: {} });
    const below = () => contextOn(instagram, stage, { channel: settings(), thread: { root, parent: root } });
    const receipt = { id: "9", url: root.url, ref: { on: "7" } };
    expect(await instagram.publish(post, below())).toEqual(receipt);
    expect(stage.requests.map(({ method, path, body }) => `${method} ${path} ${body}`)).toEqual([
      "POST /v25.0/7/comments message=All+of+it%3A+https%3A%2F%2Fa.example",
    ]);
    expect(await instagram.find!(post, below(), new Date(NOW))).toEqual(receipt);
    expect(await instagram.find!({ ...post, text: "Other words here" }, below(), new Date(NOW))).toBe(
      "absent",
    );
    const later = new Date(Date.parse(NOW) + 60_000);
    expect(await instagram.find!(post, below(), later)).toBe("absent");

    const parent = { id: "8" };
    const answer = contextOn(instagram, stage, {
      channel: settings(),
      thread: { root, parent, answers: true },
    });
    expect(await instagram.publish(post, answer)).toMatchObject({ ref: { on: "8" } });
    expect(stage.requests.at(-1)!.path).toBe("/v25.0/8/replies");
    // Where the post is out already, there is nothing to prepare.
    const before = stage.requests.length;
    await instagram.prepare!([post], below());
    expect(stage.requests.length).toBe(before);
  });

  it("has rules for a comment, and none below a story", () => {
    const said = (text: string, options = {}) =>
      [instagram.check!(postOf({ text, media: [], options }), settings(), "answer") ?? []]
        .flat()
        .map((one) => (typeof one === "string" ? one : one.message));
    expect(said("All of it: https://a.example #a #b #c #d")).toEqual([]);
    expect(said("#a #b #c #d #e")).toEqual(["a comment has at most 4 hashtags there, not 5"]);
    expect(said("https://a.example https://b.example")).toEqual([
      "a comment has at most one address there, not 2",
    ]);
    expect(said("LOOK HERE")).toEqual(["a comment there must not be in capital letters alone"]);
    expect(said("Look", { story: true })).toEqual(["a story has no comments"]);
  });

  it("takes posts back only with Facebook's login, and goes to that login's server", () => {
    const { server: _, ...own } = settings();
    expect(retractsOf(instagram, own)).toBe("none");
    expect(retractsOf(instagram, { ...own, login: "facebook" })).toEqual({});
    expect(instagram.endpoint!(own).base).toBe("https://graph.instagram.com/v25.0");
    expect(instagram.endpoint!({ ...own, login: "facebook" }).base).toBe("https://graph.facebook.com/v25.0");
  });

  it("needs the account's id", () => {
    expect(safeParse(instagram.channel, { user: "acme", token: "t" }).success).toBe(false);
  });
});
