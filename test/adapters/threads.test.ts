import { parse, safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { threads } from "../../src/adapters/threads/threads.ts";
import { threads as half } from "../../src/sandbox/networks/threads.ts";
import { contextOn, openStage, postOf, type Stage } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const NOW = "2026-11-23T09:00:07+0000";
const item = { id: "7", text: "Acme 2.4 is out", permalink: "https://t.example/7", timestamp: NOW };
const GONE = { error: { message: "Object with ID '7' does not exist, cannot be loaded", code: 100 } };

describeAdapter(threads, half, {
  receipt: { id: "7", url: "https://t.example/7" },
  answer({ method, path }) {
    if (method === "DELETE") return { status: 200, body: { success: true } };
    if (path.includes("/insights"))
      return { status: 200, body: { data: [{ name: "views", values: [{ value: 3 }] }] } };
    if (path.includes("/conversation")) {
      const answer = { ...item, id: "8", username: "maria", replied_to: { id: "7" } };
      const own = { ...item, id: "9", username: "acme", is_reply_owned_by_me: true };
      return { status: 200, body: { data: [answer, own] } };
    }
    return path.startsWith("/v1.0/7") ? { status: 200, body: item } : undefined;
  },
  changes: ({ method }) => method === "DELETE",
  gone: { status: 400, body: GONE },
});

const IMAGE = { file: "a.png", sha256: "00", type: "image/png", bytes: 64, width: 8, height: 8, alt: "A" };
const VIDEO = { ...IMAGE, file: "b.mp4", type: "video/mp4", alt: "" };

describe("threads", () => {
  let stage: Stage;
  let status: string;
  let made: number;
  beforeEach(async () => {
    [status, made] = ["FINISHED", 0];
    stage = await openStage(({ method, path }) => {
      if (path.startsWith("/media-host")) return { status: 200 };
      if (path.includes("status")) return { status: 200, body: { status, error_message: "INVALID_ASPECT" } };
      if (method === "POST" && path.endsWith("/threads_publish")) return { status: 200, body: { id: "7" } };
      if (method === "POST") return { status: 200, body: { id: String(100 + ++made) } };
      return { status: 200, body: item };
    });
  });
  afterEach(() => stage.close());
  const settings = () => parse(threads.channel, { token: "t-secret", server: stage.url });
  const context = (more: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(threads, stage, { channel: settings(), read: () => Buffer.alloc(64), ...more });
  const containers = () =>
    stage.requests
      .filter(({ method, path }) => method === "POST" && path === "/v1.0/me/threads")
      .map(({ body }) => Object.fromEntries(new URLSearchParams(body.toString())));

  it("makes a container and publishes that", async () => {
    const link = { url: "https://acme.example/2-4" };
    const receipt = await threads.publish(
      postOf({ text: "Out", link, options: { topic_tag: "Acme" } }),
      context(),
    );
    expect(receipt).toEqual({ id: "7", url: "https://t.example/7" });
    expect(containers()).toEqual([
      { media_type: "TEXT", text: "Out", link_attachment: link.url, topic_tag: "Acme" },
    ]);
    const [publish] = stage.requests.filter(({ path }) => path.endsWith("/threads_publish"));
    expect(publish!.body.toString()).toBe("creation_id=101");
  });

  it("is out also when its address cannot be asked", async () => {
    const answer = stage.answer;
    stage.answer = (request) => (request.path.includes("permalink") ? { status: 500 } : answer(request));
    expect(await threads.publish(postOf({ options: {} }), context())).toEqual({ id: "7" });
  });

  it("says where files are: one alone, several as a carousel", async () => {
    const one = postOf({ text: "Look", media: [IMAGE], options: { spoiler: true } });
    await threads.publish(one, context());
    await threads.publish(postOf({ text: "Look", media: [IMAGE, VIDEO], options: {} }), context());
    const image = { media_type: "IMAGE", image_url: `${stage.url}/media-host/a.png`, alt_text: "A" };
    expect(containers()).toEqual([
      { ...image, text: "Look", is_spoiler_media: "true" },
      { ...image, is_carousel_item: "true" },
      { media_type: "VIDEO", video_url: `${stage.url}/media-host/b.mp4`, is_carousel_item: "true" },
      { media_type: "CAROUSEL", children: "102,103", text: "Look" },
    ]);
  });

  it("asks a question of two to four choices", async () => {
    const poll = { choices: ["Tea", "Coffee", "Water"], open: "1d" as const };
    await threads.publish(postOf({ text: "Drink?", poll, options: {} }), context());
    expect(JSON.parse(containers()[0]!.poll_attachment!)).toEqual({
      option_a: "Tea",
      option_b: "Coffee",
      option_c: "Water",
    });
  });

  it("hangs each post below the one before", async () => {
    const thread = { root: { id: "1" }, parent: { id: "5" } };
    const receipt = await threads.publish(postOf({ text: "More", options: {} }), context({ thread }));
    expect(receipt.ref).toEqual({ below: "5" });
    expect(containers()[0]).toMatchObject({ reply_to_id: "5" });
  });

  it("prepares what stands alone, and not again what hangs below it", async () => {
    const posts = ["One", "Two"].map((text) => postOf({ text, options: {} }));
    const { preparation } = context();
    await threads.prepare!(posts, preparation);
    await threads.prepare!(posts.slice(1), preparation);
    expect(containers().map(({ text }) => text)).toEqual(["One"]);
  });

  it("does not wait for a container that has failed", async () => {
    status = "ERROR";
    await expect(threads.publish(postOf({ options: {} }), context())).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("INVALID_ASPECT"),
    });
    expect(stage.events).not.toContain("sending");
  });

  it("asks again later for a post that is published and not to be seen yet", async () => {
    const at = context();
    await threads.publish(postOf({ options: {} }), at);
    status = "PUBLISHED";
    const answer = stage.answer;
    stage.answer = (request) =>
      request.path.startsWith("/v1.0/me/threads?") ? { status: 200, body: { data: [] } } : answer(request);
    await expect(threads.find!(postOf({ options: {} }), at, new Date(0))).rejects.toMatchObject({
      code: "unavailable",
    });
  });

  it("takes no more than five links", () => {
    const text = (count: number) =>
      Array.from({ length: count }, (_, n) => `https://a.example/${n}`).join(" ");
    const link = { url: "https://a.example/0" };
    expect(threads.check!(postOf({ text: text(5), link, options: {} }), settings())).toBeUndefined();
    expect(threads.check!(postOf({ text: text(6), options: {} }), settings())).toMatchObject({
      message: expect.stringContaining("5 links"),
    });
  });

  it.each(["a.b", "a&b", "#a", "x".repeat(51)])("takes no topic like %s", (topic_tag) => {
    expect(safeParse(threads.options, { topic_tag }).success).toBe(false);
  });

  it("knows until when its token holds, and how much it may post", async () => {
    stage.answer = ({ path }) => {
      if (path.includes("debug_token"))
        return { status: 200, body: { data: { expires_at: 1_800_000_000, scopes: ["threads_basic"] } } };
      if (path.includes("limit"))
        return { status: 200, body: { data: [{ config: { quota_total: 250, quota_duration: 86_400 } }] } };
      return { status: 200, body: { id: "1", username: "acme" } };
    };
    expect(await threads.account!(context())).toEqual({
      id: "1",
      handle: "@acme",
      url: "https://www.threads.net/@acme",
      expires: "2027-01-15T08:00:00.000Z",
      scopes: ["threads_basic"],
      limits: { rates: [{ posts: 250, per: "86400s" }] },
    });
  });
});
