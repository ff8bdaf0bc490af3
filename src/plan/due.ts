/** When a channel's delivery is due and when it is too late. */
import { type Campaign, type Content, contentFor } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import { parseDuration } from "../duration.ts";
import type { ChannelOccurrence } from "./recurrence.ts";
import type { PlanInput, Report } from "./types.ts";

/** ISO date-times, UTC. Without `due` it is due at once. */
export interface Times {
  due?: string;
  expires?: string;
  /** In which they were meant: the one written with the time, the channel's, the campaign's. */
  timezone?: string;
}

/** `occurrence` is set for a recurring campaign. */
export async function timesOf(
  channel: Channel,
  content: Content,
  occurrence: ChannelOccurrence | undefined,
  { campaign, config, now }: Pick<PlanInput, "campaign" | "config" | "now">,
  report: Report,
): Promise<Times> {
  const zone = occurrence?.zone ?? channel.timezone ?? campaign.timezone;
  const times: Times = { timezone: zone };
  const delay = delayOf(channel, campaign, config, report);
  if (!occurrence && !content.at && campaign.stagger !== undefined) {
    report({
      code: "stagger-without-time",
      message: "`stagger` needs a time to start from",
      remedy: "Add `at:` or `every:`.",
      place: campaign.source.place(["stagger"]),
    });
  }
  if (occurrence) times.due = iso(occurrence.at + delay);
  if (!occurrence && !content.at && !content.expires) return times;

  const { readTime, readEnd, zoneIn } = await import("./time-syntax.ts");
  if (!occurrence && content.at) {
    const read = readTime(content.at.value, zone);
    if ("at" in read) {
      times.due = iso(read.at + delay);
      times.timezone = zoneIn(content.at.value) ?? zone;
    } else
      report({
        code: "bad-time",
        message: read.problem,
        remedy: read.remedy,
        place: campaign.source.place(content.at.path),
      });
  }
  // One time is over when the next one comes: what was missed for long is caught up with once.
  const next = occurrence?.next === undefined ? undefined : occurrence.next + delay;
  if (next !== undefined) times.expires = iso(next);
  if (!content.expires) return times;
  const place = campaign.source.place(content.expires.path);
  const from = times.due ? Date.parse(times.due) : now;
  const read = readEnd(content.expires.value, zone, from);
  if (!("at" in read)) {
    report({ code: "bad-time", message: read.problem, remedy: read.remedy, place });
  } else if (read.at <= from) {
    report({
      code: "expires-before-due",
      message: "`expires` is before the campaign's time",
      remedy: occurrence ? "Write how long after each time: `6h`." : "Set it after `at`.",
      place,
    });
  } else {
    times.expires = iso(Math.min(read.at, next ?? read.at));
  }
  return times;
}

/** How long after the campaign's time this channel comes, in milliseconds: each one that speaks a step after the one before. */
export function delayOf(
  channel: Channel,
  campaign: Campaign,
  { channels }: PlanInput["config"],
  report?: Report,
): number {
  if (campaign.stagger === undefined) return 0;
  const step = parseDuration(campaign.stagger);
  if (step === undefined) {
    report?.({
      code: "bad-time",
      message: `\`${campaign.stagger}\` is not a length of time`,
      remedy: "Write it like `10m` or `1h30m`.",
      place: campaign.source.place(["stagger"]),
    });
    return 0;
  }
  const speaking = campaign.channels.filter((name) => {
    const other = channels.get(name);
    return other && !contentFor(campaign, other).skip;
  });
  return step * Math.max(0, speaking.indexOf(channel.name));
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
