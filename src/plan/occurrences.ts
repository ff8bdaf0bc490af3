/**
 * When a recurrence occurs, by the wall clock of one zone. An occurrence is named by its wall-clock time, so that it has
 * the same name on every machine, even if the zone's rules change.
 *
 * When the clocks go forward, an occurrence in the gap comes at the first moment after it; when they go back,
 * an occurrence that would come twice comes once, the first time. A day that a zone skips has no occurrences.
 */
import { Cron } from "croner";
import { Temporal } from "temporal-polyfill";

/** A wall-clock time, `2026-12-01T09:00`, and when it is. */
export interface Occurrence {
  wall: string;
  /** Epoch milliseconds. */
  at: number;
  /** Counted from the first, from 1; only where the recurrence is counted. */
  number?: number;
}

export interface Recurrence {
  /** Cron patterns of five fields. */
  patterns: readonly string[];
  zone: string;
  /** The first and the last wall-clock time at which it may come, both included. */
  from?: string;
  until?: string;
  /** How many there are, from `from` on. */
  count?: number;
}

const MINUTE = 60_000;
// How far clocks are put back at most; whole days were repeated last in 1969.
const LONGEST_FOLD = 180 * MINUTE;

/** Why these patterns cannot be used, as a sentence; nothing when they can. */
export function faultIn(patterns: readonly string[]): string | undefined {
  for (const pattern of patterns) {
    try {
      if (cron(pattern).nextRun(new Date(0)) === null) return `\`${pattern}\` never comes`;
    } catch (error) {
      const why = (error as Error).message.replace(/^CronPattern: /, "");
      return `\`${pattern}\` is not a cron expression of five fields: ${why}`;
    }
  }
  return undefined;
}

export function isZone(zone: string): boolean {
  try {
    return Boolean(Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone));
  } catch {
    return false;
  }
}

/** A date, or a date and time, as a wall-clock time; `undefined` when it is none. A date alone is its first minute. */
export function readWall(text: string): string | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, date, time = "00:00"] = match;
  try {
    return Temporal.PlainDateTime.from(`${date}T${time}`, { overflow: "reject" }).toString({
      smallestUnit: "minute",
    });
  } catch {
    return undefined;
  }
}

/** The first occurrence after `now`. */
export function nextAfter(recurrence: Recurrence, now: number): Occurrence | undefined {
  for (const occurrence of following(recurrence, now)) if (occurrence.at > now) return occurrence;
  return undefined;
}

/** Those after `now` and not after `end`, at most `most`. */
export function between(recurrence: Recurrence, now: number, end: number, most: number): Occurrence[] {
  const found: Occurrence[] = [];
  for (const occurrence of following(recurrence, now)) {
    if (occurrence.at > end || found.length >= most) break;
    if (occurrence.at > now) found.push(occurrence);
  }
  return found;
}

/** The occurrence with this name; none when the zone leaves it out, or another one takes its moment. */
export function occurrenceAt(recurrence: Recurrence, wall: string): Occurrence | undefined {
  if (recurrence.count !== undefined)
    return counted(recurrence).find((occurrence) => occurrence.wall === wall);
  if (recurrence.from !== undefined && wall < recurrence.from) return undefined;
  const [first] = sequence(recurrence, read(wall) - MINUTE);
  return first?.wall === wall ? first : undefined;
}

/** The latest occurrence that is not after `now`. */
export function latestAt(recurrence: Recurrence, now: number): Occurrence | undefined {
  if (recurrence.count !== undefined) return counted(recurrence).findLast(({ at }) => at <= now);
  const crons = recurrence.patterns.map(cron);
  let before = wallOf(now, recurrence.zone) + LONGEST_FOLD;
  if (recurrence.until !== undefined) before = Math.min(before, read(recurrence.until) + MINUTE);
  const first = recurrence.from === undefined ? Number.NEGATIVE_INFINITY : read(recurrence.from);
  for (;;) {
    const walls = crons.flatMap((one) => one.previousRuns(1, new Date(before)).map((date) => date.getTime()));
    if (walls.length === 0) return undefined;
    before = Math.max(...walls);
    if (before < first) return undefined;
    const at = instantOf(before, recurrence.zone);
    if (at !== undefined && at <= now) return { wall: written(before), at };
  }
}

/** In order, beginning at or before the first one after `now`. */
function following(recurrence: Recurrence, now: number): Iterable<Occurrence> {
  if (recurrence.count !== undefined) return counted(recurrence);
  const start = wallOf(now, recurrence.zone) - MINUTE;
  return sequence(
    recurrence,
    recurrence.from === undefined ? start : Math.max(start, read(recurrence.from) - MINUTE),
  );
}

function counted(recurrence: Recurrence): Occurrence[] {
  const { from = "", count = 0 } = recurrence;
  const found: Occurrence[] = [];
  for (const occurrence of sequence(recurrence, read(from) - MINUTE)) {
    if (found.length >= count) break;
    found.push({ ...occurrence, number: found.length + 1 });
  }
  return found;
}

// Two wall-clock times of one moment, one of them in a gap, are one occurrence: the later one, which the clocks show.
function* sequence({ patterns, zone, until }: Recurrence, after: number): Iterable<Occurrence> {
  const crons = patterns.map(cron);
  const last = until === undefined ? Number.POSITIVE_INFINITY : read(until);
  let held: Occurrence | undefined;
  let wall = after;
  for (;;) {
    const walls = crons.flatMap((one) => one.nextRun(new Date(wall))?.getTime() ?? []);
    wall = walls.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...walls);
    if (wall > last || wall === Number.POSITIVE_INFINITY) break;
    const at = instantOf(wall, zone);
    if (at === undefined) continue;
    if (held && held.at !== at) yield held;
    held = { wall: written(wall), at };
  }
  if (held) yield held;
}

// A wall clock is reckoned as if it were UTC, where every time exists once.
function cron(pattern: string): Cron {
  return new Cron(pattern, { timezone: "UTC", mode: "5-part", paused: true });
}

function read(wall: string): number {
  return Date.parse(`${wall}:00Z`);
}

function written(wall: number): string {
  return new Date(wall).toISOString().slice(0, 16);
}

function wallOf(at: number, zone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
  return Date.parse(`${local.toString({ smallestUnit: "millisecond" })}Z`);
}

/** When a wall-clock time is; `undefined` on a day that the zone left out. */
function instantOf(wall: number, zone: string): number | undefined {
  const local = Temporal.PlainDateTime.from(written(wall));
  const earlier = local.toZonedDateTime(zone, { disambiguation: "earlier" });
  if (earlier.toPlainDateTime().equals(local)) return earlier.epochMilliseconds;
  const day = local.toPlainDate();
  if (!day.toZonedDateTime(zone).toPlainDate().equals(day)) return undefined;
  return earlier.getTimeZoneTransition("next")?.epochMilliseconds ?? earlier.epochMilliseconds;
}
