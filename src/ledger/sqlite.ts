/** SQLite in the project's folder: WAL, every commit on disk before it is believed, commits of one moment grouped. */
import { statSync } from "node:fs";
import { createPrivately, createUnlessThere, syncToDisk } from "./create-file.ts";
import { type Database, LOCK_NAMES, type Row, type Statement, type Work } from "./database.ts";
import { type DatabaseSync, driver } from "./driver.ts";
import { corrupt, emptyFile, gone, isOfDisk, LedgerError, ledgerErrorOf, truncated } from "./errors.ts";
import { groupCommits } from "./group-commit.ts";
import { faultInLog } from "./wal.ts";

export interface Sqlite extends Database {
  readonly file: string;
  /** Writes all of it into a new file, as of one moment, while others go on; on disk when it resolves. */
  copyTo(path: string): Promise<void>;
}

// A damaged file is found at once while looking through it costs a few hundredths of a second; `ledger check` looks through any.
const LOOKED_THROUGH = 4_000_000;

// Others hold the lock for milliseconds; after this long, waiting is pointless.
const LOCK_PATIENCE = 10_000;

/** `file` is a path, or `:memory:`. Throws LedgerError when it cannot be used, or is locked for longer than `patience` ms. */
export async function openSqlite(file: string, patience = LOCK_PATIENCE): Promise<Sqlite> {
  const { DatabaseSync } = await driver();
  let db: DatabaseSync | undefined;
  try {
    if (file !== ":memory:") {
      await createUnlessThere(file);
      if (statSync(file).size === 0) throw new LedgerError(emptyFile(file));
      requireWholeLog(file);
    }
    db = new DatabaseSync(file, { timeout: patience });
    db.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
    if (file !== ":memory:" && statSync(file).size <= LOOKED_THROUGH) requireIntact(db, file);
    return connect(db, file);
  } catch (error) {
    db?.close();
    throw ledgerErrorOf(file, error);
  }
}

// Which files this process has opened with SQLite: device, number, birth.
const opened = new Set<string>();

// Looks at the log's index only before this process opens the database for the first time: later, letting go of that file
// would let go of all the locks that SQLite has on it (sqlite.org/howtocorrupt.html, 2.2), also of a connection whose
// statements have not been collected yet.
function requireWholeLog(file: string): void {
  const { dev, ino, birthtimeNs } = statSync(file, { bigint: true });
  const fileIdentity = `${dev}:${ino}:${birthtimeNs}`;
  if (opened.has(fileIdentity)) return;
  const fault = faultInLog(file);
  if (fault) throw new LedgerError(fault === "truncated" ? truncated(file) : corrupt(`${file}-wal`));
  opened.add(fileIdentity);
}

function requireIntact(db: DatabaseSync, file: string): void {
  // Unlike `quick_check` it compares the indexes: a delivery that is missing in one would go out again.
  const [row] = db.prepare("pragma integrity_check(1)").all() as Row[];
  const found = String(row?.integrity_check);
  if (found !== "ok") throw new LedgerError(corrupt(file, found.split("\n").at(-1)));
}

function connect(db: DatabaseSync, file: string): Sqlite {
  const prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const execute = ({ sql, values }: Statement): Row[] => {
    // A writer has the whole database.
    if (sql === LOCK_NAMES) return [];
    let statement = prepared.get(sql);
    if (!statement) {
      statement = db.prepare(inOurDialect(sql));
      prepared.set(sql, statement);
    }
    try {
      return statement.all(...values) as Row[];
    } catch (error) {
      // Node's driver has a code for it, the other one words.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ERR_OUT_OF_RANGE" && !/too large to be represented/.test(String(error))) throw error;
      return inBounds(statement, values);
    }
  };
  const run = <T>(work: () => Work<T>): T => {
    const steps = work();
    let step = steps.next([]);
    while (!step.done) step = steps.next(execute(step.value));
    return step.value;
  };

  const commits = groupCommits({
    run,
    begin: () => db.exec("begin immediate"),
    commit: () => db.exec("commit"),
    rollback: () => {
      try {
        if (db.isTransaction) db.exec("rollback");
      } catch {
        // What failed is told; a transaction that was never committed is not read by anybody.
      }
    },
    isKept: watch(file),
    gone: () => new LedgerError(gone(file)),
    trouble: (error) => ledgerErrorOf(file, error),
  });

  return {
    file,
    write: commits.write,
    writeEach: commits.writeEach,
    read: async <T>(work: () => Work<T>) => {
      try {
        return run(work);
      } catch (error) {
        throw ledgerErrorOf(file, error);
      }
    },
    copyTo: async (path: string) => {
      try {
        createPrivately(path);
        db.exec(`vacuum into '${path.replaceAll("'", "''")}'`);
        syncToDisk(path);
      } catch (error) {
        throw ledgerErrorOf(path, error);
      }
    },
    close: async () => {
      commits.flush();
      tidyUp(db);
      try {
        db.close();
      } catch (error) {
        // It moves the log, too: without room the log keeps what it holds.
        if (!isOfDisk(error)) throw ledgerErrorOf(file, error);
      }
    },
  };
}

// A number that an older version took from a server as it was: too large for ours, and no reason to read nothing at all.
function inBounds(statement: ReturnType<DatabaseSync["prepare"]>, values: Statement["values"]): Row[] {
  statement.setReadBigInts(true);
  try {
    return (statement.all(...values) as Record<string, unknown>[]).map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value]),
      ),
    ) as Row[];
  } finally {
    statement.setReadBigInts(false);
  }
}

// A numbered parameter has a name, and SQLite looks names up one by one: where they come in order, they need none.
function inOurDialect(sql: string): string {
  const inOrder = [...sql.matchAll(/\$(\d+)/g)].every(([, number], index) => Number(number) === index + 1);
  return sql.replace(/\s+for update( skip locked)?$/, "").replace(/\$(\d+)/g, inOrder ? "?" : "?$1");
}

/** Whether the database's files are still the ones that were opened. While they are open, no other file can get their numbers. */
function watch(file: string): () => boolean {
  if (file === ":memory:") return () => true;
  const numberOf = (path: string) => statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
  const main = numberOf(file);
  let log = numberOf(`${file}-wal`);
  return () => {
    const now = numberOf(`${file}-wal`);
    // It is made by the first write.
    log ??= now;
    return numberOf(file) === main && now === log;
  };
}

// One of the drivers lets go of the files only when its statements are collected: the log is moved into the database here.
function tidyUp(db: DatabaseSync): void {
  try {
    // The lock holder checkpoints when it closes.
    db.exec("pragma busy_timeout = 100; pragma wal_checkpoint(truncate)");
  } catch {
    // No room, or not writable: the log keeps its content, and the next process to open the ledger reads it.
  }
}
