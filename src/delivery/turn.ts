/** A worker's turn at one channel: what is due there leaves in order, until nothing is, or it is somebody else's turn. */
import type { Delivery } from "../ledger/types.ts";
import { isDead } from "../lock.ts";
import { LEASE, type Leases } from "./leases.ts";
import type { DeliveryChannel } from "./publish.ts";
import { isOpen } from "./settle.ts";
import type { DeliverOptions } from "./types.ts";
import { work } from "./work.ts";

export interface TurnOptions extends Omit<DeliverOptions, "channels" | "ids" | "concurrency"> {
  leases: Leases;
  /** Only deliveries that were planned for this account: the same channel may be another one elsewhere. */
  account: string;
  /** Why this machine cannot send it, although another may: a file is not here. */
  lacks(delivery: Delivery): Promise<string | undefined>;
  /** How many deliveries at most. */
  most: number;
  /** Milliseconds after which no further one is begun. */
  longest: number;
}

export interface Turn {
  delivered: number;
  /** The network did not take the login. */
  login: boolean;
  /** A file of the next one is not here. */
  lacks?: true;
  /** The account's rate windows are full until then. */
  until?: number;
}

// How often one may say that it lacks a file, before a person must look.
const MOST_LACKING = 20;

/** A post of it may be out: that is found out first, and needs no file. */
async function isUnsettled({ id, round, tries }: Delivery, { ledger }: TurnOptions): Promise<boolean> {
  if (tries === 0) return false;
  const { attempts = [] } = (await ledger.history(id)) ?? {};
  return attempts.some((attempt) => attempt.round === round && isOpen(attempt));
}

async function leaveToOthers(
  delivery: Delivery,
  message: string,
  { ledger, clock, onEvent }: TurnOptions,
): Promise<void> {
  const failures = delivery.failures + 1;
  const state = failures > MOST_LACKING ? "held" : "scheduled";
  // Its time stays, so that the channel's next post does not go before it.
  const { nextAt } = delivery;
  await ledger.release(delivery, state, clock.now(), { code: "no-file", message, nextAt, failures });
  onEvent?.({ type: "ended", delivery, state, nextAt, code: "no-file", message });
}

/** Throws LedgerError when the ledger fails: the next worker finds out what became of the request under way. */
export async function takeTurn(channel: DeliveryChannel, options: TurnOptions): Promise<Turn> {
  const { ledger, clock, stop, leases, account, most, longest } = options;
  const { owner, held } = leases;
  const until = clock.now() + longest;
  const within: DeliverOptions = {
    ...options,
    channels: [channel],
    onWait: (delivery, until) => options.onEvent?.({ type: "waiting", delivery, until }),
    onUpload: (delivery, file, sent, size) =>
      options.onEvent?.({ type: "uploading", delivery, file, sent, size }),
  };
  // Those of this machine are known to be gone before their leases end.
  const dead = (await ledger.owners(clock.now())).filter(isDead);
  let delivered = 0;
  while (!stop.aborted && delivered < most && clock.now() < until) {
    const now = clock.now();
    const wanted = { owner, now, until: now + LEASE, channel: channel.name, account, dead };
    const delivery = await ledger.claimNext(wanted);
    if (!delivery) break;
    held.add(delivery.id);
    try {
      const lacking = await options.lacks(delivery);
      if (lacking !== undefined && !(await isUnsettled(delivery, options))) {
        await leaveToOthers(delivery, lacking, options);
        return { delivered, login: false, lacks: true };
      }
      const stopped = await work(delivery, channel, within);
      if (stopped === "login") return { delivered, login: true };
      // The next one would only learn the same.
      if (stopped !== undefined) return { delivered, login: false, until: stopped.until };
    } finally {
      held.delete(delivery.id);
    }
    delivered++;
  }
  return { delivered, login: false };
}
