import { describe, expect, it } from "vitest";
import { query, type Work } from "../../src/ledger/database.ts";
import { groupCommits, type Transactions } from "../../src/ledger/group-commit.ts";

/** Transactions that only write down what is done. */
function recorded(over: Partial<Transactions> = {}) {
  const log: string[] = [];
  const transactions: Transactions = {
    run: <T>(work: () => Work<T>): T => {
      const steps = work();
      let step = steps.next([]);
      while (!step.done) {
        log.push(step.value.sql);
        step = steps.next([]);
      }
      return step.value;
    },
    begin: () => log.push("begin"),
    commit: () => log.push("commit"),
    rollback: () => log.push("rollback"),
    isKept: () => true,
    gone: () => new Error("gone"),
    trouble: (error) => error,
    ...over,
  };
  return { log, group: groupCommits(transactions) };
}

function* double(items: readonly number[]): Work<number[]> {
  yield* query(`double ${items.join(" ")}`);
  if (items.includes(13)) throw new Error("not 13");
  return items.map((item) => 2 * item);
}
const other = (name: string) =>
  function* (): Work<string> {
    yield* query(name);
    return name;
  };

describe("commits of one moment", () => {
  it("are one, and what asks for the same is done together", async () => {
    const { log, group } = recorded();
    const answers = await Promise.all([1, 2, 3].map((item) => group.writeEach(double, item)));
    expect(answers).toEqual([2, 4, 6]);
    expect(log).toEqual(["begin", "double 1 2 3", "commit"]);
  });

  it("keep the order in which they were asked for", async () => {
    const { log, group } = recorded();
    const answers = await Promise.all([
      group.writeEach(double, 1),
      group.write(other("block")),
      group.writeEach(double, 2),
      group.writeEach(double, 3),
    ]);
    expect(answers).toEqual([2, "block", 4, 6]);
    expect(log).toEqual(["begin", "double 1", "block", "double 2 3", "commit"]);
  });

  it("go on without the one that cannot be done", async () => {
    const { log, group } = recorded();
    const answers = await Promise.allSettled([1, 13, 3].map((item) => group.writeEach(double, item)));
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(log).toEqual(
      ["begin, double 1 13 3, rollback", "begin, double 1, commit", "begin, double 13, rollback"]
        .concat("begin, double 3, commit")
        .flatMap((line) => line.split(", ")),
    );
  });

  it("wait for more as long as every turn brings more, and not for ever", async () => {
    const { log, group } = recorded();
    const asked: Promise<number>[] = [];
    const until = performance.now() + 100;
    await new Promise<void>((resolve) => {
      const ask = () => {
        if (performance.now() < until) setImmediate(ask);
        else resolve();
        asked.push(group.writeEach(double, 100 + asked.length));
      };
      ask();
    });
    await Promise.all(asked);
    const commits = log.filter((line) => line === "commit").length;
    expect(commits).toBeGreaterThanOrEqual(3);
    expect(commits).toBeLessThan(asked.length / 4);
  });

  it("are all refused when the lock cannot be had, and when the file is gone", async () => {
    const locked = recorded({
      begin: () => {
        throw new Error("locked");
      },
    });
    const gone = recorded({ isKept: () => false });
    for (const [{ group }, why] of [
      [locked, "locked"],
      [gone, "gone"],
    ] as const) {
      const answers = await Promise.allSettled([1, 2].map((item) => group.writeEach(double, item)));
      expect(answers.map((answer) => answer.status === "rejected" && answer.reason.message)).toEqual([
        why,
        why,
      ]);
    }
  });
});
