import { createHash } from "node:crypto";
import type { Delivery } from "../ledger/types.ts";

/** The key of one post: 32 hex characters, the same for every attempt, different for every other post and round. */
export function keyOf(delivery: Pick<Delivery, "seed" | "round">, part: number): string {
  return createHash("sha256").update(`${delivery.seed}/${delivery.round}/${part}`).digest("hex").slice(0, 32);
}
