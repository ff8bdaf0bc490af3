import { createRequire } from "node:module";
import { parse, safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { x } from "../../src/adapters/x/x.ts";
import { weightOf } from "../../src/sandbox/networks/x/weight.ts";
import { x as half } from "../../src/sandbox/networks/x/x.ts";
import { contextOn, openStage, postOf, type Stage } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(x, half);

const { parseTweet } = createRequire(import.meta.url)("twitter-text") as {
  parseTweet(text: string): { weightedLength: number };
};

const settings = (more: object = {}) => parse(x.channel, { handle: "@acme", token: "t-secret", ...more });

describe("x", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage(() => ({ status: 201, body: { data: { id: "1", text: "" } } }));
  });
  afterEach(() => stage.close());
  const context = (more: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(x, stage, { channel: settings({ server: stage.url }), ...more });
  const json = () => JSON.parse(stage.requests.at(-1)!.body.toString());

  it("sends the words with their options and their poll", async () => {
    const poll = { choices: ["Yes", "No"], open: "1d" as const };
    const post = postOf({
      text: "Ready?",
      poll,
      options: { reply_settings: "verified" as const, paid_partnership: true },
    });
    const receipt = await x.publish(post, context());
    expect(receipt).toEqual({ id: "1", url: "https://x.com/acme/status/1" });
    expect(json()).toEqual({
      text: "Ready?",
      reply_settings: "verified",
      paid_partnership: true,
      poll: { options: ["Yes", "No"], duration_minutes: 1440 },
    });
  });

  it("edits under a new id, and says of which post", async () => {
    stage.answer = () => ({ status: 201, body: { data: { id: "2", text: "" } } });
    expect((await x.edit!({ id: "1" }, postOf({ options: {} }), context())).id).toBe("2");
    expect(json().edit_options).toEqual({ previous_post_id: "1" });
  });

  it("takes a duplicate for its own post only if the account has one", async () => {
    const refused = { title: "Forbidden", type: "about:blank", status: 403 };
    const detail = "You are not allowed to create a Tweet with duplicate content.";
    let own: object[] = [
      {
        id: "7",
        text: "Hello https://t.co/1",
        entities: { urls: [{ url: "https://t.co/1", expanded_url: "https://acme.example/a" }] },
      },
    ];
    stage.answer = ({ method, path }) => {
      if (method === "POST") return { status: 403, body: { ...refused, detail } };
      if (path.endsWith("/users/me")) return { status: 200, body: { data: { id: "9", username: "Acme" } } };
      return { status: 200, body: { data: own, meta: { result_count: own.length } } };
    };
    const post = postOf({ text: "Hello https://acme.example/a", options: {} });
    expect((await x.publish(post, context())).id).toBe("7");
    own = [];
    await expect(x.publish(post, context())).rejects.toMatchObject({ code: "rejected", status: 403 });
  });

  it("says what may be behind an answer that is refused", async () => {
    stage.answer = () => ({
      status: 403,
      body: {
        title: "Forbidden",
        type: "about:blank",
        status: 403,
        detail: "You are not permitted to perform this action.",
      },
    });
    const thread = { root: { id: "1" }, parent: { id: "1" } };
    await expect(x.publish(postOf({ options: {} }), context({ thread }))).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("the posts before it are out"),
    });
  });

  it("refuses a token of another account, whose addresses would be wrong", async () => {
    stage.answer = () => ({ status: 200, body: { data: { id: "9", username: "other" } } });
    await expect(x.account!(context())).rejects.toMatchObject({
      code: "auth",
      message: expect.stringContaining("@other"),
    });
  });

  it("has what it costs: more with an address, and for each alt text", () => {
    const cost = (text: string, alts: string[] = []) =>
      x.cost!(
        postOf({
          text,
          options: {},
          media: alts.map((alt) => ({ file: "a.png", sha256: "", type: "image/png", bytes: 1, alt })),
        }),
      )?.amount;
    expect(cost("Hello")).toBe(0.015);
    expect(cost("Hello https://acme.example")).toBe(0.2);
    expect(cost("See acme.com/x")).toBe(0.2);
    expect(cost("Hello", ["A", ""])).toBeCloseTo(0.02);
  });

  it.each([
    ["$AAPL and $MSFT are up", "one cashtag"],
    ["Hello \ufeffthere", "U+FEFF"],
  ])("objects to %j before anything is sent", (text, words) => {
    const found = [x.check!(postOf({ text, options: {} }), settings())].flat();
    expect(found).toMatchObject([{ message: expect.stringContaining(words) }]);
  });

  it("objects to a GIF beside other files, and to nothing else", () => {
    const file = (type: string) => ({ file: "a", sha256: "", type, bytes: 1, alt: "A" });
    const check = (...types: string[]) =>
      x.check!(postOf({ options: {}, media: types.map(file) }), settings());
    expect(check("image/gif", "image/png")).toMatchObject([{ about: "media" }]);
    expect(check("image/gif")).toEqual([]);
    expect(check("image/png", "image/png")).toEqual([]);
    expect(x.check!(postOf({ text: "It costs $5 or US$10, like $AAPL", options: {} }), settings())).toEqual(
      [],
    );
  });

  it("needs the keys of OAuth 1.0a together", () => {
    expect(safeParse(x.channel, { handle: "acme", token: "t", key: "k" }).success).toBe(false);
    expect(settings({ key: "k", key_secret: "s", token_secret: "u" })).toMatchObject({ handle: "acme" });
    expect(x.rulesFor!(settings({ long: true }))).toEqual({ text: { max: 25_000 } });
  });
});

it.each([
  "Hello",
  "Zażółć gęślą jaźń",
  "日本語のテキスト",
  "👩‍👩‍👧 and 🇮🇹 and 1️⃣",
  "See https://acme.com/a/very/long/path?with=query and acme.com.",
  "a.b.c@example.com and foo.notatld",
])("the rehearsal counts %j as twitter-text does", (text) => {
  expect(weightOf(text)).toBe(parseTweet(text).weightedLength);
});
