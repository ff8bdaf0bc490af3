/** Times as people say them. */
import { describeDuration } from "../duration.ts";

/** `2026-12-01 09:00 CET`; in the zone of the channel, or of this computer. */
export function moment(at: number | string, timezone?: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  }).formatToParts(new Date(at));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")} ${part("timeZoneName")}`;
}

/** `2026-12-01 09:00 CET (08:00 UTC)`; with the date where it is another one. */
export function momentAndUtc(at: number | string, timezone?: string): string {
  const local = moment(at, timezone);
  const utc = moment(at, "UTC");
  if (local === utc) return local;
  const [date, time, zone] = utc.split(" ");
  return local.startsWith(`${date} `) ? `${local} (${time} ${zone})` : `${local} (${utc})`;
}

/** `now`, `in 4 min`, `3 h ago`. */
export function relative(at: number, now: number): string {
  const distance = at - now;
  if (Math.abs(distance) < 1_000) return "now";
  return distance > 0 ? `in ${describeDuration(distance)}` : `${describeDuration(-distance)} ago`;
}
