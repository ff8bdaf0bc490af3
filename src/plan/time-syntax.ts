/** Wall-clock times with a zone, as people write them: `2026-12-01 09:00 Europe/Rome`. */
import { Temporal } from "temporal-polyfill";
import { parseDuration } from "../duration.ts";

export type Read = { at: number } | { problem: string; remedy: string };

const WALL =
  /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}:\d{2}(?::\d{2})?))?(?:\s*\[?([A-Za-z][\w+-]*(?:\/[\w+-]+)*)\]?)?$/;
const INSTANT = /\d(Z|[+-]\d{2}:?\d{2})$/;
const EXAMPLE =
  "Write it like `2026-12-01 09:00 Europe/Rome`, or with an offset: `2026-12-01T09:00:00+01:00`.";

/** Epoch milliseconds of a time as written. `zone` serves when the text names none. */
export function readTime(text: string, zone: string | undefined): Read {
  const written = text.trim();
  if (INSTANT.test(written)) return readInstant(written);
  const match = WALL.exec(written);
  if (!match) return { problem: `\`${written}\` is not a time`, remedy: EXAMPLE };
  const [, date, time = "00:00", named = zone] = match;
  const local = wallClock(`${date}T${time.padStart(time.length + (time.indexOf(":") === 1 ? 1 : 0), "0")}`);
  if (!local) return { problem: `\`${date} ${time}\` is not a date and time that exists`, remedy: EXAMPLE };
  if (!named) {
    return {
      problem: `\`${written}\` has no time zone`,
      remedy: "Add one (`Europe/Rome`, `UTC`), or give the campaign or the channel a `timezone`.",
    };
  }
  return inZone(local, named);
}

/** The zone that a time names itself, where `readTime` could read it; none where it has an offset. */
export function zoneIn(text: string): string | undefined {
  const written = text.trim();
  if (INSTANT.test(written)) return written.endsWith("Z") ? "UTC" : undefined;
  return WALL.exec(written)?.[3];
}

/** An end: a time like the above, or a duration after `from`. */
export function readEnd(text: string, zone: string | undefined, from: number): Read {
  const duration = parseDuration(text);
  return duration === undefined ? readTime(text, zone) : { at: from + duration };
}

function readInstant(text: string): Read {
  try {
    return { at: Temporal.Instant.from(text.replace(" ", "T")).epochMilliseconds };
  } catch {
    return { problem: `\`${text}\` is not a time that exists`, remedy: EXAMPLE };
  }
}

function wallClock(text: string): Temporal.PlainDateTime | undefined {
  try {
    return Temporal.PlainDateTime.from(text, { overflow: "reject" });
  } catch {
    return undefined;
  }
}

function inZone(local: Temporal.PlainDateTime, zone: string): Read {
  try {
    local.toZonedDateTime(zone);
  } catch {
    return {
      problem: `\`${zone}\` is not a time zone`,
      remedy: "Use an IANA name such as `Europe/Rome` or `UTC`.",
    };
  }
  try {
    return { at: local.toZonedDateTime(zone, { disambiguation: "reject" }).epochMilliseconds };
  } catch {
    const wall = local.toString({ smallestUnit: "minute" }).replace("T", " ");
    const first = local.toZonedDateTime(zone, { disambiguation: "compatible" });
    const gap = !first.toPlainDateTime().equals(local);
    return {
      problem: gap
        ? `${wall} does not exist in ${zone}: the clocks go forward over it`
        : `${wall} comes twice in ${zone}: the clocks go back`,
      remedy: `Choose another time, or write it with an offset: \`${first.toString({ timeZoneName: "never", smallestUnit: "minute" })}\`.`,
    };
  }
}
