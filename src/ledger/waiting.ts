/** What waits to be written, and how it is put together. */
import type { Work, WorkOnMany } from "./database.ts";

export interface Waiting {
  work: WorkOnMany<unknown, unknown>;
  item: unknown;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

export interface Writes {
  write<T>(work: () => Work<T>): Promise<T>;
  writeEach<I, T>(work: WorkOnMany<I, T>, item: I): Promise<T>;
}

/** Both ways to ask, over one queue. */
export function writesTo(enter: (one: Waiting) => void): Writes {
  return {
    write: <T>(work: () => Work<T>) =>
      new Promise<T>((resolve, reject) => {
        const once = function* (): Work<unknown[]> {
          return [yield* work()];
        };
        enter({ work: once, item: undefined, resolve: resolve as Waiting["resolve"], reject });
      }),
    writeEach: <I, T>(work: WorkOnMany<I, T>, item: I) =>
      new Promise<T>((resolve, reject) => {
        enter({ work: work as Waiting["work"], item, resolve: resolve as Waiting["resolve"], reject });
      }),
  };
}

/** Neighbours that ask for the same: the order of asking stays the order of doing. */
export function inRuns(batch: readonly Waiting[]): Waiting[][] {
  const runs: Waiting[][] = [];
  for (const one of batch) {
    const last = runs.at(-1);
    if (last?.[0]?.work === one.work) last.push(one);
    else runs.push([one]);
  }
  return runs;
}
