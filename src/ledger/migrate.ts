/** Forward only: each numbered file runs once, in a transaction with its own record. */
import { InputError } from "../errors.ts";
import { type Database, exclusively, query } from "./database.ts";
import first from "./migrations/001.sql";
import second from "./migrations/002.sql";
import third from "./migrations/003.sql";
import fourth from "./migrations/004.sql";
import fifth from "./migrations/005.sql";
import sixth from "./migrations/006.sql";
import seventh from "./migrations/007.sql";
import eighth from "./migrations/008.sql";
import ninth from "./migrations/009.sql";
import tenth from "./migrations/010.sql";
import eleventh from "./migrations/011.sql";

export const MIGRATIONS: readonly string[] = [
  first,
  second,
  third,
  fourth,
  fifth,
  sixth,
  seventh,
  eighth,
  ninth,
  tenth,
  eleventh,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings a ledger to this program's version. Refuses one that a newer program wrote: exit code 2, nothing touched. `backup`
 * is called before anything changes in a ledger that holds something, with the version it has.
 */
export async function migrate(
  db: Database,
  backup: (version: number) => Promise<void> = async () => {},
  migrations: readonly string[] = MIGRATIONS,
): Promise<void> {
  const version = await versionOf(db);
  if (version > migrations.length) throw newer(version);
  if (version === migrations.length) return;
  if (version > 0) await backup(version);
  await db.write(function* () {
    yield* exclusively(["migration"]);
    yield* query("create table if not exists ledger_version (version integer not null)");
    const [row] = yield* query("select max(version) as version from ledger_version");
    for (let next = Number(row?.version ?? 0); next < migrations.length; next++) {
      for (const statement of statements(migrations[next]!)) yield* query(statement);
      yield* query("insert into ledger_version (version) values ($1)", next + 1);
    }
  });
}

/** Written by a newer program: not touched. */
export function newer(version: number): InputError {
  return new InputError({
    severity: "error",
    code: "ledger-newer",
    message: `the ledger has version ${version}, and this program reads up to ${SCHEMA_VERSION}`,
    remedy: "Update broadcast, or use another ledger.",
  });
}

/** 0 when nothing was written to it yet. */
export async function versionOf(db: Database): Promise<number> {
  try {
    const rows = await db.read(() => query("select max(version) as version from ledger_version"));
    return Number(rows[0]?.version ?? 0);
  } catch (error) {
    if (/no such table|does not exist/.test(`${error} ${(error as Error).cause}`)) return 0;
    throw error;
  }
}

function statements(sql: string): string[] {
  return sql
    .replace(/--.*$/gm, "")
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}
