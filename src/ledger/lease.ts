/** How due deliveries are claimed, so that no other process works on them. */

import { exclusively, forRows, query, type Row, type Value, type Work } from "./database.ts";
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
export const LONGEST_LEASE = 10 * 60_000;

/** Whether somebody may still be at work on what is `sending`, as far as the lease says. */
export function isLeaseOver(until: number, now: number): boolean {
  return until <= now || until > now + LONGEST_LEASE;
}

/** Those whose worker is gone, and scheduled ones, in the order in which they are due: also what has waited for another try. */
export function* claim({ owner, now, until, channel, ids, limit, dead = [] }: Claim): Work<Delivery[]> {
  const take = function* (most: number, condition: string, ...values: Value[]): Work<Row[]> {
    if (most === 0) return [];
    const where = new Where();
    where.add("channel = ?", channel);
    where.add(condition, ...values);
    where.add(NOT_PAUSED);
    if (ids) where.in("id", ids);
    return yield* query(
      `select ${COLUMNS} from deliveries ${where} order by due_at, created_at, id limit ${most}
       for update skip locked`,
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
  "text",
  "text",
  "bigint",
  "bigint",
);

/** One delivery for each of these channels, which differ; where another owner is at work on a channel, none. */
export function* claimEach(items: readonly ChannelClaim[]): Work<(Delivery | undefined)[]> {
  const { owner, until } = items[0]!;
  const now = Math.max(...items.map((item) => item.now));
  const dead = [...new Set(items.flatMap((item) => item.dead))];
  yield* exclusively(items.map(({ channel }) => `channel ${channel}`));
  const where = new Where();
  where.in(
    "channel",
    items.map(({ channel }) => channel),
  );
  where.add("state = 'sending' and owner <> ?", owner);
  where.add("lease_until > ? and lease_until <= ?", now, now + LONGEST_LEASE);
  if (dead.length > 0) where.add(`owner not in (${dead.map(() => "?").join(", ")})`, ...dead);
  const taken = yield* query(`select distinct channel from deliveries ${where}`, ...where.values);
  const busy = new Set(taken.map(({ channel }) => String(channel)));
  const free = items.filter(({ channel }) => !busy.has(channel));
  const list = `|${dead.join("|")}|`;
  const bounds = [now, now + LONGEST_LEASE, list];
  const rows = yield* oldest(free.map(({ channel, account }) => [channel, account, ...bounds]));
  // Somebody else may have taken one of them between the two statements.
  const held = yield* takeIfFree(rows.map(({ id }) => [id ?? null, owner, until, ...bounds]));
  const mine = new Set(held.map(({ id }) => String(id)));
  return items.map(({ channel }) => {
    const row = rows.find((one) => one.channel === channel && mine.has(String(one.id)));
    const state = { state: "sending", owner, lease_until: until, updated_at: now };
    return row && toDelivery(Object.assign(row, state));
  });
}

/** Of one owner. */
export interface ChannelClaim {
  owner: string;
  now: number;
  until: number;
  channel: string;
  account: string;
  dead: readonly string[];
}

// The owners that are known to be gone stand in a list of words between bars.
const leaseOver = (now: string, far: string, dead: string) =>
  `(lease_until <= ${now} or lease_until > ${far} or replace(${dead}, '|' || owner || '|', '') <> ${dead})`;

const oldestOf = (condition: string) =>
  `(select due.id from deliveries as due where due.channel = column1 and due.account = column2 and ${condition}
    order by due.due_at, due.created_at, due.id limit 1)`;

// What was begun comes first: a thread is not to wait behind the whole backlog, with other posts in its middle.
const oldest = forRows(
  `select channel, ${COLUMNS} from deliveries where id in (
     select coalesce(
       ${oldestOf(`due.state = 'sending' and ${leaseOver("column3", "column4", "column5")}`)},
       ${oldestOf("due.state = 'scheduled' and due.next_at <= column3")})
     from (values @rows) as wanted
     where not exists (select 1 from pauses where pauses.channel = '' or pauses.channel = column1))`,
  "text",
  "text",
  "bigint",
  "bigint",
  "text",
);

const takeIfFree = forRows(
  `update deliveries set state = 'sending', owner = column2, lease_until = column3, updated_at = column4
   from (values @rows) as claimed where id = column1 and (
     (state = 'scheduled' and next_at <= column4) or (state = 'sending' and ${leaseOver("column4", "column5", "column6")}))
   returning id`,
  "text",
  "text",
  "bigint",
  "bigint",
  "bigint",
  "text",
);
