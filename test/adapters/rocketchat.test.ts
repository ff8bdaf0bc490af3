import { safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rocketchat } from "../../src/adapters/rocketchat/rocketchat.ts";
import { rocketchat as half } from "../../src/sandbox/networks/rocketchat/rocketchat.ts";
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

const ok = (body: object = {}) => ({ status: 200, body: { ...body, success: true } });
const message = (part: object = {}) => ({
  _id: "m1",
  rid: "R1",
  msg: "Acme 2.4 is out",
  ts: "2026-11-23T09:00:01.000Z",
  u: { _id: "u1", username: "acme" },
  ...part,
});
const theirs = (_id: string, ts: string) =>
  message({ _id, ts, msg: "Thanks", u: { _id: "u2", username: "eve", name: "Eve" } });
let listed: object[] = [];
let type = "c";

function answer({ path }: StageRequest): StageReply {
  if (path.startsWith("/api/v1/rooms.info")) return ok({ room: { _id: "R1", t: type, name: "news" } });
  if (path === "/api/v1/me") return ok({ _id: "u1", username: "acme" });
  if (path.startsWith("/api/v1/rooms.media/")) return ok({ file: { _id: "f1" } });
  if (path.startsWith("/api/v1/chat.getThreadMessages") || /\.messages\?/.test(path))
    return ok({ messages: listed });
  return ok({
    message: message({
      tcount: 2,
      reactions: { ":tada:": { usernames: ["a", "b"] }, ":+1:": { usernames: ["c"] } },
    }),
  });
}

const out = { id: "m1", url: "https://chat.example/channel/news?msg=m1", ref: { room: "R1" } };
const gone = { status: 400, body: { success: false } };
const goneOf = { status: 400, body: { success: false, error: 'No message found with the id of "m1".' } };

const [bot, webhook] = half.ways;
describeAdapter(
  rocketchat,
  { ...half, ways: [bot!] },
  {
    receipt: out,
    answer: (request) => {
      listed = [theirs("m4", "2026-11-23T10:00:00.000Z"), theirs("m3", "2026-11-23T09:30:00.000Z")];
      return /chat\.(getMessage|getThreadMessages|update|delete)/.test(request.path)
        ? (answer(request) as { status: number })
        : undefined;
    },
    changes: ({ path }) => /chat\.(update|delete)/.test(path),
    get gone() {
      return { status: 404, body: { success: false } };
    },
  },
);
describeAdapter(rocketchat, { ...half, ways: [webhook!] });

describe("rocketchat", () => {
  let stage: Stage;
  beforeEach(async () => {
    listed = [];
    type = "c";
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const settings = () => ({ server: stage.url, user_id: "u1", token: "rocket-secret", room: "#news" });
  const context = (part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(rocketchat, stage, { channel: settings(), ...part });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());
  const image = { file: "images/hero.png", sha256: "00", type: "image/png", bytes: 10, alt: "A phone" };

  it("names its message after the key, in the room's own id, and hangs threads below the first", async () => {
    const options = { preview: false };
    expect(await rocketchat.publish(postOf({ options }), context())).toEqual({
      id: "m1",
      url: `${stage.url}/channel/news?msg=m1`,
      ref: { room: "R1" },
    });
    expect(sent()).toEqual({
      message: { _id: KEY.slice(0, 17), rid: "R1", msg: "Acme 2.4 is out" },
      previewUrls: [],
    });
    expect(stage.requests.at(-1)!.headers).toMatchObject({
      "x-auth-token": "rocket-secret",
      "x-user-id": "u1",
    });
    const thread = { root: out, parent: { id: "m2", ref: { root: "m1" } } };
    expect((await rocketchat.publish(postOf({ options: {} }), context({ thread }))).ref).toEqual({
      room: "R1",
      root: "m1",
    });
    expect(sent().message.tmid).toBe("m1");
  });

  it.each([
    ["p", "group/news"],
    ["d", "direct/R1"],
  ])("leads to a room of the kind %s", async (kind, page) => {
    type = kind;
    expect((await rocketchat.publish(postOf({ options: {} }), context())).url).toBe(
      `${stage.url}/${page}?msg=m1`,
    );
  });

  it("confirms a file with the words, and finds it again by the file", async () => {
    await rocketchat.publish(postOf({ options: {}, media: [image] }), context());
    expect(stage.requests.at(-1)!.path).toBe("/api/v1/rooms.mediaConfirm/R1/f1");
    expect(sent()).toEqual({ msg: "Acme 2.4 is out" });
    type = "p";
    listed = [message({ _id: "m8" }), message({ _id: "m9", file: { _id: "f1" } })];
    const find = () => rocketchat.find?.(postOf({ options: {}, media: [image] }), context(), STARTED);
    expect(await find()).toMatchObject({ id: "m9" });
    expect(stage.requests.at(-1)!.path).toMatch(/^\/api\/v1\/groups\.messages\?roomId=R1/);
    listed = [message({ file: { _id: "another" } })];
    expect(await find()).toBe("absent");
  });

  it("knows that a message is gone from an answer without a word, or from the place it has left", async () => {
    stage.answer = () => gone;
    expect(await rocketchat.read?.(out, context())).toBe("gone");
    stage.answer = () => ok({ message: message({ t: "rm", msg: "" }) });
    expect(await rocketchat.metrics?.([out], context())).toEqual(["gone"]);
    stage.answer = () => ({
      status: 400,
      body: { success: false, error: "Not allowed [error-not-allowed]" },
    });
    await expect(rocketchat.read?.(out, context())).rejects.toMatchObject({ code: "unavailable" });
    stage.answer = (request) => (request.path.includes("chat.delete") ? goneOf : answer(request));
    await expect(rocketchat.retract?.(out, context())).resolves.toBeUndefined();
  });

  it("waits as many seconds as the refusal says", async () => {
    const error =
      "Error, too many requests. Please slow down. You must wait 42 seconds before trying this endpoint again. [error-too-many-requests]";
    stage.answer = (request) =>
      request.path.includes("sendMessage")
        ? { status: 429, body: { success: false, error } }
        : answer(request);
    const refused = await rocketchat.publish(postOf({ options: {} }), context()).catch((one) => one);
    expect([refused.code, Math.round((refused.retryAt - Date.now()) / 1000)]).toEqual(["limited", 42]);
  });

  it("counts, and hears others", async () => {
    expect(await rocketchat.metrics?.([out], context())).toEqual([{ likes: 3, replies: 2 }]);
    listed = [theirs("m3", "2026-11-23T09:30:00.000Z"), message({ _id: "m5" })];
    expect(await rocketchat.replies?.(out, context(), STARTED)).toEqual([
      {
        id: "m3",
        parent: "m1",
        author: { handle: "@eve", name: "Eve" },
        text: "Thanks",
        at: "2026-11-23T09:30:00.000Z",
        url: "https://chat.example/channel/news?msg=m3",
        ref: { room: "R1", root: "m1" },
      },
    ]);
  });

  it("takes a webhook or a bot, and says what a webhook and a file cannot", () => {
    const takes = (channel: object) => safeParse(rocketchat.channel, channel).success;
    expect(takes({ webhook: "https://chat.example/hooks/a/b" })).toBe(true);
    expect(takes({ webhook: "https://chat.example/hooks/a" })).toBe(false);
    expect(takes({ server: "https://chat.example", token: "t", room: "news" })).toBe(false);
    const post = postOf({ options: { preview: false }, media: [image] });
    const found = rocketchat.check?.(post, { webhook: "https://chat.example/hooks/a/b" });
    expect(found).toMatchObject([{ about: "media" }, { about: "options" }]);
  });
});
