/** Deliveries with all that happened to them, read a few hundred at a time: a query for each table, not for each delivery. */
import { toFound } from "./afterwards.ts";
import { query, type Row, type Work } from "./database.ts";
import { toAttempt, toChange, toCorrection, toDelivery, toReceipt, toRetracted, Where } from "./rows.ts";
import type { History } from "./types.ts";

const MOST_AT_ONCE = 200;

/** Of these, in their order; unknown ones are left out. */
export function* historiesOf(ids: readonly string[]): Work<History[]> {
  const histories: History[] = [];
  for (let from = 0; from < ids.length; from += MOST_AT_ONCE)
    histories.push(...(yield* few(ids.slice(from, from + MOST_AT_ONCE))));
  return histories;
}

function* few(ids: readonly string[]): Work<History[]> {
  const where = new Where();
  where.in("id", ids);
  const rows = yield* query(`select * from deliveries ${where}`, ...where.values);
  const deliveries = new Map(rows.map((row) => [String(row.id), row]));
  const receipts = yield* byDelivery("receipts", "part", ids, toReceipt);
  const attempts = yield* byDelivery("attempts", "part, number", ids, toAttempt);
  const corrections = yield* byDelivery("corrections", "number", ids, toCorrection);
  const changes = yield* byDelivery("changes", "correction, part, number", ids, toChange);
  const retracted = yield* byDelivery("retracted", "round, part", ids, toRetracted);
  const found = yield* byDelivery("standings", "part", ids, toFound);
  return ids.flatMap((id) => {
    const row = deliveries.get(id);
    if (!row) return [];
    return {
      ...toDelivery(row),
      receipts: receipts(id),
      attempts: attempts(id),
      corrections: corrections(id),
      changes: changes(id),
      retracted: retracted(id),
      found: found(id),
    };
  });
}

function* byDelivery<T>(
  table: string,
  order: string,
  ids: readonly string[],
  from: (row: Row) => T,
): Work<(id: string) => T[]> {
  const where = new Where();
  where.in("delivery", ids);
  const rows = yield* query(`select * from ${table} ${where} order by delivery, ${order}`, ...where.values);
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const id = String(row.delivery);
    groups.set(id, [...(groups.get(id) ?? []), from(row)]);
  }
  return (id) => groups.get(id) ?? [];
}
