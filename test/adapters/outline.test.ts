import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { outline } from "../../src/adapters/outline/outline.ts";
import { outline as half } from "../../src/sandbox/networks/outline.ts";
import {
  contextOn,
  openStage,
  postOf,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { uuidFrom } from "../../src/uuid.ts";
import { describeAdapter } from "./contract.ts";

const ID = "4f1d2c3b-5a69-4887-96a5-b4c3d2e1f00f";
const COLLECTION = "11111111-2222-4333-8444-555555555555";
const document = (part: object = {}) => ({
  ...{ id: ID, url: "/doc/acme-2-4-x", title: "Acme 2.4", text: "Acme 2.4 is out", revision: 3 },
  publishedAt: "2026-11-23T09:00:05.000Z",
  updatedAt: "2026-11-23T09:00:05.000Z",
  ...part,
});
const ok = (data: unknown): StageReply => ({ status: 200, body: { data, ok: true } });
const none: StageReply = { status: 404, body: { ok: false, error: "not_found" } };
const comment = (id: string, createdAt: string, user: string) => ({
  ...{ id, createdAt, parentCommentId: null, createdBy: { id: user, name: user } },
  data: { type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text: "Thanks" }] }] },
});
let there: StageReply = none;

function answer({ path }: StageRequest): StageReply {
  if (path.endsWith("documents.info")) return there;
  if (path.endsWith("auth.info")) return ok({ user: { id: "bot", name: "Bot" }, team: { name: "Acme" } });
  if (path.endsWith("views.list")) return ok([{ count: 3 }, { count: 4 }]);
  if (path.endsWith("comments.list"))
    return ok([
      comment("a", "2026-11-23T09:10:00Z", "bot"),
      comment("b", "2026-11-23T09:20:00Z", "eve"),
      comment("c", "2026-11-23T09:30:00Z", "ada"),
    ]);
  return ok(document());
}

const out = { id: ID, ref: { first: "3", revision: "3" } };

describeAdapter(outline, half, {
  receipt: out,
  answer: (request) => {
    there = ok(document());
    return /documents\.(info|update|delete)|views|comments/.test(request.path)
      ? (answer(request) as { status: number })
      : undefined;
  },
  changes: ({ path }) => /documents\.(update|delete)/.test(path),
});

describe("outline", () => {
  let stage: Stage;
  beforeEach(async () => {
    there = none;
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (channel: object = {}) =>
    contextOn(outline, stage, {
      channel: { token: "outline-secret", collection: COLLECTION, server: stage.url, ...channel },
    });
  const post = (part: object = {}) => postOf({ options: {}, title: "Acme 2.4", ...part });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());

  it("makes a document under an id that follows from the key", async () => {
    expect(await outline.publish(post({ options: { icon: "🎉" } }), context())).toMatchObject(out);
    expect(sent()).toEqual({
      ...{ id: ID, title: "Acme 2.4", text: "Acme 2.4 is out", collectionId: COLLECTION },
      ...{ publish: true, icon: "🎉" },
    });
  });

  it("meets its own document in a refusal to make it twice, and its refusal otherwise", async () => {
    stage.answer = (request) =>
      request.path.endsWith("create")
        ? { status: 400, body: { ok: false, error: "validation_error", message: "id must be unique" } }
        : answer(request);
    there = ok(document());
    expect(await outline.publish(post(), context())).toMatchObject(out);
    there = none;
    await expect(outline.publish(post(), context())).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("id must be unique"),
    });
  });

  it("finds a document that somebody has thrown away since, and so does not make it again", async () => {
    there = ok(document({ deletedAt: "2026-11-23T09:10:00Z" }));
    expect(await outline.find!(post(), context(), STARTED)).toMatchObject(out);
    expect(await outline.read!(out, context())).toBe("gone");
  });

  it("replaces a document's words only on top of the revision that it has seen", async () => {
    there = ok(document({ text: "Old", revision: 2 }));
    const updating = post({ options: { document: "x" } });
    const receipt = await outline.publish(updating, context());
    expect(sent()).toMatchObject({ id: ID, lastRevision: 2 });
    expect(receipt.ref).toEqual({ was: "there", first: "3", revision: "3" });
    await expect(outline.retract!(receipt, context())).rejects.toMatchObject({ code: "rejected" });
    stage.answer = (request) =>
      request.path.endsWith("update")
        ? { status: 409, body: { ok: false, error: "conflict" } }
        : answer(request);
    await expect(outline.publish(updating, context())).rejects.toMatchObject({ code: "rejected" });
    there = ok(document());
    expect(await outline.edit!(out, post(), context())).toMatchObject(out);
  });

  it("sends a file where Outline says, and the key to nobody else", async () => {
    const image = { file: "a.png", sha256: "00", type: "image/png", bytes: 3, alt: "A [small] phone" };
    const elsewhere = await openStage(() => ({ status: 204 }));
    try {
      const attachment = { url: "/api/attachments.redirect?id=7" };
      stage.answer = (request) =>
        request.path.endsWith("attachments.create")
          ? ok({
              mode: "put",
              url: `${elsewhere.url}/bucket/a.png`,
              headers: { "x-amz-acl": "private" },
              attachment,
            })
          : answer(request);
      await outline.publish(post({ media: [image] }), context());
      expect(sent().text).toBe("![A small phone](/api/attachments.redirect?id=7)\n\nAcme 2.4 is out");
      const [put] = elsewhere.requests;
      expect([put!.method, put!.headers["x-amz-acl"], put!.headers.authorization]).toEqual([
        ...["PUT", "private", undefined],
      ]);
    } finally {
      await elsewhere.close();
    }
  });

  it("counts views, and hears others", async () => {
    expect(await outline.metrics!([out], context())).toEqual([{ views: 7 }]);
    const heard = await outline.replies!(out, context(), STARTED);
    expect(heard.map(({ id, text }) => [id, text])).toEqual([
      ["b", "Thanks"],
      ["c", "Thanks"],
    ]);
  });

  it("asks where documents go", () => {
    const channel = { token: "t", server: "https://app.getoutline.com" };
    expect(outline.check?.(post(), channel)).toMatchObject({ about: "options" });
    expect(outline.check?.(post(), { ...channel, parent: ID })).toBeUndefined();
  });

  it("makes UUIDs that say of which version they are", () => {
    expect(uuidFrom("f".repeat(32))).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
    expect(uuidFrom("0".repeat(40))).toBe("00000000-0000-4000-8000-000000000000");
    expect(() => uuidFrom("abc")).toThrow(TypeError);
  });
});
