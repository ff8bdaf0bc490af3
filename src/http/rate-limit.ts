/** What servers say about their limits, in the several ways that they say it. Units as in the networks' own documents. */

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
    afterSeconds(headers["x-ratelimit-reset-after"], now) ??
    windowEnd(headers, now)
  );
}

/** The window as the server sees it, when it says so. */
export function quotaOf(headers: Record<string, string>, now: number): Quota | undefined {
  const remaining = REMAINING.map((name) => headers[name]).find((value) => value !== undefined);
  if (remaining === undefined || !/^\s*\d+\s*$/.test(remaining)) return undefined;
  const reset = afterSeconds(headers["x-ratelimit-reset-after"], now) ?? windowEnd(headers, now);
  return reset === undefined ? undefined : { remaining: Number(remaining), resetAt: reset };
}

/** `Retry-After` alone, as epoch milliseconds: seconds, or an HTTP date (RFC 9110 section 10.2.3). */
export function retryAfterOf(headers: Record<string, string>, now: number): number | undefined {
  const value = headers["retry-after"];
  if (value === undefined) return undefined;
  const seconds = afterSeconds(value, now);
  if (seconds !== undefined) return seconds;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(date, now);
}

/** `retry_after` in a JSON body, also below `parameters`: seconds, with a fraction. */
export function retryAfterIn(body: unknown, now: number): number | undefined {
  const { retry_after, parameters } = (typeof body === "object" && body !== null ? body : {}) as Waiting;
  const seconds = retry_after ?? parameters?.retry_after;
  return typeof seconds === "number" && seconds >= 0 ? now + Math.ceil(seconds * 1000) : undefined;
}

interface Waiting {
  retry_after?: unknown;
  parameters?: { retry_after?: unknown } | null;
}

function afterSeconds(value: string | undefined, now: number): number | undefined {
  return value !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(value)
    ? now + Math.ceil(Number(value) * 1000)
    : undefined;
}

// Epoch seconds (X, Bluesky, Discord), an ISO date (Mastodon), or seconds from now (Reddit, Tumblr).
function windowEnd(headers: Record<string, string>, now: number): number | undefined {
  const value = RESET.map((name) => headers[name]).find((found) => found !== undefined);
  if (value === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) {
    const number = Number(value);
    return number > 1_000_000_000 ? Math.ceil(number * 1000) : now + Math.ceil(number * 1000);
  }
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : date;
}
