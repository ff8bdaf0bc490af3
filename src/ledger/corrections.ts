/**
 * What is done to posts that are out: edited, taken back, or taken back to go out again. Each is entered before its first
 * request, as is each request, and a repeat of the same goes on where it stopped.
 */
import type { Rate, Receipt } from "../adapter.ts";
import { exclusively, query, type Value, type Work } from "./database.ts";
import { isLeaseOver } from "./lease.ts";
import { freeAt } from "./rate-windows.ts";
import { toChange, toCorrection, toDelivery } from "./rows.ts";
import type { Change, Correction, Delivery, NewCorrection } from "./types.ts";

/** Why nothing may be done to it now. `unsettled`: whether a post of it is out is not known. */
export type NotNow = "missing" | "sending" | "busy" | "unsettled" | "nothing-out";

export interface CorrectionClaim {
  owner: string;
  now: number;
  until: number;
  /** Owners known to be dead: their leases do not count. */
  dead: readonly string[];
}

/** Enters it, or takes over the same one that was left open; what was left open of another kind or content is superseded. */
export function* enterCorrection(
  wanted: NewCorrection,
  { owner, now, until, dead }: CorrectionClaim,
): Work<Correction | NotNow> {
  const [row] = yield* query("select * from deliveries where id = $1 for update", wanted.delivery);
  if (!row) return "missing";
  const delivery = toDelivery(row);
  if (delivery.state === "sending") return "sending";
  const out = yield* outOf(delivery);
  if (out === "unsettled") return out;
  const [before] = (yield* query(
    "select * from corrections where delivery = $1 and state = 'open' order by number desc limit 1",
    delivery.id,
  )).map(toCorrection);
  if (before?.owner !== undefined && before.owner !== owner && !isFree(before, now, dead)) return "busy";
  // What was taken back and is to go out again has nothing out any more.
  const goesOn = before && before.kind === wanted.kind && before.digest === wanted.digest;
  if (out === 0 && !goesOn) return "nothing-out";
  if (goesOn) {
    yield* query(
      "update corrections set owner = $1, lease_until = $2 where delivery = $3 and number = $4",
      owner,
      until,
      delivery.id,
      before.number,
    );
    return { ...before, owner, leaseUntil: until };
  }
  if (before) yield* close(before, "superseded", now);
  return yield* insert(wanted, delivery, before, { owner, now, until });
}

function isFree({ owner, leaseUntil = 0 }: Correction, now: number, dead: readonly string[]): boolean {
  return isLeaseOver(leaseUntil, now) || dead.includes(owner ?? "");
}

/** How many posts are out. */
function* outOf({ id, round }: Delivery): Work<number | "unsettled"> {
  const [row] = yield* query(
    `select (select count(*) from receipts where delivery = $1 and due is null) as out,
       (select count(*) from attempts where delivery = $1 and round = $2 and (outcome is null or outcome = 'uncertain')) as open`,
    id,
    round,
  );
  return Number(row?.open) > 0 ? "unsettled" : Number(row?.out);
}

function* insert(
  { delivery: id, kind, digest, posts, by, reason }: NewCorrection,
  delivery: Delivery,
  before: Correction | undefined,
  { owner, now, until }: Omit<CorrectionClaim, "dead">,
): Work<Correction> {
  const [last] = yield* query(
    "select max(number) as number from corrections where delivery = $1",
    delivery.id,
  );
  // What is half taken back already was in another state before.
  const { state, code, message } = before && before.kind !== "edit" ? before.was : delivery;
  const was = { digest: delivery.digest, posts: delivery.posts, state, code, message };
  const [row] = yield* query(
    `insert into corrections (delivery, number, kind, state, round, account, digest, posts, was, name, reason, at, owner, lease_until)
     values ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning *`,
    id,
    Number(last?.number ?? 0) + 1,
    kind,
    delivery.round,
    delivery.account,
    digest ?? null,
    posts ? JSON.stringify(posts) : null,
    JSON.stringify(was),
    by ?? null,
    reason ?? null,
    now,
    owner,
    until,
  );
  // From its first request on it is neither out nor gone: `send` and `run` leave it alone.
  if (kind !== "edit")
    yield* setState(id, { state: "held", code: "retracting", message: "it is being taken back" }, now);
  return toCorrection(row!);
}

function* setState(
  id: string,
  { state, code, message }: Pick<Delivery, "state" | "code" | "message">,
  now: number,
): Work<void> {
  yield* query(
    `update deliveries set state = $1, code = $2, message = $3, owner = null, lease_until = null, updated_at = $4 where id = $5`,
    state,
    code ?? null,
    message ?? null,
    now,
    id,
  );
}

function* close(
  { delivery, number }: Correction,
  state: Correction["state"],
  now: number,
  trouble: { code?: string; message?: string } = {},
): Work<void> {
  yield* query(
    `update corrections set state = $1, ended_at = $2, code = $3, message = $4, owner = null, lease_until = null
     where delivery = $5 and number = $6`,
    state,
    state === "open" ? null : now,
    trouble.code ?? null,
    trouble.message ?? null,
    delivery,
    number,
  );
}

export interface ChangeStart {
  correction: Correction;
  part: number;
  now: number;
  rates: readonly Rate[];
  /** How long its request may take, milliseconds. */
  deadline: number;
}

export type ChangeStarted = { change: Change } | { waitUntil: number } | "lost";

/** Writes down that a request is about to leave, if this process still holds the correction and the windows allow it. */
export function* beginChange({ correction, part, now, rates, deadline }: ChangeStart): Work<ChangeStarted> {
  const { delivery, number: of, owner = "", account } = correction;
  yield* exclusively([account]);
  const [held] = yield* query(
    "select number from corrections where delivery = $1 and number = $2 and owner = $3 and state = 'open' for update",
    delivery,
    of,
    owner,
  );
  if (!held) return "lost";
  const waitUntil = yield* freeAt(account, now, rates);
  if (waitUntil > now) return { waitUntil };
  const [last] = yield* query(
    "select max(number) as number from changes where delivery = $1 and correction = $2 and part = $3",
    delivery,
    of,
    part,
  );
  const [row] = yield* query(
    `insert into changes (delivery, correction, part, number, account, at, over_at) values ($1, $2, $3, $4, $5, $6, $7) returning *`,
    delivery,
    of,
    part,
    Number(last?.number ?? 0) + 1,
    account,
    now,
    Math.ceil(now + deadline),
  );
  return { change: toChange(row!) };
}

export interface ChangeEnded {
  outcome: NonNullable<Change["outcome"]>;
  status?: number;
  message?: string;
}

/** Closes this part's last request. What became of earlier ones stays unknown, and they may still be under way. */
export function* endChange(
  { delivery, number: of }: Correction,
  part: number,
  { outcome, status, message }: ChangeEnded,
  now: number,
): Work<void> {
  yield* query(
    `update changes set outcome = $1, status = $2, message = $3, ended_at = $4
     where delivery = $5 and correction = $6 and part = $7 and outcome is null and number =
       (select max(number) from changes where delivery = $5 and correction = $6 and part = $7)`,
    outcome,
    status ?? null,
    message ?? null,
    now,
    delivery,
    of,
    part,
  );
}

/** The part says what it was to say, under this receipt. */
export function* partEdited(correction: Correction, part: number, receipt: Receipt, now: number): Work<void> {
  yield* endChange(correction, part, { outcome: "done" }, now);
  const { id, url, ref, hidden } = receipt;
  yield* query(
    "update receipts set post_id = $1, url = $2, ref = $3, hidden = $4 where delivery = $5 and part = $6",
    id,
    url ?? null,
    ref ? JSON.stringify(ref) : null,
    hidden ?? null,
    correction.delivery,
    part,
  );
}

/** The part is gone: its receipt becomes a memory. */
export function* partRetracted(correction: Correction, part: number, now: number): Work<void> {
  const { delivery, round } = correction;
  yield* endChange(correction, part, { outcome: "done" }, now);
  yield* query(
    `insert into retracted (delivery, round, part, post_id, url, at, retracted_at)
     select delivery, cast($1 as integer), part, post_id, url, at, cast($2 as bigint) from receipts where delivery = $3 and part = $4
     on conflict (delivery, round, part, post_id) do nothing`,
    round,
    now,
    delivery,
    part,
  );
  yield* query("delete from receipts where delivery = $1 and part = $2", delivery, part);
}

/** All of it is done: the delivery says so, or waits for its next round. */
export function* finishCorrection(correction: Correction, now: number): Work<boolean> {
  const { delivery, kind, number, owner = "", digest = "", posts = [] } = correction;
  const [held] = yield* query(
    "select number from corrections where delivery = $1 and number = $2 and owner = $3 and state = 'open' for update",
    delivery,
    number,
    owner,
  );
  if (!held) return false;
  yield* close(correction, "done", now);
  const content: Value[] = [digest, JSON.stringify(posts), now, delivery];
  switch (kind) {
    case "retract":
      yield* setState(delivery, { state: "retracted" }, now);
      break;
    case "edit":
      yield* query(
        "update deliveries set digest = $1, posts = $2, updated_at = $3 where id = $4",
        ...content,
      );
      break;
    case "repost":
      yield* query(
        `update deliveries set digest = $1, posts = $2, updated_at = $3, state = 'scheduled', round = round + 1, tries = tries + 1,
           next_at = $3, due_at = $3, expires_at = case when expires_at > $3 then expires_at end, schedule = null, failures = 0, code = null, message = null, owner = null,
           lease_until = null where id = $4`,
        ...content,
      );
  }
  return true;
}

/** It stays open: the same command goes on with it. */
export function* leaveCorrection(
  correction: Correction,
  trouble: { code?: string; message?: string },
  now: number,
): Work<void> {
  yield* close(correction, "open", now, trouble);
  if (correction.kind !== "edit")
    yield* query(
      "update deliveries set message = $1, updated_at = $2 where id = $3 and code = 'retracting'",
      trouble.message ?? "it is being taken back",
      now,
      correction.delivery,
    );
}

/** The network refuses. What it has not touched yet is as it was; what is half taken back stays open. */
export function* refuseCorrection(
  correction: Correction,
  trouble: { code?: string; message?: string },
  now: number,
): Work<void> {
  const { delivery, kind, number, was } = correction;
  const [row] = yield* query(
    "select count(*) as done from changes where delivery = $1 and correction = $2 and outcome = 'done'",
    delivery,
    number,
  );
  if (Number(row?.done) > 0) {
    yield* leaveCorrection(correction, trouble, now);
    return;
  }
  yield* close(correction, "refused", now, trouble);
  if (kind !== "edit") yield* setState(delivery, was, now);
}

export function* renewCorrections(owner: string, until: number): Work<void> {
  yield* query("update corrections set lease_until = $1 where owner = $2 and state = 'open'", until, owner);
}

/** Owners of corrections whose leases still run. */
export function* correctionOwners(now: number): Work<string[]> {
  const rows = yield* query(
    "select distinct owner from corrections where state = 'open' and owner is not null and lease_until > $1",
    now,
  );
  return rows.map(({ owner }) => String(owner));
}

/** Oldest first. */
