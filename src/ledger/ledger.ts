/** The ledger records deliveries, attempts and the networks' answers. */
import type { Rate, Receipt } from "../adapter.ts";
import type { Clock } from "../clock.ts";
import type { Problem } from "../errors.ts";
import { type Found, type Measure, measuresOf, putFound, putMeasures } from "./afterwards.ts";
import { approvalsOf, putApproval, type StoredApproval } from "./approvals.ts";
import { type AttemptStart, type AttemptStarted, beginEach } from "./begin-attempt.ts";
import {
  beginChange,
  type ChangeEnded,
  type ChangeStart,
  type ChangeStarted,
  type CorrectionClaim,
  correctionOwners,
  endChange,
  enterCorrection,
  finishCorrection,
  leaveCorrection,
  type NotNow,
  partEdited,
  partRetracted,
  refuseCorrection,
  renewCorrections,
} from "./corrections.ts";
import { type Database, exclusively, query } from "./database.ts";
import { putEntries, seenEntries } from "./entries.ts";
import { historiesOf } from "./histories.ts";
import { impossibleTimes } from "./impossible.ts";
import { type ChannelClaim, type Claim, claim, claimEach } from "./lease.ts";
import { migrate } from "./migrate.ts";
import {
  type Ended,
  endEach,
  finishEach,
  putBlock,
  putReceipts,
  type Released,
  releaseEach,
} from "./outcome.ts";
import { allPauses, endPause, NOT_PAUSED, type Pause, putPause } from "./pauses.ts";
import { freeAt } from "./rate-windows.ts";
import { toDelivery, toOutline, Where } from "./rows.ts";
import type {
  Added,
  Attempt,
  Correction,
  Delivery,
  History,
  NewCorrection,
  NewDelivery,
  Outline,
  State,
} from "./types.ts";
import { enter } from "./upsert.ts";
import { type Use, usesOf, waitingFor } from "./use.ts";
import {
  type Backlog,
  backlog,
  dueChannels,
  earliest,
  putWorker,
  removeWorkers,
  type WorkerSeen,
  workersAt,
} from "./workers.ts";

// Two who enter the same campaign would wait for each other's rows.
const inTurn = (deliveries: readonly NewDelivery[]) =>
  exclusively(deliveries.map(({ campaign }) => `campaign ${campaign}`));

/** The part under which the steps stand that were done for all of them. */
export const ALL_PARTS = -1;

export class Ledger {
  readonly #db: Database;
  readonly #clocks = new WeakSet<Clock>();

  private constructor(db: Database) {
    this.#db = db;
  }

  /** `backup` keeps a ledger of an older form before it is changed. */
  static async open(db: Database, backup?: (version: number) => Promise<void>): Promise<Ledger> {
    await migrate(db, backup);
    return new Ledger(db);
  }

  close(): Promise<void> {
    return this.#db.close();
  }

  /**
   * The clock that this ledger's times are by: that of the database where many machines share it, whose own clocks may differ;
   * else `ours`.
   */
  clock(ours: Clock): Clock {
    const { ahead } = this.#db;
    if (!ahead || this.#clocks.has(ours)) return ours;
    const theirs: Clock = { now: () => ours.now() + ahead(), sleep: ours.sleep };
    this.#clocks.add(theirs);
    return theirs;
  }

  /** Enters deliveries. Existing ones are kept; those that were not tried yet get the new content. */
  add(deliveries: readonly NewDelivery[], now: number): Promise<Added[]> {
    return this.#db.write(function* () {
      yield* inTurn(deliveries);
      const added: Added[] = [];
      for (const delivery of deliveries) added.push(yield* enter(delivery, now));
      return added;
    });
  }

  /** Those of entries of a campaign's feed: with them these are dealt with. From then on the feed was looked at. */
  addEntries(
    deliveries: readonly NewDelivery[],
    campaign: string,
    keys: readonly string[],
    now: number,
  ): Promise<Added[]> {
    return this.#db.write(function* () {
      yield* inTurn(deliveries);
      const added: Added[] = [];
      for (const delivery of deliveries) added.push(yield* enter(delivery, now));
      yield* putEntries(campaign, keys, now);
      return added;
    });
  }

  /** Keys of entries that were dealt with; `undefined` before the feed was looked at. */
  seenEntries(campaign: string): Promise<Set<string> | undefined> {
    return this.#db.read(() => seenEntries(campaign));
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
      // A campaign that announces releases has a version at its end: `campaigns/release.yml@2.4.0`.
      if (filter.campaign !== undefined)
        where.add(
          `(campaign = ? or substr(campaign, 1, ${filter.campaign.length + 1}) = ?)`,
          filter.campaign,
          `${filter.campaign}@`,
        );
      if (filter.states) where.in("state", filter.states);
      if (filter.ids) where.in("id", filter.ids);
      const rows = yield* query(
        `select * from deliveries ${where} order by created_at, id limit ${filter.limit ?? 100_000}`,
        ...where.values,
      );
      return rows.map(toDelivery);
    });
  }

  /** The same without the posts: cheaper for reading all of them. */
  outlines(filter: { states?: readonly State[]; ids?: readonly string[] }): Promise<Outline[]> {
    return this.#db.read(function* () {
      const where = new Where();
      if (filter.states) where.in("state", filter.states);
      if (filter.ids) where.in("id", filter.ids);
      const rows = yield* query(
        `select id, channel, account, state, next_at, owner, lease_until, code from deliveries ${where} order by created_at, id`,
        ...where.values,
      );
      return rows.map(toOutline);
    });
  }

  count(state: State): Promise<number> {
    return this.#db.read(function* () {
      const [row] = yield* query("select count(*) as deliveries from deliveries where state = $1", state);
      return Number(row?.deliveries ?? 0);
    });
  }

  /** Forgets deliveries with all that happened to them: for rehearsals only. */
  forget(ids: readonly string[]): Promise<void> {
    return this.#db.write(function* () {
      for (const table of [
        "receipts",
        "attempts",
        "steps",
        "corrections",
        "changes",
        "retracted",
        "measures",
        "standings",
      ]) {
        const where = new Where();
        where.in("delivery", ids);
        yield* query(`delete from ${table} ${where}`, ...where.values);
      }
      const where = new Where();
      where.in("id", ids);
      yield* query(`delete from deliveries ${where}`, ...where.values);
    });
  }

  /** A delivery with its receipts and attempts. */
  async history(id: string): Promise<History | undefined> {
    const [history] = await this.histories([id]);
    return history;
  }

  /** Of these, in their order; unknown ones are left out. */
  histories(ids: readonly string[]): Promise<History[]> {
    return this.#db.read(() => historiesOf(ids));
  }

  /** All of it, oldest first, a few at a time. */
  async *everything(page = 1000): AsyncGenerator<History> {
    let after = { at: -1, id: "" };
    for (;;) {
      const { at, id } = after;
      const ids = await this.#db.read(function* () {
        return yield* query(
          `select id, created_at from deliveries where created_at > $1 or (created_at = $1 and id > $2)
           order by created_at, id limit ${page}`,
          at,
          id,
        );
      });
      yield* await this.histories(ids.map(({ id }) => String(id)));
      const last = ids.at(-1);
      if (!last) return;
      after = { at: Number(last.created_at), id: String(last.id) };
    }
  }

  /** Where the last post of this account is that has an address: what a person looks beside. */
  lastUrl(account: string): Promise<string | undefined> {
    return this.#db.read(function* () {
      const [row] = yield* query(
        `select url from receipts where url is not null and delivery in (select id from deliveries where account = $1)
         order by at desc limit 1`,
        account,
      );
      return row && String(row.url);
    });
  }

  /** The ids of what else this account has published by attempts since then: other deliveries, and other parts of this one. */
  othersSince({ id, account }: Delivery, part: number, since: number): Promise<ReadonlySet<string>> {
    return this.#db.read(function* () {
      const rows = yield* query(
        `select post_id from receipts where (delivery, part) in
           (select delivery, part from attempts where account = $1 and at >= $2 and not (delivery = $3 and part = $4))`,
        account,
        since,
        id,
        part,
      );
      return new Set(rows.map(({ post_id }) => String(post_id)).filter((other) => other !== ""));
    });
  }

  /** Takes due deliveries of one channel: scheduled ones, and those whose worker is gone. */
  claim(wanted: Claim): Promise<Delivery[]> {
    return this.#db.write(() => claim(wanted));
  }

  /** The oldest due delivery of a channel and account, unless another owner is at work on that channel: its posts keep their order. */
  claimNext(wanted: ChannelClaim): Promise<Delivery | undefined> {
    return this.#db.writeEach(claimEach, wanted);
  }

  /** The owners of leases that still run, to find dead ones among them. */
  owners(now: number): Promise<string[]> {
    return this.#db.read(function* () {
      const rows = yield* query(
        "select distinct owner from deliveries where state = 'sending' and lease_until > $1",
        now,
      );
      return rows.map((row) => String(row.owner));
    });
  }

  /** When the next of these can be taken: the earliest `next_at`, or the end of a lease. */
  nextAt(channel: string, ids?: readonly string[], account?: string): Promise<number | undefined> {
    return this.#db.read(function* () {
      const where = new Where();
      where.add("channel = ?", channel);
      if (account !== undefined) where.add("account = ?", account);
      if (ids) where.in("id", ids);
      const [row] = yield* query(
        `select min(case when state = 'sending' then lease_until else next_at end) as at
         from deliveries ${where} and state in ('scheduled', 'sending') and ${NOT_PAUSED}`,
        ...where.values,
      );
      return row?.at === null || row?.at === undefined ? undefined : Number(row.at);
    });
  }

  /** Channels at which something can be done now: it is due, or its worker is gone. */
  dueChannels(now: number): Promise<string[]> {
    return this.#db.read(() => dueChannels(now));
  }

  /** When the next thing can be done at any of these channels and accounts; `undefined`: nothing is to be done there. */
  earliest(places: readonly { channel: string; account: string }[]): Promise<number | undefined> {
    return this.#db.read(() => earliest(places));
  }

  /** What is due and not out yet, over all channels. */
  backlog(now: number): Promise<Backlog> {
    return this.#db.read(() => backlog(now));
  }

  /** A worker says that it is there. */
  present(worker: WorkerSeen): Promise<void> {
    return this.#db.write(() => putWorker(worker));
  }

  absent(id: string): Promise<void> {
    return this.#db.write(() => removeWorkers([id]));
  }

  /** Those that said so lately, oldest first; the others are forgotten. */
  workers(now: number): Promise<WorkerSeen[]> {
    return this.#db.read(() => workersAt(now));
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
    leaving: Pick<AttemptStart, "deadline" | "offset"> = {},
  ): Promise<AttemptStarted> {
    const start = { delivery, part, startedAt, now: now - this.#blur(), rates, ...leaving };
    return this.#db.writeEach(beginEach, start);
  }

  /** Machines read the database's clock through a network: a window is counted from the latest end that may be, to the earliest beginning. */
  #blur(): number {
    return Math.ceil(this.#db.blur?.() ?? 0);
  }

  /** When this account may post again; now or earlier when it may. */
  freeAt(account: string, now: number, rates: readonly Rate[]): Promise<number> {
    return this.#db.read(() => freeAt(account, now, rates));
  }

  /** Writes down what became of an attempt, with the receipt when there is one. */
  end(attempt: Attempt, account: string, ended: Ended, now: number): Promise<void> {
    return this.#db.writeEach(endEach, { attempt, account, ended, now: now + this.#blur() });
  }

  /** The last part is out: its receipt and the delivery's end, in one. */
  finish(attempt: Attempt, delivery: Delivery, ended: Ended, now: number): Promise<void> {
    const at = now + this.#blur();
    return this.#db.writeEach(finishEach, {
      attempt,
      delivery,
      ended,
      now: at,
      state: "published",
      detail: {},
    });
  }

  /** The network has it and publishes it later: the receipt of what waits there, and when to look whether it is out. */
  handOver(attempt: Attempt, delivery: Delivery, ended: Ended, nextAt: number, now: number): Promise<void> {
    const detail = { nextAt };
    const at = now + this.#blur();
    return this.#db.writeEach(finishEach, { attempt, delivery, ended, now: at, state: "scheduled", detail });
  }

  /** What waited at the network is out: its receipt takes the place of the other, and the delivery's end, in one. */
  appeared(delivery: Delivery, receipt: Receipt, now: number): Promise<void> {
    return this.#db.write(function* () {
      yield* query("delete from receipts where delivery = $1 and due is not null", delivery.id);
      yield* putReceipts([{ delivery: delivery.id, part: 0, receipt, now }]);
      yield* releaseEach([{ delivery, state: "published", now, detail: {} }]);
    });
  }

  /** What waited at the network is there no more, and is not out: a person must look. */
  vanished(delivery: Delivery, message: string, now: number): Promise<void> {
    return this.#db.write(function* () {
      yield* query("delete from receipts where delivery = $1 and due is not null", delivery.id);
      yield* releaseEach([{ delivery, state: "held", now, detail: { code: "uncertain", message } }]);
    });
  }

  /** Releases a delivery in its new state, without an owner. Does nothing if another process holds it by now. */
  release(delivery: Delivery, state: State, now: number, detail: Released = {}): Promise<void> {
    return this.#db.writeEach(releaseEach, { delivery, state, now, detail });
  }

  /** Remembers that this account must not be used before `until`. */
  block(account: string, until: number): Promise<void> {
    return this.#db.write(() => putBlock(account, until));
  }

  /** A finished step of this part, or one of the whole delivery (`ALL_PARTS`). */
  step(
    delivery: Delivery,
    part: number,
    name: string,
  ): Promise<{ result: unknown; at?: number } | undefined> {
    return this.#db.read(function* () {
      const [row] = yield* query(
        `select result, at from steps where delivery = $1 and part in ($2, ${ALL_PARTS}) and round = $3 and name = $4
         order by part desc limit 1`,
        delivery.id,
        part,
        delivery.round,
        name,
      );
      if (!row) return undefined;
      return { result: JSON.parse(String(row.result)), ...(row.at !== null && { at: Number(row.at) }) };
    });
  }

  putStep(delivery: Delivery, part: number, name: string, result: unknown, at: number): Promise<void> {
    return this.#db.write(function* () {
      yield* query(
        `insert into steps (delivery, part, round, name, result, at) values ($1, $2, $3, $4, $5, $6)
         on conflict (delivery, part, round, name) do update set result = excluded.result, at = excluded.at`,
        delivery.id,
        part,
        delivery.round,
        name,
        JSON.stringify(result ?? null),
        at,
      );
    });
  }

  /** Enters a correction for this owner, or takes over the same one that was left open; or says why not now. */
  correct(wanted: NewCorrection, claim: CorrectionClaim): Promise<Correction | NotNow> {
    return this.#db.write(() => enterCorrection(wanted, claim));
  }

  /** As `begin`, for a request that changes or deletes what is out. */
  beginChange(start: ChangeStart): Promise<ChangeStarted> {
    return this.#db.write(() => beginChange(start));
  }

  /** A request at this part did not come to its end. */
  endChange(correction: Correction, part: number, ended: ChangeEnded, now: number): Promise<void> {
    return this.#db.write(() => endChange(correction, part, ended, now));
  }

  /** The part says what it was to say, under this receipt. */
  partEdited(correction: Correction, part: number, receipt: Receipt, now: number): Promise<void> {
    return this.#db.write(() => partEdited(correction, part, receipt, now));
  }

  /** The part is gone. */
  partRetracted(correction: Correction, part: number, now: number): Promise<void> {
    return this.#db.write(() => partRetracted(correction, part, now));
  }

  /** All parts are done. `false`: another process holds it by now. */
  finishCorrection(correction: Correction, now: number): Promise<boolean> {
    return this.#db.write(() => finishCorrection(correction, now));
  }

  /** It could not be finished now: `refused` by the network, or `left` for the next time. */
  stopCorrection(
    correction: Correction,
    how: "refused" | "left",
    trouble: { code?: string; message?: string },
    now: number,
  ): Promise<void> {
    return this.#db.write(() =>
      how === "refused"
        ? refuseCorrection(correction, trouble, now)
        : leaveCorrection(correction, trouble, now),
    );
  }

  renewCorrections(owner: string, until: number): Promise<void> {
    return this.#db.write(() => renewCorrections(owner, until));
  }

  /** The owners of corrections whose leases still run, to find dead ones among them. */
  correctionOwners(now: number): Promise<string[]> {
    return this.#db.read(() => correctionOwners(now));
  }

  /** Nothing new leaves for the channel, or for all of them, until `resume`. */
  pause(pause: Pause): Promise<void> {
    return this.#db.write(() => putPause(pause));
  }

  /** Whether there was such a pause. Absent: that of all channels. */
  resume(channel?: string): Promise<boolean> {
    return this.#db.write(() => endPause(channel));
  }

  /** Requests of these accounts that published, or may have, since then. */
  uses(accounts: readonly string[], since: number): Promise<Use[]> {
    return this.#db.read(() => usesOf(accounts, since));
  }

  /** What is to go out by these accounts, soonest first. */
  waitingFor(accounts: readonly string[]): Promise<Delivery[]> {
    return this.#db.read(() => waitingFor(accounts));
  }

  putMeasures(measures: readonly Measure[]): Promise<void> {
    return this.#db.write(() => putMeasures(measures));
  }

  /** Of these deliveries, oldest first. */
  async measures(ids: readonly string[]): Promise<Measure[]> {
    const all: Measure[] = [];
    for (const id of ids) all.push(...(await this.#db.read(() => measuresOf(id))));
    return all;
  }

  putFound(all: readonly Found[]): Promise<void> {
    return this.#db.write(() => putFound(all));
  }

  /** Times that no program of ours would write, as problems. */
  impossible(now: number): Promise<Problem[]> {
    return impossibleTimes(this.#db, now);
  }

  pauses(): Promise<Pause[]> {
    return this.#db.read(() => allPauses());
  }

  approve(approval: StoredApproval): Promise<void> {
    return this.#db.write(() => putApproval(approval));
  }

  /** Of one campaign, whatever of it they approve; oldest first. */
  approvals(campaign: string): Promise<StoredApproval[]> {
    return this.#db.read(() => approvalsOf(campaign));
  }

  /**
   * A person's decision, or a retry. Changes only deliveries that no process works on; returns whether it did.
   * `published` enters the receipt for the first part that has none; a `round` of its own gives new keys; a new `dueAt` says
   * that it is not late, and with it goes an end that has passed. A post that waited at the network counts as taken back, or as the post in `receipt`.
   */
  decide(
    id: string,
    from: readonly State[],
    to: {
      state: State;
      receipt?: Receipt;
      newRound?: boolean;
      nextAt?: number;
      dueAt?: number;
      /** Who decided it, and why. */
      message?: string;
    },
    now: number,
  ): Promise<boolean> {
    return this.#db.write(function* () {
      const where = new Where();
      where.add("id = ?", id);
      where.in("state", from);
      const [row] = yield* query(`select * from deliveries ${where} for update`, ...where.values);
      if (!row) return false;
      const delivery = toDelivery(row);
      yield* query("delete from receipts where delivery = $1 and due is not null", id);
      const [count] = yield* query("select count(*) as parts from receipts where delivery = $1", id);
      const part = Number(count?.parts ?? 0);
      if (to.receipt) yield* putReceipts([{ delivery: id, part, receipt: to.receipt, now }]);
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
        `update deliveries set state = $1, tries = tries + 1, round = round + $2, next_at = $3, failures = 0, code = null, message = $8,
           owner = null, lease_until = null, updated_at = $4, due_at = $5, expires_at = $6 where id = $7`,
        more ? "scheduled" : to.state,
        to.newRound ? 1 : 0,
        to.nextAt ?? now,
        now,
        to.dueAt ?? delivery.dueAt,
        (to.dueAt === undefined || delivery.expiresAt === undefined || delivery.expiresAt > now
          ? delivery.expiresAt
          : undefined) ?? null,
        id,
        to.message ?? null,
      );
      return true;
    });
  }
}
