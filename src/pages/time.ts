/** Times as people say them, in the zone of their readers. */
import { describeDuration } from "../duration.ts";

type Part = Intl.DateTimeFormatPartTypes;

const formats = new Map<string, Intl.DateTimeFormat>();

function partsOf(at: number, zone: string | undefined): (part: Part) => string {
  const key = zone ?? "";
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      weekday: "short",
      day: "numeric",
      month: "short",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(key, format);
  }
  const parts = format.formatToParts(new Date(at));
  return (part) => parts.find(({ type }) => type === part)?.value ?? "";
}

/** `Tue 1 Dec 2026`. */
export function day(at: number, zone?: string): string {
  const part = partsOf(at, zone);
  return `${part("weekday")} ${part("day")} ${part("month")} ${part("year")}`;
}

/** `Tue 1 Dec`, with the year where it is not this one. */
export function shortDay(at: number, zone: string | undefined, now: number): string {
  const whole = day(at, zone);
  return partsOf(now, zone)("year") === whole.slice(-4) ? whole.slice(0, -5) : whole;
}

/** `09:00`. */
export function clockTime(at: number, zone?: string): string {
  const part = partsOf(at, zone);
  return `${part("hour")}:${part("minute")}`;
}

/** `2026-12-01`: the calendar's day there. */
export function dateKey(at: number, zone?: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(new Date(at));
}

/** `Rome` for `Europe/Rome`; this computer's where none is named. */
export function zoneName(zone?: string): string {
  const whole = zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return whole.split("/").at(-1)!.replaceAll("_", " ");
}

/** `in 5 d 18 h`, `3 h ago`. */
export function distance(at: number, now: number): string {
  const apart = Math.abs(at - now);
  // Nobody plans by the second.
  const rounded =
    apart < 60_000 ? 0 : apart < 86_400_000 ? apart - (apart % 60_000) : apart - (apart % 3_600_000);
  if (rounded === 0) return "now";
  return at > now ? `in ${describeDuration(rounded)}` : `${describeDuration(rounded)} ago`;
}
