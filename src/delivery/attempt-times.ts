/**
 * When an attempt was, and how long it can still be under way: by the server's clock where it is known, and else never by ours
 * alone. A wrong clock makes a look-up wait, or look further back; it never makes it believe too soon.
 */
import type { Offset } from "../http/http.ts";
import type { Attempt } from "../ledger/types.ts";

/** A request that was given up may still be under way inside the network, as long as the longest one takes. */
export const STILL_AT_WORK = 30_000;
// Before it was written down: the longest deadline, see http.ts.
const LONGEST_REQUEST = 121_200;
/** How far our clock may be off when no server has told the time. */
export const UNKNOWN_CLOCK = 10 * 60_000;
// Who could not tell the time then has at least seen it open for so long; within what a process waits.
const LONG_SEEN = 60_000;

/** Two clocks that are further apart: one of them is nonsense, and it is unknown which. */
const NONSENSE = 86_400_000;

/** From when on posts may be this attempt's, by the server's clock. Where the clocks cannot both be right, the earlier one counts. */
export function since({ server, startedAt }: Pick<Attempt, "server" | "startedAt">, offset?: Offset): Date {
  const ours = startedAt - UNKNOWN_CLOCK;
  const told = server?.from ?? ours + (offset?.low ?? 0);
  return new Date(told - ours > NONSENSE ? ours : told);
}

/**
 * When the attempt can have no further effect, by our clock: after its request's deadline, and what
 * that may still take. `seenAt`: when this process first saw it open.
 */
export function quietAt(attempt: Attempt, now: number, offset: Offset | undefined, seenAt: number): number {
  const { at, overAt = at + LONGEST_REQUEST, server } = attempt;
  const lasts = Math.max(0, overAt - at) + STILL_AT_WORK;
  if (server && offset) {
    // So much has passed there at least.
    const passed = now + offset.low - server.to;
    if (passed - Math.max(0, now - at) < NONSENSE) return now + lasts - passed;
  }
  // An attempt that is still to come was begun by another clock.
  return Math.max(at > now ? 0 : at + lasts, seenAt + (at > now ? lasts : Math.min(lasts, LONG_SEEN)));
}

/** How long ago it was at most. `undefined` when the clocks contradict each other. */
export function ageOf(
  { server, startedAt }: Pick<Attempt, "server" | "startedAt">,
  now: number,
  offset?: Offset,
): number | undefined {
  const age = server && offset ? now + offset.high - server.from : now - startedAt;
  return age < 0 ? undefined : age;
}
