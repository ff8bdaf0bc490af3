/** What servers say about their limits, in the several ways that they say it. Units as in the networks' own documents. */
import { afterSeconds, LONGEST_WAIT, timeOfDate, timeOfNumber } from "../bounds.ts";

/** What is left of the server's window. */
export interface Quota {
  remaining: number;
  /** Epoch milliseconds. */
  resetAt: number;
}

const RESET = ["ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"];
const REMAINING = ["ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining"];

/** When the server said to come back, as epoch milliseconds. `Retry-After` wins over the window's end. */
export function resetAt(headers: Record<string, string>, now: number): number | undefined {
  return (
    retryAfterOf(headers, now) ??
    secondsIn(headers["x-ratelimit-reset-after"], now) ??
    windowEnd(headers, now)
  );
}

/** The window as the server sees it, when it says so. */
export function quotaOf(headers: Record<string, string>, now: number): Quota | undefined {
  const remaining = REMAINING.map((name) => headers[name]).find((value) => value !== undefined);
  if (remaining === undefined || !/^\s*\d+\s*$/.test(remaining)) return undefined;
  const reset = secondsIn(headers["x-ratelimit-reset-after"], now) ?? windowEnd(headers, now);
  if (reset === undefined) return undefined;
  return { remaining: Number(remaining), resetAt: Math.min(reset, now + LONGEST_WAIT) };
}

/** `Retry-After` alone, as epoch milliseconds: seconds, or an HTTP date (RFC 9110 section 10.2.3). */
export function retryAfterOf(headers: Record<string, string>, now: number): number | undefined {
  const value = headers["retry-after"];
  if (value === undefined) return undefined;
  const seconds = secondsIn(value, now);
  if (seconds !== undefined) return seconds;
  const date = timeOfDate(value);
  return date === undefined ? undefined : Math.max(byOurClock(date, headers, now), now);
}

/** `retry_after` in a JSON body, also below `parameters`: seconds, with a fraction. */
export function retryAfterIn(body: unknown, now: number): number | undefined {
  const { retry_after, parameters } = (typeof body === "object" && body !== null ? body : {}) as Waiting;
  const seconds = retry_after ?? parameters?.retry_after;
  return typeof seconds === "number" ? afterSeconds(seconds, now) : undefined;
}

interface Waiting {
  retry_after?: unknown;
  parameters?: { retry_after?: unknown } | null;
}

function secondsIn(value: string | undefined, now: number): number | undefined {
  return isNumber(value) ? afterSeconds(Number(value), now) : undefined;
}

// Epoch seconds (X, Bluesky, Discord), an ISO date (Mastodon), or seconds from now (Reddit, Tumblr).
function windowEnd(headers: Record<string, string>, now: number): number | undefined {
  const value = RESET.map((name) => headers[name]).find((found) => found !== undefined);
  if (value === undefined) return undefined;
  if (!isNumber(value)) {
    const date = timeOfDate(value);
    return date === undefined ? undefined : byOurClock(date, headers, now);
  }
  const at = timeOfNumber(Number(value), now);
  return at === undefined || at - now === Number(value) * 1_000 ? at : byOurClock(at, headers, now);
}

function isNumber(value: string | undefined): value is string {
  return value !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(value);
}

// The header counts whole seconds: less than this is no difference.
const SAME = 2_000;

// A time by the server's clock, which the same answer tells.
function byOurClock(at: number, headers: Record<string, string>, now: number): number {
  const ahead = (timeOfDate(headers.date) ?? now) - now;
  return Math.abs(ahead) < SAME ? at : at - ahead;
}
