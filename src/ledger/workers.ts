/** Which processes deliver from a shared ledger, and what there is for them to do. */
import { query, type Work } from "./database.ts";
import { LONGEST_LEASE } from "./lease.ts";
import { NOT_PAUSED } from "./pauses.ts";
import { Where } from "./rows.ts";

export interface WorkerSeen {
  id: string;
  /** Those that it can send to. */
  channels: string[];
  /** Epoch milliseconds, by the ledger's clock. */
  startedAt: number;
  seenAt: number;
  /** At how many channels it is just now. */
  delivering: number;
}

/** Milliseconds after which a worker that says nothing counts as gone. */
export const SILENCE = 60_000;

export function* putWorker({ id, channels, startedAt, seenAt, delivering }: WorkerSeen): Work<void> {
  yield* query(
    `insert into workers (id, channels, started_at, seen_at, delivering) values ($1, $2, $3, $4, $5)
     on conflict (id) do update set seen_at = excluded.seen_at, delivering = excluded.delivering, channels = excluded.channels`,
    id,
    JSON.stringify(channels),
    startedAt,
    seenAt,
    delivering,
  );
  yield* query("delete from workers where seen_at < $1", seenAt - 10 * SILENCE);
}

export function* removeWorkers(ids: readonly string[]): Work<void> {
  for (const id of ids) yield* query("delete from workers where id = $1", id);
}

export function* workersAt(now: number): Work<WorkerSeen[]> {
  const rows = yield* query(
    "select * from workers where seen_at > $1 order by started_at, id",
    now - SILENCE,
  );
  return rows.map((row) => ({
    id: String(row.id),
    channels: JSON.parse(String(row.channels)) as string[],
    startedAt: Number(row.started_at),
    seenAt: Number(row.seen_at),
    delivering: Number(row.delivering),
  }));
}

// `state in (…)` is what the index of open deliveries is made for.
const CAN_BE_TAKEN = `state in ('scheduled', 'sending') and ${NOT_PAUSED} and
  ((state = 'scheduled' and next_at <= $1) or (state = 'sending' and (lease_until <= $1 or lease_until > $2)))`;

export function* dueChannels(now: number): Work<string[]> {
  const rows = yield* query(
    `select distinct channel from deliveries where ${CAN_BE_TAKEN} order by channel`,
    now,
    now + LONGEST_LEASE,
  );
  return rows.map(({ channel }) => String(channel));
}

export function* earliest(places: readonly { channel: string; account: string }[]): Work<number | undefined> {
  const where = new Where();
  where.in(
    "channel || ' ' || account",
    places.map(({ channel, account }) => `${channel} ${account}`),
  );
  const [row] = yield* query(
    `select min(case when state = 'sending' then lease_until else next_at end) as at from deliveries ${where}
     and state in ('scheduled', 'sending') and ${NOT_PAUSED}`,
    ...where.values,
  );
  return row?.at === null || row?.at === undefined ? undefined : Number(row.at);
}

export interface Backlog {
  /** Due, and not being sent. */
  due: number;
  sending: number;
  /** Not due yet. */
  waiting: number;
  /** Of the oldest that is due: when it was. */
  since?: number;
}

export function* backlog(now: number): Work<Backlog> {
  const [row] = yield* query(
    `select sum(case when state = 'scheduled' and next_at <= $1 then 1 else 0 end) as due,
       sum(case when state = 'sending' then 1 else 0 end) as sending,
       sum(case when state = 'scheduled' and next_at > $1 then 1 else 0 end) as waiting,
       min(case when state = 'scheduled' and next_at <= $1 then next_at end) as since
     from deliveries where state in ('scheduled', 'sending')`,
    now,
  );
  return {
    due: Number(row?.due ?? 0),
    sending: Number(row?.sending ?? 0),
    waiting: Number(row?.waiting ?? 0),
    ...(row?.since != null && { since: Number(row.since) }),
  };
}
