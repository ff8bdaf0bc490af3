import { parse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { midnight } from "../../src/adapters/youtube/api.ts";
import { youtube } from "../../src/adapters/youtube/youtube.ts";
import { youtube as half } from "../../src/sandbox/networks/youtube/youtube.ts";
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

const NOW = "2026-11-23T09:00:07Z";
const item = {
  id: "abcdefghijk",
  snippet: { title: "Acme 2.4", description: "Acme 2.4 is out" },
  status: { privacyStatus: "public", uploadStatus: "processed" },
  statistics: { viewCount: "3", likeCount: "2", commentCount: "1" },
};
const comment = (id: string, author: string) => ({
  id,
  snippet: {
    textOriginal: "Nice",
    authorDisplayName: `@${author}`,
    authorChannelId: { value: author },
    publishedAt: NOW,
  },
});

describeAdapter(youtube, half, {
  receipt: { id: item.id, url: "https://yt.example/watch?v=abcdefghijk" },
  answer({ method, path }) {
    if (path.startsWith("/youtube/v3/channels"))
      return { status: 200, body: { items: [{ id: "acme", snippet: { title: "Acme" } }] } };
    if (path.startsWith("/youtube/v3/commentThreads")) {
      const thread = (id: string, author: string, below: object[] = []) => ({
        snippet: { topLevelComment: comment(id, author) },
        replies: { comments: below },
      });
      const items = [thread("c2", "acme"), thread("c1", "maria", [comment("c1.1", "otto")])];
      return { status: 200, body: { items } };
    }
    if (!path.startsWith("/youtube/v3/videos")) return undefined;
    if (method === "DELETE") return { status: 204 };
    return { status: 200, body: method === "GET" ? { items: [item] } : item };
  },
  changes: ({ method }) => method === "PUT" || method === "DELETE",
  gone: { status: 200, body: { items: [] } },
});

const MIB = 1024 * 1024;
const VIDEO = { file: "a.mp4", sha256: "00", type: "video/mp4", bytes: 64, alt: "A film" };
const PICTURE = { file: "b.png", sha256: "01", type: "image/png", bytes: 64, alt: "A still" };
const CAPTIONS = { file: "c.vtt", sha256: "02", type: "text/vtt", bytes: 64, alt: "English" };

describe("youtube", () => {
  let stage: Stage;
  /** How much of the file the session has. */
  let held: number;
  let size: number;
  let sessions: number;
  let status: object;
  beforeEach(async () => {
    [held, size, sessions, status] = [0, 20 * MIB, 0, { uploadStatus: "processed", privacyStatus: "public" }];
    stage = await openStage(({ method, path, headers, body }): StageReply => {
      if (path.startsWith("/upload/") && method === "POST" && path.includes("resumable"))
        return { status: 200, headers: { location: `${stage.url}/session/${++sessions}` }, body: "" };
      if (path.startsWith("/session/")) {
        const [, from] = /^bytes (\d+)-/.exec(String(headers["content-range"])) ?? [];
        if (from !== undefined) held = Number(from) + body.length;
        if (held === size) return { status: 201, body: { id: "v1" } };
        const stored: Record<string, string> = held > 0 ? { range: `bytes=0-${held - 1}` } : {};
        return { status: 308, headers: stored };
      }
      return {
        status: 200,
        body: method === "GET" ? { items: [{ id: "v1", status }] } : { id: "v1", status },
      };
    });
  });
  afterEach(() => stage.close());
  const settings = (more: object = {}) =>
    parse(youtube.channel, { token: "t-secret", server: stage.url, web: "https://yt.example", ...more });
  const context = (more: object = {}) =>
    contextOn(youtube, stage, { channel: settings(), read: () => Buffer.alloc(size), ...more });
  const post = (more: object = {}) => postOf({ title: "Acme 2.4", media: [VIDEO], options: {}, ...more });
  const ranges = () => stage.requests.flatMap(({ headers }) => headers["content-range"] ?? []);
  const published = () =>
    stage.requests
      .filter(({ method, path }) => method === "PUT" && path.startsWith("/youtube/"))
      .map(({ body }) => JSON.parse(body.toString()).status);

  it("sends a large file in pieces, as a private video, and then makes it public", async () => {
    const receipt = await publishOn(youtube, post({ tags: ["acme"], lang: "en" }), context());
    expect(receipt).toEqual({ id: "v1", url: "https://yt.example/watch?v=v1" });
    expect(ranges()).toEqual([
      `bytes 0-${8 * MIB - 1}/${size}`,
      `bytes ${8 * MIB}-${16 * MIB - 1}/${size}`,
      `bytes ${16 * MIB}-${size - 1}/${size}`,
    ]);
    const [begun] = stage.requests;
    expect(JSON.parse(begun!.body.toString())).toEqual({
      snippet: {
        title: "Acme 2.4",
        description: "Acme 2.4 is out",
        tags: ["acme"],
        categoryId: "28",
        defaultLanguage: "en",
      },
      status: { privacyStatus: "private" },
    });
    expect(published()).toEqual([{ privacyStatus: "public" }]);
  });

  it("asks the same session what is there after a lost answer, and goes on from there", async () => {
    const memory = newMemory();
    const { answer } = stage;
    stage.answer = async (request) => {
      const reply = await answer(request);
      return held === 16 * MIB ? "reset" : reply;
    };
    await expect(publishOn(youtube, post(), context({ memory }))).rejects.toMatchObject({
      code: "unavailable",
    });
    stage.answer = answer;
    await publishOn(youtube, post(), context({ memory }));
    expect(ranges().slice(2)).toEqual([`bytes */${size}`, `bytes ${16 * MIB}-${size - 1}/${size}`]);
    expect(sessions).toBe(1);
  });

  it("learns of a video whose last answer was lost, and sends nothing again", async () => {
    const memory = newMemory();
    const { answer } = stage;
    stage.answer = async (request) => {
      const reply = await answer(request);
      return held === size ? "reset" : reply;
    };
    await expect(publishOn(youtube, post(), context({ memory }))).rejects.toMatchObject({
      code: "unavailable",
    });
    stage.answer = answer;
    expect((await publishOn(youtube, post(), context({ memory }))).id).toBe("v1");
    expect(ranges().slice(3)).toEqual([`bytes */${size}`]);
  });

  it("begins anew where a session has ended", async () => {
    const { answer } = stage;
    stage.answer = (request) => (request.path === "/session/1" ? { status: 410 } : answer(request));
    expect((await publishOn(youtube, post(), context())).id).toBe("v1");
    expect(sessions).toBe(2);
  });

  it("does not send its token to another server that an answer names", async () => {
    const elsewhere = await openStage(() => ({ status: 201, body: { id: "v1" } }));
    try {
      const { answer } = stage;
      stage.answer = (request) =>
        request.path.startsWith("/upload/")
          ? { status: 200, headers: { location: `${elsewhere.url}/x` } }
          : answer(request);
      await publishOn(youtube, post(), context());
      expect(elsewhere.requests[0]?.headers.authorization).toBeUndefined();
    } finally {
      await elsewhere.close();
    }
  });

  it("puts thumbnail and captions beside the video while nobody sees it", async () => {
    const { answer } = stage;
    stage.answer = (request) =>
      request.path.startsWith("/session/") ? { status: 201, body: { id: "v1" } } : answer(request);
    await publishOn(youtube, post({ media: [VIDEO, PICTURE, CAPTIONS], lang: "it" }), context());
    const paths = stage.requests.map(({ method, path }) => `${method} ${path.split("?")[0]}`);
    expect(paths.indexOf("PUT /youtube/v3/videos")).toBe(paths.length - 1);
    expect(paths).toContain("POST /upload/youtube/v3/thumbnails/set");
    const begun = stage.requests.find(({ path }) => path.startsWith("/upload/youtube/v3/captions"));
    expect(JSON.parse(begun!.body.toString())).toEqual({
      snippet: { videoId: "v1", language: "it", name: "English" },
    });
  });

  it("hands a video over to its time, and takes that back", async () => {
    const due = new Date("2026-12-01T09:00:00Z");
    expect(await publishOn(youtube, post(), context({ due }))).toMatchObject({ due: due.toISOString() });
    status = { privacyStatus: "private", publishAt: due.toISOString() };
    expect(await youtube.schedules!.cancel({ id: "v1" }, context())).toBe("cancelled");
    expect(published()).toEqual([
      { privacyStatus: "private", publishAt: due.toISOString() },
      { privacyStatus: "private" },
    ]);
    status = { privacyStatus: "public" };
    expect(await youtube.schedules!.cancel({ id: "v1" }, context())).toBe("gone");
    const unlisted = youtube.publish(post({ options: { privacy: "unlisted" } }), context({ due }));
    await expect(unlisted).rejects.toMatchObject({ code: "rejected" });
  });

  it("says that nobody sees what YouTube has kept private", async () => {
    status = { uploadStatus: "processed", privacyStatus: "private" };
    expect(await publishOn(youtube, post(), context())).toMatchObject({ hidden: "review" });
    const own = post({ options: { privacy: "private" } });
    expect(await publishOn(youtube, own, context())).toMatchObject({ hidden: "draft" });
  });

  it("fails before anything is public if the file cannot be played", async () => {
    status = { uploadStatus: "rejected", rejectionReason: "duplicate" };
    await expect(publishOn(youtube, post(), context())).rejects.toMatchObject({
      code: "rejected",
      message: "YouTube does not take a.mp4: duplicate",
    });
    expect(published()).toEqual([]);
  });

  it("knows by the reason what a refusal means", async () => {
    const code = async (status: number, reason: string) => {
      const error = { code: status, message: "No", errors: [{ reason }] };
      stage.answer = () => ({ status, body: { error } });
      return publishOn(youtube, post(), context()).catch(({ code }) => code);
    };
    expect(await code(403, "quotaExceeded")).toBe("limited");
    expect(await code(400, "uploadLimitExceeded")).toBe("limited");
    expect(await code(403, "insufficientPermissions")).toBe("auth");
    expect(await code(403, "accessNotConfigured")).toBe("rejected");
    expect(await code(400, "invalidTags")).toBe("rejected");
  });

  it("waits for the quotas' midnight in California", () => {
    expect(midnight(Date.parse("2026-11-23T09:00:00Z"))).toBe(Date.parse("2026-11-24T08:00:00Z"));
    expect(midnight(Date.parse("2026-07-01T06:59:59Z"))).toBe(Date.parse("2026-07-01T07:00:00Z"));
  });

  it("says in the plan what YouTube refuses, and what becomes of uploads of an app without an audit", () => {
    const said = (more: object, audited = true) =>
      [youtube.check!(post(more), settings({ audited }))].flat().map((one) => {
        const { severity = "error", message } = one as { severity?: string; message: string };
        return `${severity}: ${message}`;
      });
    expect(said({})).toEqual([]);
    expect(said({}, false)).toEqual([expect.stringMatching(/^warning: YouTube keeps private/)]);
    expect(said({ options: { privacy: "private" } }, false)).toEqual([]);
    expect(said({ media: [PICTURE] })).toEqual([expect.stringMatching(/^error: YouTube takes videos only/)]);
    expect(said({ text: "a < b" })).toEqual(["error: YouTube takes no < or > in titles and descriptions"]);
    expect(said({ tags: Array(50).fill("abcdefghi") })).toEqual([]);
    expect(said({ tags: [...Array(50).fill("abcdefghi"), "b"] })).toHaveLength(1);
    expect(said({ tags: [`${"a".repeat(495)} bc`] })).toEqual([]);
    expect(said({ tags: [`${"a".repeat(496)} bc`] })).toHaveLength(1);
    expect(said({ media: [VIDEO, { ...CAPTIONS, alt: "a".repeat(151) }] })).toHaveLength(1);
  });
});
