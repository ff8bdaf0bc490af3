/** What disks, systems and other hands do to a ledger has a name each, and a damaged row names itself. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { driver } from "../../src/ledger/driver.ts";
import { LedgerError, ledgerErrorOf } from "../../src/ledger/errors.ts";
import { checkLedger } from "../../src/ledger/maintenance.ts";
import { openAt } from "../../src/ledger/open.ts";
import { delivery, NOW } from "../delivery/network.ts";

const FILE = join(tmpdir(), "no-such-folder", "ledger.db");
const sqlite = (errcode: number) => Object.assign(new Error("x"), { code: "ERR_SQLITE_ERROR", errcode });
const system = (code: string) => Object.assign(new Error("x"), { code });
const codeOf = (error: unknown) => {
  const found = ledgerErrorOf(FILE, error);
  return found instanceof LedgerError ? found.problem.code : undefined;
};

describe("a failure of disk or system", () => {
  it.each([
    ["SQLITE_FULL", 13, "ledger-full"],
    ["SQLITE_CORRUPT", 11, "ledger-corrupt"],
    ["SQLITE_NOTADB", 26, "ledger-corrupt"],
    ["SQLITE_BUSY_SNAPSHOT", 517, "ledger-locked"],
    ["SQLITE_ERROR", 1, "ledger-corrupt"],
  ])("%s is %i: %s", (_, errcode, code) => expect(codeOf(sqlite(errcode))).toBe(code));

  it.each([
    ["SQLITE_IOERR", 10],
    ["SQLITE_IOERR_WRITE", 778],
    ["SQLITE_IOERR_FSYNC", 1034],
    ["SQLITE_CANTOPEN_ISDIR", 526],
    ["SQLITE_NOMEM", 7],
  ])("%s (%i) is a ledger's error and no fault of ours", (_, errcode) =>
    expect(codeOf(sqlite(errcode))).toMatch(/^ledger-/),
  );

  it.each([
    ["ENOSPC", "ledger-full"],
    ["EDQUOT", "ledger-full"],
    ["EMFILE", "ledger-unreadable"],
    ["ENFILE", "ledger-unreadable"],
  ])("%s is %s", (error, code) => expect(codeOf(system(error))).toBe(code));

  it("is not made of what has nothing to do with it", () => {
    expect(codeOf(new TypeError("x"))).toBeUndefined();
  });
});

describe("a damaged row", () => {
  it("names itself, when it is read and when the ledger is checked", async () => {
    const folder = mkdtempSync(join(tmpdir(), "broadcast-damage-"));
    const file = join(folder, "ledger.db");
    try {
      const ledger = await openAt(file);
      await ledger.add([delivery(), delivery({ id: "campaigns/release/b", channel: "b" })], NOW);
      await ledger.close();
      const { DatabaseSync } = await driver();
      const db = new DatabaseSync(file);
      db.exec("update deliveries set posts = '[[[' where id = 'campaigns/release/b'");
      db.close();
      const { problems } = await checkLedger(file);
      expect(problems.map(({ code, message }) => [code, message.includes("campaigns/release/b")])).toEqual([
        ["ledger-corrupt", true],
      ]);
      const again = await openAt(file);
      await expect(again.list()).rejects.toThrow("campaigns/release/b");
      expect(await again.get("campaigns/release/a")).toMatchObject({ state: "scheduled" });
      await again.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
