/** A bad day for the ledger: a clear word before anything is sent, or a safe stop after. */
import { execFileSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { query } from "../../src/ledger/database.ts";
import { LedgerError } from "../../src/ledger/errors.ts";
import { inspectPlace, remoteWarning } from "../../src/ledger/filesystem-check.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { backUp, checkLedger } from "../../src/ledger/maintenance.ts";
import { migrate, SCHEMA_VERSION, versionOf } from "../../src/ledger/migrate.ts";
import first from "../../src/ledger/migrations/001.sql";
import { openAt } from "../../src/ledger/open.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import type { NewDelivery } from "../../src/ledger/types.ts";
import { digest } from "../../src/plan/digest.ts";
import { createWorld, NOW } from "../delivery/network.ts";

const post = (text: string) => ({ text, entities: [], media: [], tags: [], options: {} });
const postsOf = (n: number) => [post(`post ${n} ${"x".repeat(500)}`)];
const delivery = (n: number, over: Partial<NewDelivery> = {}): NewDelivery => ({
  id: `campaigns/release/${n}`,
  campaign: "campaigns/release",
  channel: "a",
  network: "testnet",
  account: "acc",
  digest: digest(postsOf(n)),
  posts: postsOf(n),
  dueAt: NOW,
  ...over,
});

let folder: string;
let file: string;
const mounts: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "badday-"));
  file = join(folder, "ledger.db");
});
afterEach(() => {
  for (const mount of mounts.splice(0)) execFileSync("umount", ["-l", mount]);
  rmSync(folder, { recursive: true, force: true });
});

/** What the attempt to use it says, as its code; `fine` when it says nothing. */
async function codeOf(work: () => Promise<unknown> | unknown): Promise<string> {
  try {
    await work();
    return "fine";
  } catch (error) {
    if (error instanceof InputError) return `${error.problems[0]?.code}`;
    if (error instanceof LedgerError) return `while sending: ${error.problem.code}`;
    throw error;
  }
}

async function withDeliveries(count: number): Promise<void> {
  const ledger = await openAt(file);
  await ledger.add(
    Array.from({ length: count }, (_, n) => delivery(n)),
    NOW,
  );
  await ledger.close();
}

/** A copy of the files as a process leaves them that is killed: with the log and its index. */
async function killedWith(count: number): Promise<void> {
  const original = join(folder, "original", "ledger.db");
  const ledger = await openAt(original);
  for (let n = 0; n < count; n++) await ledger.add([delivery(n)], NOW);
  for (const end of ["", "-wal", "-shm"]) copyFileSync(original + end, file + end);
  await ledger.close();
}

/** A small file system of its own; `undefined` where this user may not mount one. */
function smallDisk(bytes: string): string | undefined {
  const at = join(folder, "disk");
  mkdirSync(at);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", at], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  mounts.push(at);
  return at;
}

function fill(disk: string, name = "filler"): void {
  const handle = openSync(join(disk, name), "w");
  try {
    for (;;) writeSync(handle, Buffer.alloc(4096));
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
  } finally {
    closeSync(handle);
  }
}

describe("a damaged ledger", () => {
  it("that is not a database is refused", async () => {
    writeFileSync(file, "not a database ".repeat(1000));
    expect(await codeOf(() => openAt(file))).toBe("ledger-corrupt");
  });

  it("with a page overwritten is refused, wherever the page is", async () => {
    await withDeliveries(60);
    const whole = readFileSync(file);
    const pages = whole.length / 4096;
    const verdicts = new Set<string>();
    for (let page = 0; page < pages; page++) {
      const broken = Buffer.from(whole);
      broken.fill(0x5a, page * 4096, page * 4096 + 4096);
      writeFileSync(file, broken);
      verdicts.add(await codeOf(async () => (await openAt(file)).close()));
    }
    expect(pages).toBeGreaterThan(10);
    expect([...verdicts]).toEqual(["ledger-corrupt"]);
  });

  it("that was cut off is refused", async () => {
    await withDeliveries(60);
    truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096);
    expect(await codeOf(() => openAt(file))).toBe("ledger-corrupt");
  });

  it("that is empty is refused: no ledger was ever made like that", async () => {
    await withDeliveries(3);
    truncateSync(file, 0);
    expect(await codeOf(() => openAt(file))).toBe("ledger-corrupt");
    expect(await codeOf(() => checkLedger(file))).toBe("ledger-corrupt");
    expect(statSync(file).size).toBe(0);
  });

  it("is never seen half made, however many begin at once", async () => {
    const sizes = new Set<number>();
    const watching = setInterval(() => sizes.add(statSync(file, { throwIfNoEntry: false })?.size ?? -1));
    const opened = await Promise.all(Array.from({ length: 8 }, () => openAt(file)));
    clearInterval(watching);
    expect(sizes.has(0)).toBe(false);
    await Promise.all(opened.map((ledger, n) => ledger.add([delivery(n)], NOW)));
    expect(await opened[0]!.list()).toHaveLength(8);
    for (const ledger of opened) await ledger.close();
    const kept = ["", "-shm", "-wal"].map((end) => basename(file) + end);
    expect(readdirSync(dirname(file)).filter((name) => !kept.includes(name))).toEqual([]);
  });

  it("whose index misses an entry is refused: that delivery would go out again", async () => {
    const ledger = await openAt(file);
    await ledger.add([delivery(1), delivery(2, { campaign: "needle-1" })], NOW);
    await ledger.close();
    const bytes = readFileSync(file);
    let changed = 0;
    for (let page = 0; page < bytes.length; page += 4096) {
      const at = bytes.subarray(page, page + 4096).indexOf("needle-1");
      // A leaf of an index begins with 10, one of a table with 13 (sqlite.org/fileformat.html, section 1.6).
      if (at < 0 || bytes[page] !== 10) continue;
      changed += bytes.write("needle-0", page + at);
    }
    expect(changed).toBe(8);
    writeFileSync(file, bytes);
    expect(await codeOf(() => openAt(file))).toBe("ledger-corrupt");
  });

  it("whose write-ahead log lost its end is refused, because what that recorded may be out", async () => {
    await killedWith(20);
    const log = `${file}-wal`;
    expect(statSync(log).size).toBeGreaterThan(20 * 4096);
    const files = new Map(["", "-wal", "-shm"].map((end) => [end, readFileSync(file + end)]));
    const restore = () => {
      for (const [end, bytes] of files) writeFileSync(file + end, bytes);
    };

    truncateSync(log, statSync(log).size - 4120);
    expect(await codeOf(() => openAt(file))).toBe("ledger-truncated");
    restore();
    truncateSync(log, 0);
    expect(await codeOf(() => openAt(file))).toBe("ledger-truncated");
    restore();
    rmSync(log);
    expect(await codeOf(() => openAt(file))).toBe("ledger-truncated");
    restore();
    const ledger = await openAt(file);
    expect(await ledger.list()).toHaveLength(20);
    await ledger.close();
  });

  it("whose write-ahead log has a wrong byte in it is refused, wherever that is", async () => {
    await killedWith(6);
    const log = `${file}-wal`;
    const files = new Map(["", "-wal", "-shm"].map((end) => [end, readFileSync(file + end)]));
    const restore = () => {
      for (const [end, bytes] of files) writeFileSync(file + end, bytes);
    };
    const whole = files.get("-wal")!;
    const frames = (whole.length - 32) / 4120;
    expect(frames).toBeGreaterThan(10);
    for (let frame = 0; frame < frames; frame++) {
      restore();
      const broken = Buffer.from(whole);
      broken[32 + frame * 4120 + 24 + ((frame * 977) % 4096)]! ^= 0x10;
      writeFileSync(log, broken);
      expect(await codeOf(() => openAt(file))).toBe("ledger-corrupt");
      expect(await codeOf(() => checkLedger(file))).toBe("ledger-corrupt");
    }
    restore();
    const ledger = await openAt(file);
    expect(await ledger.list()).toHaveLength(6);
    await ledger.close();
  });

  it("whose log was begun anew, and is longer than what counts in it, is sound", async () => {
    const original = join(folder, "original", "ledger.db");
    const ledger = await openAt(original);
    await ledger.add(
      Array.from({ length: 2_000 }, (_, n) => delivery(n)),
      NOW,
    );
    for (let n = 0; n < 3; n++) await ledger.add([delivery(5_000 + n)], NOW);
    for (const end of ["", "-wal", "-shm"]) copyFileSync(original + end, file + end);
    await ledger.close();
    const again = await openAt(file);
    expect(await again.list()).toHaveLength(2_003);
    await again.close();
  });

  it("says how many uploads no post came to use", async () => {
    const ledger = await openAt(file);
    await ledger.add([delivery(1)], NOW);
    const [mine] = await ledger.claim({ owner: "me", now: NOW, until: NOW + 1, channel: "a", limit: 1 });
    await ledger.putStep(mine!, 0, "media-0", "m1", NOW);
    await ledger.close();
    expect((await checkLedger(file)).unused).toBe(0);
    const again = await openAt(file);
    await again.release(mine!, "failed", NOW);
    await again.decide(mine!.id, ["failed"], { state: "scheduled", newRound: true }, NOW);
    await again.close();
    expect((await checkLedger(file)).unused).toBe(1);
  });

  it("that a newer program wrote is not called sound", async () => {
    await withDeliveries(1);
    const db = await openSqlite(file);
    await db.write(() => query("insert into ledger_version (version) values (99)"));
    await db.close();
    expect(await codeOf(() => checkLedger(file))).toBe("ledger-newer");
  });

  it("is found out by `check`, which looks through all of it", async () => {
    await withDeliveries(60);
    const sound = await checkLedger(file);
    expect(sound).toMatchObject({ version: SCHEMA_VERSION, deliveries: { scheduled: 60 }, problems: [] });
    const db = await openSqlite(file);
    await db.write(() =>
      query("insert into receipts (delivery, part, post_id, at) values ('nobody', 0, '1', 1)"),
    );
    await db.close();
    expect((await checkLedger(file)).problems[0]?.code).toBe("ledger-orphans");
  });
});

describe("a ledger that cannot be written", () => {
  it("is said to be locked while another program keeps it", async () => {
    await withDeliveries(1);
    const other = await openSqlite(file);
    const ledger = await Ledger.open(await openSqlite(file, 50));
    // A write that does not end: the generator asks for the lock and keeps it.
    await other.read(() => query("begin immediate"));
    const started = Date.now();
    const answers = await Promise.all([1, 2, 3, 4].map((n) => codeOf(() => ledger.add([delivery(n)], NOW))));
    expect(answers).toEqual(Array(4).fill("while sending: ledger-locked"));
    expect(Date.now() - started).toBeLessThan(1000);
    await other.read(() => query("rollback"));
    expect(await codeOf(() => ledger.add([delivery(1)], NOW))).toBe("fine");
    await ledger.close();
    await other.close();
  });

  it("in what is not a folder is refused", async () => {
    writeFileSync(join(folder, "file"), "");
    expect(await codeOf(() => openAt(join(folder, "file", "ledger.db")))).toBe("ledger-unreadable");
    mkdirSync(join(folder, "a.db"));
    expect(await codeOf(() => openAt(join(folder, "a.db")))).toBe("ledger-unreadable");
  });

  it("on a disk mounted read-only is refused, new or old", async ({ skip }) => {
    const disk = smallDisk("1m");
    if (!disk) return skip("mounting a file system takes root");
    const old = join(disk, "ledger.db");
    await withDeliveries(1);
    copyFileSync(file, old);
    execFileSync("mount", ["-o", "remount,ro", disk]);
    const young = join(disk, "deep", "ledger.db");
    expect(await codeOf(() => inspectPlace(old))).toBe("ledger-read-only");
    expect(await codeOf(() => inspectPlace(young))).toBe("ledger-read-only");
    expect(await codeOf(() => openAt(young))).toBe("ledger-read-only");
    expect(await codeOf(async () => (await openAt(old)).add([delivery(1)], NOW))).toBe("ledger-read-only");
  });

  it("on a full disk is refused before anything is asked, and its entry is refused whole", async ({
    skip,
  }) => {
    const disk = smallDisk("1m");
    if (!disk) return skip("mounting a file system takes root");
    const old = join(disk, "ledger.db");
    const ledger = await openAt(old);
    await ledger.add([delivery(1)], NOW);
    fill(disk);
    const many = Array.from({ length: 200 }, (_, n) => delivery(n + 2));
    expect(await codeOf(() => ledger.add(many, NOW))).toBe("while sending: ledger-full");
    expect(await ledger.list()).toHaveLength(1);
    expect(await codeOf(() => inspectPlace(old))).toBe("ledger-full");
    expect(await codeOf(() => openAt(join(disk, "new.db")))).toBe("ledger-full");

    rmSync(join(disk, "filler"));
    expect(await codeOf(() => ledger.add([delivery(2)], NOW))).toBe("fine");
    await ledger.close();
    expect((await checkLedger(old)).problems).toEqual([]);
  });
});

describe("a ledger that fails while posts go out", () => {
  const open = async () => Ledger.open(await openSqlite(file));

  it("because it was deleted stops everything: nothing goes out that is not on record", async () => {
    const world = await createWorld();
    const ledger = await open();
    await ledger.add([delivery(1), delivery(2), delivery(3)], NOW);
    const { transport } = stage(world, () => rmSync(folder, { recursive: true }));
    expect(await codeOf(() => world.run({ ledger, transport }))).toBe("while sending: ledger-gone");
    expect(world.published).toHaveLength(1);
    await ledger.close();
  });

  it("because another took its place stops everything too, and so does one that lost its log", async () => {
    for (const harm of [
      () => {
        rmSync(file);
        writeFileSync(file, "");
      },
      () => rmSync(`${file}-wal`),
    ]) {
      const world = await createWorld();
      const ledger = await open();
      await ledger.add([delivery(1), delivery(2)], NOW);
      const { transport } = stage(world, harm);
      expect(await codeOf(() => world.run({ ledger, transport }))).toBe("while sending: ledger-gone");
      expect(world.published).toHaveLength(1);
      await ledger.close();
      rmSync(folder, { recursive: true });
    }
  });

  it("because the disk is full stops everything, and goes on later without a second copy", async ({
    skip,
  }) => {
    const disk = smallDisk("8m");
    if (!disk) return skip("mounting a file system takes root");
    file = join(disk, "ledger.db");
    const world = await createWorld({ find: true });
    const ledger = await open();
    await ledger.add(
      Array.from({ length: 30 }, (_, n) => delivery(n)),
      NOW,
    );
    const { transport } = stage(world, () => fill(disk));
    expect(await codeOf(() => world.run({ ledger, transport }))).toBe("while sending: ledger-full");
    const outSoFar = world.published.length;
    expect(outSoFar).toBeLessThan(30);
    const histories = await Promise.all(
      Array.from({ length: 30 }, (_, n) => ledger.history(`campaigns/release/${n}`)),
    );
    expect(histories.filter((one) => one!.attempts.length > 0)).toHaveLength(outSoFar);

    rmSync(join(disk, "filler"));
    world.clock.at += 120_000;
    await world.run({ ledger });
    expect(world.published).toHaveLength(30);
    expect(new Set(world.published.map(({ key }) => key)).size).toBe(30);
    await ledger.close();
  });

  it("because it is locked for too long stops, and calls no delivery failed for it", async () => {
    const world = await createWorld();
    const ledger = await Ledger.open(await openSqlite(file, 50));
    await ledger.add([delivery(1), delivery(2)], NOW);
    const other = await openSqlite(file);
    const { transport } = stage(world, () => void other.read(() => query("begin immediate")));
    expect(await codeOf(() => world.run({ ledger, transport }))).toBe("while sending: ledger-locked");
    await other.read(() => query("rollback"));
    await other.close();
    expect(world.published).toHaveLength(1);
    expect((await ledger.list()).map(({ state }) => state)).toEqual(["sending", "scheduled"]);
    await ledger.close();
  });

  it("for a moment only, stops all the same: the adapter is not to blame", async () => {
    const world = await createWorld();
    const ledger = await open();
    await ledger.add([delivery(1)], NOW);
    const begin = ledger.begin.bind(ledger);
    let failures = 0;
    ledger.begin = (...all) => {
      if (failures++ > 0) return begin(...all);
      return Promise.reject(new LedgerError({ severity: "error", code: "ledger-locked", message: "locked" }));
    };
    expect(await codeOf(() => world.run({ ledger }))).toBe("while sending: ledger-locked");
    expect(world.published).toHaveLength(0);
    expect((await ledger.list())[0]).toMatchObject({ state: "sending", code: undefined });
    world.clock.at += 120_000;
    await world.run({ ledger });
    expect(world.published).toHaveLength(1);
    await ledger.close();
  });

  /** The world's server, and something that happens once the first post is in. */
  function stage(world: Awaited<ReturnType<typeof createWorld>>, happens: () => void) {
    let done = false;
    const transport: typeof world.transport = async (request, signal) => {
      const reply = await world.transport(request, signal);
      if (!done && request.method === "POST") {
        done = true;
        happens();
      }
      return reply;
    };
    return { transport };
  }
});

describe("an older ledger", () => {
  /** As the first version wrote it, with a delivery inside. */
  async function older(): Promise<void> {
    const db = await openSqlite(file);
    await migrate(db, undefined, [first]);
    await db.write(() =>
      query(
        `insert into deliveries (id, campaign, channel, network, account, state, digest, posts, seed, round, due_at, next_at,
           failures, created_at, updated_at)
         values ('c/a', 'c', 'a', 'testnet', 'acc', 'published', 'd', '[]', 'seed', 0, 1, 1, 0, 1, 1)`,
      ),
    );
    await db.close();
  }

  it("is copied before it is brought forward, and loses nothing", async () => {
    await older();
    const ledger = await openAt(file);
    expect(await ledger.get("c/a")).toMatchObject({ state: "published", seed: "seed", late: undefined });
    await ledger.close();
    expect(readdirSync(folder).filter((name) => name.endsWith(".bak"))).toEqual(["ledger.db.v1.bak"]);
    expect(statSync(`${file}.v1.bak`).mode & 0o777).toBe(0o600);

    const copy = await openSqlite(`${file}.v1.bak`);
    expect(await versionOf(copy)).toBe(1);
    expect(await copy.read(() => query("select id from deliveries"))).toEqual([{ id: "c/a" }]);
    await copy.close();
    await (await openAt(file)).close();
    expect(readdirSync(folder).filter((name) => name.endsWith(".bak"))).toHaveLength(1);
  });

  it("never takes an earlier copy's place", async () => {
    await older();
    writeFileSync(`${file}.v1.bak`, "an earlier one");
    await (await openAt(file)).close();
    expect(readFileSync(`${file}.v1.bak`, "utf8")).toBe("an earlier one");
    expect(existsSync(`${file}.v1-2.bak`)).toBe(true);
  });

  it("stays as it is when there is no room for the copy", async ({ skip }) => {
    const disk = smallDisk("256k");
    if (!disk) return skip("mounting a file system takes root");
    file = join(disk, "ledger.db");
    await older();
    fill(disk);
    expect(await codeOf(() => openAt(file))).toBe("ledger-full");
    rmSync(join(disk, "filler"));
    const db = await openSqlite(file);
    expect(await versionOf(db)).toBe(1);
    await db.close();
    // Nor is anything of the attempt left behind.
    expect(readdirSync(disk).filter((name) => !/^ledger\.db(-wal|-shm)?$/.test(name))).toEqual([]);
  });

  it("of a newer program is refused and not touched", async () => {
    await withDeliveries(1);
    const db = await openSqlite(file);
    await db.write(() => query("insert into ledger_version (version) values (999)"));
    await db.close();
    const before = readFileSync(file);
    expect(await codeOf(() => openAt(file))).toBe("ledger-newer");
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe("where a ledger lies", () => {
  it.each([
    [0x6969, "NFS"],
    [0xff534d42, "CIFS"],
    [-0x1acb2be, "SMB"],
    [0x65735546, "FUSE"],
  ])("of file system %s there is a warning", (type, name) => {
    const [warning] = remoteWarning(file, () => ({ type }), "linux");
    expect(warning).toMatchObject({ severity: "warning", code: "ledger-remote" });
    expect(warning?.message).toContain(name);
  });

  it("of a local disk there is none", () => {
    expect(remoteWarning(file, () => ({ type: 0xef53 }), "linux")).toEqual([]);
    expect(inspectPlace(file)).toEqual([]);
  });
});

describe("a backup", () => {
  it("holds what the ledger holds, while others write, and is private", async () => {
    await withDeliveries(5);
    const busy = await openAt(file);
    await busy.add([delivery(7)], NOW);
    const to = join(folder, "copies", "friday.db");
    await backUp(file, to);
    const copy = await openAt(to);
    expect(await copy.list()).toHaveLength(6);
    await copy.close();
    await busy.close();
    expect(statSync(to).mode & 0o777).toBe(0o600);
    expect(dirname(to)).toBe(join(folder, "copies"));
  });

  it("takes no other file's place", async () => {
    await withDeliveries(1);
    writeFileSync(join(folder, "mine"), "mine");
    expect(await codeOf(() => backUp(file, join(folder, "mine")))).toBe("file-exists");
    expect(readFileSync(join(folder, "mine"), "utf8")).toBe("mine");
  });
});
