/** Faults of the disk and the system that have a name: each is told as what it is, and never as a fault of ours. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { query } from "../../src/ledger/database.ts";
import { LedgerError, ledgerErrorOf } from "../../src/ledger/errors.ts";
import { openAt } from "../../src/ledger/open.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { delivery, NOW, posts } from "../delivery/network.ts";

let folder: string;
const mounts: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "disk-"));
});
afterEach(() => {
  for (const mount of mounts.splice(0)) execFileSync("umount", ["-l", mount]);
  rmSync(folder, { recursive: true, force: true });
});

const codeOf = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work();
    return "fine";
  } catch (error) {
    if (error instanceof LedgerError) return error.problem.code;
    return error instanceof InputError ? error.problems[0]!.code : `a fault: ${error}`;
  }
};

const many = Array.from({ length: 40 }, (_, n) =>
  delivery({ id: `campaigns/${n}/a`, posts: posts("x".repeat(4_000)) }),
);

describe("a disk with little room", () => {
  it.each([4, 12, 24, 36, 40, 44, 48, 50, 56, 64, 80, 92, 120, 160])(
    "%i kB are enough, or told as what they are",
    async (free) => {
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "ignore" });
      } catch {
        return;
      }
      mounts.push(folder);
      const file = join(folder, "ledger.db");
      await (await openAt(file)).close();
      const filler = join(folder, "filler");
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - free * 1024)));
      const opened = await codeOf(async () => {
        const ledger = await openAt(file);
        try {
          await ledger.add(many, NOW);
        } finally {
          await ledger.close();
        }
      });
      expect(["fine", "ledger-full"]).toContain(opened);
      // With room again it is as it was.
      truncateSync(filler);
      const ledger = await openAt(file);
      expect((await ledger.list()).length).toBe(opened === "fine" ? many.length : 0);
      await ledger.close();
    },
  );
});

describe("a ledger that cannot be read", () => {
  const file = () => join(folder, "ledger.db");
  const spoilt = async (sql: string) => {
    const ledger = await openAt(file());
    await ledger.add([delivery()], NOW);
    await ledger.close();
    const db = await openSqlite(file());
    await db.write(() => query(sql));
    await db.close();
    return openAt(file());
  };

  it.each([
    ["a damaged row", "update deliveries set posts = '[{\"text\":'"],
    ["a row of another kind", "update deliveries set posts = '7'"],
    ["a table that is missing", "drop table blocks"],
    ["a column that is missing", "alter table deliveries drop column late"],
  ])("because of %s is damaged", async (_, sql) => {
    const ledger = await spoilt(sql);
    const all = async () => {
      await ledger.list();
      await ledger.freeAt("acc", NOW, []);
      await ledger.add([delivery({ id: "campaigns/b/a" })], NOW);
    };
    expect(await codeOf(all)).toBe("ledger-corrupt");
    await ledger.close();
  });

  it.each([
    ["EMFILE", "ledger-unreadable"],
    ["ENFILE", "ledger-unreadable"],
    ["EAGAIN", "ledger-unreadable"],
    ["ENOMEM", "ledger-unreadable"],
    ["ESTALE", "ledger-unreadable"],
    ["EIO", "ledger-unreadable"],
    ["EFBIG", "ledger-full"],
    ["EDQUOT", "ledger-full"],
  ])("because of %s says %s", (code, expected) => {
    const found = ledgerErrorOf(file(), Object.assign(new Error(code), { code }));
    expect((found as LedgerError).problem.code).toBe(expected);
  });

  it.each([1, 7, 9, 10, 12, 15, 16, 17, 20, 21, 22, 25])("has a name for SQLite's code %i", (errcode) => {
    const found = ledgerErrorOf(
      file(),
      Object.assign(new Error("no"), { code: "ERR_SQLITE_ERROR", errcode }),
    );
    expect(found).toBeInstanceOf(LedgerError);
  });
});
