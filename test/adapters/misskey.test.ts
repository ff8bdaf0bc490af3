import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { misskey } from "../../src/adapters/misskey/misskey.ts";
import { misskey as half } from "../../src/sandbox/networks/misskey/misskey.ts";
import {
  contextOn,
  openStage,
  postOf,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const note = (part: object = {}) => ({
  id: "n1",
  createdAt: "2026-11-23T09:00:01.000Z",
  text: "Acme 2.4 is out",
  user: { id: "u1", username: "acme", host: null },
  repliesCount: 2,
  renoteCount: 1,
  reactions: { "👍": 2, ":tada@.:": 1 },
  poll: {
    choices: [
      { text: "A", votes: 3 },
      { text: "B", votes: 1 },
    ],
  },
  ...part,
});
const theirs = (id: string, createdAt: string) =>
  note({
    id,
    createdAt,
    replyId: "n1",
    text: "Thanks",
    user: { id: "u2", username: "eve", host: "other.example", name: "Eve" },
  });
let own: object[] = [];
let children: object[] = [];

function answer({ path }: StageRequest): StageReply {
  if (path === "/api/i") return { status: 200, body: { id: "u1", username: "acme", host: null } };
  if (path === "/api/meta") return { status: 200, body: { maxNoteTextLength: 5000 } };
  if (path === "/api/users/notes") return { status: 200, body: own };
  if (path === "/api/notes/children") return { status: 200, body: children };
  if (path === "/api/notes/show") return { status: 200, body: note() };
  if (path === "/api/notes/delete") return { status: 204 };
  if (path === "/api/drive/files/create") return { status: 200, body: { id: "f1" } };
  return { status: 200, body: { createdNote: note() } };
}

const out = { id: "n1", url: "https://misskey.example/notes/n1" };
const gone = {
  status: 400,
  body: { error: { message: "No such note.", code: "NO_SUCH_NOTE", id: "24fcbfc6" } },
};

describeAdapter(misskey, half, {
  receipt: out,
  answer: (request) => {
    children = [theirs("n4", "2026-11-23T10:00:00.000Z"), theirs("n3", "2026-11-23T09:30:00.000Z")];
    return /notes\/(show|children|delete)/.test(request.path)
      ? (answer(request) as { status: number })
      : undefined;
  },
  changes: ({ path }) => path === "/api/notes/delete",
  gone,
});

describe("misskey", () => {
  let stage: Stage;
  beforeEach(async () => {
    own = [];
    children = [];
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(misskey, stage, { channel: { server: stage.url, token: "misskey-secret" }, ...part });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());
  const image = { file: "images/hero.png", sha256: "00", type: "image/png", bytes: 10, alt: "A phone" };

  it("posts a note with its options, a poll, and what it answers", async () => {
    const options = { visibility: "home" as const, cw: "Spoiler", local_only: true };
    const post = postOf({ options, poll: { choices: ["A", "B"], open: "1d", multiple: true } });
    const thread = { root: out, parent: out };
    expect(await misskey.publish(post, context({ thread }))).toEqual({
      id: "n1",
      url: `${stage.url}/notes/n1`,
    });
    expect(sent()).toEqual({
      text: "Acme 2.4 is out",
      visibility: "home",
      cw: "Spoiler",
      localOnly: true,
      poll: { choices: ["A", "B"], multiple: true, expiredAfter: 86_400_000 },
      replyId: "n1",
    });
  });

  it("describes its files, and never takes an older file of the same bytes with its old description", async () => {
    await misskey.publish(postOf({ options: { sensitive: true }, media: [image] }), context());
    expect(sent()).toEqual({ text: "Acme 2.4 is out", fileIds: ["f1"] });
    const body = stage.requests.find(({ path }) => path === "/api/drive/files/create")!.body.toString();
    for (const [name, value] of Object.entries({
      comment: "A phone",
      isSensitive: "true",
      force: "true",
      name: "hero.png",
    }))
      expect(body).toContain(`name="${name}"\r\n\r\n${value}`);
  });

  it("finds its note by words, place and files; what is only like it, or from shortly before, a person must see", async () => {
    const find = (part: object = {}) => misskey.find?.(postOf({ options: {}, ...part }), context(), STARTED);
    own = [note({ id: "n0", text: "Something else" }), note()];
    expect(await find()).toMatchObject({ id: "n1" });
    own = [note({ replyId: "n9" })];
    expect(await find()).toMatchObject({ like: { id: "n1" } });
    expect(await find({ media: [image] })).toMatchObject({ like: { id: "n1" } });
    own = [note({ createdAt: "2026-11-23T08:55:00.000Z" })];
    await expect(find()).rejects.toMatchObject({ code: "rejected" });
    own = [note({ createdAt: "2026-11-22T09:00:00.000Z" })];
    expect(await find()).toBe("absent");
  });

  it("counts reactions of every kind, renotes, answers and votes", async () => {
    const poll = [
      { choice: "A", votes: 3 },
      { choice: "B", votes: 1 },
    ];
    expect(await misskey.metrics?.([out], context())).toEqual([{ likes: 3, shares: 1, replies: 2, poll }]);
  });

  it("hears answers and no quotes, with the author's server", async () => {
    children = [
      theirs("n3", "2026-11-23T09:30:00.000Z"),
      { ...theirs("n5", "2026-11-23T09:40:00.000Z"), replyId: null },
    ];
    expect(await misskey.replies?.(out, context(), STARTED)).toEqual([
      {
        id: "n3",
        url: `${stage.url}/notes/n3`,
        parent: "n1",
        author: { handle: "@eve@other.example", name: "Eve" },
        text: "Thanks",
        at: "2026-11-23T09:30:00.000Z",
      },
    ]);
  });

  it.each([
    [401, "AUTHENTICATION_FAILED", "auth"],
    [403, "PERMISSION_DENIED", "auth"],
    [429, "RATE_LIMIT_EXCEEDED", "limited"],
    [400, "NO_SUCH_REPLY_TARGET", "rejected"],
  ])("reads %i %s as %s", async (status, code, as) => {
    stage.answer = () => ({ status, body: { error: { message: "no", code, id: "x" } } });
    await expect(misskey.publish(postOf({ options: {} }), context())).rejects.toMatchObject({
      code: as,
      message: expect.stringContaining(code),
    });
  });

  it("takes the server's own length", async () => {
    expect(await misskey.account?.(context())).toMatchObject({ limits: { text: { max: 5000 } } });
  });
});
