/** What is still to be sent, from the campaigns and from the ledger, in one list. */

import type { Campaign } from "../campaign/campaign.ts";
import { isRecurring } from "../campaign/campaign.ts";
import { systemClock } from "../clock.ts";
import { InputError, type Problem } from "../errors.ts";
import type { Delivery } from "../ledger/types.ts";
import { latenessOfPlanned } from "../plan/late.ts";
import { channelOccurrencesBetween } from "../plan/recurrence.ts";
import { deliveryId } from "../plan/types.ts";
import type { Upcoming } from "../report/schedule.ts";
import { isForAPerson } from "./due.ts";
import { readLedger } from "./ledger.ts";
import { hasErrors, planCampaign } from "./plan.ts";
import type { Project } from "./project.ts";
import { readScheduled, type Scheduled, type Slot, slotsOnce } from "./schedule.ts";

/** What the next run announces: each new entry on each channel, at once. */
async function slotsOfFeed(
  { campaign, channels }: Scheduled,
  project: Project,
  now: number,
): Promise<(Slot & { campaign: Campaign })[]> {
  const { upcomingEntries } = await import("./feed-entries.ts");
  const entries = await readLedger(
    project,
    (ledger) => upcomingEntries(campaign, project, ledger),
    undefined,
  );
  const fresh = entries ?? (await upcomingEntries(campaign, project, undefined));
  return fresh.flatMap(({ key, title }, index) => {
    const id = `${campaign.id}@${key}`;
    const own = { ...campaign, id, title };
    return channels.map(({ name }) => ({
      id: deliveryId(id, { name }),
      channel: name,
      // In their order.
      due: now + 1 + index,
      ahead: false,
      campaign: own,
    }));
  });
}

// Of each campaign on each channel: one that comes every minute would fill any list.
export const MOST_LISTED = 1000;

/**
 * By time. `end` is how far it looks, epoch milliseconds; what is overdue is always included. Campaigns that have errors or are
 * too late are left out and are among the problems. `more`: the list was cut.
 */
export async function upcoming(
  paths: readonly string[],
  project: Project,
  now: number,
  end: number,
): Promise<{ list: Upcoming[]; more: boolean; problems: Problem[] }> {
  const { scheduled, problems } = await readScheduled(paths, project);
  const entered = await readLedger(project, (ledger) => ledger.list(), [] as Delivery[]);
  const known = new Map(entered.map((delivery) => [delivery.id, delivery]));
  const found: (Slot & { campaign: Campaign })[] = [];
  let more = false;
  for (const one of scheduled) {
    try {
      if (one.campaign.announces) {
        found.push(...(await slotsOfFeed(one, project, now)));
        continue;
      }
      const { slots, isCut } = cut(await slotsOf(one, project, now, end));
      more ||= isCut;
      const news = slots.filter(({ id }) => !known.has(id));
      const out = await without(one, news, project, now, problems);
      const coming = slots.filter(({ id }) => !out.has(id));
      found.push(...coming.map((slot) => ({ ...slot, campaign: one.campaign })));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
    }
  }
  const planned = found.flatMap(({ campaign, ...slot }): Upcoming[] => {
    const delivery = known.get(slot.id);
    if (delivery) return [];
    const title =
      typeof campaign.title === "string" && !campaign.title.includes("{") ? campaign.title : undefined;
    const { ahead: _, ...seen } = slot;
    const state = slot.due > now ? "coming" : isForAPerson(slot.due, now) ? "left" : "overdue";
    return [{ ...seen, campaign: campaign.id, title, state }];
  });
  // What is in the ledger goes out, whatever the files say now.
  const waiting = entered
    .filter(({ state, nextAt }) => state === "scheduled" && nextAt <= end)
    .map(({ id, campaign, channel, nextAt, posts, schedule, dueAt, tries }): Upcoming => {
      const slot = found.find((one) => one.id === id);
      const { timezone = project.config.channels.get(channel)?.timezone, occurrence } = slot ?? {};
      return {
        id,
        campaign,
        channel,
        due: schedule === "network" ? dueAt : nextAt,
        timezone,
        occurrence,
        title: posts[0]?.title,
        state: schedule === "network" && tries > 0 ? "handed over" : "entered",
      };
    });
  const list = [...planned, ...waiting].sort((a, b) => a.due - b.due || (a.id < b.id ? -1 : 1));
  return { list, more, problems };
}

/** The slots that would not be sent now. Only the first one is planned; the others are taken to be like it. */
async function without(
  { file }: Scheduled,
  slots: readonly Slot[],
  project: Project,
  now: number,
  problems: Problem[],
): Promise<Set<string>> {
  const first = slots.reduce<Slot | undefined>(
    (one, two) => (one && one.due <= two.due ? one : two),
    undefined,
  );
  if (!first) return new Set();
  const { plan } = await planCampaign(file, project, {
    clock: { ...systemClock, now: () => now },
    withoutCredentials: true,
    occurrence: first.occurrence,
  });
  if (hasErrors(plan.problems)) {
    problems.push(...plan.problems.filter(({ severity }) => severity === "error"));
    return new Set(slots.map(({ id }) => id));
  }
  const lateness = new Map(plan.deliveries.map((one) => [one.id, latenessOfPlanned(one, now)]));
  const late = slots.filter(({ id }) => lateness.get(id) !== undefined);
  const channels = new Set(late.map(({ channel }) => channel));
  problems.push(
    ...plan.problems.filter(
      ({ code, channel = "" }) => channels.has(channel) && (code === "expired" || code === "late"),
    ),
  );
  // Deliveries that a person is asked about stay in the list.
  return new Set(late.filter(({ id }) => lateness.get(id) !== "ask").map(({ id }) => id));
}

function cut(slots: readonly Slot[]): { slots: Slot[]; isCut: boolean } {
  const counts = new Map<string, number>();
  const kept = slots.filter(({ channel }) => {
    const count = (counts.get(channel) ?? 0) + 1;
    counts.set(channel, count);
    return count <= MOST_LISTED;
  });
  return { slots: kept, isCut: kept.length < slots.length };
}

async function slotsOf(one: Scheduled, project: Project, now: number, end: number): Promise<Slot[]> {
  if (!isRecurring(one.campaign)) return (await slotsOnce(one, project, now)).filter(({ due }) => due <= end);
  const occurrences = await channelOccurrencesBetween(
    one.recurrences,
    { now, end, most: MOST_LISTED + 1 },
    one.delays,
  );
  return occurrences.map(({ channel, wall, zone, due }) => ({
    id: deliveryId(one.campaign.id, { name: channel }, wall),
    channel,
    due,
    ahead: one.ahead.has(channel),
    occurrence: wall,
    timezone: zone,
  }));
}
