import { safeParse } from "valibot";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ntfy } from "../../src/adapters/ntfy.ts";
import { ntfy as half } from "../../src/sandbox/networks/ntfy.ts";
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

const message = (part: object = {}) => ({
  id: "m1",
  time: 1,
  event: "message",
  topic: "acme",
  message: "Acme 2.4 is out",
  ...part,
});
let lines: object[] = [];

function answer({ method, path }: StageRequest): StageReply {
  if (path.startsWith("/acme/json"))
    return { status: 200, body: lines.map((line) => `${JSON.stringify(line)}\n`).join("") };
  if (method === "DELETE") return { status: 200, body: message({ event: "message_delete" }) };
  return { status: 200, body: message({ sequence_id: KEY }) };
}

const out = { id: "m1", url: "https://ntfy.sh/acme", ref: { sequence: KEY } };

describe("ntfy", () => {
  let stage: Stage;
  beforeEach(async () => {
    lines = [];
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(ntfy, stage, { channel: { server: stage.url, topic: "acme", token: "tk_secret" }, ...part });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());

  it("sends a notification that opens the campaign's link, under a sequence that follows from the key", async () => {
    const options = { priority: "high" as const, tags: ["tada"], icon: "https://acme.example/i.png" };
    const post = postOf({ options, title: "Acme", link: { url: "https://acme.example/2-4" } });
    expect(await ntfy.publish(post, context())).toEqual({ ...out, url: `${stage.url}/acme` });
    expect(sent()).toEqual({
      topic: "acme",
      sequence_id: KEY,
      title: "Acme",
      message: "Acme 2.4 is out",
      click: "https://acme.example/2-4",
      priority: 4,
      tags: ["tada"],
      icon: "https://acme.example/i.png",
    });
  });

  it("finds its sequence, the newest of it, or on an older server its words; nothing after the cache is empty", async () => {
    const find = (since = new Date()) => ntfy.find?.(postOf({ options: {} }), context(), since);
    lines = [
      message({ id: "m0", sequence_id: KEY }),
      message({ id: "m2", sequence_id: KEY }),
      message({ id: "m3", sequence_id: "x" }),
    ];
    expect(await find()).toMatchObject({ id: "m2" });
    lines = [message({ id: "m4", message: "Other" }), message({ id: "m5" })];
    expect(await find()).toMatchObject({ id: "m5" });
    lines = [
      message({ id: "m6", title: "With a title" }),
      message({ id: "m7", event: "message_delete", sequence_id: KEY }),
    ];
    expect(await find()).toBe("absent");
    await expect(find(new Date(Date.now() - 12 * 3_600_000))).rejects.toMatchObject({ code: "rejected" });
    stage.answer = () => ({ status: 200, body: "<html>Log in to the hotel" });
    await expect(find()).rejects.toMatchObject({ code: "unavailable" });
  });

  it("edits and takes back what has a sequence, and leaves an older server alone", async () => {
    await ntfy.edit?.(out, postOf({ options: {}, text: "New" }), context());
    expect(sent()).toMatchObject({ sequence_id: KEY, message: "New" });
    await ntfy.retract?.(out, context());
    expect(stage.events.at(-1)).toBe(`DELETE /acme/${KEY}`);
    const before = stage.requests.length;
    await expect(ntfy.retract?.({ id: "m1" }, context())).rejects.toMatchObject({ code: "rejected" });
    await expect(ntfy.edit?.({ id: "m1" }, postOf({ options: {} }), context())).rejects.toMatchObject({
      code: "rejected",
    });
    expect(stage.requests).toHaveLength(before);
  });

  it("needs no token where the server asks for none", () => {
    expect(safeParse(ntfy.channel, { topic: "acme" }).success).toBe(true);
    expect(safeParse(ntfy.channel, { topic: "acme news" }).success).toBe(false);
  });
});

describe("while the server keeps what was posted", () => {
  beforeAll(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: STARTED.getTime() + 3_600_000 });
  });
  afterAll(() => {
    vi.useRealTimers();
  });
  describeAdapter(ntfy, half, {
    receipt: out,
    // An edit is a request like the one that publishes.
    answer: (request) =>
      request.path === "/" || request.method === "DELETE"
        ? (answer(request) as { status: number })
        : undefined,
    changes: ({ method, path }) => method === "DELETE" || path === "/",
  });
});
