/** What accounts have used of what they may send, and what waits in the ledger for them. */
import { query, type Work } from "./database.ts";
import { toDelivery, Where } from "./rows.ts";
import type { Delivery } from "./types.ts";

/** A request that published, or may have. */
export interface Use {
  account: string;
  delivery: string;
  part: number;
  /** Epoch milliseconds. */
  at: number;
  /** A correction of what was out before: no new post. */
  isChange: boolean;
}

/** Since then, oldest first; without those that never reached the network. */
export function* usesOf(accounts: readonly string[], since: number): Work<Use[]> {
  const uses: Use[] = [];
  for (const table of ["attempts", "changes"]) {
    const where = new Where();
    where.in("account", accounts);
    where.add("at > ?", since);
    const rows = yield* query(
      `select account, delivery, part, at from ${table} ${where} and (outcome is null or outcome <> 'unavailable')`,
      ...where.values,
    );
    uses.push(
      ...rows.map((row) => ({
        account: String(row.account),
        delivery: String(row.delivery),
        part: Number(row.part),
        at: Number(row.at),
        isChange: table === "changes",
      })),
    );
  }
  return uses.sort((a, b) => a.at - b.at);
}

/** What is to go out, soonest first. */
export function* waitingFor(accounts: readonly string[]): Work<Delivery[]> {
  const where = new Where();
  where.in("account", accounts);
  const rows = yield* query(
    `select * from deliveries ${where} and state in ('scheduled', 'sending') order by next_at, created_at, id`,
    ...where.values,
  );
  return rows.map(toDelivery);
}
