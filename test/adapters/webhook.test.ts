import { createHmac } from "node:crypto";
import { safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { webhook } from "../../src/adapters/webhook.ts";
import { webhook as half } from "../../src/sandbox/networks/webhook.ts";
import { contextOn, KEY, openStage, postOf, type Stage, type StageReply } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const BYTES = Buffer.alloc(32, 7);
const secret = `whsec_${BYTES.toString("base64")}`;
const out = { id: KEY };

describeAdapter(webhook, half, {
  receipt: out,
  answer: ({ body }) =>
    /broadcast\.post\.(edited|retracted)/.test(body.toString()) ? { status: 204 } : undefined,
  changes: ({ body }) => /broadcast\.post\.(edited|retracted)/.test(body.toString()),
});

describe("webhook", () => {
  let stage: Stage;
  let reply: StageReply;
  beforeEach(async () => {
    reply = { status: 201, body: { id: 9, url: "https://acme.example/9" } };
    stage = await openStage(() => reply);
  });
  afterEach(() => stage.close());
  const context = (channel: object = {}, part: object = {}) =>
    contextOn(webhook, stage, { channel: { url: `${stage.url}/in?a=1`, secret, ...channel }, ...part });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());
  const post = (part: object = {}) => postOf({ options: {}, title: "Acme 2.4", ...part });

  it("sends an event, signed over its bytes with the time of the attempt", async () => {
    const link = { url: "https://acme.example/2-4", title: "2.4" };
    const receipt = await webhook.publish(post({ link, tags: ["news"], lang: "en" }), context());
    expect(receipt).toEqual({ id: "9", url: "https://acme.example/9" });
    expect(sent()).toEqual({
      specversion: "1.0",
      id: `msg_${KEY}`,
      source: "broadcast",
      type: "broadcast.post.published",
      subject: KEY,
      time: "2026-11-23T09:00:00.000Z",
      datacontenttype: "application/json",
      data: {
        title: "Acme 2.4",
        text: "Acme 2.4 is out",
        markup: "markdown",
        link,
        tags: ["news"],
        lang: "en",
        part: 0,
      },
    });
    const { headers, body, path } = stage.requests.at(-1)!;
    const timestamp = String(headers["webhook-timestamp"]);
    const signed = createHmac("sha256", BYTES).update(`msg_${KEY}.${timestamp}.${body}`).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${signed}`);
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(5);
    expect([path, headers["content-type"]]).toEqual([
      "/in?a=1",
      "application/cloudevents+json; charset=UTF-8",
    ]);
  });

  it("tells what a post hangs on, and has another id for each thing that it says of it", async () => {
    const parent = { id: "8" };
    await webhook.publish(post(), context({}, { thread: { root: { id: "7" }, parent } }));
    expect(sent().data).toMatchObject({ parent: "8", root: "7", part: 1 });
    const ids = new Set<string>();
    for (const text of ["One", "Two", "Two"]) {
      await webhook.edit!(parent, post({ text }), context());
      ids.add(sent().id);
    }
    await webhook.retract!(parent, context());
    ids.add(sent().id);
    expect([ids.size, sent().subject, sent().type]).toEqual([3, "8", "broadcast.post.retracted"]);
  });

  it("takes 202, 204 and JSON with an id for a yes, and any success only if it is told to", async () => {
    for (const status of [202, 204]) {
      reply = { status };
      expect(await webhook.publish(post(), context())).toEqual(out);
    }
    reply = { status: 200, body: "ok" };
    await expect(webhook.publish(post(), context())).rejects.toMatchObject({ code: "uncertain" });
    expect(await webhook.publish(post(), context({ any_success: true }))).toEqual(out);
  });

  it.each([
    [401, "auth"],
    [410, "auth"],
    [429, "limited"],
    [503, "unavailable"],
    [400, "rejected"],
  ])("believes %i of a receiver that names the event, and calls it %s", async (status, code) => {
    reply = { status, headers: { "webhook-id": `msg_${KEY}` }, body: { error: "no" } };
    await expect(webhook.publish(post(), context())).rejects.toMatchObject({ code });
  });

  it("repeats itself only to a receiver that knows repeats", async () => {
    expect(await webhook.account!(context())).not.toHaveProperty("idempotency");
    expect(await webhook.account!(context({ once: false }))).toMatchObject({ idempotency: "none" });
  });

  it("takes no weak secret, and no event that is too large", () => {
    const channel = { url: "https://acme.example/in", secret: "whsec_abc", source: "broadcast" };
    expect(safeParse(webhook.channel, channel).success).toBe(false);
    expect(webhook.check?.(post(), channel)).toBeUndefined();
    expect(webhook.check?.(post({ text: "\n".repeat(12_000) }), channel)).toMatch(/bytes/);
  });
});
