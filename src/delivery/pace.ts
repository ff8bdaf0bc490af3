/** Waiting until the account's rate windows have room. */
import type { Delivery } from "../ledger/types.ts";
import { type DeliveryChannel, Paced, ratesOf } from "./publish.ts";
import type { DeliverOptions } from "./types.ts";

export async function waitForTurn(
  delivery: Delivery,
  channel: DeliveryChannel,
  options: DeliverOptions,
): Promise<void> {
  const { ledger, clock, patience } = options;
  for (;;) {
    const free = await ledger.freeAt(delivery.account, clock.now(), ratesOf(channel));
    if (free <= clock.now()) return;
    if (free - clock.now() > patience) throw new Paced(free);
    options.onEvent?.({ type: "waiting", delivery, until: free });
    await clock.sleep(free - clock.now(), options.stop).catch(() => {});
    if (options.stop.aborted) throw new Paced(clock.now());
  }
}
