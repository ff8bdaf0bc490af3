/** Opens a ledger where it is kept. */

import type { PostgresPlace } from "../postgres-address.ts";
import { asInputError } from "./errors.ts";
import { Ledger } from "./ledger.ts";
import { openSqlite } from "./sqlite.ts";
import type { GitPlace } from "./types.ts";

/** `file` is a path, or `:memory:`. Throws InputError when it cannot be used: nothing was sent. */
export async function openAt(file: string): Promise<Ledger> {
  return asInputError(async () => {
    const db = await openSqlite(file);
    try {
      return await Ledger.open(db, async (version) =>
        (await import("./backup.ts")).backUpBefore(db, version),
      );
    } catch (error) {
      await db.close();
      throw error;
    }
  });
}

/** In PostgreSQL; looking makes nothing. Throws InputError when it cannot be used. */
export function findInPostgres(place: PostgresPlace): Promise<FoundLedger> {
  return asInputError(async () => {
    const { openPostgres, createSchema } = await import("./postgres/postgres.ts");
    const db = await openPostgres(place);
    return {
      exists: db.exists,
      open: () =>
        asInputError(async () => {
          try {
            if (!db.exists) await createSchema(db, place);
            return await Ledger.open(db);
          } catch (error) {
            await db.close();
            throw error;
          }
        }),
      close: () => db.close(),
    };
  });
}

/** A ledger that was looked for and is not opened yet. */
export interface FoundLedger {
  exists: boolean;
  /** Makes it if there is none. */
  open(): Promise<Ledger>;
  /** If it was not opened. */
  close(): Promise<void>;
}

/** Kept on a ref of a repository; the remote is asked once whether it is there. Throws InputError when it cannot be used. */
export function findInGit(place: GitPlace): Promise<FoundLedger> {
  return asInputError(async () => {
    const { openGit } = await import("./git.ts");
    const db = await openGit(place);
    return {
      exists: db.exists,
      open: () =>
        asInputError(async () => {
          try {
            // Every commit is a copy of what was there before.
            return await Ledger.open(db);
          } catch (error) {
            await db.close();
            throw error;
          }
        }),
      close: () => db.close(),
    };
  });
}

/** Opens it, and makes it if there is none. Throws InputError when it cannot be used: nothing was sent. */
export async function openInGit(place: GitPlace): Promise<Ledger> {
  return (await findInGit(place)).open();
}
