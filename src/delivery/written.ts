/** A post that is out is written down: its attempt's end, its receipt, and the delivery's end when it was the last. */
import type { Receipt } from "../adapter.ts";
import { LedgerError } from "../ledger/errors.ts";
import type { Delivery } from "../ledger/types.ts";
import { lookAt } from "./native-schedule.ts";
import type { Publication } from "./publish.ts";
import type { DeliverOptions } from "./types.ts";

export async function written(
  delivery: Delivery,
  publication: Publication,
  receipt: Receipt,
  last: boolean,
  { ledger, clock }: DeliverOptions,
): Promise<void> {
  const attempt = publication.attempt();
  if (!attempt) throw new TypeError("the adapter gave a receipt without having sent anything");
  const ended = { outcome: "published" as const, receipt, blockUntil: publication.blockUntil() };
  try {
    if (receipt.due !== undefined)
      await ledger.handOver(attempt, delivery, ended, lookAt(delivery), clock.now());
    else if (last) await ledger.finish(attempt, delivery, ended, clock.now());
    else await ledger.end(attempt, delivery.account, ended, clock.now());
  } catch (error) {
    // It is out, and only this process knows.
    if (error instanceof LedgerError)
      error.sent.push({
        delivery: delivery.id,
        channel: delivery.channel,
        part: attempt.part,
        url: receipt.url,
      });
    throw error;
  }
}
