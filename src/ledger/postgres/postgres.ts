/** The ledger in PostgreSQL: shared by many machines, every commit on the server's disk before it is believed. */
import type { Pool, PoolClient } from "pg";
import type { PostgresPlace } from "../../postgres-address.ts";
import { type Database, exclusively, query, type Row, type Work, type WorkOnMany } from "../database.ts";
import { LedgerError } from "../errors.ts";
import { distance } from "./clock.ts";
import { inPostgres } from "./dialect.ts";
import { isConflict, isLost, postgresErrorOf } from "./errors.ts";
import { groupWrites } from "./group-writes.ts";

export interface Postgres extends Database {
  /** Whether the ledger's tables were there when it was opened. */
  readonly exists: boolean;
}

// Milliseconds. A server that restarts is back sooner.
const PATIENCE = 30_000;
const FIRST_CONNECTION = 5_000;
const MOST_CONFLICTS = 50;
const MOST_CONNECTIONS = 8;
// A network that swallows everything looks like a slow server.
const NO_ANSWER = 25_000;

/**
 * Session settings. What a machine that is cut off holds is let go by the server; commits wait for the disk even where the
 * server's default does not.
 */
const SETTINGS = `set idle_in_transaction_session_timeout = '10s'; set lock_timeout = '20s'; set timezone = 'utc';
  select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') in ('off', 'local')`;

const NOW = "extract(epoch from clock_timestamp())::float8 * 1000";

/**
 * Throws LedgerError when it cannot be used. Makes nothing. A connection that is lost later is made again for `patience`
 * milliseconds.
 */
export async function openPostgres(
  { url, schema, name }: PostgresPlace,
  patience = PATIENCE,
): Promise<Postgres> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    connectionString: url,
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: FIRST_CONNECTION,
    query_timeout: NO_ANSWER,
    keepAlive: true,
    // An idle connection keeps no program alive.
    allowExitOnIdle: true,
    application_name: "broadcast",
    types: {
      // Counts and times are whole numbers that JavaScript holds.
      getTypeParser: ((oid: number, format?: "text") =>
        oid === pg.types.builtins.INT8
          ? Number
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // An idle connection that ends is replaced when one is needed.
  pool.on("error", () => {});
  const session = createSession(pool, schema);
  try {
    const exists = await session.exists();
    return connect(pool, session, { schema, name, exists, patience });
  } catch (error) {
    await pool.end().catch(() => {});
    throw postgresErrorOf(name, error);
  }
}

/** A user who may not create schemas can be given one. */
export async function createSchema(db: Database, { schema }: PostgresPlace): Promise<void> {
  await db.write(function* () {
    yield* exclusively(["migration"]);
    const [row] = yield* query("select count(*) as found from pg_namespace where nspname = $1", schema);
    if (row?.found === 0) yield* query(`create schema "${schema}"`);
  });
}

interface Session {
  client(): Promise<PoolClient>;
  exists(): Promise<boolean>;
}

function createSession(pool: Pool, schema: string): Session {
  const prepared = new WeakSet<PoolClient>();
  const client = async () => {
    const found = await pool.connect();
    if (prepared.has(found)) return found;
    try {
      await found.query(`set search_path = "${schema}"; ${SETTINGS}`);
    } catch (error) {
      found.release(true);
      throw error;
    }
    // One that breaks in the middle of its use rejects what is asked of it.
    found.on("error", () => {});
    prepared.add(found);
    return found;
  };
  return {
    client,
    async exists() {
      const one = await client();
      try {
        const { rows } = await one.query("select to_regclass($1) as found", [`"${schema}".ledger_version`]);
        return rows[0]?.found !== null;
      } finally {
        one.release();
      }
    },
  };
}

function connect(
  pool: Pool,
  session: Session,
  { schema, name, exists, patience }: { schema: string; name: string; exists: boolean; patience: number },
): Postgres {
  const again = <T>(work: () => Promise<T>): Promise<T> => untilAnswered(work, patience);
  const { ahead, blur, said } = distance();
  const run = async <T>(client: PoolClient, work: () => Work<T>): Promise<T> => {
    const steps = work();
    let step = steps.next([]);
    while (!step.done) {
      const { text, values } = inPostgres(step.value, schema);
      const answer = await client.query(named(text, values));
      step = steps.next(answer.rows as Row[]);
    }
    return step.value;
  };

  /** What became of a transaction whose commit was not answered: only the server knows. */
  const isCommitted = async (xid: string, pid: number): Promise<boolean> => {
    const client = await session.client();
    try {
      const { rows } = await client.query("select pg_xact_status($1::xid8) as status", [xid]);
      if (rows[0]?.status !== "in progress") return rows[0]?.status === "committed";
      // Its connection is cut, and the server has not seen that yet.
      await client.query("select pg_terminate_backend($1)", [pid]);
    } finally {
      client.release();
    }
    throw new Lost("the transaction has not ended yet");
  };

  const transaction = async <T>(work: () => Work<T>): Promise<T> => {
    const client = await session.client();
    let xid: string | undefined;
    let ended: { value: T } | undefined;
    try {
      const before = Date.now();
      const begun = (await client.query(
        `begin; select pg_current_xact_id()::text as xid, ${NOW} as now, pg_backend_pid() as pid`,
      )) as unknown as { rows: { xid: string; now: number; pid: number }[] }[];
      const row = begun.at(-1)!.rows[0]!;
      said(Number(row.now), before, Date.now());
      const value = await run(client, work);
      xid = row.xid;
      ended = { value };
      await client.query("commit");
      client.release();
      return value;
    } catch (error) {
      if (!isLost(error)) {
        await client.query("rollback").then(
          () => client.release(),
          () => client.release(true),
        );
        throw error;
      }
      client.release(true);
      if (xid === undefined || ended === undefined) throw error;
      const { value } = ended;
      const pid = (client as unknown as { processID: number }).processID;
      const commit = xid;
      if (await again(() => isCommitted(commit, pid))) return value;
      throw error;
    }
  };

  const settled = async <T>(work: () => Work<T>): Promise<T> => {
    for (let conflicts = 0; ; conflicts++) {
      try {
        return await again(() => transaction(work));
      } catch (error) {
        if (!isConflict(error) || conflicts === MOST_CONFLICTS) throw postgresErrorOf(name, error);
        await wait(Math.random() * 10 * Math.min(conflicts + 1, 20));
      }
    }
  };
  const writes = groupWrites(settled);

  return {
    exists,
    ahead,
    blur,
    write: <T>(work: () => Work<T>) => writes.write(work),
    writeEach: <I, T>(work: WorkOnMany<I, T>, item: I) => writes.writeEach(work, item),
    read: async <T>(work: () => Work<T>) => {
      try {
        return await again(async () => {
          const client = await session.client();
          let lost = false;
          try {
            return await run(client, work);
          } catch (error) {
            lost = isLost(error);
            throw error;
          } finally {
            client.release(lost);
          }
        });
      } catch (error) {
        throw postgresErrorOf(name, error);
      }
    },
    close: async () => {
      await writes.idle();
      await pool.end();
    },
  };
}

const names = new Map<string, string>();

/** The server plans a statement that it has seen under a name once for each connection. */
function named(text: string, values: unknown[]): { name?: string; text: string; values: unknown[] } {
  // Lists of many lengths are not worth a name each; those of rows have few lengths.
  if (text.length > 6_000 || names.size > 500) return { text, values };
  let name = names.get(text);
  if (name === undefined) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return { name, text, values };
}

class Lost extends Error {
  readonly code = "ELOST";
}

/** Runs it until it is answered, as long as only the connection fails. */
async function untilAnswered<T>(work: () => Promise<T>, patience: number): Promise<T> {
  const until = Date.now() + patience;
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isLost(error) || error instanceof LedgerError || Date.now() > until) throw error;
      await wait(Math.min(50 * 2 ** tries, 2_000));
    }
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
