/** A length of time as people write it: a number and a unit, several of them in a row: `30s`, `5m`, `3h`, `1d12h`, `2w`. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d" | "w"}` | (string & {});

const MILLISECONDS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** The duration in milliseconds, or `undefined` when it is not one. */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*/gy)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text.trim()) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (MILLISECONDS[unit ?? ""] ?? 0), 0);
}

/** Milliseconds of a duration that the program itself declares; throws when the declaration is wrong. */
export function milliseconds(duration: Duration): number {
  const value = parseDuration(duration);
  if (value === undefined) throw new TypeError(`not a duration: ${duration}`);
  return value;
}

/** For people, in one or two units: `45 s`, `4 min`, `2 h 5 min`, `3 d 4 h`, `12 d`. */
export function describeDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return hours % 24 && days < 10 ? `${days} d ${hours % 24} h` : `${days} d`;
}
