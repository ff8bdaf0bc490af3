/** Looking after a ledger: is it sound, and a copy of it. Neither brings it to another version. */
import { existsSync, rmSync, statSync } from "node:fs";
import type { Problem } from "../errors.ts";
import type { PostgresPlace } from "../postgres-address.ts";
import { DamagedRow } from "./damaged-row.ts";
import { type Database, query } from "./database.ts";
import { asInputError, corrupt, LedgerError, occupied } from "./errors.ts";
import { remoteWarning } from "./filesystem-check.ts";
import { impossibleTimes, repair } from "./impossible.ts";
import { newer, SCHEMA_VERSION, versionOf } from "./migrate.ts";
import { toDelivery } from "./rows.ts";
import { openSqlite, type Sqlite } from "./sqlite.ts";
import type { GitPlace, State } from "./types.ts";

export interface Checked {
  /** The form it has, and the one that this program writes. */
  version: number;
  current: number;
  /** Of the file; absent elsewhere. */
  bytes?: number;
  deliveries: Partial<Record<State, number>>;
  attempts: number;
  receipts: number;
  /** Uploads and other steps that no post used. */
  unused: number;
  /** Rows that were put right, if that was asked for. */
  repaired?: number;
  /** Empty when it is sound. */
  problems: Problem[];
}

interface CheckOptions {
  now?: number;
  repair?: boolean;
}

/**
 * Looks through all of it; with `repair` puts right what can be, in a ledger of this program's form, and says what is left.
 * Throws InputError when it cannot even be opened.
 */
export async function checkLedger(file: string, options: CheckOptions = {}): Promise<Checked> {
  return asInputError(() =>
    opened(file, async (db) => {
      const checked = await check(db, file, options);
      return {
        ...checked,
        bytes: statSync(file).size,
        problems: [...checked.problems, ...remoteWarning(file)],
      };
    }),
  );
}

/** The same of a ledger in git: what is put right is one more commit there. `name`: for messages. */
export async function checkGitLedger(
  place: GitPlace,
  name: string,
  options: CheckOptions = {},
): Promise<Checked | "missing"> {
  const { openGit } = await import("./git.ts");
  return asInputError(async () => {
    const db = await openGit(place);
    try {
      return db.exists ? await check(db, name, options) : "missing";
    } finally {
      await db.close();
    }
  });
}

/** The same of a ledger in PostgreSQL, whose server looks after its own pages. */
export async function checkPostgresLedger(
  place: PostgresPlace,
  options: CheckOptions = {},
): Promise<Checked | "missing"> {
  const { openPostgres } = await import("./postgres/postgres.ts");
  return asInputError(async () => {
    const db = await openPostgres(place);
    try {
      return db.exists ? await check(db, place.name, options, async () => []) : "missing";
    } finally {
      await db.close();
    }
  });
}

async function check(
  db: Database,
  name: string,
  { now = Date.now(), repair: repairs = false }: CheckOptions,
  damageIn: (db: Database) => Promise<string[]> = damageInPages,
): Promise<Checked> {
  const version = await versionOf(db);
  // Its tables are unknown here.
  if (version > SCHEMA_VERSION) throw newer(version);
  const repaired = repairs && version === SCHEMA_VERSION ? await repair(db, now) : undefined;
  const problems = (await damageIn(db)).map((word) => corrupt(name, word));
  const count = async (table: string) => {
    const rows = await db.read(() => query(`select count(*) as number from ${table}`));
    return Number(rows[0]?.number);
  };
  const states =
    version === 0
      ? []
      : await db.read(() => query("select state, count(*) as number from deliveries group by state"));
  return {
    version,
    current: SCHEMA_VERSION,
    deliveries: Object.fromEntries(states.map(({ state, number }) => [String(state), Number(number)])),
    attempts: version === 0 ? 0 : await count("attempts"),
    receipts: version === 0 ? 0 : await count("receipts"),
    unused: version === 0 ? 0 : await count(UNUSED),
    ...(repaired !== undefined && { repaired }),
    problems: [
      ...problems,
      ...(version === 0 ? [] : await strays(db)),
      ...(version === SCHEMA_VERSION ? await impossibleTimes(db, now) : []),
      ...(version === SCHEMA_VERSION ? await damagedRows(name, db) : []),
    ],
  };
}

async function damageInPages(db: Database): Promise<string[]> {
  const damage = await db.read(() => query("pragma integrity_check(5)"));
  return damage.map((row) => String(row.integrity_check)).filter((word) => word !== "ok");
}

const UNUSED = `steps where not exists (
  select 1 from attempts where attempts.delivery = steps.delivery and (attempts.part = steps.part or steps.part = -1)
    and attempts.round = steps.round and attempts.outcome in ('published', 'found'))
  and not exists (
    select 1 from deliveries where deliveries.id = steps.delivery and deliveries.round = steps.round
      and deliveries.state in ('scheduled', 'sending', 'held'))`;

// What belongs to a delivery that is not there: nothing of this program leaves that behind.
async function strays(db: Database): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const table of ["attempts", "receipts"]) {
    const rows = await db.read(() =>
      query(`select count(*) as number from ${table} where delivery not in (select id from deliveries)`),
    );
    const number = Number(rows[0]?.number);
    if (number === 0) continue;
    problems.push({
      severity: "error",
      code: "ledger-orphans",
      message: `${number} ${table} belong to no delivery`,
      remedy: "The ledger was changed by hand: put a backup in its place.",
    });
  }
  return problems;
}

/** Copies it as of this moment, also while others write. Throws InputError, also when there is a file of that name. */
export async function backUp(file: string, to: string): Promise<{ bytes: number }> {
  return asInputError(async () => {
    if (existsSync(to)) throw new LedgerError(occupied(to));
    return opened(file, async (db) => {
      try {
        await db.copyTo(to);
      } catch (error) {
        rmSync(to, { force: true });
        throw error;
      }
      return { bytes: statSync(to).size };
    });
  });
}

async function opened<T>(file: string, work: (db: Sqlite) => Promise<T>): Promise<T> {
  const db = await openSqlite(file);
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** Each row whose posts cannot be read, by the name of its delivery. */
async function damagedRows(name: string, db: Database): Promise<Problem[]> {
  const rows = await db.read(() => query("select * from deliveries"));
  return rows.flatMap((row): Problem[] => {
    try {
      toDelivery(row);
      return [];
    } catch (error) {
      if (error instanceof DamagedRow) return [corrupt(name, error.message)];
      throw error;
    }
  });
}
