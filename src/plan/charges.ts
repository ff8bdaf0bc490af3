/** What it costs to do something to posts that are out, where the network charges for it. */
import type { Adapter, Charges, Money } from "../adapter.ts";

/** `undefined` where it is free. */
export function chargeFor(
  what: keyof Charges,
  posts: number,
  { charges }: Pick<Adapter, "charges">,
): Money | undefined {
  const one = charges?.[what];
  return one && posts > 0 ? { ...one, amount: rounded(one.amount * posts) } : undefined;
}

/** One sum for each currency. */
export function sumOf(costs: readonly (Money | undefined)[]): Money[] {
  const sums = new Map<string, number>();
  for (const cost of costs)
    if (cost) sums.set(cost.currency, rounded((sums.get(cost.currency) ?? 0) + cost.amount));
  return [...sums].map(([currency, amount]) => ({ amount, currency }));
}

// Prices have tenths of a cent: 3 × 0.005 must not read 0.015000000000000001.
function rounded(amount: number): number {
  return Math.round(amount * 10_000) / 10_000;
}
