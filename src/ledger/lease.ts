/** How due deliveries are claimed, so that no other process works on them. */

import { forRows, query, type Row, type Value, type Work } from "./database.ts";
import { NOT_PAUSED } from "./pauses.ts";
import { toDelivery, Where } from "./rows.ts";
import type { Delivery } from "./types.ts";

export interface Claim {
  owner: string;
  now: number;
  /** Until when the claim holds unless renewed. */
  until: number;
  channel: string;
  /** Only these; all when absent. */
  ids?: readonly string[];
  limit: number;
  /** Owners known to be dead: their leases do not count. */
  dead?: readonly string[];
}

// A lease that is to hold for longer was written by a clock that was wrong: it counts as over. Who holds it and works on finds
// out when the next attempt begins, since that asks for the owner.
const LONGEST_LEASE = 10 * 60_000;

/** Whether somebody may still be at work on what is `sending`, as far as the lease says. */
export function isLeaseOver(until: number, now: number): boolean {
  return until <= now || until > now + LONGEST_LEASE;
}

/** Those whose worker is gone, and scheduled ones, the oldest first. */
export function* claim({ owner, now, until, channel, ids, limit, dead = [] }: Claim): Work<Delivery[]> {
  const take = function* (most: number, condition: string, ...values: Value[]): Work<Row[]> {
    if (most === 0) return [];
    const where = new Where();
    where.add("channel = ?", channel);
    where.add(condition, ...values);
    where.add(NOT_PAUSED);
    if (ids) where.in("id", ids);
    return yield* query(
      `select ${COLUMNS} from deliveries ${where} order by next_at, created_at, id limit ${most}`,
      ...where.values,
    );
  };
  // What was begun comes first: a thread is not to wait behind the whole backlog, with other posts in its middle.
  const gone = dead.length > 0 ? ` or owner in (${dead.map(() => "?").join(", ")})` : "";
  const left = yield* take(
    limit,
    `state = 'sending' and (lease_until <= ? or lease_until > ?${gone})`,
    now,
    now + LONGEST_LEASE,
    ...dead,
  );
  const due = yield* take(limit - left.length, "state = 'scheduled' and next_at <= ?", now);
  const rows = [...left, ...due];
  yield* mark(rows.map(({ id }) => [id ?? null, owner, until, now]));
  const taken = { channel, state: "sending", owner, lease_until: until, updated_at: now };
  return rows.map((row) => toDelivery(Object.assign(row, taken)));
}

// Reading a column costs as much as writing the row, so columns that a claim sets are not read.
const COLUMNS = `id, campaign, network, account, digest, posts, seed, round, due_at, next_at, expires_at, schedule, late,
  uncertain, answers, failures, tries, code, message, created_at`;

const mark = forRows(
  `update deliveries set state = 'sending', owner = column2, lease_until = column3, updated_at = column4
   from (values @rows) as claimed where id = column1`,
);
