/** One round of `run`: enters what has come due, delivers what the ledger holds, and tells when to look again. */

import { ApprovalError } from "../approval/error.ts";
import { demandUsable, exitCode } from "../cli/deliver.ts";
import { historiesOf } from "../cli/memory.ts";
import type { Interrupt } from "../cli/signals.ts";
import type { Terminal } from "../cli/terminal.ts";
import type { Clock } from "../clock.ts";
import { CredentialError, EXIT, InputError, type Problem } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { History, Outline } from "../ledger/types.ts";
import { isDead } from "../lock.ts";
import { isRhythmic } from "../plan/recurrence.ts";
import { deliverAll, enter } from "./deliver.ts";
import { type Due, due, readSeen, writeSeen } from "./due.ts";
import { openLedger } from "./ledger.ts";
import { preflight } from "./preflight.ts";
import { type Project, shown } from "./project.ts";
import { earliest, nextDue, readScheduled, type Scheduled } from "./schedule.ts";

export interface Round {
  /** What was tried. */
  histories: History[];
  problems: Problem[];
  code: number;
  /** When something comes due next, epoch milliseconds. */
  next?: number;
}

/** Campaigns do not hinder each other: what is wrong with one is among the problems. Throws InputError for the paths. */
export async function round(
  paths: readonly string[],
  project: Project,
  terminal: Terminal,
  { stop, abort }: Interrupt,
  clock: Clock,
): Promise<Round> {
  const { scheduled, problems } = await readScheduled(paths, project);
  const codes: number[] = problems.length > 0 ? [EXIT.input] : [];
  const trouble = (error: unknown) => {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.problems);
    codes.push(codeOf(error));
  };

  const ledger = await openLedger(project);
  try {
    const seen = await readSeen(project);
    for (const one of scheduled) {
      if (stop.aborted) break;
      const now = clock.now();
      try {
        const turn = await due(one, seen, project, ledger, now);
        if (turn) await enterDue(one, turn, project, ledger, terminal, clock);
        if (isRhythmic(one.campaign)) seen[one.campaign.id] = now;
      } catch (error) {
        trouble(error);
      }
    }
    if (scheduled.some(({ campaign }) => isRhythmic(campaign))) await writeSeen(project, seen);

    const ready = (await dueIn(ledger, clock.now())).filter((delivery) => {
      try {
        demandUsable([delivery], project);
        return true;
      } catch (error) {
        trouble(error);
        return false;
      }
    });
    const ids = ready.map(({ id }) => id);
    if (ids.length > 0) await deliverAll(project, ledger, { ids, stop, abort, clock });
    const histories = (await historiesOf(ledger, ids)).filter(({ state }) => state !== "sending");
    if (histories.length > 0) codes.push(exitCode(histories, clock.now()));
    return {
      histories,
      problems: once(problems),
      code: worst(codes),
      next: await nextOf(scheduled, project, ledger, clock.now()),
    };
  } finally {
    await ledger.close();
  }
}

async function enterDue(
  { file, campaign }: Scheduled,
  { occurrence, ahead }: Due,
  project: Project,
  ledger: Ledger,
  terminal: Terminal,
  clock: Clock,
): Promise<void> {
  const { plan } = await preflight(file, project, { clock, occurrence });
  if (plan.deliveries.length === 0) return;
  const { demandPlanApproved } = await import("../cli/approval.ts");
  await demandPlanApproved(plan, { file: shown(project.cwd, campaign.file), json: true }, project, terminal);
  const deliveries = ahead ? plan.deliveries.filter(({ channel }) => ahead.has(channel)) : plan.deliveries;
  await enter({ ...plan, deliveries }, ledger, clock);
}

/** Scheduled ones whose time has come, and those whose worker is gone. */
async function dueIn(ledger: Ledger, now: number): Promise<Outline[]> {
  const open = await ledger.outlines({ states: ["scheduled", "sending"] });
  return open.filter(({ state, nextAt, leaseUntil = 0, owner = "" }) =>
    state === "scheduled" ? nextAt <= now : leaseUntil <= now || isDead(owner),
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

// The first one decides.
const GRAVITY: number[] = [EXIT.unknown, EXIT.credentials, EXIT.approval, EXIT.input, EXIT.failed];

function worst(codes: readonly number[]): number {
  return GRAVITY.find((code) => codes.includes(code)) ?? EXIT.ok;
}

function codeOf(error: InputError): number {
  if (error instanceof CredentialError) return EXIT.credentials;
  return error instanceof ApprovalError ? EXIT.approval : EXIT.input;
}

// What broadcast.yml lacks is told by every campaign that needs it.
function once(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ message, place }) => {
    const key = `${message}\0${place?.file}:${place?.line}`;
    return !seen.has(key) && seen.add(key);
  });
}
