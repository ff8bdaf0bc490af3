/** When an account may post again, by the windows of its network's rates and by the server's own word. */
import type { Rate } from "../adapter.ts";
import { LONGEST_WAIT } from "../bounds.ts";
import { milliseconds } from "../duration.ts";
import { query, type Row, type Work } from "./database.ts";

// A window of n posts is free again when its n-th last attempt has left it. The network counts from when a request arrived:
// some time between the attempt's beginning and its end, so the end counts; of the few that overlap, the latest. Attempts
// that never reached the network do not count; open ones do.
export function* freeAt(account: string, now: number, rates: readonly Rate[]): Work<number> {
  const [block] = yield* query("select until from blocks where account = $1", account);
  // A longer wait is never right: it was written by an older version, or by a clock that was wrong.
  let free = block && Number(block.until) <= now + LONGEST_WAIT ? Number(block.until) : now;
  for (const { posts, per } of rates) {
    const length = milliseconds(per);
    const rows = yield* query(
      `select at, ended_at from attempts where account = $1 and at > $2 and (outcome is null or outcome <> 'unavailable')
       union all
       select at, ended_at from changes where account = $1 and at > $2 and (outcome is null or outcome <> 'unavailable')
       order by at desc limit 4 offset ${posts - 1}`,
      account,
      now - length - LONGEST_REQUEST,
    );
    for (const row of rows) free = Math.max(free, arrival(row) + length + CLOCK_STEP);
  }
  return free;
}

// What was settled later, by a look-up or a person, was under way for as long as a request may take at most.
function arrival({ at, ended_at }: Row): number {
  return Math.min(Number(ended_at ?? at), Number(at) + LONGEST_REQUEST);
}

const LONGEST_REQUEST = 120_000;

// Both ends of a window are whole milliseconds here, rounded down, and are not there.
const CLOCK_STEP = 2;
