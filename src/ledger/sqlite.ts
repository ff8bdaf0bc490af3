/** SQLite in the project's folder: WAL, every commit on disk before it is believed, commits of one moment grouped. */
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { corrupt, gone, LedgerError, troubleOf, truncated } from "./trouble.ts";
import { isTruncated } from "./wal.ts";
import type { Database, Row, Statement, Work } from "./work.ts";

type DatabaseSync = InstanceType<Driver["DatabaseSync"]>;
type Driver = typeof import("@photostructure/sqlite");

// With waits of that many commits' length between two of them, a crowd spends a quarter of its time on the disk at most.
const COMMITS_TO_WAIT = 3;
const LONGEST_WAIT = 20;

interface Waiting {
  work: () => Work<unknown>;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

export interface Sqlite extends Database {
  readonly file: string;
  /** Writes all of it into a new file, as of one moment, while others go on; on disk when it resolves. */
  copyTo(path: string): Promise<void>;
}

// A damaged file is found at once while looking through it costs a few hundredths of a second; `ledger check` looks through any.
const LOOKED_THROUGH = 4_000_000;

// Others hold the lock for milliseconds; whoever has not got it after this would not get it soon.
const LOCK_PATIENCE = 10_000;

/** `file` is a path, or `:memory:`. Throws LedgerError when it cannot be used, or is locked for longer than `patience` ms. */
export async function openSqlite(file: string, patience = LOCK_PATIENCE): Promise<Sqlite> {
  const { DatabaseSync } = await driver();
  let db: DatabaseSync | undefined;
  try {
    if (file !== ":memory:") {
      if (!existsSync(file)) createPrivately(file);
      demandWholeLog(file);
    }
    db = new DatabaseSync(file, { timeout: patience });
    db.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
    if (file !== ":memory:" && statSync(file).size <= LOOKED_THROUGH) demandIntact(db, file);
    return connect(db, file);
  } catch (error) {
    db?.close();
    throw troubleOf(file, error);
  }
}

// Which files this process has opened with SQLite: device, number, birth.
const opened = new Set<string>();

// Looks at the log's index only before this process opens the database for the first time: later, letting go of that file
// would let go of all the locks that SQLite has on it (sqlite.org/howtocorrupt.html, 2.2), also of a connection whose
// statements have not been collected yet.
function demandWholeLog(file: string): void {
  const { dev, ino, birthtimeNs } = statSync(file, { bigint: true });
  const identity = `${dev}:${ino}:${birthtimeNs}`;
  if (opened.has(identity)) return;
  if (isTruncated(file)) throw new LedgerError(truncated(file));
  opened.add(identity);
}

function demandIntact(db: DatabaseSync, file: string): void {
  // Unlike `quick_check` it compares the indexes: a delivery that is missing in one would go out again.
  const [row] = db.prepare("pragma integrity_check(1)").all() as Row[];
  const found = String(row?.integrity_check);
  if (found !== "ok") throw new LedgerError(corrupt(file, found.split("\n").at(-1)));
}

function connect(db: DatabaseSync, file: string): Sqlite {
  const prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const execute = ({ sql, values }: Statement): Row[] => {
    let statement = prepared.get(sql);
    if (!statement) {
      statement = db.prepare(sql.replace(/\$(\d+)/g, "?$1"));
      prepared.set(sql, statement);
    }
    return statement.all(...values) as Row[];
  };
  const run = <T>(work: () => Work<T>): T => {
    const steps = work();
    let step = steps.next([]);
    while (!step.done) step = steps.next(execute(step.value));
    return step.value;
  };

  const stillThere = watch(file);
  let waiting: Waiting[] = [];
  // What is asked for in one turn of the event loop costs one fsync together. Where many ask, they wait for one another a
  // moment; one alone does not wait.
  let crowded = false;
  let lastCommit = 0;
  const schedule = () =>
    crowded ? setTimeout(flush, Math.min(LONGEST_WAIT, COMMITS_TO_WAIT * lastCommit)) : setImmediate(flush);
  const flush = () => {
    const batch = waiting;
    waiting = [];
    crowded = batch.length > 1;
    const fail = (error: unknown) => {
      for (const { reject } of batch) reject(troubleOf(file, error));
    };
    // Whoever keeps the lock for all that time would keep it from each one of them again.
    try {
      db.exec("begin immediate");
    } catch (error) {
      return fail(error);
    }
    const results: unknown[] = [];
    try {
      for (const { work } of batch) results.push(run(work));
      const from = performance.now();
      db.exec("commit");
      lastCommit = performance.now() - from;
    } catch (error) {
      if (db.isTransaction) db.exec("rollback");
      if (batch.length === 1) return fail(error);
      for (const one of batch) alone(one);
      return;
    }
    // A file that was deleted takes every commit, and keeps none: what it was told does not count as written.
    if (!stillThere()) return fail(new LedgerError(gone(file)));
    batch.forEach((one, index) => {
      one.resolve(results[index]);
    });
  };
  const alone = ({ work, resolve, reject }: Waiting) => {
    try {
      db.exec("begin immediate");
      const result = run(work);
      db.exec("commit");
      if (!stillThere()) throw new LedgerError(gone(file));
      resolve(result);
    } catch (error) {
      if (db.isTransaction) db.exec("rollback");
      reject(troubleOf(file, error));
    }
  };

  return {
    file,
    write: <T>(work: () => Work<T>) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
        if (waiting.length === 1) schedule();
      }),
    read: async <T>(work: () => Work<T>) => {
      try {
        return run(work);
      } catch (error) {
        throw troubleOf(file, error);
      }
    },
    copyTo: async (path: string) => {
      try {
        createPrivately(path);
        db.exec(`vacuum into '${path.replaceAll("'", "''")}'`);
        syncToDisk(path);
      } catch (error) {
        throw troubleOf(path, error);
      }
    },
    close: async () => {
      if (waiting.length > 0) flush();
      tidyUp(db);
      db.close();
    },
  };
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
    db.exec("pragma wal_checkpoint(truncate)");
  } catch {
    // No room, or no right to write: the log keeps what it holds, and whoever opens the ledger next reads it there.
  }
}

function syncToDisk(path: string): void {
  const handle = openSync(path, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

// SQLite gives the write-ahead files the rights of the database, so it is enough to create that one privately.
function createPrivately(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
}

// Node has SQLite built in from 22.13; before that, the port with the same interface.
async function driver(): Promise<Pick<Driver, "DatabaseSync">> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 13)) return import("@photostructure/sqlite");
  silenceExperimentalWarning();
  const name = "node:sqlite";
  return (await import(name)) as Pick<Driver, "DatabaseSync">;
}

function silenceExperimentalWarning(): void {
  const emit = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (String(warning).includes("SQLite")) return;
    Reflect.apply(emit, process, [warning, ...rest]);
  }) as typeof process.emitWarning;
}
