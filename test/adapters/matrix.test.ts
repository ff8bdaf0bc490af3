import { safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { matrix } from "../../src/adapters/matrix/matrix.ts";
import { matrix as half } from "../../src/sandbox/networks/matrix/matrix.ts";
import {
  contextOn,
  KEY,
  openStage,
  postOf,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const V3 = "/_matrix/client/v3";
const ROOM = "!room:acme.example";
const inRoom = `${V3}/rooms/${encodeURIComponent(ROOM)}`;
const at = Date.parse("2026-11-23T09:00:01Z");
const event = (part: object = {}) => ({
  event_id: "$1",
  type: "m.room.message",
  sender: "@bot:acme.example",
  origin_server_ts: at,
  content: { msgtype: "m.text", body: "Acme 2.4 is out" },
  ...part,
});
const answerOf = (event_id: string, minutes: number, relation: object, body: string) =>
  event({
    event_id,
    sender: "@eve:other.example",
    origin_server_ts: at + minutes * 60_000,
    content: { msgtype: "m.text", body, "m.relates_to": relation },
  });
const answers = [
  answerOf("$4", 30, { "m.in_reply_to": { event_id: "$1" } }, "And me"),
  event({
    event_id: "$3",
    content: { body: "Ours", "m.relates_to": { rel_type: "m.thread", event_id: "$1" } },
  }),
  answerOf("$2", 20, { rel_type: "m.thread", event_id: "$1", "m.in_reply_to": { event_id: "$9" } }, "Thanks"),
  answerOf("$0", 10, { "m.in_reply_to": { event_id: "$else" } }, "Elsewhere"),
];

function answer({ path }: StageRequest): StageReply {
  const [where = ""] = path.split("?");
  if (where === `${V3}/account/whoami`) return { status: 200, body: { user_id: "@bot:acme.example" } };
  if (where.startsWith(`${V3}/directory/room/`)) return { status: 200, body: { room_id: ROOM } };
  if (where.endsWith("/state/m.room.encryption"))
    return { status: 404, body: { errcode: "M_NOT_FOUND", error: "" } };
  if (where === "/_matrix/client/v1/media/config") return { status: 200, body: { "m.upload.size": 1000 } };
  if (where === "/_matrix/media/v3/upload")
    return { status: 200, body: { content_uri: "mxc://acme.example/f" } };
  if (where === `${inRoom}/messages`) return { status: 200, body: { chunk: answers } };
  if (where.includes("/relations/")) return { status: 200, body: { chunk: [event(), event()] } };
  if (where === `${inRoom}/event/%241`) return { status: 200, body: event() };
  return { status: 200, body: { event_id: "$1" } };
}

const out = {
  id: "$1",
  url: "https://matrix.to/#/%23news%3Aacme.example/%241",
  ref: { room: ROOM },
};

describeAdapter(matrix, half, {
  receipt: out,
  answer: (request) =>
    /\/event\/%241|\/relations\/|\/messages\?|\/redact\/|-edit-/.test(request.path)
      ? (answer(request) as { status: number })
      : undefined,
  changes: ({ path }) => /\/redact\/|-edit-/.test(path),
});

describe("matrix", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(matrix, stage, {
      channel: { server: stage.url, token: "matrix-secret", room: "#news:acme.example" },
      ...part,
    });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());
  const post = (part: object = {}) =>
    postOf({ options: {}, text: "<b>Acme</b> 2.4", plain: "Acme 2.4", ...part });

  it("sends both forms under a name that follows from the key, and calls those whom the text names and nobody else", async () => {
    const entities = [{ kind: "mention" as const, start: 0, end: 1, handle: "marta:acme.example" }];
    expect(await matrix.publish(post({ entities, options: { notice: true } }), context())).toEqual(out);
    expect(stage.requests.at(-1)).toMatchObject({
      method: "PUT",
      path: `${inRoom}/send/m.room.message/${KEY}`,
    });
    expect(sent()).toEqual({
      msgtype: "m.notice",
      body: "Acme 2.4",
      format: "org.matrix.custom.html",
      formatted_body: "<b>Acme</b> 2.4",
      "m.mentions": { user_ids: ["@marta:acme.example"] },
      broadcast_key: KEY,
    });
  });

  it("gives a room's id with a server that is in it", async () => {
    const channel = { server: stage.url, token: "t", room: ROOM };
    expect((await matrix.publish(post(), contextOn(matrix, stage, { channel }))).url).toBe(
      `https://matrix.to/#/${encodeURIComponent(ROOM)}/%241?via=acme.example`,
    );
  });

  it("hangs a thread below its first message, and an answer where it belongs", async () => {
    const thread = { root: { id: "$1" }, parent: { id: "$2" } };
    const second = await matrix.publish(post(), context({ thread }));
    expect(sent()["m.relates_to"]).toEqual({
      rel_type: "m.thread",
      event_id: "$1",
      is_falling_back: true,
      "m.in_reply_to": { event_id: "$2" },
    });
    expect(second.ref).toEqual({ room: ROOM, thread: "$1" });
    const theirs = { id: "$8" };
    await matrix.publish(post(), context({ thread: { root: theirs, parent: theirs, answers: true } }));
    expect(sent()["m.relates_to"]).toEqual({ "m.in_reply_to": { event_id: "$8" } });
    const inThread = { ...theirs, ref: { thread: "$7" } };
    await matrix.publish(post(), context({ thread: { root: theirs, parent: inThread, answers: true } }));
    expect(sent()["m.relates_to"]).toMatchObject({
      rel_type: "m.thread",
      event_id: "$7",
      is_falling_back: false,
    });
  });

  it("shows a picture with its caption, and one without a text by its name", async () => {
    const media = [
      { file: "images/hero.png", sha256: "00", type: "image/png", bytes: 10, width: 8, height: 6, alt: "A" },
    ];
    await matrix.publish(post({ media }), context());
    expect(sent()).toMatchObject({
      msgtype: "m.image",
      url: "mxc://acme.example/f",
      filename: "hero.png",
      body: "Acme 2.4",
      info: { mimetype: "image/png", size: 10, w: 8, h: 6 },
    });
    await matrix.publish(post({ media, text: "", plain: "" }), context());
    expect(sent()).toMatchObject({ filename: "hero.png", body: "hero.png" });
    expect(sent()).not.toHaveProperty("formatted_body");
  });

  it("edits in place, and names each edit anew though the words are those of an earlier one", async () => {
    const names: string[] = [];
    let receipt: Parameters<NonNullable<typeof matrix.edit>>[0] = out;
    for (const text of ["One", "One", "Two", "One"]) {
      const edited = await matrix.edit!(receipt, post({ text, plain: text }), context());
      names.push(stage.requests.at(-1)!.path);
      // The second is a repeat whose outcome was not known.
      if (names.length > 1) receipt = edited;
    }
    expect(names[1]).toBe(names[0]);
    expect(new Set(names).size).toBe(3);
    expect(sent()).toMatchObject({
      body: "* One",
      "m.new_content": { body: "One" },
      "m.relates_to": { rel_type: "m.replace", event_id: "$1" },
    });
    expect(receipt).toEqual({ ...out, ref: { room: ROOM, edits: "3" } });
  });

  it("reads what an edit made of it, and takes what was redacted for gone", async () => {
    const says = (part: object) => {
      stage.answer = (request) =>
        request.path.includes("/event/") ? { status: 200, body: event(part) } : answer(request);
    };
    const content = { "m.new_content": { body: "New", format: "x", formatted_body: "<p><b>New</b></p>" } };
    says({ unsigned: { "m.relations": { "m.replace": { origin_server_ts: at + 60_000, content } } } });
    expect(await matrix.read?.(out, context())).toEqual({
      text: "New",
      url: out.url,
      edited: "2026-11-23T09:01:01.000Z",
    });
    says({ content: {}, unsigned: { redacted_because: {} } });
    expect(await matrix.read?.(out, context())).toBe("gone");
  });

  it("posts nothing to a room that is encrypted", async () => {
    stage.answer = (request) =>
      request.path.endsWith("/state/m.room.encryption")
        ? { status: 200, body: { algorithm: "m" } }
        : answer(request);
    await expect(matrix.prepare?.([post()], context())).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("encrypted"),
    });
  });

  it("counts reactions and answers, and hears both kinds of answers", async () => {
    expect(await matrix.metrics?.([out], context())).toEqual([{ likes: 2, replies: 2 }]);
    const heard = await matrix.replies?.(out, context(), new Date(at));
    expect(heard?.map(({ id, parent, text }) => [id, parent, text])).toEqual([
      ["$2", "$9", "Thanks"],
      ["$4", "$1", "And me"],
    ]);
    expect(heard?.[0]).toMatchObject({
      author: { handle: "@eve:other.example" },
      ref: { room: ROOM, thread: "$1" },
    });
  });

  it("waits as long as an older server says in its body", async () => {
    stage.answer = () => ({
      status: 429,
      body: { errcode: "M_LIMIT_EXCEEDED", error: "", retry_after_ms: 90_000 },
    });
    const memory = {
      steps: new Map([["place", { result: { room: ROOM, via: "a" }, at: Date.now() }]]),
      session: null,
    };
    const refused = await matrix.publish(post(), context({ memory })).catch((error) => error);
    expect(refused.code).toBe("limited");
    expect(Math.round((refused.retryAt - Date.now()) / 1000)).toBe(90);
  });

  it("takes the server's own limit, a room by alias or id, and weighs both forms", async () => {
    expect(await matrix.account?.(context())).toMatchObject({
      handle: "@bot:acme.example in #news:acme.example",
      limits: { media: { image: { bytes: 1000 } } },
    });
    const takes = (room: string) =>
      safeParse(matrix.channel, { server: "https://a.example", token: "t", room }).success;
    expect(["#a:b.example", "!x:b.example", "!newer-rooms-have-no-server"].map(takes)).toEqual([
      true,
      true,
      true,
    ]);
    expect(["news", "#news", "@a:b"].map(takes)).toEqual([false, false, false]);
    const long = "x".repeat(20_000);
    const channel = { server: "", token: "", room: "", web: "" };
    expect(matrix.check?.(post({ text: long, plain: long }), channel)).toMatchObject({
      message: expect.any(String),
    });
    expect(matrix.check?.(post(), channel)).toBeUndefined();
  });
});
