import { parse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { peertube } from "../../src/adapters/peertube/peertube.ts";
import { peertube as half } from "../../src/sandbox/networks/peertube/peertube.ts";
import {
  contextOn,
  newMemory,
  openStage,
  postOf,
  publishOn,
  type Stage,
  type StageReply,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const NOW = "2026-11-23T09:00:07.000Z";
const UUID = "9c9de5e8-0a1e-484a-b099-e80766180a6d";
const item = {
  ...{ uuid: UUID, shortUUID: "kkGMgK9ZtnKfYAgnEtQxbv", name: "Acme 2.4", description: "Acme 2.4 is out" },
  ...{ privacy: { id: 1 }, state: { id: 1 }, views: 3, likes: 2, comments: 2 },
};
const LOGIN: Record<string, object> = {
  "/api/v1/oauth-clients/local": { client_id: "i", client_secret: "s" },
  "/api/v1/users/token": { access_token: "token-1", expires_in: 14_399 },
  "/api/v1/users/me": { username: "acme", videoChannels: [{ id: 5, name: "main", displayName: "Main" }] },
};
const comment = (id: number, name: string, more: object = {}) => ({
  ...{ id, text: "<p>Nice</p>", createdAt: NOW, account: { name, host: "elsewhere.example" } },
  ...more,
});

describeAdapter(peertube, half, {
  receipt: { id: UUID, url: "https://video.example/w/kkGMgK9ZtnKfYAgnEtQxbv" },
  answer({ method, path }) {
    if (path.includes("/comment-threads/8"))
      return {
        status: 200,
        body: {
          comment: comment(8, "maria"),
          children: [{ comment: comment(9, "otto", { inReplyToCommentId: 8 }), children: [] }],
        },
      };
    if (path.includes("/comment-threads"))
      return { status: 200, body: { total: 1, data: [comment(8, "maria", { totalReplies: 1 })] } };
    if (!path.startsWith("/api/v1/videos/")) return undefined;
    return method === "GET" ? { status: 200, body: item } : { status: 204 };
  },
  changes: ({ method, path }) =>
    path.startsWith("/api/v1/videos/") && (method === "PUT" || method === "DELETE"),
});

const VIDEO = { file: "a.mp4", sha256: "00", type: "video/mp4", bytes: 64, alt: "A film" };
const PICTURE = { file: "b.jpg", sha256: "01", type: "image/jpeg", bytes: 64, alt: "A still" };
const CAPTIONS = { file: "c.srt", sha256: "02", type: "application/x-subrip", bytes: 64, alt: "English" };

describe("peertube", () => {
  let stage: Stage;
  let state: object;
  beforeEach(async () => {
    state = {};
    stage = await openStage(({ method, path, headers }): StageReply => {
      if (LOGIN[path]) return { status: 200, body: LOGIN[path] };
      if (path.includes("upload-resumable") && method === "POST")
        // As some versions tell it: without a scheme, for another host.
        return {
          status: 201,
          headers: { location: "//cdn.example/api/v1/videos/upload-resumable?upload_id=u1" },
        };
      if (path.includes("upload-resumable"))
        return String(headers["content-range"]).startsWith("bytes */")
          ? { status: 308, headers: { range: "bytes=0-9" } }
          : { status: 200, body: { video: { id: 1, uuid: UUID, shortUUID: "kk" } } };
      return method === "GET" ? { status: 200, body: { ...item, ...state } } : { status: 204 };
    });
  });
  afterEach(() => stage.close());
  const settings = (more: object = {}) =>
    parse(peertube.channel, { server: stage.url, username: "acme", password: "p-secret", ...more });
  const context = (more: object = {}) =>
    contextOn(peertube, stage, { channel: settings(), read: () => Buffer.alloc(20), ...more });
  const post = (more: object = {}) => postOf({ title: "Acme 2.4", media: [VIDEO], options: {}, ...more });
  const changes = () =>
    stage.requests
      .filter(
        ({ method, path, headers }) =>
          method === "PUT" &&
          path === `/api/v1/videos/${UUID}` &&
          headers["content-type"] === "application/json",
      )
      .map(({ body }) => JSON.parse(body.toString()));

  it("uploads a private video to the account's channel, and then makes it public", async () => {
    const made = await publishOn(peertube, post({ tags: ["acme"], lang: "de-AT" }), context());
    expect(made).toEqual({ id: UUID, url: `${stage.url}/w/kk` });
    const begun = stage.requests.find(
      ({ method, path }) => method === "POST" && path.includes("upload-resumable"),
    );
    expect(JSON.parse(begun!.body.toString())).toEqual({
      ...{ name: "Acme 2.4", description: "Acme 2.4 is out", tags: ["acme"], category: 15, language: "de" },
      ...{ channelId: 5, filename: "a.mp4", privacy: 3, waitTranscoding: true },
    });
    expect(changes()).toEqual([{ privacy: 1 }]);
  });

  it("goes on with an upload that broke off, on its own server", async () => {
    const memory = newMemory();
    const { answer } = stage;
    stage.answer = (request) => (request.method === "PUT" ? "reset" : answer(request));
    await expect(publishOn(peertube, post(), context({ memory }))).rejects.toMatchObject({
      code: "unavailable",
    });
    stage.answer = answer;
    await publishOn(peertube, post(), context({ memory }));
    const ranges = stage.requests.flatMap(({ path, headers }) =>
      path === "/api/v1/videos/upload-resumable?upload_id=u1" ? (headers["content-range"] ?? []) : [],
    );
    expect(ranges).toEqual(["bytes 0-19/20", "bytes */20", "bytes 10-19/20"]);
  });

  it("puts thumbnail and captions beside it while nobody sees it", async () => {
    await publishOn(peertube, post({ media: [VIDEO, PICTURE, CAPTIONS], lang: "it" }), context());
    const puts = stage.requests
      .filter(({ method }) => method === "PUT")
      .map(({ path }) => path.split("?")[0]);
    expect(puts).toEqual([
      "/api/v1/videos/upload-resumable",
      `/api/v1/videos/${UUID}`,
      `/api/v1/videos/${UUID}/captions/it`,
      `/api/v1/videos/${UUID}`,
    ]);
  });

  it("hands a video over to its time, and takes that back", async () => {
    const due = new Date("2026-12-01T09:00:00Z");
    const updateAt = due.toISOString();
    const post2 = post({ options: { privacy: "unlisted" } });
    expect(await publishOn(peertube, post2, context({ due }))).toMatchObject({ due: updateAt });
    state = { privacy: { id: 3 }, scheduledUpdate: { updateAt } };
    expect(await peertube.schedules!.cancel({ id: UUID }, context())).toBe("cancelled");
    state = {};
    expect(await peertube.schedules!.cancel({ id: UUID }, context())).toBe("gone");
    expect(changes()).toEqual([{ scheduleUpdate: { updateAt, privacy: 2 } }, { scheduleUpdate: null }]);
  });

  it("names the channels that there are, if it is none of them", async () => {
    const channel = settings({ channel: "other" });
    await expect(peertube.account!(context({ channel }))).rejects.toMatchObject({
      code: "rejected",
      message: "acme has no channel other; there is main",
    });
  });

  it("fails before anything is public if the video cannot be transcoded", async () => {
    state = { state: { id: 7 } };
    await expect(publishOn(peertube, post(), context())).rejects.toMatchObject({ code: "rejected" });
    expect(changes()).toEqual([]);
  });

  it("refuses in the plan what a server would refuse: no video, too little said, tags", () => {
    const said = (more: object) => [peertube.check!(post(more), settings())].flat().length;
    expect(said({})).toBe(0);
    expect(said({ media: [PICTURE] })).toBe(1);
    expect(said({ text: "Hi" })).toBe(1);
    expect(said({ text: "" })).toBe(0);
    expect(said({ tags: ["ab", "c".repeat(30), "cd", "ef", "gh"] })).toBe(0);
    expect(said({ tags: ["a"] })).toBe(1);
    expect(said({ tags: ["c".repeat(31)] })).toBe(1);
    expect(said({ tags: ["ab", "cd", "ef", "gh", "ij", "kl"] })).toBe(1);
  });
});
