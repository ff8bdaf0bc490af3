/** All the SQL. A ledger remembers what is to go out, what was tried and what the networks answered. */
import { randomBytes } from "node:crypto";
import type { Rate, Receipt } from "../adapter.ts";
import { milliseconds } from "../duration.ts";
import { migrate } from "./migrate.ts";
import type {
  Added,
  Attempt,
  Delivery,
  History,
  NewDelivery,
  Outcome,
  State,
  StoredReceipt,
} from "./records.ts";
import { type Database, query, type Row, type Value, type Work } from "./work.ts";

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

export type Begun = { attempt: Attempt } | { waitUntil: number } | "lost";

export interface Ended {
  outcome: Outcome;
  status?: number;
  message?: string;
  receipt?: Receipt;
  /** The server's word: nothing more on this account before then. */
  blockUntil?: number;
}

export class Ledger {
  readonly #db: Database;

  private constructor(db: Database) {
    this.#db = db;
  }

  static async open(db: Database): Promise<Ledger> {
    await migrate(db);
    return new Ledger(db);
  }

  close(): Promise<void> {
    return this.#db.close();
  }

  /** Enters deliveries. What is there already stays; what has not been tried yet takes the new content. */
  add(deliveries: readonly NewDelivery[], now: number): Promise<Added[]> {
    return this.#db.write(function* () {
      const added: Added[] = [];
      for (const delivery of deliveries) added.push(yield* addOne(delivery, now));
      return added;
    });
  }

  get(id: string): Promise<Delivery | undefined> {
    return this.#db.read(function* () {
      const [row] = yield* query("select * from deliveries where id = $1", id);
      return row && toDelivery(row);
    });
  }

  /** Oldest first. */
  list(
    filter: { campaign?: string; states?: readonly State[]; ids?: readonly string[]; limit?: number } = {},
  ): Promise<Delivery[]> {
    return this.#db.read(function* () {
      const where = new Where();
      if (filter.campaign !== undefined) where.add("campaign = ?", filter.campaign);
      if (filter.states) where.in("state", filter.states);
      if (filter.ids) where.in("id", filter.ids);
      const rows = yield* query(
        `select * from deliveries ${where} order by created_at, id limit ${filter.limit ?? 100_000}`,
        ...where.values,
      );
      return rows.map(toDelivery);
    });
  }

  /** A delivery with its receipts and attempts. */
  history(id: string): Promise<History | undefined> {
    return this.#db.read(function* () {
      const [row] = yield* query("select * from deliveries where id = $1", id);
      if (!row) return undefined;
      const receipts = yield* query("select * from receipts where delivery = $1 order by part", id);
      const attempts = yield* query("select * from attempts where delivery = $1 order by part, number", id);
      return { ...toDelivery(row), receipts: receipts.map(toReceipt), attempts: attempts.map(toAttempt) };
    });
  }

  /** Takes due deliveries of one channel: scheduled ones, and those whose worker is gone. */
  claim({ owner, now, until, channel, ids, limit, dead = [] }: Claim): Promise<Delivery[]> {
    return this.#db.write(function* () {
      const where = new Where();
      where.add("channel = ?", channel);
      if (ids) where.in("id", ids);
      const gone = dead.length > 0 ? `or owner in (${where.list(dead)})` : "";
      where.add(
        `((state = 'scheduled' and next_at <= ?) or (state = 'sending' and (lease_until <= ? ${gone})))`,
        now,
        now,
      );
      const rows = yield* query(
        `update deliveries set state = 'sending', owner = ${where.value(owner)}, lease_until = ${where.value(until)}, updated_at = ${where.value(now)}
         where id in (select id from deliveries ${where} order by due_at, created_at, id limit ${limit}) returning *`,
        ...where.values,
      );
      return rows
        .map(toDelivery)
        .sort((a, b) => a.dueAt - b.dueAt || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    });
  }

  /** Who holds leases that still run, so that the dead among them can be told from the living. */
  owners(now: number): Promise<string[]> {
    return this.#db.read(function* () {
      const rows = yield* query(
        "select distinct owner from deliveries where state = 'sending' and lease_until > $1",
        now,
      );
      return rows.map((row) => String(row.owner));
    });
  }

  /** When the next of these can be taken: the earliest `next_at`, or the end of somebody's lease. */
  nextAt(channel: string, ids?: readonly string[]): Promise<number | undefined> {
    return this.#db.read(function* () {
      const where = new Where();
      where.add("channel = ?", channel);
      if (ids) where.in("id", ids);
      const [row] = yield* query(
        `select min(case when state = 'sending' then lease_until else next_at end) as at
         from deliveries ${where} and state in ('scheduled', 'sending')`,
        ...where.values,
      );
      return row?.at === null || row?.at === undefined ? undefined : Number(row.at);
    });
  }

  renew(owner: string, ids: readonly string[], until: number): Promise<void> {
    return this.#db.write(function* () {
      const where = new Where();
      where.add("owner = ?", owner);
      where.add("state = 'sending'");
      where.in("id", ids);
      yield* query(`update deliveries set lease_until = ${where.value(until)} ${where}`, ...where.values);
    });
  }

  /**
   * Writes down that a request is about to leave, if the lease still holds and the windows allow it. Once this resolves,
   * the attempt is on disk.
   */
  begin(
    delivery: Delivery,
    part: number,
    startedAt: number,
    now: number,
    rates: readonly Rate[],
  ): Promise<Begun> {
    return this.#db.write(function* (): Work<Begun> {
      const [held] = yield* query(
        "select 1 as ok from deliveries where id = $1 and state = 'sending' and owner = $2 and round = $3",
        delivery.id,
        delivery.owner ?? "",
        delivery.round,
      );
      if (!held) return "lost";
      const waitUntil = yield* freeAt(delivery.account, now, rates);
      if (waitUntil > now) return { waitUntil };
      const [row] = yield* query(
        `insert into attempts (delivery, part, number, round, account, started_at, at)
         select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6 from attempts where delivery = $1 and part = $2
         returning *`,
        delivery.id,
        part,
        delivery.round,
        delivery.account,
        startedAt,
        now,
      );
      return { attempt: toAttempt(row!) };
    });
  }

  /** When this account may post again; now or earlier when it may. */
  freeAt(account: string, now: number, rates: readonly Rate[]): Promise<number> {
    return this.#db.read(() => freeAt(account, now, rates));
  }

  /** Writes down what became of an attempt, with the receipt when there is one. */
  end(attempt: Attempt, account: string, ended: Ended, now: number): Promise<void> {
    return this.#db.write(function* () {
      yield* query(
        `update attempts set outcome = $1, status = $2, message = $3, ended_at = $4
         where delivery = $5 and part = $6 and number = $7 and (outcome is null or outcome = 'uncertain')`,
        ended.outcome,
        ended.status ?? null,
        ended.message ?? null,
        now,
        attempt.delivery,
        attempt.part,
        attempt.number,
      );
      if (ended.receipt) yield* putReceipt(attempt.delivery, attempt.part, ended.receipt, now);
      if (ended.blockUntil !== undefined) yield* putBlock(account, ended.blockUntil);
    });
  }

  /** Lets a delivery go: in its new state, without an owner. Does nothing when somebody else holds it by now. */
  release(
    delivery: Delivery,
    state: State,
    now: number,
    detail: { nextAt?: number; failures?: number; code?: Delivery["code"]; message?: string } = {},
  ): Promise<void> {
    return this.#db.write(function* () {
      yield* query(
        `update deliveries set state = $1, owner = null, lease_until = null, updated_at = $2,
           next_at = $3, failures = $4, code = $5, message = $6
         where id = $7 and owner = $8 and state = 'sending'`,
        state,
        now,
        detail.nextAt ?? delivery.nextAt,
        detail.failures ?? 0,
        detail.code ?? null,
        detail.message ?? null,
        delivery.id,
        delivery.owner ?? "",
      );
    });
  }

  /** Remembers that this account must not be used before `until`. */
  block(account: string, until: number): Promise<void> {
    return this.#db.write(() => putBlock(account, until));
  }

  step(delivery: Delivery, part: number, name: string): Promise<unknown> {
    return this.#db.read(function* () {
      const [row] = yield* query(
        "select result from steps where delivery = $1 and part = $2 and round = $3 and name = $4",
        delivery.id,
        part,
        delivery.round,
        name,
      );
      return row && JSON.parse(String(row.result));
    });
  }

  putStep(delivery: Delivery, part: number, name: string, result: unknown): Promise<void> {
    return this.#db.write(function* () {
      yield* query(
        `insert into steps (delivery, part, round, name, result) values ($1, $2, $3, $4, $5)
         on conflict (delivery, part, round, name) do update set result = excluded.result`,
        delivery.id,
        part,
        delivery.round,
        name,
        JSON.stringify(result ?? null),
      );
    });
  }

  /**
   * A person decides, or says to try again. Only deliveries that nobody works on change; the answer says whether it did.
   * `published` enters the receipt for the first part that has none; a `round` of its own gives new keys.
   */
  decide(
    id: string,
    from: readonly State[],
    to: { state: State; receipt?: Receipt; newRound?: boolean; nextAt?: number },
    now: number,
  ): Promise<boolean> {
    return this.#db.write(function* () {
      const where = new Where();
      where.add("id = ?", id);
      where.in("state", from);
      const [row] = yield* query(`select * from deliveries ${where}`, ...where.values);
      if (!row) return false;
      const delivery = toDelivery(row);
      const [count] = yield* query("select count(*) as parts from receipts where delivery = $1", id);
      const part = Number(count?.parts ?? 0);
      if (to.receipt) yield* putReceipt(id, part, to.receipt, now);
      yield* query(
        `update attempts set outcome = $1, ended_at = $2
         where delivery = $3 and part = $4 and (outcome is null or outcome = 'uncertain')`,
        to.receipt ? "found" : "abandoned",
        now,
        id,
        part,
      );
      const more = to.receipt && part + 1 < delivery.posts.length;
      yield* query(
        `update deliveries set state = $1, round = round + $2, next_at = $3, failures = 0, code = null, message = null,
           owner = null, lease_until = null, updated_at = $4 where id = $5`,
        more ? "scheduled" : to.state,
        to.newRound ? 1 : 0,
        to.nextAt ?? now,
        now,
        id,
      );
      return true;
    });
  }
}

function* addOne(delivery: NewDelivery, now: number): Work<Added> {
  const [row] = yield* query("select * from deliveries where id = $1", delivery.id);
  if (!row) return { delivery: yield* insert(delivery, now), as: "new" };
  const existing = toDelivery(row);
  const sameTime = existing.dueAt === delivery.dueAt || delivery.dueAt <= now;
  if (existing.digest === delivery.digest && sameTime) return { delivery: existing, as: "same" };
  if (!(yield* untouched(existing)))
    return { delivery: existing, as: existing.digest === delivery.digest ? "same" : "drift" };
  const [updated] = yield* query(
    `update deliveries set digest = $1, posts = $2, due_at = $3, next_at = $3, expires_at = $4, account = $5, state = 'scheduled',
       failures = 0, code = null, message = null, round = round + 1, updated_at = $6 where id = $7 returning *`,
    delivery.digest,
    JSON.stringify(delivery.posts),
    delivery.dueAt,
    delivery.expiresAt ?? null,
    delivery.account,
    now,
    delivery.id,
  );
  return { delivery: toDelivery(updated!), as: "updated" };
}

// Nothing of it is out, nothing may be out, and nobody is at it.
function* untouched(delivery: Delivery): Work<boolean> {
  if (delivery.state !== "scheduled" && delivery.state !== "failed" && delivery.state !== "expired")
    return false;
  const [row] = yield* query(
    `select (select count(*) from receipts where delivery = $1) +
            (select count(*) from attempts where delivery = $1 and (outcome is null or outcome in ('uncertain', 'published', 'found'))) as traces`,
    delivery.id,
  );
  return Number(row?.traces) === 0;
}

function* insert(delivery: NewDelivery, now: number): Work<Delivery> {
  const [row] = yield* query(
    `insert into deliveries (id, campaign, channel, network, account, state, digest, posts, seed, round, due_at, next_at,
       expires_at, failures, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 'scheduled', $6, $7, $8, 0, $9, $9, $10, 0, $11, $11) returning *`,
    delivery.id,
    delivery.campaign,
    delivery.channel,
    delivery.network,
    delivery.account,
    delivery.digest,
    JSON.stringify(delivery.posts),
    randomBytes(16).toString("hex"),
    delivery.dueAt,
    delivery.expiresAt ?? null,
    now,
  );
  return toDelivery(row!);
}

// A window of n posts is free again when its n-th last attempt has left it. Attempts that never reached the network do
// not count; open ones do.
function* freeAt(account: string, now: number, rates: readonly Rate[]): Work<number> {
  const [block] = yield* query("select until from blocks where account = $1", account);
  let free = block ? Number(block.until) : now;
  for (const { posts, per } of rates) {
    const length = milliseconds(per);
    const [row] = yield* query(
      `select at from attempts where account = $1 and at > $2 and (outcome is null or outcome <> 'unavailable')
       order by at desc limit 1 offset ${posts - 1}`,
      account,
      now - length,
    );
    if (row) free = Math.max(free, Number(row.at) + length);
  }
  return free;
}

function* putReceipt(delivery: string, part: number, receipt: Receipt, now: number): Work<void> {
  yield* query(
    `insert into receipts (delivery, part, post_id, url, ref, at) values ($1, $2, $3, $4, $5, $6)
     on conflict (delivery, part) do nothing`,
    delivery,
    part,
    receipt.id,
    receipt.url ?? null,
    receipt.ref ? JSON.stringify(receipt.ref) : null,
    now,
  );
}

function* putBlock(account: string, until: number): Work<void> {
  yield* query(
    "insert into blocks (account, until) values ($1, $2) on conflict (account) do update set until = excluded.until",
    account,
    until,
  );
}

/** Conditions with their values, numbered as they come. */
class Where {
  readonly values: Value[] = [];
  readonly #conditions: string[] = [];

  value(value: Value): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  list(values: readonly Value[]): string {
    return values.length === 0 ? "null" : values.map((value) => this.value(value)).join(", ");
  }

  add(condition: string, ...values: Value[]): void {
    const queue = [...values];
    this.#conditions.push(condition.replace(/\?/g, () => this.value(queue.shift() ?? null)));
  }

  in(column: string, values: readonly Value[]): void {
    this.#conditions.push(`${column} in (${this.list(values)})`);
  }

  toString(): string {
    return this.#conditions.length === 0 ? "where 1 = 1" : `where ${this.#conditions.join(" and ")}`;
  }
}

function toDelivery(row: Row): Delivery {
  return {
    id: String(row.id),
    campaign: String(row.campaign),
    channel: String(row.channel),
    network: String(row.network),
    account: String(row.account),
    state: row.state as State,
    digest: String(row.digest),
    posts: JSON.parse(String(row.posts)),
    seed: String(row.seed),
    round: Number(row.round),
    dueAt: Number(row.due_at),
    nextAt: Number(row.next_at),
    expiresAt: optional(row.expires_at, Number),
    failures: Number(row.failures),
    code: optional(row.code, String) as Delivery["code"],
    message: optional(row.message, String),
    owner: optional(row.owner, String),
    leaseUntil: optional(row.lease_until, Number),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  };
}

function toAttempt(row: Row): Attempt {
  return {
    delivery: String(row.delivery),
    part: Number(row.part),
    number: Number(row.number),
    round: Number(row.round),
    startedAt: Number(row.started_at),
    at: Number(row.at),
    endedAt: optional(row.ended_at, Number),
    outcome: optional(row.outcome, String) as Outcome | undefined,
    status: optional(row.status, Number),
    message: optional(row.message, String),
  };
}

function toReceipt(row: Row): StoredReceipt {
  return {
    part: Number(row.part),
    id: String(row.post_id),
    url: optional(row.url, String),
    ref: row.ref ? JSON.parse(String(row.ref)) : undefined,
    at: Number(row.at),
  };
}

function optional<T>(value: Value | undefined, read: (value: Value) => T): T | undefined {
  return value === null || value === undefined ? undefined : read(value);
}
