/**
 * What the servers' clocks say, by host: every answer has a `Date`. Ours may be wrong, or put right meanwhile; another machine's
 * may be wrong in another way. What happens at a server is dated by the server.
 */
import { timeOfDate } from "../bounds.ts";

/** How far the server's clock is ahead of ours: at least and at most, milliseconds. */
export interface Offset {
  low: number;
  high: number;
}

export interface ServerClocks {
  /** An answer came: its `Date`, and when its request left and when it was there, by our clock. */
  note(host: string, date: string | undefined, left: number, there: number): void;
  /** Absent while the server has not told the time. */
  offset(host: string): Offset | undefined;
  /** The hosts whose clock is known. */
  hosts(): string[];
}

// Enough to narrow it down; few enough that a clock that is put right is believed soon.
const MOST = 8;
// The header counts whole seconds, and leaves the rest out.
const TICK = 1_000;

export function createServerClocks(): ServerClocks {
  const samples = new Map<string, Offset[]>();
  return {
    note(host, date, left, there) {
      const told = timeOfDate(date);
      // Our own clock was put back in between: nothing can be told from that.
      if (told === undefined || there < left) return;
      const sample = { low: told - there, high: told + TICK - left };
      samples.set(host, [...(samples.get(host) ?? []), sample].slice(-MOST));
    },
    offset(host) {
      const all = samples.get(host);
      return all && together(all);
    },
    hosts: () => [...samples.keys()],
  };
}

// What agrees narrows it down. What contradicts (several servers behind one name, a clock that jumped) leaves both possible.
function together(all: readonly Offset[]): Offset {
  const lows = all.map(({ low }) => low);
  const highs = all.map(({ high }) => high);
  const narrow = { low: Math.max(...lows), high: Math.min(...highs) };
  return narrow.low <= narrow.high ? narrow : { low: Math.min(...lows), high: Math.max(...highs) };
}

/** A fact about the world, and not about one connection: all that this process asks adds to it. */
export const serverClocks: ServerClocks = createServerClocks();
