import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { query } from "../../src/ledger/database.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { openPostgres } from "../../src/ledger/postgres/postgres.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import type { NewDelivery } from "../../src/ledger/types.ts";
import { postgresPlace } from "../../src/postgres-address.ts";
import { newAddress, newLedger, ON_POSTGRES, openAtAddress } from "./anew.ts";
import { near } from "./near.ts";

const NOW = Date.parse("2026-12-01T08:00:00Z");
const post = (text: string) => ({ text, entities: [], media: [], tags: [], options: {} });

function delivery(over: Partial<NewDelivery> = {}): NewDelivery {
  return {
    id: "campaigns/release/a",
    campaign: "campaigns/release",
    channel: "a",
    network: "testnet",
    account: "acc",
    digest: "d1",
    posts: [post("one")],
    dueAt: NOW,
    ...over,
  };
}

describe("the ledger", () => {
  let folder: string;
  let file: string;
  let ledger: Ledger;
  let address: string;
  const open = async () => (ON_POSTGRES ? openAtAddress(address) : Ledger.open(await openSqlite(file)));
  const claim = (over: Partial<Parameters<Ledger["claim"]>[0]> = {}) =>
    ledger.claim({ owner: "me", now: NOW, until: NOW + 60_000, channel: "a", limit: 10, ...over });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "ledger-"));
    file = join(folder, "deep", "ledger.db");
    if (ON_POSTGRES) address = newAddress();
    ledger = await open();
  });
  afterEach(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true });
  });

  it.skipIf(ON_POSTGRES)("is private to its owner, with its write-ahead log", async () => {
    await ledger.add([delivery()], NOW);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
  });

  it.skipIf(ON_POSTGRES)("keeps every commit on disk before it is believed", async () => {
    const db = await openSqlite(file);
    const one = await db.read(() => query("pragma synchronous"));
    const mode = await db.read(() => query("pragma journal_mode"));
    await db.close();
    expect(one[0]?.synchronous).toBe(2);
    expect(mode[0]?.journal_mode).toBe("wal");
  });

  it.runIf(!ON_POSTGRES && existsSync("/proc/locks"))(
    "opened again, keeps its locks while the first is open",
    async () => {
      await ledger.add([delivery()], NOW);
      const { ino } = statSync(`${file}-shm`);
      const locks = () =>
        readFileSync("/proc/locks", "utf8")
          .split("\n")
          .filter((line) => line.includes(` ${process.pid} `) && line.includes(`:${ino} `)).length;
      expect(locks()).toBeGreaterThan(0);
      const again = await open();
      expect(locks()).toBeGreaterThan(0);
      await again.close();
      await (await open()).close();
      expect(locks()).toBeGreaterThan(0);
    },
  );

  it("knows a delivery by its identity: the second time nothing happens", async () => {
    const [first] = await ledger.add([delivery()], NOW);
    const [second] = await ledger.add([delivery()], NOW + 5000);
    expect([first?.as, second?.as]).toEqual(["new", "same"]);
    expect(second?.delivery.seed).toBe(first?.delivery.seed);
    expect(await ledger.list()).toHaveLength(1);
  });

  it("takes edited content only while nothing was tried", async () => {
    await ledger.add([delivery()], NOW);
    const [edited] = await ledger.add([delivery({ digest: "d2", posts: [post("two")] })], NOW);
    expect(edited?.as).toBe("updated");
    expect(edited?.delivery.posts[0]?.text).toBe("two");

    const [mine] = await claim();
    await ledger.begin(mine!, 0, NOW, NOW, []);
    const [late] = await ledger.add([delivery({ digest: "d3" })], NOW);
    expect(late?.as).toBe("drift");
    expect((await ledger.get("campaigns/release/a"))?.digest).toBe("d2");
  });

  it("gives a delivery to one claimant, and to the next when the lease is over or its owner is dead", async () => {
    await ledger.add([delivery()], NOW);
    expect(await claim()).toHaveLength(1);
    expect(await claim({ owner: "other" })).toHaveLength(0);
    expect(await claim({ owner: "other", dead: ["somebody"] })).toHaveLength(0);
    expect(await claim({ owner: "other", dead: ["me"] })).toHaveLength(1);
    expect(await claim({ owner: "third", now: NOW + 60_001 })).toHaveLength(1);
  });

  it("gives out what was begun before the backlog, and the backlog from its oldest on", async () => {
    const ids = ["a", "b", "c", "d"];
    for (const [n, id] of ids.entries()) await ledger.add([delivery({ id, dueAt: NOW + n })], NOW + n);
    await ledger.add([delivery({ id: "begun", dueAt: NOW + 50 })], NOW + 50);
    await claim({ owner: "killed", ids: ["begun"], now: NOW + 50 });
    const order = await claim({ dead: ["killed"], now: NOW + 99, limit: 3 });
    expect(order.map(({ id }) => id)).toEqual(["begun", "a", "b"]);
    expect(await claim({ now: NOW + 99 })).toMatchObject([{ id: "c" }, { id: "d" }]);
  });

  it("takes any number of names", async () => {
    const ids = Array.from({ length: 40_000 }, (_, n) => `campaigns/none/${n}`);
    await ledger.add([delivery({ id: ids[39_999] })], NOW);
    expect(await ledger.list({ ids })).toHaveLength(1);
    expect(await ledger.nextAt("a", ids)).toBe(NOW);
    expect(await claim({ ids })).toHaveLength(1);
    await ledger.renew("me", ids, NOW + 90_000);
    expect((await ledger.get(ids[39_999]!))?.leaseUntil).toBe(NOW + 90_000);
  });

  it("does not give out what is not due", async () => {
    await ledger.add([delivery({ dueAt: NOW + 1 })], NOW);
    expect(await claim()).toHaveLength(0);
    expect(await ledger.nextAt("a")).toBe(NOW + 1);
    expect(await claim({ now: NOW + 1 })).toHaveLength(1);
  });

  it("begins no attempt for somebody whose lease was taken over", async () => {
    await ledger.add([delivery()], NOW);
    const [mine] = await claim();
    await claim({ owner: "other", dead: ["me"] });
    expect(await ledger.begin(mine!, 0, NOW, NOW, [])).toBe("lost");
  });

  it("keeps every window of the rates, counting open attempts and not those that never arrived", async () => {
    const rates = [{ posts: 2, per: "10s" }];
    await ledger.add([delivery({ posts: [post("1"), post("2"), post("3")] })], NOW);
    const [mine] = await claim();
    const first = await ledger.begin(mine!, 0, NOW, NOW, rates);
    await ledger.begin(mine!, 1, NOW, NOW + 1000, rates);
    expect(await ledger.begin(mine!, 2, NOW, NOW + 2000, rates)).toEqual({ waitUntil: near(NOW + 10_002) });

    if (first === "lost" || !("attempt" in first)) throw new Error("no attempt");
    await ledger.end(first.attempt, "acc", { outcome: "unavailable" }, NOW);
    expect(await ledger.begin(mine!, 2, NOW, NOW + 2000, rates)).toHaveProperty("attempt");
    expect(await ledger.begin(mine!, 2, NOW, NOW + 11_002, rates)).toHaveProperty("attempt");
  });

  it("begins what is asked for at once together, and leaves out what was taken over", async () => {
    const ids = Array.from({ length: 300 }, (_, n) => `campaigns/release/${n}`);
    await ledger.add(
      ids.map((id) => delivery({ id })),
      NOW,
    );
    const mine = await claim({ limit: 300 });
    await claim({ owner: "other", dead: ["me"], ids: [ids[7]!], limit: 1 });
    const again = mine[3]!;
    const begun = await Promise.all([...mine, again].map((each) => ledger.begin(each, 0, NOW, NOW, [])));
    const lost = mine.findIndex(({ id }) => id === ids[7]);
    const numbers = begun.map((each) => (each !== "lost" && "attempt" in each ? each.attempt.number : each));
    const expected = numbers.map((): unknown => 1);
    expected[lost] = "lost";
    expect(numbers.slice(0, 3)).toEqual(expected.slice(0, 3));
    expect(numbers.slice(4, 300)).toEqual(expected.slice(4, 300));
    expect([numbers[3], numbers[300]].sort()).toEqual([1, 2]);
    const attempts = begun.flatMap((each) => (each !== "lost" && "attempt" in each ? [each.attempt] : []));
    await Promise.all(
      attempts.map((attempt, n) =>
        ledger.finish(
          attempt,
          mine.find(({ id }) => id === attempt.delivery)!,
          { outcome: "published", receipt: { id: `post-${attempt.delivery}` } },
          NOW + n,
        ),
      ),
    );
    expect(await ledger.count("published")).toBe(299);
    const one = await ledger.history(ids[200]!);
    expect(one?.receipts.map(({ id }) => id)).toEqual([`post-${ids[200]}`]);
    expect(one?.attempts).toMatchObject([{ number: 1, outcome: "published" }]);
    expect(one?.owner).toBeUndefined();
  });

  it("gives no more room to those that ask at once", async () => {
    const rates = [{ posts: 2, per: "10s" }];
    const ids = ["1", "2", "3", "4"];
    await ledger.add(
      ids.map((id) => delivery({ id })),
      NOW,
    );
    const mine = await claim();
    const begun = await Promise.all(mine.map((each) => ledger.begin(each, 0, NOW, NOW, rates)));
    expect(begun.map((each) => (each === "lost" ? each : Object.keys(each)[0]))).toEqual([
      "attempt",
      "attempt",
      "waitUntil",
      "waitUntil",
    ]);
  });

  it("lets the server's word win over the windows", async () => {
    await ledger.add([delivery()], NOW);
    const [mine] = await claim();
    await ledger.block("acc", NOW + 90_000);
    expect(await ledger.begin(mine!, 0, NOW, NOW, [])).toEqual({ waitUntil: NOW + 90_000 });
    expect(await ledger.freeAt("other", NOW, [])).toBe(NOW);
  });

  it("remembers across a reopening what was open when the process died", async () => {
    await ledger.add([delivery()], NOW);
    const [mine] = await claim();
    await ledger.begin(mine!, 0, NOW, NOW, []);
    await ledger.putStep(mine!, 0, "upload", { id: "m1" }, NOW);
    await ledger.close();
    ledger = await open();
    const history = await ledger.history("campaigns/release/a");
    expect(history?.attempts).toHaveLength(1);
    expect(history?.attempts[0]?.outcome).toBeUndefined();
    expect(await ledger.step(mine!, 0, "upload")).toEqual({ result: { id: "m1" }, at: NOW });
  });

  it("writes a receipt once, whoever comes second", async () => {
    await ledger.add([delivery()], NOW);
    const [mine] = await claim();
    const begun = await ledger.begin(mine!, 0, NOW, NOW, []);
    if (begun === "lost" || !("attempt" in begun)) throw new Error("no attempt");
    await ledger.end(
      begun.attempt,
      "acc",
      { outcome: "published", receipt: { id: "1", url: "https://t.example/1" } },
      NOW,
    );
    await ledger.end(begun.attempt, "acc", { outcome: "found", receipt: { id: "2" } }, NOW);
    const history = await ledger.history("campaigns/release/a");
    expect(history?.receipts.map(({ id }) => id)).toEqual(["1"]);
    expect(history?.attempts[0]?.outcome).toBe("published");
  });

  it("lets a person decide only about what nobody works on, and gives new keys for sending again", async () => {
    await ledger.add([delivery()], NOW);
    const [mine] = await claim();
    expect(await ledger.decide("campaigns/release/a", ["held"], { state: "cancelled" }, NOW)).toBe(false);
    await ledger.release(mine!, "held", NOW, { code: "uncertain", message: "who knows" });
    expect(
      await ledger.decide("campaigns/release/a", ["held"], { state: "scheduled", newRound: true }, NOW),
    ).toBe(true);
    const after = await ledger.get("campaigns/release/a");
    expect(after).toMatchObject({ state: "scheduled", round: 1, code: undefined });
  });

  it("goes on with a thread after a person has said where its uncertain part is", async () => {
    await ledger.add([delivery({ posts: [post("1"), post("2")] })], NOW);
    const [mine] = await claim();
    await ledger.begin(mine!, 0, NOW, NOW, []);
    await ledger.release(mine!, "held", NOW);
    await ledger.decide(
      "campaigns/release/a",
      ["held"],
      { state: "published", receipt: { id: "9", url: "u" } },
      NOW,
    );
    const history = await ledger.history("campaigns/release/a");
    expect(history?.state).toBe("scheduled");
    expect(history?.attempts[0]?.outcome).toBe("found");
  });

  it("groups what is asked for at the same moment, and one that fails harms no other", async () => {
    const many = Array.from({ length: 50 }, (_, n) =>
      ledger.add([delivery({ id: `c/${n}`, channel: `${n}` })], NOW),
    );
    const broken = ledger.add(
      [delivery({ id: "c/broken", posts: undefined as unknown as [], channel: null as unknown as string })],
      NOW,
    );
    await expect(broken).rejects.toThrow();
    await Promise.all(many);
    expect(await ledger.list()).toHaveLength(50);
  });

  it("refuses a ledger that a newer program wrote", async () => {
    const db = ON_POSTGRES ? await openPostgres(postgresPlace(address)!) : await openSqlite(file);
    await db.write(() => query("insert into ledger_version (version) values (999)"));
    await expect(Ledger.open(db)).rejects.toThrow(/version 999/);
    await db.close();
  });
});

describe("what workers claim", () => {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await newLedger();
  });
  afterEach(() => ledger.close());
  const next = (owner: string, channel = "a", over: object = {}) =>
    ledger.claimNext({ owner, now: NOW, until: NOW + 60_000, channel, account: "acc", dead: [], ...over });

  it("is the oldest of a channel, and nothing while another is at it", async () => {
    await ledger.add(
      [delivery({ id: "c/2", dueAt: NOW - 1 }), delivery({ id: "c/1", dueAt: NOW - 2 })],
      NOW - 5,
    );
    const first = await next("me");
    expect(first).toMatchObject({ id: "c/1", state: "sending", owner: "me" });
    expect(await next("you")).toBeUndefined();
    expect(await next("you", "a", { dead: ["me"] })).toMatchObject({ id: "c/1", owner: "you" });
    expect(await next("me", "a", { dead: ["yo_"] })).toBeUndefined();
    await ledger.release((await ledger.get("c/1"))!, "published", NOW);
    expect(await next("me")).toMatchObject({ id: "c/2" });
    expect(await next("you", "a", { now: NOW + 61_000 })).toMatchObject({ id: "c/2", owner: "you" });
  });

  it("is for the account that it was planned for, due, and not of a paused channel", async () => {
    await ledger.add(
      [
        delivery({ id: "c/other", account: "other" }),
        delivery({ id: "c/late", channel: "b", dueAt: NOW + 1 }),
        delivery({ id: "c/paused", channel: "p" }),
      ],
      NOW,
    );
    await ledger.pause({ channel: "p", at: NOW });
    expect(await Promise.all([next("me"), next("me", "b"), next("me", "p")])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(await next("me", "b", { now: NOW + 1 })).toMatchObject({ id: "c/late" });
  });

  it("is one for each channel, when many ask at the same moment", async () => {
    await ledger.add(
      Array.from({ length: 40 }, (_, n) => delivery({ id: `c/${n}`, channel: `${n % 20}`, account: "acc" })),
      NOW,
    );
    const taken = await Promise.all(Array.from({ length: 20 }, (_, n) => next("me", `${n}`)));
    expect(taken.map((one) => one?.channel)).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`));
    expect(new Set(taken.map((one) => one?.id)).size).toBe(20);
  });

  it("begins as far as each account's windows allow, when many begin at once", async () => {
    const rates = [{ posts: 2, per: "1m" as const }];
    const all = Array.from({ length: 12 }, (_, n) =>
      delivery({ id: `c/${n}`, channel: `${n}`, account: n < 6 ? "shared" : `own${n % 3}` }),
    );
    await ledger.add(all, NOW);
    const mine = await Promise.all(all.map(({ channel, account }) => next("me", channel, { account })));
    const begin = (at: number) => Promise.all(mine.map((one) => ledger.begin(one!, 0, at, at, rates)));
    const begun = await begin(NOW);
    const out = (of: string) =>
      begun.filter((one, n) => one !== "lost" && "attempt" in one && all[n]!.account === of).length;
    expect([out("shared"), out("own0"), out("own1"), out("own2")]).toEqual([2, 2, 2, 2]);
    // Where one delivery of an account asks alone, the windows are asked for all of them together.
    const some = [mine[0]!, mine[6]!, mine[7]!, mine[8]!];
    const soon = await Promise.all(some.map((one) => ledger.begin(one, 0, NOW, NOW + 30_000, rates)));
    expect(soon).toEqual(some.map(() => ({ waitUntil: near(NOW + 60_002) })));
    await ledger.block("own0", NOW + 200_000);
    const later = await Promise.all(some.map((one) => ledger.begin(one, 0, NOW, NOW + 60_060, rates)));
    expect(later.map((one) => (one === "lost" ? one : "attempt" in one ? "begun" : one.waitUntil))).toEqual([
      "begun",
      NOW + 200_000,
      "begun",
      "begun",
    ]);
  });
});
