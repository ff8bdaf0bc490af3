/** The occurrences of a campaign with `every:`: one wall-clock time, by each channel's own clock. */
import type { Campaign } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import type { Problem, ProblemCode } from "../errors.ts";
import type { Occurrence, Recurrence } from "./occurrences.ts";
import { readEvery } from "./recurrence-syntax.ts";

/** One occurrence on one channel. */
export interface ChannelOccurrence extends Occurrence {
  zone: string;
  /** When the next one comes here; this one is over by then. */
  next?: number;
  /** How many there will be, where they are counted. */
  count?: number;
}

export type Recurrences = ReadonlyMap<string, Recurrence>;

/** The recurrence on each channel. Empty when the campaign has none, or has mistakes. */
export async function recurrencesOf(
  campaign: Campaign,
  channels: readonly Channel[],
): Promise<{ recurrences: Recurrences; problems: Problem[] }> {
  const problems: Problem[] = [];
  const refuse = (key: string, code: ProblemCode, message: string, remedy: string) => {
    problems.push({ severity: "error", code, message, remedy, place: campaign.source.place([key]) });
  };
  const { every, at, from, until, count } = campaign;
  if (every === undefined) {
    for (const [key, value] of Object.entries({ from, until, count })) {
      if (value !== undefined)
        refuse(key, "no-recurrence", `\`${key}\` belongs to \`every\`, which is not there`, "Add `every:`.");
    }
    return { recurrences: new Map(), problems };
  }
  for (const [name, content] of Object.entries(campaign.only)) {
    if (content.at === undefined) continue;
    const place = campaign.source.place(["only", name, "at"]);
    const message = `\`${name}\` has an \`at\` of its own, and the campaign has \`every\``;
    problems.push({ severity: "error", code: "two-times", message, remedy: "Keep one of the two.", place });
  }
  if (at !== undefined)
    refuse("at", "two-times", "`at` and `every` exclude each other", "Keep one of the two.");

  const { faultIn, isZone, readWall } = await import("./occurrences.ts");
  const read = readEvery(every);
  if ("problem" in read) refuse("every", "bad-recurrence", read.problem, read.remedy);
  else {
    const fault = faultIn(read.patterns);
    if (fault)
      refuse("every", "bad-recurrence", fault, "The five fields are minute, hour, day, month, weekday.");
    if (read.zone && !isZone(read.zone))
      refuse(
        "every",
        "bad-recurrence",
        `\`${read.zone}\` is not a time zone`,
        "Use an IANA name: `Europe/Rome`.",
      );
  }
  for (const [key, value] of Object.entries({ from, until })) {
    if (value !== undefined && readWall(value) === undefined) {
      const remedy =
        "Write a date, or a date and time, by each channel's own clock: `2026-12-01`, `2026-12-01 09:00`.";
      refuse(key, "bad-time", `\`${value}\` is not a date that exists, without a zone`, remedy);
    }
  }
  if (count !== undefined && from === undefined)
    refuse("count", "count-without-from", "`count` needs a day to count from", "Add `from:` with a date.");
  if (problems.length > 0 || "problem" in read) return { recurrences: new Map(), problems };

  const recurrences = new Map<string, Recurrence>();
  for (const { name, timezone } of channels) {
    const zone = read.zone ?? timezone ?? campaign.timezone;
    if (zone === undefined) {
      const message = `\`${every}\` has no time zone, and neither has the channel \`${name}\` has none`;
      refuse(
        "every",
        "bad-recurrence",
        message,
        "Add `timezone:` to the campaign or to the channel: `Europe/Rome`.",
      );
      continue;
    }
    recurrences.set(name, {
      patterns: read.patterns,
      zone,
      from: from === undefined ? undefined : readWall(from),
      until: until === undefined ? undefined : endOf(until, readWall(until)!),
      count,
    });
  }
  return { recurrences: problems.length > 0 ? new Map() : recurrences, problems };
}

// A date alone means all of that day.
function endOf(written: string, wall: string): string {
  return written.includes(":") ? wall : `${wall.slice(0, 10)}T23:59`;
}

/**
 * Each channel's occurrence at one wall-clock time: the one that was asked for, else the next one. A channel
 * whose clock never shows that time has none.
 */
export async function chooseOccurrences(
  campaign: Campaign,
  channels: readonly Channel[],
  { now, occurrence }: { now: number; occurrence?: string },
): Promise<{ occurrences: Map<string, ChannelOccurrence>; problems: Problem[] }> {
  const { recurrences, problems } = await recurrencesOf(campaign, channels);
  if (problems.length > 0 || channels.length === 0) return { occurrences: new Map(), problems };
  const wall = occurrence === undefined ? await nextWall(recurrences, now) : await asked(occurrence);
  const occurrences =
    wall === undefined ? new Map<string, ChannelOccurrence>() : await channelOccurrencesAt(recurrences, wall);
  if (occurrences.size > 0) return { occurrences, problems };
  return {
    occurrences,
    problems: [occurrence === undefined ? over(campaign) : noSuchTime(campaign, occurrence)],
  };
}

async function asked(occurrence: string): Promise<string | undefined> {
  const { readWall } = await import("./occurrences.ts");
  return readWall(occurrence);
}

function over({ source }: Campaign): Problem {
  return {
    severity: "error",
    code: "expired",
    message: "this campaign has no more occurrences: the last one is past",
    remedy: "Move `until`, or raise `count`.",
    place: source.place(["every"]),
  };
}

function noSuchTime({ source, every }: Campaign, occurrence: string): Problem {
  const message =
    every === undefined
      ? "this campaign is sent once: it has no `every`"
      : `\`${occurrence}\` is not an occurrence of this campaign`;
  return {
    severity: "error",
    code: "no-such-time",
    message,
    remedy: every === undefined ? "Leave the occurrence out." : "`broadcast schedule` lists them.",
    place: source.place(["every"]),
  };
}

/** The wall-clock time that comes next on any of the channels; `undefined` when all of them are over. */
export async function nextWall(recurrences: Recurrences, now: number): Promise<string | undefined> {
  const { nextAfter } = await import("./occurrences.ts");
  return [...recurrences.values()].flatMap((recurrence) => nextAfter(recurrence, now)?.wall ?? []).sort()[0];
}

/** The latest wall-clock time that has come on any of the channels. `delays` are in milliseconds, by channel. */
export async function latestWall(
  recurrences: Recurrences,
  now: number,
  delays: ReadonlyMap<string, number>,
): Promise<string | undefined> {
  const { latestAt } = await import("./occurrences.ts");
  const walls = [...recurrences].flatMap(
    ([channel, recurrence]) => latestAt(recurrence, now - (delays.get(channel) ?? 0))?.wall ?? [],
  );
  return walls.sort().at(-1);
}

/** Each channel's occurrences after `now` and not after `end`, at most `most` of each. `delays` are in milliseconds. */
export async function channelOccurrencesBetween(
  recurrences: Recurrences,
  { now, end, most }: { now: number; end: number; most: number },
  delays: ReadonlyMap<string, number>,
): Promise<{ channel: string; wall: string; zone: string; due: number }[]> {
  const { between } = await import("./occurrences.ts");
  return [...recurrences].flatMap(([channel, recurrence]) => {
    const delay = delays.get(channel) ?? 0;
    return between(recurrence, now - delay, end - delay, most).map(({ wall, at }) => {
      return { channel, wall, zone: recurrence.zone, due: at + delay };
    });
  });
}

/** Each channel's occurrence at this wall-clock time. A channel whose clock never shows it has none. */
export async function channelOccurrencesAt(
  recurrences: Recurrences,
  wall: string,
): Promise<Map<string, ChannelOccurrence>> {
  const { occurrenceAt, nextAfter } = await import("./occurrences.ts");
  const occurrences = new Map<string, ChannelOccurrence>();
  for (const [channel, recurrence] of recurrences) {
    const occurrence = occurrenceAt(recurrence, wall);
    if (!occurrence) continue;
    const { zone, count } = recurrence;
    occurrences.set(channel, { ...occurrence, zone, next: nextAfter(recurrence, occurrence.at)?.at, count });
  }
  return occurrences;
}
