/** An attempt whose outcome is not known, before anything else of its delivery is done. */
import type { Receipt } from "../adapter.ts";
import { NetworkError } from "../errors.ts";
import type { Attempt, Delivery } from "../ledger/types.ts";
import { ageOf, quietAt, since, UNKNOWN_CLOCK } from "./attempt-times.ts";
import { isChangingHands } from "./native-schedule.ts";
import { type DeliveryChannel, idempotencyOf, type Publication, postOf, type Tools } from "./publish.ts";
import { kept } from "./receipt.ts";
import { reconcile } from "./reconcile.ts";

// A look-up at once would often come too early, and the next one is not for free.
const SETTLE_AFTER = 2_000;
const LOOK_SOON = 30_000;
const MOST_ATTEMPTS = 8;
// What a campaign with `uncertain: resend` puts up with: a network that never answers is not flooded.
const MOST_RESENT = 2;

export function isOpen(attempt: Attempt): boolean {
  return attempt.outcome === undefined || attempt.outcome === "uncertain";
}

/** When this process saw the attempt open for the first time; its own it has seen begin. */
function firstSeen({ delivery, part, number, at }: Attempt, seen: Tools["seen"], now: number): number {
  const name = `${delivery}/${part}/${number}/${at}`;
  const before = seen?.get(name) ?? now;
  seen?.set(name, before);
  return before;
}

// A look-up that gives the same name again would be asked for ever.
function receiptOf(receipt: Receipt, delivery: Delivery): Receipt {
  try {
    return kept(receipt, delivery);
  } catch (error) {
    throw new Unknown(`the look-up found it, but ${error instanceof Error ? error.message : error}`);
  }
}

/** A person must look: nothing here may decide. */
export class Unknown extends Error {
  override name = "Unknown";
}

/** Finds out about an attempt whose outcome is not known. Gives the receipt when it is out, nothing when sending is safe. */
export async function settleOpen(
  delivery: Delivery,
  part: number,
  before: readonly Attempt[],
  { context, offset: askOffset, watch }: Publication,
  channel: DeliveryChannel,
  { ledger, clock, seen }: Pick<Tools, "ledger" | "clock" | "seen">,
): Promise<Receipt | undefined> {
  const open = before.findLast(isOpen);
  if (!open) return undefined;
  const first = before[0]!;
  const seenAt = firstSeen(open, seen, clock.now());
  if (channel.adapter.find) await clock.sleep((open.endedAt ?? open.at) + SETTLE_AFTER - clock.now());
  const offset = await askOffset();
  const resent = before.filter(({ outcome }) => outcome === "abandoned").length;
  const asked = reconcile(
    channel,
    postOf(delivery, part),
    context,
    { since: since(first, offset), age: ageOf(first, clock.now(), offset) },
    resent < MOST_RESENT ? delivery.uncertain : undefined,
  );
  // A look-up that hangs has told nothing.
  const settlement = await watch(asked).catch((error: unknown) => {
    throw error instanceof NetworkError ? new NetworkError("uncertain", error.message) : error;
  });
  if (settlement.is === "found" && (await context.taken(settlement.receipt.id)))
    throw new Unknown("the look-up gave a post that is another one's");
  // What is not there may still come, and nothing that it could be told by has been left there. Where the id is ours to choose,
  // the second request finds the first one's post in its place.
  const quiet = quietAt(open, clock.now(), offset, seenAt);
  const isOurId = idempotencyOf(channel) === "forever";
  if ((settlement.is === "absent" || settlement.is === "covered") && !isOurId && clock.now() < quiet)
    throw new NetworkError("uncertain", "the network may still be at work on the first request", {
      retryAt: quiet,
    });
  switch (settlement.is) {
    case "found": {
      const found = receiptOf(settlement.receipt, delivery);
      await ledger.end(open, delivery.account, { outcome: "found", receipt: found }, clock.now());
      return found;
    }
    case "absent":
      if (!first.server && first.startedAt > clock.now() + UNKNOWN_CLOCK)
        throw new Unknown("the clock was wrong when it was sent, so it cannot be looked for");
      if (isChangingHands(delivery, clock.now()))
        throw new NetworkError("uncertain", "the network may be publishing it just now", {
          retryAt: clock.now() + LOOK_SOON,
        });
      for (const attempt of before.filter(isOpen)) {
        await ledger.end(attempt, delivery.account, { outcome: "absent" }, clock.now());
      }
      return undefined;
    case "again":
      for (const attempt of before.filter(isOpen)) {
        await ledger.end(attempt, delivery.account, { outcome: "abandoned" }, clock.now());
      }
      return undefined;
    case "covered":
      if (before.length < MOST_ATTEMPTS) return undefined;
      throw new Unknown(`${before.length} attempts, and the outcome is still unknown`);
    case "later":
      throw new NetworkError(settlement.code === "auth" ? "auth" : "uncertain", settlement.message, {
        retryAt: settlement.retryAt,
      });
    case "like":
    case "unknown":
      throw new Unknown(settlement.message);
  }
}
