/** Copies of a ledger: before its form changes, and when a person asks for one. */
import { randomBytes } from "node:crypto";
import { linkSync, rmSync } from "node:fs";
import { versionOf } from "./migrate.ts";
import type { Sqlite } from "./sqlite.ts";

/** Copies the ledger, beside it: `ledger.db.v1.bak`. An existing copy is kept, and the new one gets a number. */
export async function backUpBefore(db: Sqlite, version: number): Promise<void> {
  const beside = `${db.file}.${randomBytes(6).toString("hex")}`;
  try {
    await db.copyTo(beside);
    // Another process may have brought the ledger forward meanwhile, and then has made the copy before.
    if ((await versionOf(db)) === version) keep(beside, `${db.file}.v${version}`);
  } finally {
    rmSync(beside, { force: true });
  }
}

// A link, other than a renaming, takes no existing file's place.
function keep(beside: string, name: string): void {
  for (let number = 1; ; number++) {
    try {
      linkSync(beside, number === 1 ? `${name}.bak` : `${name}-${number}.bak`);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
