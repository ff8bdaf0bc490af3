/** When an account may post again, by the windows of its network's rates and by the server's own word. */
import type { Rate } from "../adapter.ts";
import { LONGEST_WAIT } from "../bounds.ts";
import { milliseconds } from "../duration.ts";
import { forRows, query, type Row, type Work } from "./database.ts";
import { Where } from "./rows.ts";

// A window of n posts is free again when its n-th last attempt has left it. The network counts from when a request arrived:
// some time between the attempt's beginning and its end, so the end counts; of the few that overlap, the latest. Attempts
// that never reached the network do not count; open ones do.
export function* freeAt(account: string, now: number, rates: readonly Rate[]): Work<number> {
  const [block] = yield* query("select until from blocks where account = $1", account);
  // A longer wait is never right: it was written by an older version, or by a clock that was wrong.
  let free = block && Number(block.until) <= now + LONGEST_WAIT ? Number(block.until) : now;
  for (const { posts, per } of rates) {
    const length = milliseconds(per);
    const rows = yield* query(
      `select at, ended_at from attempts where account = $1 and at > $2 and (outcome is null or outcome <> 'unavailable')
       union all
       select at, ended_at from changes where account = $1 and at > $2 and (outcome is null or outcome <> 'unavailable')
       order by at desc limit 4 offset ${posts - 1}`,
      account,
      now - length - LONGEST_REQUEST,
    );
    for (const row of rows) free = Math.max(free, arrival(row) + length + CLOCK_STEP);
  }
  return free;
}

/**
 * The same for many accounts at once, each with the same windows: a statement for each window, not for each account. `now`
 * is the latest at which one of them asks.
 */
export function* freeAtEach(
  accounts: readonly string[],
  now: number,
  rates: readonly Rate[],
): Work<Map<string, number>> {
  const free = new Map(accounts.map((account) => [account, 0]));
  const where = new Where();
  where.in("account", accounts);
  for (const { account, until } of yield* query(
    `select account, until from blocks ${where}`,
    ...where.values,
  ))
    if (Number(until) <= now + LONGEST_WAIT) free.set(String(account), Number(until));
  for (const { posts, per } of rates) {
    const length = milliseconds(per);
    const since = now - length - LONGEST_REQUEST;
    for (const { account, latest } of yield* latestOf(posts)(accounts.map((account) => [account, since])))
      if (latest !== null) {
        const before = free.get(String(account)) ?? 0;
        free.set(String(account), Math.max(before, Number(latest) + length + CLOCK_STEP));
      }
  }
  return free;
}

const statements = new Map<number, ReturnType<typeof forRows>>();

/** For each account the latest arrival among the `posts`-th last attempt and the few that overlap with it. */
function latestOf(posts: number): ReturnType<typeof forRows> {
  const known = statements.get(posts);
  if (known) return known;
  const of = (table: string) =>
    `select at, ended_at from ${table} where account = column1 and at > column2 and (outcome is null or outcome <> 'unavailable')`;
  const arrival = `case when coalesce(ended_at, at) < at + ${LONGEST_REQUEST} then coalesce(ended_at, at) else at + ${LONGEST_REQUEST} end`;
  const statement = forRows(
    `select column1 as account, (select max(${arrival}) from (
       ${of("attempts")} union all ${of("changes")} order by at desc limit 4 offset ${posts - 1}) as last) as latest
     from (values @rows) as wanted`,
    "text",
    "bigint",
  );
  statements.set(posts, statement);
  return statement;
}

// What was settled later, by a look-up or a person, was under way for as long as a request may take at most.
function arrival({ at, ended_at }: Row): number {
  return Math.min(Number(ended_at ?? at), Number(at) + LONGEST_REQUEST);
}

const LONGEST_REQUEST = 120_000;

// Both ends of a window are whole milliseconds here, rounded down, and are not there.
const CLOCK_STEP = 2;
