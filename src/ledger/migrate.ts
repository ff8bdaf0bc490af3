/** Forward only: each numbered file runs once, in a transaction with its own record. */
import { InputError } from "../errors.ts";
import first from "./migrations/001.sql";
import { type Database, query } from "./work.ts";

const MIGRATIONS = [first];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings a ledger to this program's version. Refuses one that a newer program wrote: exit code 2, nothing touched. */
export async function migrate(db: Database): Promise<void> {
  const version = await versionOf(db);
  if (version > SCHEMA_VERSION) {
    throw new InputError({
      severity: "error",
      code: "ledger-newer",
      message: `the ledger has version ${version}, this program knows up to ${SCHEMA_VERSION}`,
      remedy: "Update broadcast, or use another ledger.",
    });
  }
  if (version === SCHEMA_VERSION) return;
  await db.write(function* () {
    yield* query("create table if not exists ledger_version (version integer not null)");
    const [row] = yield* query("select max(version) as version from ledger_version");
    for (let next = Number(row?.version ?? 0); next < SCHEMA_VERSION; next++) {
      for (const statement of statements(MIGRATIONS[next]!)) yield* query(statement);
      yield* query("insert into ledger_version (version) values ($1)", next + 1);
    }
  });
}

async function versionOf(db: Database): Promise<number> {
  try {
    const rows = await db.read(() => query("select max(version) as version from ledger_version"));
    return Number(rows[0]?.version ?? 0);
  } catch (error) {
    if (/no such table|does not exist/.test(String(error))) return 0;
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
