/** What the numbers of a report come to. Pure. */
import { clockTime, day } from "../time.ts";
import type { ReportPost } from "./view.ts";

export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface Spread {
  name: string;
  number: number;
  lowest: number;
  median: number;
  highest: number;
}

/** Of posts that tell something, by kind; what is answered most comes first. */
export function byKind(posts: readonly ReportPost[]): Spread[] {
  const groups = new Map<string, number[]>();
  for (const { kind = "unknown", acts } of posts)
    if (acts !== undefined) groups.set(kind, [...(groups.get(kind) ?? []), acts]);
  return [...groups]
    .map(([name, acts]) => ({
      name,
      number: acts.length,
      lowest: Math.min(...acts),
      median: median(acts)!,
      highest: Math.max(...acts),
    }))
    .sort((a, b) => b.median - a.median || (a.name < b.name ? -1 : 1));
}

export const HOURS = [
  [0, 6],
  [6, 9],
  [9, 12],
  [12, 15],
  [15, 18],
  [18, 21],
  [21, 24],
] as const;
export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

export interface Slot {
  number: number;
  /** Absent while there are too few to say anything. */
  median?: number;
}

// Fewer say nothing about a time of day.
export const ENOUGH = 3;

/** By weekday and hour of sending, in this zone. */
export function bySendingTime(posts: readonly ReportPost[], zone?: string): Slot[][] {
  return WEEKDAYS.map((weekday) =>
    HOURS.map(([from, to]) => {
      const acts = posts.flatMap(({ at, acts: own }) => {
        const hour = Number(clockTime(at, zone).slice(0, 2));
        const isHere = day(at, zone).startsWith(weekday) && hour >= from && hour < to;
        return isHere && own !== undefined ? [own] : [];
      });
      return { number: acts.length, ...(acts.length >= ENOUGH && { median: median(acts)! }) };
    }),
  );
}

/** At most so many points, the last one among them. */
export function thinned<T>(points: readonly T[], most: number): T[] {
  if (points.length <= most) return [...points];
  return Array.from({ length: most }, (_, n) => points[Math.round((n * (points.length - 1)) / (most - 1))]!);
}
