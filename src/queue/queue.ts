/**
 * When to look at which channel: an existing job queue in the ledger's own database. A job says only "look at this channel";
 * what is to be done there, and by whom, is the ledger's word. So it harms nothing when a job comes twice, late or never.
 */
import type { Runner, TaskList } from "graphile-worker";
import type { Pool } from "pg";
import type { PostgresPlace } from "../postgres-address.ts";

export interface Look {
  channel: string;
  /** Epoch milliseconds by the database's clock; absent: now. */
  at?: number;
}

/** Asks for looks. */
export interface Queue {
  look(looks: readonly Look[]): Promise<void>;
  close(): Promise<void>;
}

export interface Attendance {
  /** Channels that can be sent to from here: looks at others are left to other workers. */
  channels: readonly string[];
  /** Looks at the same time. */
  concurrency: number;
  look(channel: string): Promise<void>;
  /** Done by one of all workers once a minute. */
  everyMinute?: () => Promise<void>;
  /** What went wrong with the queue itself. */
  onTrouble(message: string): void;
}

const POLL = 2_000;
const AGAIN = 1_000;
// For looks that are under way when it is to end: a request has two minutes.
const LAST_WORDS = 130_000;
const MINUTE = "minute";

// A name of our own in front, so that a channel may be called like a task.
const taskOf = (channel: string) => `look at ${channel}`;
// One that is to be done now takes no later one's place, nor the other way round.
const keyOf = ({ channel, at }: Look) => `${at === undefined ? "now" : "later"} ${channel}`;

/** Throws what the database says. */
export async function openQueue(place: PostgresPlace): Promise<Queue> {
  const pool = await poolOf(place, 2);
  // The engine's own function for it; the engine itself is not loaded to ask for a look. While another worker still makes its tables,
  // step by step, an older form of the function is there, which knows no default for the time.
  const add = (looks: readonly Look[]) =>
    pool.query(
      `select "${schemaOf(place)}".add_job(task, job_key => key, run_at => coalesce(to_timestamp(at / 1000.0), now()))
       from unnest($1::text[], $2::text[], $3::float8[]) as wanted(task, key, at)`,
      [looks.map(({ channel }) => taskOf(channel)), looks.map(keyOf), looks.map(({ at }) => at ?? null)],
    );
  return {
    async look(looks) {
      if (looks.length === 0) return;
      try {
        await add(looks);
      } catch (error) {
        // The tables are not there yet, or another worker is just making them: PostgreSQL has many words for that, also internal ones.
        if (!isServers(error)) throw error;
        await makeQueue(place, pool);
        await add(looks);
      }
    },
    close: () => ended(pool),
  };
}

/** The server itself said no; a connection that is gone has no severity. */
function isServers(error: unknown): boolean {
  return (error as { severity?: string }).severity !== undefined;
}

async function makeQueue(place: PostgresPlace, pgPool: Pool): Promise<void> {
  const { makeWorkerUtils } = await import("graphile-worker");
  const utils = await makeWorkerUtils({ pgPool, schema: schemaOf(place), logger: await silent() });
  try {
    await utils.migrate();
  } finally {
    await utils.release();
  }
}

/** Attends to looks until `stop`; then resolves when those under way have ended. */
export async function attend(place: PostgresPlace, attendance: Attendance, stop: AbortSignal): Promise<void> {
  const { channels, look, everyMinute, onTrouble, concurrency } = attendance;
  const taskList: TaskList = {
    ...Object.fromEntries(channels.map((channel) => [taskOf(channel), () => look(channel)])),
    ...(everyMinute && { [MINUTE]: everyMinute }),
  };
  const { run, parseCronItems } = await import("graphile-worker");
  const logger = await silent(onTrouble);
  const pool = await poolOf(place, Math.min(concurrency, 8) + 2);
  try {
    // A database that goes away ends the engine; it is started again until somebody stops it.
    while (!stop.aborted) {
      let runner: Runner | undefined;
      const end = () => void runner?.stop().catch(() => {});
      try {
        runner = await run({
          pgPool: pool,
          schema: schemaOf(place),
          concurrency,
          taskList,
          logger,
          pollInterval: POLL,
          noHandleSignals: true,
          parsedCronItems: parseCronItems(everyMinute ? [{ task: MINUTE, match: "* * * * *" }] : []),
        });
        stop.addEventListener("abort", end, { once: true });
        if (stop.aborted) end();
        await Promise.race([runner.promise, after(stop, LAST_WORDS)]);
      } catch (error) {
        onTrouble((error as Error).message);
        await new Promise((done) => setTimeout(done, AGAIN));
      } finally {
        stop.removeEventListener("abort", end);
      }
    }
  } finally {
    await ended(pool);
  }
}

/** Resolves so many milliseconds after the signal: a connection that is cut off never answers. */
function after(stop: AbortSignal, ms: number): Promise<void> {
  return new Promise((done) => {
    const later = () => setTimeout(done, ms).unref();
    if (stop.aborted) later();
    else stop.addEventListener("abort", later, { once: true });
  });
}

async function ended(pool: Pool): Promise<void> {
  const over = new Promise<void>((done) => setTimeout(done, 3_000).unref());
  await Promise.race([pool.end(), over]);
}

const schemaOf = ({ schema }: PostgresPlace) => `${schema}_queue`;

async function poolOf({ url }: PostgresPlace, max: number): Promise<Pool> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    connectionString: url,
    max,
    keepAlive: true,
    // What is swallowed on the way is given up.
    connectionTimeoutMillis: 5_000,
    query_timeout: 20_000,
    maxLifetimeSeconds: 600,
    application_name: "broadcast",
  });
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

async function silent(onTrouble: (message: string) => void = () => {}) {
  const { Logger } = await import("graphile-worker");
  return new Logger(() => (level, message) => {
    if (level === "error") onTrouble(message);
  });
}
