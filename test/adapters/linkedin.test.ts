import fc from "fast-check";
import { parse, safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { linkedin } from "../../src/adapters/linkedin/linkedin.ts";
import { unescaped } from "../../src/adapters/linkedin/read-back.ts";
import { linkedin as half } from "../../src/sandbox/networks/linkedin/linkedin.ts";
import { contextOn, newMemory, openStage, postOf, type Stage } from "../../src/testing.ts";
import { parse as parseMarkdown } from "../../src/text/markdown.ts";
import { loadDialects, render } from "../../src/text/render.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(linkedin, half);

const settings = (more: object = {}) =>
  parse(linkedin.channel, { author: "urn:li:organization:1", token: "t-secret", ...more });
const URN = "urn:li:share:7380000000000000001";

describe("linkedin", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage(() => ({ status: 201, headers: { "x-restli-id": URN } }));
  });
  afterEach(() => stage.close());
  const context = (more: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(linkedin, stage, { channel: settings({ server: stage.url }), ...more });
  const json = () => JSON.parse(stage.requests.at(-1)!.body.toString());

  it("names its version, and sends a card of ours", async () => {
    const link = { url: "https://acme.example/2-4", title: "Acme 2.4", description: "Twice as fast." };
    const receipt = await linkedin.publish(postOf({ text: "Out now", link, options: {} }), context());
    expect(receipt).toEqual({ id: URN, url: `https://www.linkedin.com/feed/update/${URN}/` });
    expect(stage.requests[0]!.headers).toMatchObject({
      "linkedin-version": "202607",
      "x-restli-protocol-version": "2.0.0",
      authorization: "Bearer t-secret",
    });
    expect(json()).toMatchObject({
      author: "urn:li:organization:1",
      commentary: "Out now",
      visibility: "PUBLIC",
      content: { article: { source: link.url, title: link.title, description: link.description } },
    });
  });

  it("asks a poll's question in the title", async () => {
    const poll = { choices: ["Yes", "No"], open: "2d" as const };
    await linkedin.publish(postOf({ text: "Tell us", title: "Ready?", poll, options: {} }), context());
    expect(json().content).toEqual({
      poll: {
        question: "Ready?",
        options: [{ text: "Yes" }, { text: "No" }],
        settings: { duration: "THREE_DAYS" },
      },
    });
    expect(linkedin.check!(postOf({ poll, options: {} }), settings())).toMatchObject([
      { message: expect.stringContaining("asks the campaign's title") },
    ]);
  });

  it("takes a duplicate that it names for the post", async () => {
    stage.answer = () => ({
      status: 422,
      body: { status: 422, message: `Content is a duplicate of ${URN}` },
    });
    await expect(linkedin.publish(postOf({ options: {} }), context())).rejects.toMatchObject({
      code: "rejected",
      evidence: { id: URN },
    });
  });

  it("goes over to a newer version where its own has ended, once, and says so", async () => {
    const ended = { status: 426, body: { status: 426, message: "Requested version is not active" } };
    const { answer } = stage;
    stage.answer = (request) => (request.headers["linkedin-version"] === "202607" ? ended : answer(request));
    const memory = newMemory();
    const first = linkedin.publish(postOf({ options: {} }), context({ memory }));
    await expect(first).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(
        /has ended version 202607 .* from now on 20\d{4} is tried: set `version`/,
      ),
    });
    expect((await linkedin.publish(postOf({ options: {} }), context({ memory }))).id).toBe(URN);
    stage.answer = () => ended;
    await expect(linkedin.publish(postOf({ options: {} }), context({ memory }))).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringMatching(/set `version` of the channel to a newer one, such as 20\d{4}/),
    });
  });

  it("comments below its post in plain words, and knows the comment again by its number", async () => {
    const root = { id: URN, url: `https://www.linkedin.com/feed/update/${URN}/` };
    const thread = { root, parent: root };
    const post = postOf({ text: "All (of) it: https://a.example", options: {} });
    const receipt = { id: `urn:li:comment:(${URN},42)`, url: root.url, ref: { on: URN, number: "42" } };
    stage.answer = () => ({ status: 201, headers: { "x-restli-id": "42" } });
    expect(await linkedin.publish(post, context({ thread }))).toEqual(receipt);
    expect(stage.requests[0]!.path).toBe(`/rest/socialActions/${encodeURIComponent(URN)}/comments`);
    expect(json()).toEqual({ actor: "urn:li:organization:1", object: URN, message: { text: post.text } });
    // The head may not name it.
    stage.answer = () => ({ status: 201, body: { id: "42" } });
    expect(await linkedin.publish(post, context({ thread }))).toEqual(receipt);
    stage.answer = () => ({ status: 201, body: {} });
    await expect(linkedin.publish(post, context({ thread }))).rejects.toMatchObject({ code: "uncertain" });

    const at = Date.parse("2026-11-27T09:00:00Z");
    const one = { actor: "urn:li:organization:1", message: { text: post.text }, created: { time: at } };
    stage.answer = () => ({
      status: 200,
      body: {
        elements: [
          { ...one, id: "41", actor: "urn:li:person:x" },
          { ...one, id: "42" },
        ],
      },
    });
    expect(await linkedin.find!(post, context({ thread }), new Date(at))).toEqual(receipt);
    expect(await linkedin.find!(post, context({ thread }), new Date(at + 60_000))).toBe("absent");
    const taken = newMemory();
    expect(
      await linkedin.find!(
        { ...post, text: "Other words" },
        context({ thread, memory: taken }),
        new Date(at),
      ),
    ).toBe("absent");
  });

  it("answers a comment below it, and edits and deletes its own as what it is", async () => {
    const root = { id: URN };
    const parent = { id: `urn:li:comment:(${URN},41)` };
    stage.answer = () => ({ status: 201, headers: { "x-restli-id": "42" } });
    const thread = { root, parent, answers: true as const };
    const made = await linkedin.publish(postOf({ text: "Thanks", options: {} }), context({ thread }));
    expect(json()).toMatchObject({ object: URN, parentComment: parent.id });
    const path = `/rest/socialActions/${encodeURIComponent(parent.id)}/comments/42?actor=urn%3Ali%3Aorganization%3A1`;
    stage.answer = () => ({ status: 204 });
    await linkedin.edit!(made, postOf({ text: "Thank you", options: {} }), context());
    expect(stage.requests.at(-1)).toMatchObject({ method: "POST", path });
    expect(json()).toEqual({ patch: { message: { $set: { text: "Thank you" } } } });
    await linkedin.retract!(made, context());
    expect(stage.requests.at(-1)).toMatchObject({ method: "DELETE", path });
  });

  it("is uncertain about a success that names no post", async () => {
    stage.answer = () => ({ status: 201 });
    await expect(linkedin.publish(postOf({ options: {} }), context())).rejects.toMatchObject({
      code: "uncertain",
    });
  });

  it("cannot be asked about a member's posts, and says so", () => {
    expect(linkedin.blind!(settings({ author: "urn:li:person:x" }))).toEqual(["read", "metrics", "replies"]);
    expect(linkedin.blind!(settings())).toEqual([]);
    expect(safeParse(linkedin.channel, { author: "acme", token: "t" }).success).toBe(false);
  });
});

it("what is written is what readers see, whatever characters it has", async () => {
  await loadDialects(["little-text"]);
  const world = { posts: [] as { text: string }[] };
  const seen = (commentary: string): string => {
    const state = { shares: new Map(), files: new Map(), comments: [], sequence: 0 };
    half.handle(
      {
        method: "POST",
        path: "/rest/posts",
        query: new URLSearchParams(),
        headers: {
          authorization: "Bearer sandbox-a",
          "content-type": "application/json",
          "linkedin-version": "202607",
          "x-restli-protocol-version": "2.0.0",
        },
        body: Buffer.from(
          JSON.stringify({
            author: "urn:li:person:a",
            commentary,
            visibility: "PUBLIC",
            lifecycleState: "PUBLISHED",
            distribution: {},
          }),
        ),
      },
      {
        base: () => "http://x",
        folder: "",
        now: () => 0,
        state: () => state as never,
        posts: [],
        accept: (post) => world.posts.push(post),
        update: () => {},
        remove: () => {},
        removed: [],
        take: () => ({ ok: true, remaining: 1, resetAt: 0 }),
      },
    );
    return world.posts.pop()?.text ?? "";
  };
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z |{}@[\]()<>#\\*_~.!-]{1,40}$/), (words) => {
      const { text } = render(
        parseMarkdown(words.replace(/[\\`*_{}[\]()#+\-.!|<>~@:&$=^]/g, "\\$&")),
        "little-text",
        {},
      );
      expect(seen(text).trim()).toBe(words.trim().replace(/ +/g, (spaces) => spaces));
      expect(unescaped(text).trim()).toBe(seen(text).trim());
    }),
    { numRuns: 300 },
  );
});
