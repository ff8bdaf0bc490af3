/** What an adapter is given: steps that are kept, waiting, files, and what counts as sending. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Adapter, Media } from "../../src/adapter.ts";
import { memorySession } from "../../src/auth/session-store.ts";
import { contextOf, preparationOf, reachOf, type Surroundings } from "../../src/delivery/context.ts";
import { sourceOf, type WireRequest, wholeBody } from "../../src/http/http.ts";
import { wholeOf } from "../../src/http/request.ts";
import { openMedia } from "../../src/media/source.ts";

const NOW = Date.parse("2026-12-01T08:00:00Z");
const file: Media = { file: "a.png", sha256: "aa", type: "image/png", bytes: 3, alt: "A" };

function bench(body: unknown = {}) {
  const requests: WireRequest[] = [];
  const slept: number[] = [];
  const order: string[] = [];
  const steps = new Map<string, { result: unknown; at: number }>();
  const clock = {
    at: NOW,
    now: () => clock.at,
    async sleep(ms: number) {
      slept.push(ms);
      clock.at += ms;
    },
  };
  const around: Surroundings = {
    adapter: {
      name: "Testnet",
      endpoint: () => ({ base: "https://net.example/v1", headers: { Authorization: "Bearer t" } }),
    } as unknown as Adapter,
    settings: {},
    secrets: [],
    transport: async (request) => {
      order.push(request.method);
      requests.push(request);
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: Buffer.from(JSON.stringify(body)),
      };
    },
    userAgent: "test",
    session: memorySession(),
    clock,
  };
  const workplace = {
    steps: {
      get: async (name: string) => steps.get(name),
      put: async (name: string, result: unknown, at: number) => void steps.set(name, { result, at }),
    },
    open: async ({ file }: Media) => sourceOf(Buffer.from(file)),
    partOf: () => 0,
  };
  const record = {
    sending: async () => void order.push("sending"),
    isAnnounced: () => order.includes("sending"),
  };
  const post = { key: "k", startedAt: new Date(NOW), index: 0, taken: async () => false };
  const context = contextOf(around, workplace, record, post);
  return { around, workplace, context, requests, slept, order, steps, clock };
}

describe("a step", () => {
  it("that is older than it keeps is done again, and a fresh one is not", async () => {
    const { context, clock } = bench();
    let times = 0;
    const step = () => context.step("upload", async () => ++times, { keeps: "23h" });
    expect([await step(), await step()]).toEqual([1, 1]);
    clock.at += 22 * 3_600_000;
    expect(await step()).toBe(1);
    clock.at += 2 * 3_600_000;
    expect(await step()).toBe(2);
    expect(await context.done("upload")).toBe(2);
    expect(await context.done("other")).toBeUndefined();
  });

  it("makes every request in it a safe one, and only there", async () => {
    const { context, order } = bench();
    await context.step("upload", () => context.http({ method: "POST", path: "/files" }));
    expect(order).toEqual(["POST"]);
    await context.http({ method: "POST", path: "/posts" });
    expect(order).toEqual(["POST", "sending", "POST"]);
  });
});

describe("uploads", () => {
  it("are one step for each file, and a file that is described anew is uploaded anew", async () => {
    const { context } = bench();
    const seen: string[] = [];
    const upload = async ({ file, alt }: Media) => seen.push(`${file} ${alt}`);
    await context.uploads({ media: [file, file] }, upload);
    await context.uploads({ media: [file, file] }, upload);
    expect(seen).toEqual(["a.png A", "a.png A"]);
    expect(await context.uploads({ media: [{ ...file, alt: "B" }] }, upload)).toEqual([3]);
    expect(await context.uploads({ media: [] }, upload, { files: [file] })).toEqual([1]);
  });
});

describe("asking", () => {
  const Made = v.object({ id: v.string() });

  it("gives the body, and knows by the request what it means when there is none", async () => {
    expect(await bench({ id: "7" }).context.ask({ path: "/posts" }, Made, "an id")).toEqual({ id: "7" });
    const { context, around } = bench({ hello: 1 });
    const ask = { method: "POST", path: "/posts" } as const;
    await expect(context.ask(ask, Made, "an id")).rejects.toMatchObject({ code: "uncertain" });
    await expect(context.ask({ ...ask, safe: true }, Made, "an id")).rejects.toMatchObject({
      code: "unavailable",
    });
    const inStep = context.step("s", () => context.ask(ask, Made, "an id"));
    await expect(inStep).rejects.toMatchObject({ code: "unavailable" });
    // A question announces nothing, whatever its method.
    await expect(reachOf(around).ask(ask, Made, "an id")).rejects.toMatchObject({ code: "unavailable" });
  });

  it("goes on ever more slowly until there is an answer, and no longer than it says", async () => {
    const { context, slept } = bench();
    let left = 3;
    expect(
      await context.until(async () => (left-- > 0 ? undefined : "ready"), { within: "1m", words: "no" }),
    ).toBe("ready");
    expect(slept).toEqual([250, 500, 1000]);
    const never = context.until(async () => undefined, {
      within: "20s",
      words: "still at it",
      otherwise: "uncertain",
    });
    await expect(never).rejects.toMatchObject({ code: "uncertain", message: "still at it" });
    expect(slept.slice(3).reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(20_000);
  });
});

describe("before the first post", () => {
  it("nothing is announced, whatever is asked", async () => {
    const { around, workplace, order } = bench();
    const preparation = preparationOf(around, workplace);
    await preparation.http({ method: "POST", path: "/files" });
    expect(order).toEqual(["POST"]);
    await expect(preparation.hosted(file)).rejects.toMatchObject({ code: "rejected" });
    await expect(preparation.connect("wss://net.example")).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("a file", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "source-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const large = Buffer.alloc(300_000, 7);
  const planned = { ...file, sha256: sourceOf(large).sha256, bytes: large.length };

  it("is given in pieces, with its size, and several times", async () => {
    await writeFile(join(folder, "a.png"), large);
    const source = await openMedia(folder, planned);
    const pieces: number[] = [];
    for await (const piece of source.open()) pieces.push(piece.length);
    expect(pieces.length).toBeGreaterThan(1);
    expect(source.size).toBe(300_000);
    expect(Buffer.from(await wholeOf(source)).equals(large)).toBe(true);
  });

  it("that is not the planned one, or gone, is refused before anything leaves", async () => {
    await expect(openMedia(folder, planned)).rejects.toMatchObject({ code: "rejected" });
    await writeFile(join(folder, "a.png"), "other");
    await expect(openMedia(folder, planned)).rejects.toThrow("a.png is not the one that was planned");
  });

  it("is looked through once for all who send it, and again if it has changed", async () => {
    await writeFile(join(folder, "a.png"), large);
    const sources = await Promise.all([1, 2, 3].map(() => openMedia(folder, planned)));
    // What was right stays what it was, whatever becomes of the file meanwhile.
    await writeFile(join(folder, "a.png"), Buffer.alloc(300_000, 8));
    for (const source of sources) expect(Buffer.from(await wholeOf(source)).equals(large)).toBe(true);
    await expect(openMedia(folder, planned)).rejects.toMatchObject({ code: "rejected" });
  });

  it("that is large and is changed while it is read never becomes whole", async () => {
    const film = Buffer.alloc(17_000_000, 7);
    const filmed = { ...file, sha256: sourceOf(film).sha256, bytes: film.length };
    await writeFile(join(folder, "a.png"), film);
    const source = await openMedia(folder, filmed);
    await writeFile(join(folder, "a.png"), Buffer.alloc(17_000_000, 8));
    let given = 0;
    const reading = (async () => {
      for await (const piece of source.open()) given += piece.length;
    })();
    await expect(reading).rejects.toMatchObject({ code: "rejected" });
    expect(given).toBeLessThan(film.length);
  });

  it("goes into a form between the other parts, the same at every attempt", async () => {
    const { context, requests } = bench();
    const parts = async () => [
      { name: "a", value: "1" },
      { name: "file", value: await context.stream(file), filename: "a.png", type: "image/png" },
    ];
    await context.http({ method: "POST", path: "/files", parts: await parts() });
    await context.http({ method: "POST", path: "/files", parts: await parts() });
    const [one, two] = await Promise.all(requests.map(wholeBody));
    expect(Buffer.from(one!).equals(Buffer.from(two!))).toBe(true);
    expect(one!.length).toBe(requests[0]?.source?.size);
    expect(Buffer.from(one!).toString()).toMatch(
      /name="a"\r\n\r\n1\r\n--.*filename="a.png"\r\n.*\r\n\r\na\.png\r\n--broadcast-/s,
    );
  });
});
