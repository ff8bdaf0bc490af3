/**
 * The promise of the ledger in PostgreSQL: machines that share nothing else, killed at any byte to the network or to the
 * database, or sending the same at once, post once. The channels are real ones whose server is the sandbox.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { channelOf, filesOf, judge, send, type Verdict } from "./git.ts";
import { boundariesOf, type Stage } from "./harness.ts";
import type { Ended } from "./process.ts";
import type { Subject } from "./subjects.ts";

export type { Verdict } from "./git.ts";

const KILLER = resolve("test/chaos/kill-at.mjs");

/** A folder of its own for each machine, and the database for all of them. */
interface Machines {
  mark: string;
  subject: Subject;
  run(options?: { killAt?: string; countTo?: string }): Promise<Ended>;
  remove(): void;
}

let projects = 0;

/** `address`: of a schema of its own. */
function createMachines(subject: Subject, stage: Stage, address: string): Machines {
  const base = mkdtempSync(join(tmpdir(), "broadcast-machines-"));
  const mark = `pg${process.pid}x${++projects}y`;
  const { settings, secrets } = channelOf(subject, mark, stage, join(base, "stage"));
  let machines = 0;
  return {
    mark,
    subject,
    run({ killAt = "", countTo = "" } = {}) {
      const folder = join(base, `machine${++machines}`);
      const ledger = "$" + "{DATABASE_URL}";
      for (const [name, content] of Object.entries(filesOf(subject, mark, Object.keys(settings), ledger))) {
        mkdirSync(join(folder, name, ".."), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
      if (subject.pictures > 0) cpSync(resolve("campaigns/images/ticks.png"), join(folder, "a.png"));
      const told = { KILL_AT: killAt, COUNT_TO: countTo, DATABASE_URL: address, NO_COLOR: "1" };
      return send(folder, { ...process.env, ...secrets, ...told }, KILLER);
    },
    remove: () => rmSync(base, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** How often each boundary is passed in an undisturbed run. */
export function boundariesOn(subject: Subject, stage: Stage, address: string): Promise<string[]> {
  return boundariesOf(subject, createMachines(subject, stage, address));
}

// Nobody believes that a post is absent before a request that was cut off can have no effect any more.
const MOST_WAITS = 8;

/** Killed at each of these boundaries, one after the other; then run until it says that it is done. */
export async function killOn(
  subject: Subject,
  killAt: readonly string[],
  stage: Stage,
  address: string,
): Promise<Verdict> {
  const machines = createMachines(subject, stage, address);
  try {
    let kills = 0;
    for (const boundary of killAt)
      if ((await machines.run({ killAt: boundary })).signal === "SIGKILL") kills++;
    let last = await machines.run();
    for (let waits = 0; waits < MOST_WAITS && last.code !== 0 && last.code !== 4; waits++) {
      await new Promise((done) => setTimeout(done, 10_000));
      last = await machines.run();
    }
    return { ...(await judge(machines, `killed at ${killAt.join(", then ")}`, [last], stage)), kills };
  } finally {
    machines.remove();
  }
}

/** Two machines send the same at once. Afterwards a third finds nothing to do. */
export async function raceOn(subject: Subject, stage: Stage, address: string): Promise<Verdict> {
  const machines = createMachines(subject, stage, address);
  try {
    const both = await Promise.all([machines.run(), machines.run()]);
    const third = await machines.run();
    const verdict = await judge(machines, "two at once", [...both, third], stage);
    if (!verdict.wrong && !/nothing was sent/.test(third.out))
      return { ...verdict, wrong: `the third machine found something to do\n${third.out}` };
    return verdict;
  } finally {
    machines.remove();
  }
}
