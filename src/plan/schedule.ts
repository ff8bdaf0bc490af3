/** Wall-clock times with a zone, as people write them: `2026-12-01 09:00 Europe/Rome`. */
import { Temporal } from "temporal-polyfill";
import { parseDuration } from "../duration.ts";

export type Read = { at: number } | { problem: string; remedy: string };

const WALL =
  /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?(?:\s*\[?([A-Za-z][\w+-]*(?:\/[\w+-]+)*)\]?)?$/;
const EXAMPLE =
  "Write it like `2026-12-01 09:00 Europe/Rome`, or with an offset: `2026-12-01T09:00:00+01:00`.";

/** Epoch milliseconds of a time as written. `zone` serves when the text names none. */
export function readTime(text: string, zone: string | undefined): Read {
  const written = text.trim();
  if (/\d(Z|[+-]\d{2}:?\d{2})$/.test(written)) return readInstant(written);
  const match = WALL.exec(written);
  if (!match) return { problem: `\`${written}\` is not a time`, remedy: EXAMPLE };
  const [, date, time = "00:00", named = zone] = match;
  if (!named) {
    return {
      problem: `\`${written}\` says no time zone`,
      remedy: "Add one (`Europe/Rome`, `UTC`), or give the campaign or the channel a `timezone`.",
    };
  }
  return readWall(`${date}T${time}`, named);
}

/** The zone that a time names itself. */
export function zoneIn(text: string): string | undefined {
  return WALL.exec(text.trim())?.[3];
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

function readWall(wall: string, zone: string): Read {
  let local: Temporal.PlainDateTime;
  try {
    local = Temporal.PlainDateTime.from(wall, { overflow: "reject" });
  } catch {
    return { problem: `\`${wall.replace("T", " ")}\` is not a date and time that exists`, remedy: EXAMPLE };
  }
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
    const gap =
      local.toZonedDateTime(zone, { disambiguation: "earlier" }).toPlainDateTime().equals(local) === false;
    return {
      problem: gap
        ? `${wall.replace("T", " ")} does not exist in ${zone}: the clocks are put forward over it`
        : `${wall.replace("T", " ")} comes twice in ${zone}: the clocks are put back`,
      remedy: "Choose another time, or write it with an offset: `2026-10-25T02:30:00+02:00`.",
    };
  }
}
