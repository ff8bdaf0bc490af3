import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { farcaster } from "../../src/adapters/farcaster.ts";
import { farcaster as half } from "../../src/sandbox/networks/farcaster.ts";
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

const hash = (sign: string) => `0x${sign.repeat(40)}`;
const out = { id: hash("a"), url: `https://farcaster.xyz/acme/${hash("a").slice(0, 10)}`, ref: { fid: "7" } };
const user = (fid: number, username: string) => ({ fid, username, display_name: username.toUpperCase() });
const cast = (part: object = {}) => ({
  hash: out.id,
  parent_hash: null,
  text: "Acme 2.4 is out",
  timestamp: "2026-11-23T09:00:01.000Z",
  author: user(7, "acme"),
  reactions: { likes_count: 4, recasts_count: 3 },
  replies: { count: 2 },
  ...part,
});
const answers = [
  cast({
    hash: hash("c"),
    parent_hash: hash("b"),
    text: "And fast",
    timestamp: "2026-11-23T11:00:00Z",
    author: user(9, "eve"),
  }),
  cast({ hash: hash("d"), parent_hash: out.id, text: "Ours", timestamp: "2026-11-23T12:00:00Z" }),
];
const thread = {
  ...cast(),
  direct_replies: [
    {
      ...cast({
        hash: hash("b"),
        parent_hash: out.id,
        text: "Good!",
        timestamp: "2026-11-23T10:00:00Z",
        author: user(8, "bob"),
      }),
      direct_replies: [answers[0]],
    },
    answers[1],
  ],
};

function after({ method, path }: StageRequest): StageReply | undefined {
  if (method === "DELETE") return { status: 200, body: { success: true } };
  if (path.includes("/conversation/")) return { status: 200, body: { conversation: { cast: thread } } };
  return path.startsWith("/v2/farcaster/cast/?") ? { status: 200, body: { cast: cast() } } : undefined;
}

describeAdapter(farcaster, half, {
  receipt: out,
  answer: after,
  changes: ({ method }) => method === "DELETE",
});

describe("farcaster", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage((request) => {
      if (request.path.startsWith("/v2/farcaster/signer/"))
        return { status: 200, body: { status: "approved", fid: 7 } };
      if (request.path.startsWith("/v2/farcaster/user/bulk/"))
        return { status: 200, body: { users: [user(7, "acme")] } };
      return after(request) ?? { status: 200, body: { success: true, cast: { hash: out.id } } };
    });
  });
  afterEach(() => stage.close());
  const context = (channel: object = {}, part: object = {}) =>
    contextOn(farcaster, stage, {
      channel: {
        api_key: "n-secret",
        signer: "s-secret",
        server: stage.url,
        web: "https://farcaster.xyz",
        ...channel,
      },
      ...part,
    });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());

  it("casts with its link as an embed, in a channel, under a key", async () => {
    const post = postOf({
      options: { embeds: ["https://acme.example/a.png"] },
      link: { url: "https://acme.example/2-4" },
    });
    expect(await farcaster.publish(post, context({ channel: "neynar" }))).toEqual(out);
    expect(stage.requests.at(-1)!.headers["x-api-key"]).toBe("n-secret");
    expect(sent()).toEqual({
      signer_uuid: "s-secret",
      text: "Acme 2.4 is out",
      embeds: [{ url: "https://acme.example/2-4" }, { url: "https://acme.example/a.png" }],
      channel_id: "neynar",
      idem: KEY.slice(0, 16),
    });
  });

  it("answers with the author of what it answers, and in no other channel than that", async () => {
    const parent = { id: hash("b"), ref: { fid: "8" } };
    await farcaster.publish(
      postOf({ options: {} }),
      context({ channel: "neynar" }, { thread: { root: out, parent } }),
    );
    expect(sent()).toMatchObject({ parent: hash("b"), parent_author_fid: 8 });
    expect(sent()).not.toHaveProperty("channel_id");
  });

  it.each([
    [[cast()], out],
    [[cast({ timestamp: "2026-11-23T08:00:00Z" })], "absent"],
    [[cast({ parent_hash: hash("b") })], "absent"],
    [[cast({ text: "Acme 2.4 is out now" })], { like: out }],
  ])("looks through its casts: %j", async (casts, expected) => {
    const healthy = stage.answer;
    stage.answer = (request) =>
      request.path.includes("/feed/")
        ? { status: 200, body: { casts, next: { cursor: null } } }
        : healthy(request);
    expect(await farcaster.find!(postOf({ options: {} }), context(), STARTED)).toEqual(expected);
  });

  it("hears who answers, at any depth, and counts", async () => {
    expect(await farcaster.replies!(out, context(), STARTED)).toMatchObject([
      {
        id: hash("b"),
        parent: out.id,
        text: "Good!",
        author: { handle: "@bob", name: "BOB" },
        ref: { fid: "8" },
      },
      { id: hash("c"), parent: hash("b"), text: "And fast" },
    ]);
    expect(await farcaster.metrics!([out], context())).toEqual([{ likes: 4, shares: 3, replies: 2 }]);
  });

  it("says that a signer is not approved", async () => {
    stage.answer = () => ({ status: 200, body: { status: "pending_approval" } });
    await expect(farcaster.account!(context())).rejects.toMatchObject({
      code: "auth",
      message: expect.stringContaining("pending approval"),
    });
  });

  it("refuses in the plan what would have more embeds than fit, and has longer casts where they are asked for", () => {
    const embeds = ["https://a.example/1", "https://a.example/2"];
    const channel = { api_key: "", signer: "", server: "", web: "" };
    expect(farcaster.check!(postOf({ options: { embeds } }), channel)).toBeUndefined();
    const link = { url: "https://a.example/3" };
    expect(farcaster.check!(postOf({ options: { embeds }, link }), channel)).toMatchObject({
      about: "options",
    });
    expect(farcaster.rulesFor!({ ...channel, long: true })).toEqual({ text: { max: 1_024 } });
  });
});
