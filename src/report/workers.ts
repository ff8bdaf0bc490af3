/** Who delivers from a shared ledger, and how far they are. */
import { describeDuration } from "../duration.ts";
import type { Backlog, WorkerSeen } from "../ledger/workers.ts";
import { count } from "./code-frame.ts";
import type { Layout } from "./style.ts";

/** `2 workers, at 3 channels · 12 due, 3 being sent, 40 later · the oldest is 4 s late`. */
export function workersLine(
  workers: readonly WorkerSeen[],
  { due, sending, waiting, since }: Backlog,
  now: number,
  { paint }: Layout,
): string {
  const busy = workers.reduce((sum, { delivering }) => sum + delivering, 0);
  const late = since === undefined || now - since < 1_000 ? undefined : describeDuration(now - since);
  const todo = [`${due} due`, `${sending} being sent`, `${waiting} later`].join(", ");
  const behind = late === undefined ? [] : [`the oldest is ${late} late`];
  const line = [`${count(workers.length, "worker")}, at ${count(busy, "channel")}`, todo, ...behind].join(
    " · ",
  );
  return paint.dim(line);
}

export function workersJson(workers: readonly WorkerSeen[]): object[] {
  return workers.map(({ id, channels, startedAt, seenAt, delivering }) => ({
    id,
    channels,
    since: new Date(startedAt).toISOString(),
    seen: new Date(seenAt).toISOString(),
    delivering,
  }));
}
