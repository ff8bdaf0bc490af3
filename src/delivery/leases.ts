/** The leases of one process: renewed while it works, so that no other process takes its deliveries. */
import type { Clock } from "../clock.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { newOwner } from "../lock.ts";

/** Milliseconds. */
export const LEASE = 60_000;

export interface Leases {
  owner: string;
  /** Ids of the deliveries that are held just now. */
  held: Set<string>;
  stop(): void;
}

export function holdLeases(ledger: Ledger, clock: Clock): Leases {
  const owner = newOwner();
  const held = new Set<string>();
  const heartbeat = setInterval(() => {
    if (held.size > 0) void ledger.renew(owner, [...held], clock.now() + LEASE).catch(() => {});
  }, LEASE / 4);
  heartbeat.unref();
  return { owner, held, stop: () => clearInterval(heartbeat) };
}
