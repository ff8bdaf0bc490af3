/**
 * The one gate for numbers, dates and names that a server or a plug-in gives: nothing is decided by them, or written down,
 * before they have come through here. What cannot be true is left out, what is too much is cut to what can be.
 */
import { isUrl } from "./urls.ts";

/** No network of ours documents a longer wait than a day. Milliseconds. */
export const LONGEST_WAIT = 86_400_000;
/** The least wait, also for `Retry-After: 0`. */
export const SHORTEST_WAIT = 1_000;

// 2001 to 2286: epoch seconds have ten digits, milliseconds thirteen, microseconds sixteen.
const EPOCH_SECONDS = 1_000_000_000;
// The last day that ISO 8601 writes with four digits for the year.
const LAST_TIME = Date.parse("9999-12-31T23:59:59.999Z");

/** When to come again: at least a second from now, at most a day. `undefined` when it is no time at all. */
export function waitUntil(at: number | undefined, now: number): number | undefined {
  if (at === undefined || Number.isNaN(at)) return undefined;
  return Math.round(Math.min(Math.max(at, now + SHORTEST_WAIT), now + LONGEST_WAIT));
}

/** So many seconds from now, as epoch milliseconds. */
export function afterSeconds(seconds: number, now: number): number | undefined {
  if (Number.isNaN(seconds) || seconds < 0) return undefined;
  return now + Math.min(Math.ceil(seconds * 1_000), LONGEST_WAIT);
}

/**
 * A time that is written as a number: epoch seconds, milliseconds, microseconds, or seconds from now. The size tells which.
 * Epoch milliseconds.
 */
export function timeOfNumber(value: number, now: number): number | undefined {
  if (!Number.isFinite(value) || value < 0) return undefined;
  if (value < EPOCH_SECONDS) return afterSeconds(value, now);
  const digits = Math.floor(Math.log10(value)) + 1;
  return Math.ceil(value * (digits >= 15 ? 0.001 : digits >= 12 ? 1 : 1_000));
}

/** A date as epoch milliseconds; `undefined` when it is none, or beyond what can be written down. */
export function timeOfDate(text: string | undefined): number | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) || at < 0 || at > LAST_TIME ? undefined : at;
}

/** A time from a ledger that an older version may have written: within what dates can show. */
export function storedTime(value: unknown): number {
  const at = Number(value);
  return Number.isNaN(at) ? 0 : Math.min(Math.max(at, 0), LAST_TIME);
}

const LONGEST_NAME = 500;
const LONGEST_ADDRESS = 2_000;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

export function hasControl(text: string): boolean {
  return CONTROL.test(text);
}

/** Whether this can be what a network calls a post; empty where it gives none. */
export function isName(value: unknown): value is string {
  return typeof value === "string" && value.length <= LONGEST_NAME && !hasControl(value);
}

/** Whether a person can be sent there. */
export function isAddress(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length <= LONGEST_ADDRESS &&
    !hasControl(value) &&
    /^[a-z][a-z0-9+.-]*:/i.test(value) &&
    isUrl(value)
  );
}
