import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ghost } from "../../src/adapters/ghost/ghost.ts";
import { ghost as half } from "../../src/sandbox/networks/ghost/ghost.ts";
import { createWorld } from "../../src/sandbox/state.ts";
import {
  contextOn,
  KEY,
  newMemory,
  openStage,
  postOf,
  type SandboxRequest,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const standing = (part: object = {}) => ({
  posts: [
    {
      ...{ id: "5b7ada404f87d200b5b1f9c8", slug: "acme", status: "published", title: "Acme 2.4" },
      ...{ html: "<p>Acme 2.4 is out</p>", updated_at: "2026-11-23T09:00:00.000Z" },
      ...{ count: { clicks: 3 }, email: { status: "submitted", opened_count: 7 } },
      url: "https://acme.example/acme/",
      ...part,
    },
  ],
});
const out = {
  id: "5b7ada404f87d200b5b1f9c8",
  url: "https://acme.example/acme/",
  ref: { updated_at: "2026-11-23T09:00:00.000Z" },
};

describeAdapter(ghost, half, {
  receipt: out,
  answer: ({ method, path }) => {
    if (!path.includes(`/posts/${out.id}/`)) return undefined;
    return method === "DELETE" ? { status: 204 } : { status: 200, body: standing() };
  },
  changes: ({ method, body }) => method === "DELETE" || (method === "PUT" && !body.includes('"status"')),
});

describe("ghost", () => {
  let stage: Stage;
  let world: ReturnType<typeof createWorld>;
  const play = async ({ method, path, headers, body }: StageRequest): Promise<StageReply> => {
    const { pathname, searchParams } = new URL(path, "http://ghost.invalid");
    const request: SandboxRequest = { method, path: pathname, query: searchParams, headers, body };
    return (await half.handle(request, world)) ?? { status: 404 };
  };
  beforeEach(async () => {
    stage = await openStage(play);
    world = createWorld({
      origin: () => stage.url,
      folder: "f",
      now: Date.now,
      rates: false,
      changed: () => {},
    });
    world = { ...world, base: () => stage.url };
  });
  afterEach(() => stage.close());
  const context = (channel: object = {}, part: object = {}) =>
    contextOn(ghost, stage, { channel: { ...half.channel("acme", stage.url, "f"), ...channel }, ...part });
  const post = (part: object = {}) =>
    postOf({ options: {}, title: "Ácme 2.4 – it’s out", text: "<p>Hello</p>", ...part });

  it("makes a draft under its key, then publishes and mails it with a single change", async () => {
    const canonical = "https://acme.example/2-4";
    const receipt = await ghost.publish(
      post({ tags: ["release"], summary: "In short.", canonical }),
      context({ segment: "status:free" }),
    );
    const slug = `acme-2-4-it-s-out-${KEY.slice(0, 6)}`;
    expect(receipt.url).toBe(`${stage.url}/acme/${slug}/`);
    expect(stage.events.indexOf("sending")).toBe(2);
    const [, , put] = stage.requests;
    expect(put!.path).toMatch(/\?newsletter=weekly-news&email_segment=status%3Afree$/);
    expect(Object.keys(JSON.parse(String(put!.body)).posts[0])).toEqual(["updated_at", "status"]);
    expect(world.posts[0]!.notes).toEqual([
      "mailed by weekly-news to status:free",
      "tag release",
      `canonical ${canonical}`,
      "excerpt In short.",
    ]);
  });

  it.each([
    [{ mail: "only" }, ["sent", "mailed by weekly-news to all"]],
    [{ mail: "none" }, []],
    [{ draft: true }, ["draft"]],
    [{ visibility: "paid", slug: "acme-2-4" }, ["for paid", "mailed by weekly-news to all"]],
  ])("does as the campaign says: %o", async (options, notes) => {
    const receipt = await ghost.publish(post({ options }), context());
    expect(world.posts[0]!.notes).toEqual(notes);
    expect(receipt.hidden).toBe("draft" in options ? "draft" : undefined);
    if ("slug" in options) expect(receipt.url).toBe(`${stage.url}/acme/acme-2-4/`);
  });

  it("mails nothing without a newsletter", async () => {
    await ghost.publish(post(), context({ newsletter: undefined }));
    expect(world.posts[0]!.notes).toEqual([]);
  });

  it("leaves a time to the site, and takes it back", async () => {
    const due = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
    const reach = context({}, { due });
    const receipt = await ghost.publish(post(), reach);
    expect(receipt.due).toBe(due.toISOString());
    expect(await ghost.schedules!.cancel(receipt, reach)).toBe("cancelled");
    expect(await ghost.schedules!.cancel(receipt, reach)).toBe("gone");
  });

  it("publishes no draft that somebody has changed, and finds what is out after a lost answer", async () => {
    const memory = newMemory();
    expect(await ghost.find!(post(), context({}, { memory }), STARTED)).toBe("absent");
    await memory.steps.set("draft", { result: { id: "none", updated_at: "" }, at: Date.now() });
    expect(await ghost.find!(post(), context({}, { memory }), STARTED)).toBe("absent");
    memory.steps.clear();
    const receipt = await ghost.publish(post(), context({}, { memory }));
    expect(await ghost.find!(post(), context({}, { memory }), STARTED)).toEqual(receipt);

    const draft = memory.steps.get("draft")!;
    const stale = { ...(draft.result as object), updated_at: "2020-01-01T00:00:00.000Z" };
    memory.steps.set("draft", { ...draft, result: stale });
    expect(await ghost.publish(post(), context({}, { memory }))).toEqual(receipt);
    await ghost.publish(post({ options: { draft: true } }), context({}, { key: "f".repeat(32) }));
    const other = world.posts[1]!;
    memory.steps.set("draft", { ...draft, result: { id: other.id, updated_at: "2020-01-01T00:00:00.000Z" } });
    await expect(ghost.publish(post(), context({}, { memory }))).rejects.toMatchObject({ code: "rejected" });
  });

  it("keeps tables as they are, and edits in place without the state", async () => {
    const text = "<p>a</p><table><tr><td>1</td></tr></table>";
    const receipt = await ghost.publish(post({ text }), context());
    expect(String(stage.requests[1]!.body)).toContain("<!--kg-card-begin: html--><table>");
    for (const ref of [receipt.ref, undefined, { updated_at: "2020-01-01T00:00:00.000Z" }]) {
      const edited = await ghost.edit!({ ...receipt, ref }, post({ text: "<p>Better</p>" }), context());
      expect(edited).toMatchObject({ id: receipt.id, url: receipt.url });
      expect(world.posts[0]).toMatchObject({ text: "<p>Better</p>", edited: true });
    }
  });

  it("says whose site it is, and that a newsletter is not there", async () => {
    expect(await ghost.account!(context())).toMatchObject({ handle: "acme" });
    for (const newsletter of ["old-news", "no-news"])
      await expect(ghost.account!(context({ newsletter }))).rejects.toMatchObject({ code: "rejected" });
    const admin_api_key = `${"0".repeat(24)}:${"0".repeat(64)}`;
    await expect(ghost.account!(context({ admin_api_key }))).rejects.toMatchObject({ code: "auth" });
  });

  it("refuses beforehand what Ghost would, and what cannot be meant", () => {
    const channel = { server: "https://a.example", admin_api_key: "k" };
    const said = (part: object, more: object = {}) =>
      [ghost.check?.(post(part), { ...channel, ...more }) ?? []].flat().length;
    expect(said({ summary: "x".repeat(300) })).toBe(0);
    expect(said({ summary: "x".repeat(301) })).toBe(1);
    expect(said({ options: { mail: "also" } })).toBe(1);
    expect(said({ options: { mail: "also" } }, { newsletter: "n" })).toBe(0);
    expect(said({ options: { mail: "only", draft: true } }, { newsletter: "n" })).toBe(1);
  });
});
