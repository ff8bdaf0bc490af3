/** Whether a delivery comes so long after its time that the campaign's word on lateness counts. */
import type { Delivery } from "../ledger/records.ts";

/** A run every few minutes, a short pause, a full rate window: nobody would call that late. */
export const GRACE = 3_600_000;

/** What is to be done with it instead of sending. Whatever has begun is finished, however late. */
export function latenessOf(
  { late, dueAt }: Pick<Delivery, "late" | "dueAt">,
  begun: boolean,
  now: number,
): Delivery["late"] {
  return !begun && now - dueAt > GRACE ? late : undefined;
}
