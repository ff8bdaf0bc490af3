/**
 * What of a campaign `run` has to enter into the ledger now. A run may come at any time, and any number of times: what it
 * has entered, or has looked at and let pass, it does not enter again.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isRecurring } from "../campaign/campaign.ts";
import { writeAtomically } from "../files.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { latestWall, nextWall } from "../plan/recurrence.ts";
import { stateFolder } from "./ledger.ts";
import type { Project } from "./project.ts";
import { type Scheduled, type Slot, slotsAt, slotsOnce } from "./schedule.ts";

export interface Due {
  /** Which time of a campaign that comes again. */
  occurrence?: string;
  /** Only these channels, because their networks are to get it ahead of its time; absent: all. */
  ahead?: ReadonlySet<string>;
  /** These are entered to be held, since a person must say whether they still go out. */
  hold?: ReadonlySet<string>;
}

const HOUR = 3_600_000;
/** What should have gone out longer ago is left to a person: `send` sends it. */
const TOO_LONG_AGO = 7 * 24 * HOUR;

/** Whether `run` leaves it to a person. Epoch milliseconds. */
export function isForAPerson(due: number, now: number): boolean {
  return due < now - TOO_LONG_AGO;
}

/** When each campaign was last looked at and had nothing left to enter, by its id; epoch milliseconds. */
export type Seen = Record<string, number>;

export async function due(
  one: Scheduled,
  seen: Seen,
  project: Project,
  ledger: Ledger,
  now: number,
): Promise<Due | undefined> {
  if (!isRecurring(one.campaign)) {
    const slots = await slotsOnce(one, project, now);
    if (await isWaiting(slots, ledger, now)) return {};
    const left = slots.filter(({ channel, due }) => one.sendsLate.has(channel) && isForAPerson(due, now));
    if (left.length > 0 && (await ledger.list({ ids: left.map(({ id }) => id) })).length < left.length)
      return { hold: new Set(left.map(({ channel }) => channel)) };
    return (await mayGoAhead(slots, ledger, now)) ? { ahead: one.ahead } : undefined;
  }
  const occurrence = await latestWall(one.recurrences, now, one.delays);
  if (occurrence !== undefined) {
    const slots = await slotsAt(one, occurrence);
    const waiting = await isWaiting(slots, ledger, now);
    if (waiting && (await hasBegun(one, seen, slots, ledger, now))) return { occurrence };
  }
  return nextAhead(one, ledger, now);
}

/** The next time of a campaign that comes again, where a network is to get it before. */
async function nextAhead(one: Scheduled, ledger: Ledger, now: number): Promise<Due | undefined> {
  if (one.ahead.size === 0) return undefined;
  const occurrence = await nextWall(one.recurrences, now);
  if (occurrence === undefined) return undefined;
  const slots = await slotsAt(one, occurrence);
  return (await mayGoAhead(slots, ledger, now)) ? { occurrence, ahead: one.ahead } : undefined;
}

/** Whether a delivery that the network schedules itself is still ahead of its time and not in the ledger yet. */
async function mayGoAhead(slots: readonly Slot[], ledger: Ledger, now: number): Promise<boolean> {
  const ahead = slots.filter((slot) => slot.ahead && slot.due > now);
  if (ahead.length === 0) return false;
  return (await ledger.list({ ids: ahead.map(({ id }) => id) })).length < ahead.length;
}

/** Whether one of them has come, not all are entered, and it is not too long ago. */
async function isWaiting(slots: readonly Slot[], ledger: Ledger, now: number): Promise<boolean> {
  const times = slots.map(({ due }) => due);
  if (!times.some((time) => time <= now) || isForAPerson(Math.max(...times), now)) return false;
  const entered = await ledger.list({ ids: slots.map(({ id }) => id) });
  return entered.length < slots.length;
}

/**
 * A time that had passed before anybody knew of the campaign, or before its recurrence was changed, is not caught up with: a
 * campaign written at noon does not go out for nine o'clock.
 */
async function hasBegun(
  { campaign }: Scheduled,
  seen: Seen,
  slots: readonly Slot[],
  ledger: Ledger,
  now: number,
): Promise<boolean> {
  const first = Math.min(...slots.map(({ due }) => due));
  const looked = Object.hasOwn(seen, campaign.id) ? seen[campaign.id]! : undefined;
  if (looked !== undefined) return first > looked;
  // Nothing is remembered on this machine: the ledger and the campaign itself must tell.
  const entered = await ledger.list({ campaign: campaign.id });
  const times = entered.filter(({ id }) => /\/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(id));
  if (times.length > 0) return first > Math.max(...times.map(({ dueAt }) => dueAt));
  return campaign.from !== undefined || first >= now - HOUR;
}

export async function readSeen(project: Project): Promise<Seen> {
  const text = await readFile(seenFile(project), "utf8").catch(() => "{}");
  try {
    const seen: unknown = JSON.parse(text);
    return typeof seen === "object" && seen !== null ? (seen as Seen) : {};
  } catch {
    // A write was interrupted: the ledger is enough.
    return {};
  }
}

export function writeSeen(project: Project, seen: Seen): Promise<void> {
  return writeAtomically(seenFile(project), `${JSON.stringify(seen, null, 2)}\n`);
}

function seenFile(project: Project): string {
  return join(stateFolder(project), "seen.json");
}
