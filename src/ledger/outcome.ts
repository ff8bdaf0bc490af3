/** How an attempt's end, its receipt and its delivery's new state are written. */
import type { Receipt } from "../adapter.ts";
import { forRows, query, type Work } from "./database.ts";
import type { Attempt, Delivery, Outcome, State } from "./types.ts";

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

/** The end of one attempt. */
export interface AttemptEnd {
  attempt: Attempt;
  account: string;
  ended: Ended;
  now: number;
}

/** What a delivery is let go as. */
export interface ClaimRelease {
  delivery: Delivery;
  state: State;
  now: number;
  detail: Released;
}

const close = forRows(
  `update attempts set outcome = column5, status = column6, message = column7, ended_at = column4 from (values @rows) as ended
   where delivery = column1 and part = column2 and number = column3 and (outcome is null or outcome = 'uncertain')`,
  "text",
  "bigint",
  "bigint",
  "bigint",
  "text",
  "bigint",
  "text",
);

export function* endEach(endings: readonly AttemptEnd[]): Work<undefined[]> {
  yield* close(
    endings.map(({ attempt: { delivery, part, number }, ended: { outcome, status, message }, now }) => [
      delivery,
      part,
      number,
      now,
      outcome,
      status ?? null,
      message ?? null,
    ]),
  );
  yield* putReceipts(
    endings.flatMap(({ attempt: { delivery, part }, ended: { receipt }, now }) =>
      receipt ? [{ delivery, part, receipt, now }] : [],
    ),
  );
  for (const { account, ended } of endings) {
    if (ended.blockUntil !== undefined) yield* putBlock(account, ended.blockUntil);
  }
  return endings.map(() => undefined);
}

const release = forRows(
  `update deliveries set state = column3, owner = null, lease_until = null, updated_at = column4,
     next_at = column5, failures = column6, code = column7, message = column8
   from (values @rows) as released
   where id = column1 and owner = column2 and state = 'sending'`,
  "text",
  "text",
  "text",
  "bigint",
  "bigint",
  "bigint",
  "text",
  "text",
);

/** Does nothing for deliveries that another process holds by now. */
export function* releaseEach(items: readonly ClaimRelease[]): Work<undefined[]> {
  yield* release(
    items.map(({ delivery: { id, owner, nextAt }, state, now, detail }) => [
      id,
      owner ?? "",
      state,
      now,
      detail.nextAt ?? nextAt,
      detail.failures ?? 0,
      detail.code ?? null,
      detail.message ?? null,
    ]),
  );
  return items.map(() => undefined);
}

/** An attempt's end and its delivery's, in one. */
export function* finishEach(
  items: readonly (Omit<AttemptEnd, "account"> & ClaimRelease)[],
): Work<undefined[]> {
  yield* endEach(items.map((item) => ({ ...item, account: item.delivery.account })));
  return yield* releaseEach(items);
}

const insert = forRows(
  `insert into receipts (delivery, part, at, post_id, url, ref, due, hidden) values @rows
   on conflict (delivery, part) do nothing`,
  "text",
  "bigint",
  "bigint",
  "text",
  "text",
  "text",
  "text",
  "text",
);

export function* putReceipts(
  items: readonly { delivery: string; part: number; receipt: Receipt; now: number }[],
): Work<void> {
  yield* insert(
    items.map(({ delivery, part, receipt: { id, url, ref, due, hidden }, now }) => [
      delivery,
      part,
      now,
      id,
      url ?? null,
      ref ? JSON.stringify(ref) : null,
      due ?? null,
      hidden ?? null,
    ]),
  );
}

export function* putBlock(account: string, until: number): Work<void> {
  yield* query(
    "insert into blocks (account, until) values ($1, $2) on conflict (account) do update set until = excluded.until",
    account,
    until,
  );
}
