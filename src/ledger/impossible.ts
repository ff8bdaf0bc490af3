/** Times that no program of ours would write: an older version took them from a server as they were. Found, and put right. */
import { LONGEST_WAIT, timeOfDate } from "../bounds.ts";
import type { Problem } from "../errors.ts";
import { type Database, query, type Row, type Work } from "./database.ts";

// The longest wait for a server, or for the look-up of a post that waits at one.
const BEYOND = "next_at - $1 > $2 and next_at - due_at > $2";

interface Found {
  waits: number;
  blocks: number;
  dues: Row[];
}

function* look(now: number): Work<Found> {
  const count = function* (of: string): Work<number> {
    const [row] = yield* query(`select count(*) as number from ${of}`, now, LONGEST_WAIT);
    return Number(row?.number);
  };
  const dues = yield* query(
    "select delivery, part, due, due_at from receipts join deliveries on id = delivery where due is not null",
  );
  return {
    waits: yield* count(`deliveries where state in ('scheduled', 'sending') and ${BEYOND}`),
    blocks: yield* count("blocks where until - $1 > $2"),
    dues: dues.filter(({ due }) => timeOfDate(String(due)) === undefined),
  };
}

/** `now`: epoch milliseconds. */
export async function impossibleTimes(db: Database, now: number): Promise<Problem[]> {
  const { waits, blocks, dues } = await db.read(() => look(now));
  const said = [
    ...(waits > 0 ? [`${waits} deliveries wait until an impossible time`] : []),
    ...(blocks > 0 ? [`${blocks} accounts are closed for longer than any network asks`] : []),
    ...(dues.length > 0 ? [`${dues.length} receipts have a time that is none`] : []),
  ];
  return said.map((message) => ({
    severity: "error",
    code: "ledger-impossible",
    message,
    remedy: "`broadcast ledger check --repair` puts it right: what waits is tried at the next send or run.",
  }));
}

/** How many rows were put right. */
export function repair(db: Database, now: number): Promise<number> {
  return db.write(function* () {
    const { waits, blocks, dues } = yield* look(now);
    yield* query(
      `update deliveries set next_at = case when due_at > $1 then due_at else $1 end where state in ('scheduled', 'sending') and ${BEYOND}`,
      now,
      LONGEST_WAIT,
    );
    yield* query("delete from blocks where until - $1 > $2", now, LONGEST_WAIT);
    for (const { delivery = "", part = 0, due_at } of dues) {
      const due = new Date(Number(due_at)).toISOString();
      yield* query("update receipts set due = $1 where delivery = $2 and part = $3", due, delivery, part);
    }
    return waits + blocks + dues.length;
  });
}
