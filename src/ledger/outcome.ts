/** How an attempt's end, its receipt and its delivery's new state are written. */
import type { Receipt } from "../adapter.ts";
import type { Attempt, Delivery, Outcome, State } from "./records.ts";
import { query, type Work } from "./work.ts";

/** What a delivery is let go with. */
export interface Released {
  nextAt?: number;
  failures?: number;
  code?: Delivery["code"];
  message?: string;
}

export interface Ended {
  outcome: Outcome;
  status?: number;
  message?: string;
  receipt?: Receipt;
  /** The server's word: nothing more on this account before then. */
  blockUntil?: number;
}

export function* endAttempt(attempt: Attempt, account: string, ended: Ended, now: number): Work<void> {
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
}

export function* letGo(delivery: Delivery, state: State, now: number, detail: Released): Work<void> {
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
}

export function* putReceipt(delivery: string, part: number, receipt: Receipt, now: number): Work<void> {
  yield* query(
    `insert into receipts (delivery, part, post_id, url, ref, at, due) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (delivery, part) do nothing`,
    delivery,
    part,
    receipt.id,
    receipt.url ?? null,
    receipt.ref ? JSON.stringify(receipt.ref) : null,
    now,
    receipt.due ?? null,
  );
}

export function* putBlock(account: string, until: number): Work<void> {
  yield* query(
    "insert into blocks (account, until) values ($1, $2) on conflict (account) do update set until = excluded.until",
    account,
    until,
  );
}
