/** The campaigns in a folder that have a time: what `run` and `schedule` are about. */
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Campaign, contentFor, isRecurring } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import { InputError, type Problem, usageError } from "../errors.ts";
import { delayOf, timesOf } from "../plan/due.ts";
import { channelOccurrencesAt, nextWall, type Recurrences, recurrencesOf } from "../plan/recurrence.ts";
import { deliveryId } from "../plan/types.ts";
import { readSource } from "../yaml/source.ts";
import { hasErrors, readCampaign } from "./plan.ts";
import { type Project, shown } from "./project.ts";

export interface Scheduled {
  /** Absolute. */
  file: string;
  campaign: Campaign;
  /** Those that it speaks to. */
  channels: Channel[];
  /** By channel; empty for a campaign that comes once. */
  recurrences: Recurrences;
  /** Milliseconds after the campaign's own time, by channel. */
  delays: ReadonlyMap<string, number>;
  /** Channels whose network gets it ahead of its time. */
  ahead: ReadonlySet<string>;
  /** Channels to which it goes however late, as the campaign says itself. */
  sendsLate: ReadonlySet<string>;
}

/** One delivery to come, or one that has come. */
export interface Slot {
  id: string;
  channel: string;
  /** Epoch milliseconds. */
  due: number;
  /** The network gets it ahead of its time: as soon as possible. */
  ahead: boolean;
  /** Where the campaign comes again, which time this is. */
  occurrence?: string;
  timezone?: string;
}

/**
 * Reads every campaign with `at` or `every`; in folders, every YAML file with a `kind`. Errors are among the
 * problems and do not stop the others. Throws InputError if a path does not exist, or for `broadcast.yml`.
 */
export async function readScheduled(
  paths: readonly string[],
  project: Project,
): Promise<{ scheduled: Scheduled[]; problems: Problem[] }> {
  if (hasErrors(project.problems)) throw new InputError(project.problems);
  const scheduled: Scheduled[] = [];
  const problems: Problem[] = [];
  for (const file of campaignFiles(paths, project)) {
    try {
      const one = await readOne(file, project);
      if (one) scheduled.push(one);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
    }
  }
  return { scheduled, problems };
}

/** In order of their paths, each once. */
export function campaignFiles(paths: readonly string[], { cwd }: Pick<Project, "cwd">): string[] {
  const files = paths.flatMap((path) => {
    const absolute = resolve(cwd, path);
    const found = statSync(absolute, { throwIfNoEntry: false });
    if (!found)
      throw usageError(
        `there is no file or folder \`${path}\``,
        "Name a campaign, or a folder of campaigns.",
      );
    return found.isDirectory() ? yamlIn(absolute) : [absolute];
  });
  return [...new Set(files)].sort();
}

function yamlIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    if (entry.isDirectory()) return yamlIn(path);
    return /\.ya?ml$/i.test(entry.name) && !/\.(?:approval|review)\.ya?ml$/i.test(entry.name) ? [path] : [];
  });
}

async function readOne(file: string, project: Project): Promise<Scheduled | undefined> {
  const { value } = await readSource(file, shown(project.cwd, file));
  if (!saysWhen(value)) return undefined;
  // Whether a credential is there matters when something is due.
  const { campaign } = await readCampaign(file, project, { withoutCredentials: true });
  const channels = campaign.channels
    .flatMap((name) => project.config.channels.get(name) ?? [])
    .filter((channel) => !contentFor(campaign, channel).skip);
  const { recurrences, problems } = await recurrencesOf(campaign, channels);
  if (problems.length > 0) throw new InputError(problems);
  const delays = new Map(
    channels.map((channel) => [channel.name, delayOf(channel, campaign, project.config)] as const),
  );
  const ahead = channels.filter((channel) => contentFor(campaign, channel).schedule?.value === "network");
  const late = channels.filter((channel) => contentFor(campaign, channel).late?.value === "send");
  const names = (some: readonly Channel[]) => new Set(some.map(({ name }) => name));
  return { file, campaign, channels, recurrences, delays, ahead: names(ahead), sendsLate: names(late) };
}

const RECURRENCE = ["at", "every", "from", "until", "count", "source"];

function saysWhen(value: Record<string, unknown>): boolean {
  if (!("kind" in value)) return false;
  const only = Object.values((value.only ?? {}) as Record<string, unknown>);
  return (
    RECURRENCE.some((key) => key in value) ||
    only.some((content) => typeof content === "object" && content !== null && "at" in content)
  );
}

/** What one wall-clock time of a recurrence means on each channel. */
export async function slotsAt(
  { campaign, recurrences, delays, ahead }: Scheduled,
  wall: string,
): Promise<Slot[]> {
  return [...(await channelOccurrencesAt(recurrences, wall))].map(([channel, occurrence]) => ({
    id: deliveryId(campaign.id, { name: channel }, wall),
    channel,
    due: occurrence.at + (delays.get(channel) ?? 0),
    ahead: ahead.has(channel),
    occurrence: wall,
    timezone: occurrence.zone,
  }));
}

/** The deliveries of a campaign that comes once, as far as they have a time. Throws InputError for invalid times. */
export async function slotsOnce(
  { campaign, channels, ahead }: Scheduled,
  { config }: Project,
  now: number,
): Promise<Slot[]> {
  const problems: Problem[] = [];
  const slots: Slot[] = [];
  for (const channel of channels) {
    const { due, timezone } = await timesOf(
      channel,
      contentFor(campaign, channel),
      undefined,
      { campaign, config, now },
      (problem) => problems.push({ severity: "error", channel: channel.name, ...problem }),
    );
    if (due === undefined) continue;
    slots.push({
      id: deliveryId(campaign.id, channel),
      channel: channel.name,
      due: Date.parse(due),
      ahead: ahead.has(channel.name),
      timezone,
    });
  }
  if (problems.length > 0) throw new InputError(problems);
  return slots;
}

/** When something of it comes next; `undefined` when nothing does. */
export async function nextDue(one: Scheduled, project: Project, now: number): Promise<number | undefined> {
  if (!isRecurring(one.campaign)) {
    const slots = await slotsOnce(one, project, now);
    return earliest(slots.map(({ due }) => due).filter((due) => due > now));
  }
  const wall = await nextWall(one.recurrences, now);
  if (wall === undefined) return undefined;
  return earliest((await slotsAt(one, wall)).map(({ due }) => due).filter((due) => due > now));
}

export function earliest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.min(...times);
}
