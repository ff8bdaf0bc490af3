/**
 * What `npm test` runs of long lists: networks multiply, its four minutes do not. `npm run test:all` runs everything, and so
 * does CI.
 */

export const EVERYTHING = process.env.ALL !== undefined;

/** The most of these, spread evenly over the list, always the same ones; with ALL set all of them. */
export function sample<T>(all: readonly T[], most: number): T[] {
  if (EVERYTHING || all.length <= most) return [...all];
  return Array.from({ length: most }, (_, n) => all[Math.floor((n * all.length) / most)]!);
}
