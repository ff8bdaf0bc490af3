/** What is upcoming, from the campaigns and from the ledger, in one list. */

import type { Campaign } from "../campaign/campaign.ts";
import { systemClock } from "../clock.ts";
import { InputError, type Problem } from "../errors.ts";
import type { Delivery } from "../ledger/types.ts";
import { latenessOfPlanned } from "../plan/late.ts";
import { channelOccurrencesBetween, isRecurring } from "../plan/recurrence.ts";
import { deliveryId } from "../plan/types.ts";
import type { Upcoming } from "../report/schedule.ts";
import { isForAPerson } from "./due.ts";
import { readLedger } from "./ledger.ts";
import { hasErrors, planCampaign } from "./plan.ts";
import type { Project } from "./project.ts";
import { readScheduled, type Scheduled, type Slot, slotsOnce } from "./schedule.ts";

// A recurrence of minutes would fill any list.
const MOST = 200;

/**
 * By time. `end` is how far it looks, epoch milliseconds; what is overdue is always there. What can be planned only with
 * errors does not come, nor what is too late; both are among the problems.
 */
export async function upcoming(
  paths: readonly string[],
  project: Project,
  now: number,
  end: number,
): Promise<{ list: Upcoming[]; problems: Problem[] }> {
  const { scheduled, problems } = await readScheduled(paths, project);
  const entered = await readLedger(project, (ledger) => ledger.list(), [] as Delivery[]);
  const known = new Map(entered.map((delivery) => [delivery.id, delivery]));
  const found: (Slot & { campaign: Campaign })[] = [];
  for (const one of scheduled) {
    try {
      const slots = await slotsOf(one, project, now, end);
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
  // What was entered goes out whatever the files say later.
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
  return { list, problems };
}

/** The slots that will not be sent as things stand. What comes first is planned: it speaks for those after it. */
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
  // What is asked about goes as far as the question.
  return new Set(late.filter(({ id }) => lateness.get(id) !== "ask").map(({ id }) => id));
}

async function slotsOf(one: Scheduled, project: Project, now: number, end: number): Promise<Slot[]> {
  if (!isRecurring(one.campaign)) return (await slotsOnce(one, project, now)).filter(({ due }) => due <= end);
  const occurrences = await channelOccurrencesBetween(one.recurrences, { now, end, most: MOST }, one.delays);
  return occurrences.map(({ channel, wall, zone, due }) => ({
    id: deliveryId(one.campaign.id, { name: channel }, wall),
    channel,
    due,
    ahead: one.ahead.has(channel),
    occurrence: wall,
    timezone: zone,
  }));
}
