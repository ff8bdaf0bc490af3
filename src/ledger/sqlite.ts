/** SQLite in the project's folder: WAL, every commit on disk before it is believed, commits of one moment grouped. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { Database, Row, Statement, Work } from "./work.ts";

type DatabaseSync = InstanceType<Driver["DatabaseSync"]>;
type Driver = typeof import("@photostructure/sqlite");

interface Waiting {
  work: () => Work<unknown>;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

export async function openSqlite(file: string): Promise<Database & { readonly file: string }> {
  const { DatabaseSync } = await driver();
  if (file !== ":memory:" && !existsSync(file)) createPrivately(file);
  const db = new DatabaseSync(file, { timeout: 10_000 });
  db.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
  return connect(db, file);
}

function connect(db: DatabaseSync, file: string): Database & { readonly file: string } {
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

  let waiting: Waiting[] = [];
  // What many deliveries ask for in one turn of the event loop costs one fsync together.
  const flush = () => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 1) return alone(batch[0]!);
    const results: unknown[] = [];
    try {
      db.exec("begin immediate");
      for (const { work } of batch) results.push(run(work));
      db.exec("commit");
    } catch {
      if (db.isTransaction) db.exec("rollback");
      for (const one of batch) alone(one);
      return;
    }
    batch.forEach((one, index) => {
      one.resolve(results[index]);
    });
  };
  const alone = ({ work, resolve, reject }: Waiting) => {
    try {
      db.exec("begin immediate");
      const result = run(work);
      db.exec("commit");
      resolve(result);
    } catch (error) {
      if (db.isTransaction) db.exec("rollback");
      reject(error);
    }
  };

  return {
    file,
    write: <T>(work: () => Work<T>) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
        if (waiting.length === 1) setImmediate(flush);
      }),
    read: async <T>(work: () => Work<T>) => run(work),
    close: async () => {
      if (waiting.length > 0) flush();
      db.close();
    },
  };
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
