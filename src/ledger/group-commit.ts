/** Group commit: writes that are requested at the same time share one fsync. */
import type { Work } from "./database.ts";
import { inRuns, type Waiting, type Writes, writesTo } from "./waiting.ts";

/** What a group is written with. All of it is synchronous: nothing else runs between `begin` and `commit`. */
export interface Transactions {
  run<T>(work: () => Work<T>): T;
  begin(): void;
  commit(): void;
  rollback(): void;
  /** Whether the commit is where the next one will look for it: a file that was deleted takes every commit, and keeps none. */
  isKept(): boolean;
  gone(): Error;
  trouble(error: unknown): unknown;
}

export interface Group extends Writes {
  /** Writes now whatever is waiting. */
  flush(): void;
}

// Milliseconds that the first of a crowd waits at most.
const LONGEST_WAIT = 20;

export function groupCommits(transactions: Transactions): Group {
  const { run, begin, commit, rollback, isKept, gone, trouble } = transactions;
  let waiting: Waiting[] = [];
  let since = 0;
  let seen = 0;

  // One alone does not wait. A crowd is waited for as long as every turn of the event loop brings more of it: the group is
  // then as large as it gets without anybody standing idle.
  const look = () => {
    if (waiting.length === seen || performance.now() - since > LONGEST_WAIT) return flush();
    seen = waiting.length;
    setImmediate(look);
  };
  const enter = (one: Waiting) => {
    waiting.push(one);
    if (waiting.length > 1) return;
    since = performance.now();
    seen = 1;
    setImmediate(look);
  };

  const flush = () => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    const fail = (error: unknown) => {
      for (const { reject } of batch) reject(error);
    };
    // If BEGIN timed out, retrying one by one would time out too.
    try {
      begin();
    } catch (error) {
      return fail(trouble(error));
    }
    const done: { asked: Waiting[]; results: unknown[] }[] = [];
    try {
      for (const asked of inRuns(batch)) {
        const { work } = asked[0]!;
        done.push({ asked, results: run(() => work(asked.map(({ item }) => item))) });
      }
      commit();
    } catch (error) {
      rollback();
      if (batch.length === 1) return fail(trouble(error));
      for (const one of batch) alone(one);
      return;
    }
    if (!isKept()) return fail(gone());
    for (const { asked, results } of done) {
      for (let at = 0; at < asked.length; at++) asked[at]!.resolve(results[at]);
    }
  };
  // One whose work cannot be done does not take its neighbours with it.
  const alone = ({ work, item, resolve, reject }: Waiting) => {
    try {
      begin();
      const [result] = run(() => work([item]));
      commit();
      if (!isKept()) throw gone();
      resolve(result);
    } catch (error) {
      rollback();
      reject(trouble(error));
    }
  };

  return {
    flush,
    ...writesTo(enter),
  };
}
