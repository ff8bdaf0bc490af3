/** Writes that are asked for while another one is on its way share the next transaction, and its wait for the disk. */
import type { Work } from "../database.ts";
import { type Waiting, type Writes, writesTo } from "../waiting.ts";

export interface GroupedWrites extends Writes {
  /** Resolves when nothing is waiting or on its way. */
  idle(): Promise<void>;
}

// Transactions at a time: one waits for the disk while the other is being filled. More of them would have less in each, and cost more.
const MOST_AT_ONCE = 2;
const MOST_IN_ONE = 200;

/** `transaction` runs work in one of its own; work that throws leaves nothing behind. */
export function groupWrites(transaction: <T>(work: () => Work<T>) => Promise<T>): GroupedWrites {
  const waiting: Waiting[] = [];
  let underWay = 0;
  let waker: (() => void) | undefined;

  const flush = async (batch: readonly Waiting[]): Promise<void> => {
    const { work } = batch[0]!;
    try {
      const results = await transaction(() => work(batch.map(({ item }) => item)));
      batch.forEach(({ resolve }, at) => {
        resolve(results[at]);
      });
    } catch (error) {
      if (batch.length === 1) return batch[0]!.reject(error);
      // One whose work cannot be done does not take its neighbours with it.
      for (const one of batch) await flush([one]);
    }
  };
  const next = () => {
    if (waiting.length === 0 || underWay >= MOST_AT_ONCE) {
      if (underWay === 0 && waiting.length === 0) waker?.();
      return;
    }
    const batch = takeBatch(waiting);
    underWay++;
    void flush(batch).finally(() => {
      underWay--;
      next();
    });
    // The rest need not wait for these.
    if (waiting.length > 0) next();
  };
  const enter = (one: Waiting) => {
    waiting.push(one);
    // What is asked for in one turn goes together.
    if (waiting.length === 1) setImmediate(next);
  };

  return {
    ...writesTo(enter),
    idle: () =>
      new Promise((done) => {
        waker = done;
        next();
      }),
  };
}

/** Those that ask for the same as the first go with it: of different work, each has its locks for a short time only. */
function takeBatch(waiting: Waiting[]): Waiting[] {
  const { work } = waiting[0]!;
  const batch = waiting.filter((one) => one.work === work).slice(0, MOST_IN_ONE);
  const taken = new Set(batch);
  waiting.splice(0, waiting.length, ...waiting.filter((one) => !taken.has(one)));
  return batch;
}
