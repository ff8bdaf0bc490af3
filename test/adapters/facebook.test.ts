import { parse, safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { facebook } from "../../src/adapters/facebook/facebook.ts";
import { facebook as half } from "../../src/sandbox/networks/facebook.ts";
import { contextOn, openStage, postOf, type Stage } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(facebook, half);

const settings = (more: object = {}) => parse(facebook.channel, { page: "123", token: "t-secret", ...more });

describe("facebook", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage(() => ({
      status: 200,
      body: { id: "123_9", permalink_url: "https://f.example/9" },
    }));
  });
  afterEach(() => stage.close());
  const context = (more: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(facebook, stage, { channel: settings({ server: stage.url }), ...more });
  const json = () => JSON.parse(stage.requests.at(-1)!.body.toString());
  const refuse = (code: number, more: object = {}) => {
    stage.answer = () => ({ status: 400, body: { error: { message: "No.", code, ...more } } });
  };

  it("sends the words with their link, for a preview", async () => {
    const link = { url: "https://acme.example/2-4" };
    expect(await facebook.publish(postOf({ text: "Out", link, options: {} }), context())).toEqual({
      id: "123_9",
      url: "https://f.example/9",
    });
    expect(stage.requests[0]!.path).toBe("/v25.0/123/feed?fields=id%2Cpermalink_url");
    expect(json()).toEqual({ message: "Out", link: link.url });
  });

  it("puts what follows below the first post, as a comment", async () => {
    const thread = { root: { id: "123_1" }, parent: { id: "1_2" } };
    await facebook.publish(postOf({ text: "More", options: {} }), context({ thread }));
    expect(stage.requests[0]!.path).toMatch(/^\/v25\.0\/123_1\/comments/);
  });

  it.each([
    [190, {}, "auth"],
    [200, {}, "auth"],
    [32, {}, "limited"],
    [80_001, {}, "limited"],
    [100, {}, "rejected"],
    [368, {}, "rejected"],
    [2, {}, "uncertain"],
    [1_234, { is_transient: true }, "uncertain"],
  ] as const)("knows code %i for what it is", async (code, more, expected) => {
    refuse(code, more);
    await expect(facebook.publish(postOf({ options: {} }), context())).rejects.toMatchObject({
      code: expected,
    });
  });

  it("waits as many minutes as its own header says", async () => {
    const usage = { "123": [{ type: "pages", estimated_time_to_regain_access: 7 }] };
    stage.answer = () => ({
      status: 400,
      headers: { "x-business-use-case-usage": JSON.stringify(usage) },
      body: { error: { message: "Slow down", code: 80_001 } },
    });
    const error = await facebook.publish(postOf({ options: {} }), context()).catch((refusal) => refusal);
    expect(Math.round((error.retryAt - Date.now()) / 60_000)).toBe(7);
  });

  it("takes a duplicate for its own post only if the page has one", async () => {
    const now = new Date().toISOString();
    let data: object[] = [{ id: "123_7", message: "Hello", created_time: now }];
    stage.answer = ({ method }) =>
      method === "POST"
        ? { status: 400, body: { error: { message: "Duplicate status message", code: 506 } } }
        : { status: 200, body: { data } };
    const post = postOf({ text: "Hello", options: {} });
    expect((await facebook.publish(post, context())).id).toBe("123_7");
    data = [];
    await expect(facebook.publish(post, context())).rejects.toMatchObject({ code: "rejected" });
  });

  it("needs the page's id", () => {
    expect(safeParse(facebook.channel, { page: "acme", token: "t" }).success).toBe(false);
  });
});
