/**
 * Moves a ledger to another place, row by row. Nothing leaves from the old one afterwards, nor from the new one before all of
 * it is there: both are paused meanwhile, so that a copy that is cut off does no harm, and is made anew by the next try.
 */
import { createHash } from "node:crypto";
import { InputError, type Problem } from "../errors.ts";
import { isDead } from "../lock.ts";
import { type Database, forRows, query, type Row, type Value, type Work } from "./database.ts";
import { allPauses, endPause, type Pause, putPause } from "./pauses.ts";
import { TABLES, type Table } from "./tables.ts";

export interface Copied {
  /** Rows, by table. */
  rows: Record<string, number>;
}

export interface CopyOptions {
  /** What the old one says about itself from then on. */
  movedTo: string;
  /** Epoch milliseconds. */
  now: number;
  onTable?: (name: string, rows: number) => void;
}

const UNFINISHED = "this ledger is being copied here, and is not whole yet";
const PAGE = 500;
// Pauses come last; workers belong to where they work.
const COPIED = TABLES.filter(({ name }) => name !== "pauses" && name !== "workers");

/** Both are of this program's version. Throws InputError, before anything is written, when one of them is in use or not empty. */
export async function copyLedger(from: Database, to: Database, options: CopyOptions): Promise<Copied> {
  const { now } = options;
  await requireEmpty(to);
  const pauses = (await from.read(() => allPauses())).filter(({ reason }) => !isMoved(reason));
  const moved = { reason: `${MOVED}${options.movedTo}`, at: now };
  // First of all, so that nothing is taken while it is looked whether something is. A person's own pause does the same, and
  // stays until it is in the new ledger.
  const isPaused = pauses.some(({ channel }) => channel === undefined);
  if (!isPaused) await from.write(() => putPause(moved));
  try {
    await requireIdle(from, now + (from.ahead?.() ?? 0));
  } catch (error) {
    if (!isPaused) await from.write(() => endPause());
    throw error;
  }
  await to.write(() => putPause({ reason: UNFINISHED, at: now }));

  const rows: Record<string, number> = {};
  for (const table of COPIED) {
    rows[table.name] = await copyTable(table, from, to);
    options.onTable?.(table.name, rows[table.name] ?? 0);
    if ((await sumOf(table, from)) !== (await sumOf(table, to)))
      throw new InputError(
        problem(`\`${table.name}\` is not the same in both ledgers`, "Try again when nothing uses them."),
      );
  }
  await to.write(function* () {
    yield* endPause();
    for (const pause of pauses) yield* putPause(pause);
  });
  await from.write(() => putPause(moved));
  return { rows: { ...rows, pauses: pauses.length } };
}

const MOVED = "this ledger was moved to ";

/** Whether the pause is there because the ledger is somewhere else now. */
export const isMoved = (reason: string | undefined): boolean => reason?.startsWith(MOVED) ?? false;

async function requireIdle(from: Database, now: number): Promise<void> {
  const owners = await from.read(() =>
    query("select distinct owner from deliveries where state = 'sending' and lease_until > $1", now),
  );
  const busy = owners.filter(({ owner }) => !isDead(String(owner)));
  if (busy.length === 0) return;
  throw new InputError(
    problem("something is being sent from this ledger just now", "Wait until it has ended, then copy again."),
  );
}

// What an earlier copy left behind is taken away; whatever else is there is not ours to touch.
async function requireEmpty(to: Database): Promise<void> {
  const pauses = await to.read(() => allPauses());
  if (pauses.some(({ channel, reason }: Pause) => channel === undefined && reason === UNFINISHED)) {
    for (const { name } of COPIED) await to.write(() => query(`delete from ${name}`));
    return;
  }
  for (const { name } of [...COPIED, { name: "pauses" }]) {
    const [row] = await to.read(() => query(`select count(*) as number from ${name}`));
    if (Number(row?.number) > 0)
      throw new InputError(
        problem(
          `the other ledger is not empty: it has ${row?.number} rows in \`${name}\``,
          "Copy to a new one.",
        ),
      );
  }
}

async function copyTable(table: Table, from: Database, to: Database): Promise<number> {
  const names = table.columns.map(({ name }) => name);
  const insert = forRows(
    `insert into ${table.name} (${names.join(", ")}) values @rows`,
    ...table.columns.map(({ type }) => type),
  );
  let copied = 0;
  for await (const page of pagesOf(table, from)) {
    await to.write(() => insert(page.map((row) => names.map((name) => row[name] ?? null))));
    copied += page.length;
  }
  return copied;
}

async function* pagesOf({ name, key }: Table, db: Database): AsyncGenerator<Row[]> {
  const columns = key.join(", ");
  let after: Value[] | undefined;
  for (;;) {
    const places = key.map((_, n) => `$${n + 1}`).join(", ");
    const where = after ? `where (${columns}) > (${places})` : "";
    const sql = `select * from ${name} ${where} order by ${columns} limit ${PAGE}`;
    const page = await db.read((): Work<Row[]> => query(sql, ...(after ?? [])));
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = key.map((column) => last[column] ?? null);
  }
}

/** The same for the same rows, whatever their order: databases sort words differently. */
async function sumOf(table: Table, db: Database): Promise<string> {
  const sum = Buffer.alloc(32);
  for await (const page of pagesOf(table, db))
    for (const row of page) {
      const words = JSON.stringify(table.columns.map(({ name }) => row[name] ?? null));
      const hash = createHash("sha256").update(words).digest();
      for (const [at, byte] of hash.entries()) sum[at] = sum[at]! ^ byte;
    }
  return sum.toString("hex");
}

function problem(message: string, remedy: string): Problem {
  return { severity: "error", code: "usage", message, remedy };
}
