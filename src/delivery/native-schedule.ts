/**
 * Posts that a network takes ahead of time: when they are handed over, whether they came out, and how they are taken back.
 * Handed over is not published: the delivery stays `scheduled`, with the receipt of what waits at the network.
 */
import type { Adapter, Context, Found, Receipt } from "../adapter.ts";
import { NetworkError } from "../errors.ts";
import type { Delivery, History } from "../ledger/types.ts";
import { acceptsSchedule, handedOver } from "../plan/native-schedule.ts";
import { since } from "./attempt-times.ts";
import { resembles } from "./reconcile.ts";

type Waiting = Pick<Delivery, "schedule" | "dueAt">;

// A network's own scheduler takes a moment.
const LOOK_AFTER = 60_000;
// Longer than a process waits: the next run looks again.
const LOOK_AGAIN = 5 * 60_000;
// Between waiting there and being out a post may be in neither list; clocks differ.
const CHANGING_HANDS = 120_000;
// One that has come neither out nor back by then will not.
const GIVE_UP = 15 * 60_000;

/** Whose turn it is: the network's, to wait; ours, because it is due; or nobody's, because it is too near for the one and too early for the other. */
export function whoseTurn(
  { schedule, dueAt }: Waiting,
  adapter: Adapter,
  now: number,
): "network" | "ours" | "nobody" {
  if (schedule !== "network" || dueAt <= now) return "ours";
  return acceptsSchedule(adapter, dueAt, now) ? "network" : "nobody";
}

/** When to look whether it is out. */
export function lookAt({ dueAt }: Waiting): number {
  return dueAt + LOOK_AFTER;
}

/** Whether `absent` could be wrong, because the network may be publishing it just now. */
export function isChangingHands({ schedule, dueAt }: Waiting, now: number): boolean {
  return schedule === "network" && Math.abs(now - dueAt) < CHANGING_HANDS;
}

export type Appearance =
  | { is: "out"; receipt: Receipt }
  /** It waits there still, or cannot be seen yet. */
  | { is: "waiting"; at: number }
  | { is: "vanished"; message: string };

/** After its time: did the network publish it? Throws NetworkError when it cannot be asked now. */
export async function appearance(
  delivery: Delivery,
  handed: Receipt,
  { name, find }: Pick<Adapter, "name" | "find">,
  context: Context,
  now: number,
): Promise<Appearance> {
  if (now < lookAt(delivery)) return { is: "waiting", at: lookAt(delivery) };
  // Who cannot be asked is believed.
  if (!find) return { is: "out", receipt: { ...handed, due: undefined } };
  const again: Appearance = { is: "waiting", at: now + LOOK_AGAIN };
  let found: Found;
  try {
    found = await find(delivery.posts[0]!, context, new Date(delivery.dueAt));
  } catch (error) {
    if (!(error instanceof NetworkError && error.code === "rejected")) throw error;
    return { is: "vanished", message: `asking ${name} whether it came out failed: ${error.message}` };
  }
  if (typeof found === "object" && "like" in found) return { is: "vanished", message: resembles(found.like) };
  if (found !== "absent") return found.due === undefined ? { is: "out", receipt: found } : again;
  if (now < delivery.dueAt + GIVE_UP) return again;
  return { is: "vanished", message: `${name} had it, and has not published it: was it taken away there?` };
}

export type TakenBack = "cancelled" | { out: Receipt };

/**
 * Takes back what waits at the network, or may wait there because its attempt ended without an answer. Throws NetworkError
 * when that is not certain; doing it again does no harm.
 */
export async function takeBack(
  history: History,
  { name, schedules, find }: Pick<Adapter, "name" | "schedules" | "find">,
  context: Context,
): Promise<TakenBack> {
  const look = async () => {
    const found = await find?.(
      history.posts[0]!,
      context,
      since(history.attempts[0] ?? { startedAt: context.startedAt.getTime() }),
    );
    if (typeof found === "object" && "like" in found)
      throw new NetworkError("uncertain", resembles(found.like));
    return found;
  };
  const known = handedOver(history.receipts);
  const handed = known ?? (await look());
  if (handed === undefined || handed === "absent") return "cancelled";
  if (handed.due === undefined) return { out: handed };
  if ((await schedules?.cancel(handed, context)) === "cancelled") return "cancelled";
  const found = await look();
  if (found === "absent") return "cancelled";
  if (found !== undefined && found.due === undefined) return { out: found };
  throw new NetworkError("uncertain", `${name} does not have it any more, and cannot say whether it is out`);
}

/** Whether something of it may be at the network before its time. */
export function mayWaitThere({ schedule, state, receipts, attempts, round }: History): boolean {
  if (schedule !== "network" || state !== "scheduled") return false;
  const open = attempts.some(
    (attempt) =>
      attempt.round === round && (attempt.outcome === undefined || attempt.outcome === "uncertain"),
  );
  return open || handedOver(receipts) !== undefined;
}
