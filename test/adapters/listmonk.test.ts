import fc from "fast-check";
import { safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { literal, withoutCommands } from "../../src/adapters/listmonk/api.ts";
import { listmonk } from "../../src/adapters/listmonk/listmonk.ts";
import { listmonk as half } from "../../src/sandbox/networks/listmonk.ts";
import {
  contextOn,
  fixturesOf,
  KEY,
  newMemory,
  openStage,
  postOf,
  STARTED,
  type Stage,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const campaign = (part: object = {}) => ({
  data: {
    ...{ id: 7, uuid: "57702beb-6fae-4355-a324-c2fd5b59a549", status: "finished", subject: "Acme 2.4" },
    ...{ body: "<p>Acme 2.4 is out</p>", tags: [], views: 40, clicks: 9 },
    ...part,
  },
});

describeAdapter(listmonk, half, {
  receipt: { id: "7" },
  answer: ({ path }) => (path.includes("/campaigns/7") ? { status: 200, body: campaign() } : undefined),
  changes: () => false,
});

describe("listmonk", () => {
  let stage: Stage;
  const fixture = fixturesOf<object>(half).token!;
  beforeEach(async () => {
    stage = await openStage((request) => fixture.answer(request, stage.url));
    fixture.begin?.(stage.url);
  });
  afterEach(() => stage.close());
  const settings = (channel: object = {}) => ({ ...fixture.channel(stage.url), ...channel });
  const context = (part: object = {}, channel: object = {}) =>
    contextOn(listmonk, stage, { channel: settings(channel), ...part });
  const post = (part: object = {}) =>
    postOf({ options: {}, title: "Acme 2.4", text: "<p>Hello {{ name }}</p>", ...part });

  it("makes a draft under its key, and sends it with a single change", async () => {
    const receipt = await listmonk.publish(post({ plain: "Hello {{ name }}" }), context());
    const [, made, sent] = stage.requests;
    expect(JSON.parse(String(made!.body))).toMatchObject({
      subject: "Acme 2.4",
      lists: [3],
      content_type: "html",
      body: '<p>Hello {{ "{{" }} name }}</p>',
      tags: [`broadcast-${KEY}`],
    });
    expect([sent!.method, String(sent!.body)]).toEqual(["PUT", '{"status":"running"}']);
    expect(stage.events.indexOf("sending")).toBe(2);
    expect(receipt).toEqual({ id: "1", url: `${settings().server}/admin/campaigns/1` });
  });

  it("takes the draft that is there already, and never sends what is on its way", async () => {
    const memory = newMemory();
    expect(await listmonk.find!(post(), context({ memory }), STARTED)).toBe("absent");
    const receipt = await listmonk.publish(post(), context({ memory }));
    expect(await listmonk.publish(post(), context({ memory }))).toEqual(receipt);
    expect(await listmonk.publish(post(), context())).toEqual(receipt);
    expect(await listmonk.find!(post(), context({ memory }), STARTED)).toEqual(receipt);
    expect(stage.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("leaves a time to the server, and takes it back", async () => {
    const due = new Date(STARTED.getTime() + 86_400_000);
    const reach = context({ due }, { archive: true });
    const receipt = await listmonk.publish(post(), reach);
    expect(receipt).toMatchObject({ due: due.toISOString(), url: expect.stringContaining("/archive/") });
    expect(await listmonk.schedules!.cancel(receipt, reach)).toBe("cancelled");
    expect(await listmonk.schedules!.cancel(receipt, reach)).toBe("gone");
  });

  it("says in the server's words why a draft was not made", async () => {
    await expect(
      listmonk.publish(post({ text: "{{ nonsense }}", options: { template: true } }), context()),
    ).rejects.toMatchObject({ code: "rejected", message: expect.stringContaining("not defined") });
    expect(stage.events).not.toContain("sending");
  });

  it("says who reads it, and that a list is not there", async () => {
    expect(await listmonk.account!(context())).toMatchObject({ handle: /^acme-news's readers on 127/ });
    await expect(listmonk.account!(context({}, { lists: [3, 4] }))).rejects.toMatchObject({
      code: "rejected",
    });
    await expect(listmonk.account!(context({}, { token: "wrong" }))).rejects.toMatchObject({ code: "auth" });
  });

  it.each([
    [3, [3]],
    [
      [3, 4],
      [3, 4],
    ],
    ["3, 4", [3, 4]],
    [[], undefined],
    ["news", undefined],
    [0, undefined],
  ])("reads %o as lists", (lists, read) => {
    const parsed = safeParse(listmonk.channel, {
      server: "https://a.example",
      username: "u",
      token: "t",
      lists,
    });
    expect(parsed.success ? (parsed.output as { lists: number[] }).lists : undefined).toEqual(read);
  });

  it("says every text as it is written: no word of it is a command", () => {
    const words = fc.string({ unit: fc.constantFrom("{", "}", "a", " ", '"', "é") });
    fc.assert(
      fc.property(words, (text) => {
        expect(literal(text).replace(/\{\{ "\{\{" \}\}/g, "")).not.toContain("{{");
        expect(withoutCommands(literal(text))).toBe(text);
      }),
    );
  });
});
