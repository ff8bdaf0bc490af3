/** How far back a command looks: `30d`, `12h`, or a date. */
import { parseDuration } from "../duration.ts";
import { usageError } from "../errors.ts";

/** Epoch milliseconds. */
export function sinceOf(typed: string, option = "--since", now = Date.now()): number {
  const length = parseDuration(typed);
  if (length !== undefined && length > 0) return now - length;
  const date = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$/.test(typed)
    ? Date.parse(typed.length === 10 ? `${typed}T00:00` : typed.replace(" ", "T"))
    : Number.NaN;
  if (!Number.isNaN(date)) return date;
  throw usageError(
    `\`${option} ${typed}\` is neither a length of time nor a date`,
    "Write it like 30d, 12h or 2026-12-01.",
  );
}
