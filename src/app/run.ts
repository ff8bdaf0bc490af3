/** One round of `run`: enters what is due, delivers what the ledger holds, and says when to look again. */
import { join } from "node:path";
import { isRecurring } from "../campaign/campaign.ts";
import { type Clock, systemClock } from "../clock.ts";
import { EXIT, InputError, type Problem, uniqueProblems } from "../errors.ts";
import type { Transport } from "../http/http.ts";
import { isLeaseOver } from "../ledger/lease.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { pauseOf } from "../ledger/pauses.ts";
import type { History, Outline } from "../ledger/types.ts";
import { isDead, lock } from "../lock.ts";
import { clockWarning } from "./clock-warning.ts";
import { deliverAll, deliveriesOf, enter } from "./deliver.ts";
import { type Due, due, readSeen, writeSeen } from "./due.ts";
import { exitCodeOf, exitCodeOfError, worstOf } from "./exit-code.ts";
import { type LedgerDoor, stateFolder, withLedger } from "./ledger.ts";
import { notify } from "./notify.ts";
import { type Project, shown } from "./project.ts";
import { notYetReported } from "./reported.ts";
import { earliest, nextDue, readScheduled, type Scheduled } from "./schedule.ts";
import { prepare } from "./send.ts";
import { whyUnusable } from "./usable.ts";

export interface RunOptions {
  /** Nothing new is begun. */
  stop?: AbortSignal;
  /** Aborts requests that are under way. */
  abort?: AbortSignal;
  clock?: Clock;
  /** For tests. */
  transport?: Transport;
}

export interface RunResult {
  /** What was tried. */
  histories: History[];
  /** Those to report: a delivery that waits for a login is reported once a day. */
  news: History[];
  problems: Problem[];
  /** The exit code. */
  code: number;
  /** When something comes due next, epoch milliseconds. */
  next?: number;
}

// Another run of this project is usually over sooner; if not, it does this one's work.
const TURN = 60_000;

/** One round, unless another process keeps doing it: then `undefined`. Throws InputError for the paths. */
export async function run(
  paths: readonly string[],
  project: Project,
  options: RunOptions = {},
): Promise<RunResult | undefined> {
  const { clock = systemClock, stop } = options;
  const held = await lock(join(stateFolder(project), "run.lock"), { clock, patience: TURN, signal: stop });
  if (!held) return undefined;
  try {
    return await withLedger(project, (door) => round(paths, project, door, { ...options, clock }));
  } finally {
    await held.release();
  }
}

/** An error in one campaign does not stop the others; it is among the problems. */
async function round(
  paths: readonly string[],
  project: Project,
  door: LedgerDoor,
  options: RunOptions & { clock: Clock },
): Promise<RunResult> {
  const ledger = await door.open();
  const clock = ledger.clock(options.clock);
  const { scheduled, problems, codes } = await enterWhatIsDue(paths, project, door, { ...options, clock });
  const waiting = await dueIn(ledger, clock.now());
  const unusable = new Map(waiting.map((one) => [one.id, whyUnusable(one, project)]));
  for (const found of unusable.values()) {
    if (found.length === 0) continue;
    problems.push(...found);
    codes.push(EXIT.input);
  }
  const ids = waiting.map(({ id }) => id).filter((id) => unusable.get(id)?.length === 0);
  if (ids.length > 0) await deliverAll(project, ledger, { ...options, clock, ids });
  const histories = (await ledger.histories(ids)).filter(({ state }) => state !== "sending");
  if (histories.length > 0) codes.push(exitCodeOf(histories, clock.now()));
  // Servers tell the time when they are asked something.
  if (ids.length > 0) problems.push(...clockWarning());
  await notify(histories, project, ledger, { ...options, clock });
  return {
    histories,
    news: await notYetReported(histories, project, clock.now()),
    problems: uniqueProblems(problems),
    code: worstOf(codes),
    next: await nextOf(scheduled, project, ledger, clock.now()),
  };
}

/** Enters what has come due of these campaigns since the last time, feeds and recurring ones too. */
export async function enterWhatIsDue(
  paths: readonly string[],
  project: Project,
  door: LedgerDoor,
  options: RunOptions & { clock: Clock },
): Promise<{ scheduled: Scheduled[]; problems: Problem[]; codes: number[] }> {
  const { clock, stop } = options;
  const { scheduled, problems } = await readScheduled(paths, project);
  const codes: number[] = problems.length > 0 ? [EXIT.input] : [];
  const ledger = await door.open();
  const seen = await readSeen(project);
  for (const one of scheduled) {
    if (stop?.aborted) break;
    const now = clock.now();
    try {
      if (one.campaign.announces) {
        const { enterEntries } = await import("./entries.ts");
        const shownFile = shown(project.cwd, one.file);
        const found = await enterEntries(one.file, one.campaign, project, door, { clock, shown: shownFile });
        problems.push(...found);
        if (found.length > 0) codes.push(EXIT.input);
        continue;
      }
      const turn = await due(one, seen, project, ledger, now);
      if (turn) await enterDue(one, turn, project, door, { ...options, clock });
      if (isRecurring(one.campaign)) seen[one.campaign.id] = now;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      codes.push(exitCodeOfError(error));
    }
  }
  if (scheduled.some(({ campaign }) => isRecurring(campaign))) await writeSeen(project, seen);
  return { scheduled, problems, codes };
}

async function enterDue(
  { file, campaign }: Scheduled,
  { occurrence, ahead, hold }: Due,
  project: Project,
  door: LedgerDoor,
  { clock, transport }: RunOptions & { clock: Clock },
): Promise<void> {
  const ref = { file: shown(project.cwd, campaign.file) };
  const { plan, deliveries } = await prepare(file, project, door, { clock, transport, occurrence, ref });
  const only = ahead ?? hold;
  const wanted = deliveries
    .filter(({ channel }) => !only || only.has(channel))
    .map((delivery) => (hold ? { ...delivery, late: "ask" as const } : delivery));
  const now = clock.now();
  if (wanted.length > 0)
    await enter(deliveriesOf({ ...plan, deliveries: wanted }, now), await door.open(), now);
}

/** Scheduled ones whose time has come, and those whose worker is gone; not those of paused channels. */
async function dueIn(ledger: Ledger, now: number): Promise<Outline[]> {
  const open = await ledger.outlines({ states: ["scheduled", "sending"] });
  const pauses = await ledger.pauses();
  return open
    .filter(({ channel }) => !pauseOf(channel, pauses))
    .filter(({ state, nextAt, leaseUntil = 0, owner = "" }) =>
      state === "scheduled" ? nextAt <= now : isLeaseOver(leaseUntil, now) || isDead(owner),
    );
}

async function nextOf(
  scheduled: readonly Scheduled[],
  project: Project,
  ledger: Ledger,
  now: number,
): Promise<number | undefined> {
  const coming = await Promise.all(scheduled.map((one) => nextDue(one, project, now).catch(() => undefined)));
  const waiting = (await ledger.outlines({ states: ["scheduled"] })).map(({ nextAt }) => nextAt);
  return earliest([...coming.filter((at) => at !== undefined), ...waiting.filter((at) => at > now)]);
}
