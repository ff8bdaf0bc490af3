import type { Money } from "../adapter.ts";

/** `0.03 USD`; several currencies stand beside each other. */
export function moneyWords(costs: readonly Money[]): string {
  return costs.map(({ amount, currency }) => `${amount} ${currency}`).join(" and ");
}
