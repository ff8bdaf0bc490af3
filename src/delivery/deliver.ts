/**
 * The loop: takes due deliveries, hands their posts to the adapter, writes down what became of them. Channels run side by
 * side, a thread's parts one after another. Every outcome is a row in the ledger before anything else happens.
 */
import { setMaxListeners } from "node:events";
import PQueue from "p-queue";
import { LedgerError } from "../ledger/errors.ts";
import { isDead } from "../lock.ts";
import { holdLeases, LEASE } from "./leases.ts";
import type { DeliveryChannel } from "./publish.ts";
import type { DeliverOptions } from "./types.ts";
import { work } from "./work.ts";

export type { DeliverOptions, DeliveryEvent } from "./types.ts";

const LOOK_AGAIN = 500;

/** Resolves when nothing is left that can be done within the patience. */
export async function deliver(options: DeliverOptions): Promise<void> {
  // Every request under way listens; there may be many.
  setMaxListeners(0, options.signal);
  const { owner, held, stop: letGo } = holdLeases(options.ledger, options.clock);
  // What cannot be written down must not be sent: a ledger that fails stops every channel, after the requests under way.
  const broken = new AbortController();
  const stop = AbortSignal.any([options.stop, broken.signal]);
  const within: DeliverOptions = {
    ...options,
    stop,
    seen: new Map(),
    onWait: (delivery, until) => options.onEvent?.({ type: "waiting", delivery, until }),
    onUpload: (delivery, file, sent, size) =>
      options.onEvent?.({ type: "uploading", delivery, file, sent, size }),
  };
  const run = async (channel: DeliveryChannel) => {
    try {
      for (const ids of pagesOf(options.ids)) {
        const left = await deliverChannel(channel, owner, held, { ...within, ids });
        if (left === "login" || stop.aborted) return;
      }
    } catch (error) {
      const first: unknown = broken.signal.reason;
      if (first instanceof LedgerError && error instanceof LedgerError) first.sent.push(...error.sent);
      broken.abort(error);
    }
  };
  try {
    await Promise.all(options.channels.map(run));
  } finally {
    letGo();
  }
  if (broken.signal.aborted) throw broken.signal.reason;
}

// Each claim names them all.
const MOST_IDS = 100;

function pagesOf(ids: readonly string[] | undefined): (readonly string[] | undefined)[] {
  if (ids === undefined || ids.length <= MOST_IDS) return [ids];
  const pages = Math.ceil(ids.length / MOST_IDS);
  return Array.from({ length: pages }, (_, page) => ids.slice(page * MOST_IDS, (page + 1) * MOST_IDS));
}

async function deliverChannel(
  channel: DeliveryChannel,
  owner: string,
  held: Set<string>,
  options: DeliverOptions,
): Promise<"login" | undefined> {
  const { ledger, clock, ids, stop } = options;
  const concurrency = options.concurrency ?? 1;
  const queue = new PQueue({ concurrency });
  let needsLogin = false;
  let fault: unknown;
  let idle = true;

  while (fault === undefined && !stop.aborted && !needsLogin) {
    const now = clock.now();
    // Dead processes are looked for when there is nothing else to do.
    const dead = idle ? (await ledger.owners(now)).filter(isDead) : [];
    const claimed = await ledger.claim({
      owner,
      now,
      until: now + LEASE,
      channel: channel.name,
      ids,
      limit: concurrency,
      dead,
    });
    idle = claimed.length === 0;
    for (const delivery of claimed) {
      held.add(delivery.id);
      void queue.add(async () => {
        try {
          if (stop.aborted || needsLogin || fault !== undefined)
            return await ledger.release(delivery, "scheduled", clock.now(), delivery);
          needsLogin = (await work(delivery, channel, options)) === "login" || needsLogin;
        } catch (error) {
          fault ??= error;
        } finally {
          held.delete(delivery.id);
        }
      });
    }
    await queue.onSizeLessThan(concurrency);
    if (claimed.length > 0 && concurrency > 1) continue;
    await queue.onIdle();
    if (claimed.length > 0) continue;
    const next = await ledger.nextAt(channel.name, ids);
    if (next === undefined || next - clock.now() > options.patience) break;
    // Another process is usually done long before its lease ends.
    const shared = (await ledger.owners(clock.now())).some((other) => other !== owner);
    const wait = Math.max(next - clock.now(), 20);
    await clock.sleep(shared ? Math.min(wait, LOOK_AGAIN) : wait, stop).catch(() => {});
  }
  await queue.onIdle();
  if (fault !== undefined) throw fault;
  return needsLogin ? "login" : undefined;
}
