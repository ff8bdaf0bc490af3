/** What servers and plug-ins say about numbers, dates and names, when it cannot be true: nothing is decided or kept by it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { NetworkError, type Receipt } from "../../src/adapter.ts";
import { kept } from "../../src/delivery/receipt.ts";
import { resetAt } from "../../src/http/rate-limit.ts";
import { query } from "../../src/ledger/database.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { checkLedger } from "../../src/ledger/maintenance.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { createWorld, delivery, NOW, type World } from "./network.ts";

const ID = "campaigns/release/a";
const DAY = 86_400_000;

const answering = (
  world: World,
  answers: { status: number; headers?: Record<string, string>; body: string }[],
) => {
  const posted: number[] = [];
  const transport: World["transport"] = async (request, signal) => {
    if (request.method !== "POST") return world.transport(request, signal);
    posted.push(world.clock.at);
    const answer = answers.shift();
    if (!answer) return world.transport(request, signal);
    const headers = { "content-type": "application/json", ...answer.headers };
    return { status: answer.status, headers, body: Buffer.from(answer.body) };
  };
  return { posted, transport };
};

describe("a wait that a server asks for", () => {
  it.each([
    ["retry-after", "99999999999999"],
    ["retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"],
    ["x-ratelimit-reset", "99999999999999"],
    ["x-ratelimit-reset", "9999-12-31T23:59:59Z"],
    ["x-ratelimit-reset-after", "1".repeat(400)],
  ])("is a day at most: %s: %s", async (header, value) => {
    const world = await createWorld();
    const { transport } = answering(world, [
      { status: 429, headers: { [header]: value }, body: '{"error":"slow"}' },
    ]);
    await world.ledger.add([delivery()], NOW);
    await world.run({ transport });
    const { nextAt, state } = (await world.ledger.get(ID))!;
    expect([state, nextAt]).toEqual(["scheduled", NOW + DAY]);
    world.clock.at = nextAt;
    await world.run();
    expect((await world.ledger.get(ID))?.state).toBe("published");
  });

  it.each([
    '{"error":"slow","retry_after":1e999}',
    '{"error":"slow","retry_after":-5}',
    '{"error":"slow","retry_after":"1e999"}',
  ])("is cut or left out in a body: %s", async (body) => {
    const world = await createWorld();
    const { transport } = answering(world, [{ status: 429, body }]);
    await world.ledger.add([delivery()], NOW);
    await world.run({ transport, patience: 2 * DAY });
    expect((await world.ledger.get(ID))?.state).toBe("published");
  });

  it("is read in the unit that it is written in", () => {
    const at = (value: string) => resetAt({ "x-ratelimit-reset": value }, NOW);
    expect([
      at("30"),
      at(String(NOW / 1000 + 30)),
      at(String(NOW + 30_000)),
      at(String((NOW + 30_000) * 1000)),
    ]).toEqual(Array(4).fill(NOW + 30_000));
  });

  it("is a second at least, and grows", async () => {
    const world = await createWorld();
    const never = Array.from({ length: 12 }, () => ({
      status: 429,
      headers: { "retry-after": "0" },
      body: '{"error":"slow"}',
    }));
    const { transport, posted } = answering(world, never);
    await world.ledger.add([delivery()], NOW);
    await world.run({ transport, patience: 600_000 });
    const gaps = posted.slice(1).map((at, n) => at - posted[n]!);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
    expect(gaps.at(-1)).toBeGreaterThan(30_000);
  });
});

describe("what a plug-in gives", () => {
  const saying = async (receipt: Receipt, world: World) => {
    const adapter = {
      ...world.adapter,
      publish: async (...args: Parameters<typeof world.adapter.publish>) => {
        await world.adapter.publish(...args);
        return receipt;
      },
    };
    await world.ledger.add([delivery()], NOW);
    await world.run({ channels: [{ name: "a", adapter, settings: {}, secrets: [] }] });
    return world.ledger.history(ID);
  };

  it.each(["x".repeat(10_000), "1\u001b[2J", 7 as unknown as string, undefined as unknown as string])(
    "as an id that cannot be one leaves the outcome open: %j",
    async (id) => {
      const world = await createWorld();
      expect(await saying({ id }, world)).toMatchObject({ state: "held", code: "uncertain", receipts: [] });
      expect(world.published).toHaveLength(1);
    },
  );

  it.each([
    "javascript\u0000:",
    "not an address",
    `https://x.example/${"x".repeat(5_000)}`,
    "https://x.example/\n",
  ])("as an address that is none is left out: %j", async (url) => {
    const found = await saying({ id: "1", url }, await createWorld());
    expect([found?.state, found?.receipts]).toEqual([
      "published",
      [expect.objectContaining({ id: "1", url: undefined })],
    ]);
  });

  it.each(["garbage", "9999-12-31T23:59:59Z", "+275760-09-13T00:00:00.000Z"])(
    "as a time that nobody asked for is the one that was: %s",
    (due) => {
      expect(kept({ id: "1", due }, { dueAt: NOW }).due).toBe(new Date(NOW).toISOString());
      expect(kept({ id: "1", due: "2026-12-01T09:00:00Z" }, { dueAt: NOW }).due).toBe("2026-12-01T09:00:00Z");
    },
  );

  it("as a time to come back is a day at most", async () => {
    const world = await createWorld();
    const adapter = {
      ...world.adapter,
      publish: () =>
        Promise.reject(new NetworkError("limited", "later", { retryAt: Number.POSITIVE_INFINITY })),
    };
    await world.ledger.add([delivery()], NOW);
    await world.run({ channels: [{ name: "a", adapter, settings: {}, secrets: [] }] });
    expect((await world.ledger.get(ID))?.nextAt).toBe(NOW + DAY);
  });
});

describe("a ledger that an older version has poisoned", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  const poisoned = async () => {
    const folder = mkdtempSync(join(tmpdir(), "poison-"));
    folders.push(folder);
    const file = join(folder, "ledger.db");
    const db = await openSqlite(file);
    const ledger = await Ledger.open(db);
    await ledger.add([delivery(), delivery({ id: "campaigns/b/a" })], NOW);
    await db.write(function* () {
      yield* query("update deliveries set next_at = 9223372036854775807 where id = 'campaigns/b/a'");
      yield* query("insert into blocks (account, until) values ('acc', 9223372036854775807)");
      yield* query(
        "insert into receipts (delivery, part, at, post_id, due) values ('campaigns/b/a', 0, 1, 's1', 'garbage')",
      );
    });
    await db.close();
    return file;
  };

  it("is read, and closes no channel", async () => {
    const world = await createWorld();
    const ledger = await Ledger.open(await openSqlite(await poisoned()));
    expect((await ledger.list()).map(({ nextAt }) => new Date(nextAt).toISOString())).toHaveLength(2);
    expect(new Date((await ledger.history("campaigns/b/a"))!.receipts[0]!.due!).getTime()).toBe(0);
    expect(await ledger.outlines({})).toHaveLength(2);
    await world.run({ ledger });
    expect((await ledger.get(ID))?.state).toBe("published");
    await ledger.close();
  });

  it("is found by the check, and put right by `--repair`", async () => {
    const file = await poisoned();
    const found = await checkLedger(file, { now: NOW });
    expect(found.problems.map(({ code }) => code)).toEqual(Array(3).fill("ledger-impossible"));
    expect(await checkLedger(file, { now: NOW, repair: true })).toMatchObject({ repaired: 3, problems: [] });
    const ledger = await Ledger.open(await openSqlite(file));
    expect(await ledger.history("campaigns/b/a")).toMatchObject({
      nextAt: NOW,
      receipts: [{ due: new Date(NOW).toISOString() }],
    });
    await ledger.close();
  });
});
