/** Deliveries that are left to workers: told to look, and watched in the ledger until they have ended. */
import type { DeliveryEvent } from "../delivery/deliver.ts";
import type { Problem } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { History } from "../ledger/types.ts";
import type { PostgresPlace } from "../postgres-address.ts";

export interface WatchOptions {
  now(): number;
  /** Milliseconds until something must have happened. */
  patience: number;
  stop: AbortSignal;
  onEvent?: (event: DeliveryEvent) => void;
}

// Milliseconds between two looks into the ledger.
const SOON = 100;
const LATER = 500;
// Workers say every few seconds that they are there.
const NO_WORKER = 5_000;

/** Asks workers to look at these channels, where they look at none in vain. */
export async function wakeWorkers(place: PostgresPlace, channels: readonly string[]): Promise<void> {
  const { openQueue } = await import("../queue/queue.ts");
  const queue = await openQueue(place);
  try {
    await queue.look([...new Set(channels)].map((channel) => ({ channel })));
  } finally {
    await queue.close();
  }
}

/** Resolves when nothing of these is due any more, or nothing has happened for too long. Tells the same as a sending would. */
export async function watchDeliveries(
  ids: readonly string[],
  ledger: Ledger,
  { now, patience, stop, onEvent }: WatchOptions,
): Promise<void> {
  const known = new Map<string, { parts: number; state: string }>();
  let open = [...ids];
  let happened = now();
  const began = now();
  while (open.length > 0 && !stop.aborted) {
    for (const history of await ledger.histories(open)) {
      const before = known.get(history.id);
      const after = { parts: history.receipts.length, state: history.state };
      if (before?.parts === after.parts && before.state === after.state) continue;
      known.set(history.id, after);
      if (before !== undefined || history.state !== "scheduled") happened = now();
      tell(history, before, onEvent);
    }
    const states = await ledger.outlines({ ids: open });
    open = states
      .filter(
        ({ state, nextAt, code }) =>
          state === "sending" || (state === "scheduled" && nextAt <= now() + patience && code !== "auth"),
      )
      .map(({ id }) => id);
    if (now() - happened > patience) return;
    if (now() - happened > NO_WORKER && (await ledger.workers(now())).length === 0) return;
    if (open.length > 0) await new Promise((done) => setTimeout(done, now() - began < 3_000 ? SOON : LATER));
  }
}

function tell(
  history: History,
  before: { parts: number; state: string } | undefined,
  onEvent: WatchOptions["onEvent"],
): void {
  const parts = history.posts.length;
  for (const receipt of history.receipts.slice(before?.parts ?? 0)) {
    const { part } = receipt;
    onEvent?.({ type: "sending", delivery: history, part, parts });
    onEvent?.({ type: "part", delivery: history, part, parts, receipt, found: false });
  }
  if (history.state === "sending" || (history.state === "scheduled" && history.code === undefined)) return;
  const { state, nextAt, code, message } = history;
  onEvent?.({ type: "ended", delivery: history, state, nextAt, code, message });
}

/** What is due and waits although somebody was to look. */
export async function lonelyWarning(
  histories: readonly History[],
  ledger: Ledger,
  now: number,
): Promise<Problem[]> {
  const waiting = histories.filter(({ state, nextAt }) => state === "scheduled" && nextAt <= now);
  if (waiting.length === 0 || (await ledger.workers(now)).length > 0) return [];
  return [
    {
      severity: "warning",
      code: "no-worker",
      message: `no worker is there: ${waiting.length === 1 ? "a delivery waits" : `${waiting.length} deliveries wait`} in the ledger`,
      remedy: "Start one: broadcast worker",
    },
  ];
}
