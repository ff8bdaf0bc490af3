/** `schedule: network`: whether a network is to get a post ahead of its time and publish it itself, and what waits there. */
import type { Adapter, Receipt } from "../adapter.ts";
import type { Content } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import { milliseconds } from "../duration.ts";
import type { PlanInput, PlannedDelivery, Report } from "./types.ts";

// The network compares with its own clock, when the request has arrived.
const MARGIN = 60_000;

/** Whether the network still takes a post that it is to publish at `due`, epoch milliseconds. */
export function acceptsSchedule(
  { schedules }: Pick<Adapter, "schedules">,
  due: number,
  now: number,
): boolean {
  return schedules !== undefined && due - now >= milliseconds(schedules.least) + MARGIN;
}

/** What waits at the network, if something does. */
export function handedOver(receipts: readonly Receipt[]): (Receipt & { due: string }) | undefined {
  const last = receipts.at(-1);
  return last?.due === undefined ? undefined : { ...last, due: last.due };
}

interface Asked {
  channel: Channel;
  content: Content;
  due?: string;
  parts: number;
}

/** Empty when we send it ourselves, which is usual. */
export function nativeScheduleOf(
  { channel, content: { schedule, at: written }, due, parts }: Asked,
  { campaign, now }: Pick<PlanInput, "campaign" | "now">,
  report: Report,
): Pick<PlannedDelivery, "schedule"> {
  if (schedule?.value !== "network") return {};
  const { adapter, name } = channel;
  const place = campaign.source.place(schedule.path);
  const own = `give this channel \`only: { ${name}: { schedule: broadcast } }\``;
  if (!adapter.schedules) {
    report({
      code: "cannot-schedule",
      message: `\`${name}\` cannot get it ahead of time: ${adapter.name} publishes at once`,
      remedy: `Leave \`schedule: network\` out, or ${own}.`,
      place,
    });
    return {};
  }
  if (due === undefined) {
    // A time that cannot be read is said already.
    if (written) return {};
    report({
      code: "schedule-without-time",
      message: "`schedule: network` needs a time",
      remedy: "Add `at:` or `every:`.",
      place,
    });
    return {};
  }
  // A reply needs the post that it answers, and that is not there before its time.
  if (parts > 1) {
    report({
      code: "cannot-schedule",
      message: `\`${name}\` cannot get a thread of ${parts} posts ahead of time`,
      remedy: `Shorten it to one post, set \`fit: trim\`, or ${own}.`,
      place,
    });
    return {};
  }
  const at = Date.parse(due);
  if (at > now && !acceptsSchedule(adapter, at, now)) {
    report({
      severity: "warning",
      code: "too-near",
      message: `${adapter.name} takes posts at least ${adapter.schedules.least} ahead: \`${name}\` is sent by broadcast when it is due`,
      place,
    });
  }
  return { schedule: "network" };
}
