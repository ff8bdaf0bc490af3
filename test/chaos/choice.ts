/** Which boundaries are killed at, when not all of them are: spread, and the same for the same seed. */
import type { Subject } from "./subjects.ts";

export interface Case {
  subject: Subject;
  killAt: string[];
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many of them, one from each stretch of the list; all when there are fewer. */
export function spread<T>(all: readonly T[], count: number, random: () => number): T[] {
  if (count >= all.length) return [...all];
  return Array.from({ length: count }, (_, n) => all[Math.floor(((n + random()) * all.length) / count)]!);
}

/**
 * Kills during the recovery from a kill. What was done before the first kill is not done again, so the second falls into the
 * first half of each kind of boundary; it may come too late all the same.
 */
export function twice(singles: readonly Case[], count: number, random: () => number): Case[] {
  return spread(singles, count, random).map(({ subject, killAt: [first = ""] }) => {
    const own = singles
      .filter((other) => other.subject === subject)
      .map(({ killAt: [boundary = ""] }) => boundary);
    const early = own.filter((boundary) => {
      const [what, n] = boundary.split(":");
      const last = own.filter((other) => other.startsWith(`${what}:`)).length;
      return Number(n) <= Math.ceil(last / 2);
    });
    return { subject, killAt: [first, early[Math.floor(random() * early.length)]!] };
  });
}
