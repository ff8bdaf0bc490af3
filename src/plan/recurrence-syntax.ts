/** What `every:` says: a cron expression or a phrase, with or without a zone. Reads it into cron patterns. */

export interface Every {
  /** Cron patterns of five fields; together they are the recurrence. */
  patterns: string[];
  /** The IANA zone that the text names; it goes over the channel's. */
  zone?: string;
}

export type ReadEvery = Every | { problem: string; remedy: string };

const EXAMPLE =
  "Write a phrase such as `monday 09:00`, `09:00 on weekdays` or `first monday of the month 09:00`, or cron: `0 9 * * 1`.";

const ORDINALS: Record<string, string> = { first: "#1", second: "#2", third: "#3", fourth: "#4", last: "L" };
// What makes a phrase easier to read and says nothing.
const FILLERS = new Set(["at", "on", "every", "each", "the", "and", "of", "month", "in"]);
const ZONE = /(?:^|\s)\[?(UTC|GMT|[A-Za-z_]+(?:\/[A-Za-z][\w+-]*)+)\]?$/;

export function readEvery(text: string): ReadEvery {
  const written = text.trim();
  const zone = ZONE.exec(written)?.[1];
  const rest = written.replace(ZONE, "").trim();
  const patterns = isCron(rest) ? [rest] : fromPhrase(rest.toLowerCase());
  if (patterns) return { patterns, zone };
  return { problem: `\`${written}\` is not a recurrence`, remedy: EXAMPLE };
}

// A phrase has a time of day with a colon; cron never has one.
function isCron(text: string): boolean {
  return (
    /^@[a-z]+$/i.test(text) || (/^[\d*]/.test(text) && /^\S+(?:\s+\S+){4}$/.test(text) && !/:/.test(text))
  );
}

function fromPhrase(phrase: string): string[] | undefined {
  const interval = /^(?:every |each )?(?:(\d+) )?(minute|hour)s?$/.exec(phrase);
  if (interval) return everySoOften(Number(interval[1] ?? 1), interval[2]!);

  const times = [...phrase.matchAll(/(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])/g)];
  const words = phrase.replace(/\d{1,2}:\d{2}/g, " ").split(/[\s,]+/);
  const days = daysOf(words.filter((word) => word !== "" && !FILLERS.has(word)));
  const exist = times.every(([, hour, minute]) => Number(hour) < 24 && Number(minute) < 60);
  if (times.length === 0 || !exist || days === undefined) return undefined;
  return times.map(([, hour, minute]) => `${Number(minute)} ${Number(hour)} ${days}`);
}

// Only what divides an hour or a day evenly: another step would stumble at its end.
function everySoOften(step: number, unit: string): string[] | undefined {
  const whole = unit === "minute" ? 60 : 24;
  if (step < 1 || step >= whole || whole % step !== 0) return undefined;
  const field = step === 1 ? "*" : `*/${step}`;
  return [unit === "minute" ? `${field} * * * *` : `0 ${field} * * *`];
}

/** The last three fields of a cron pattern. */
function daysOf(words: readonly string[]): string | undefined {
  const phrase = words.join(" ");
  if (phrase === "" || phrase === "day" || phrase === "daily") return "* * *";
  if (/^(?:weekdays?|working days?)$/.test(phrase)) return "* * 1-5";
  if (/^weekends?$/.test(phrase)) return "* * 0,6";
  if (phrase === "last day") return "L * *";
  if (words.every((word) => /^\d{1,2}(?:st|nd|rd|th)$/.test(word))) return datesOf(words);
  const ordinal = Object.hasOwn(ORDINALS, words[0] ?? "") ? ORDINALS[words[0]!] : undefined;
  if (ordinal) {
    const day = words.length === 2 ? dayOf(words[1]!) : undefined;
    return day && `* * ${day}${ordinal}`;
  }
  return weekdaysOf(phrase);
}

function datesOf(words: readonly string[]): string | undefined {
  const dates = words.map((word) => Number.parseInt(word, 10));
  return dates.every((date) => date >= 1 && date <= 31) ? `${dates.join(",")} * *` : undefined;
}

/** `monday`, `mon wed`, `monday-friday`, `monday to friday`. */
function weekdaysOf(phrase: string): string | undefined {
  const items = phrase.replace(/\s+(?:to|until)\s+|\s*[-–]\s*/g, "-").split(" ");
  const fields = items.map((item) => {
    const ends = item.split("-").map(dayOf);
    return ends.length <= 2 && ends.every((day) => day !== undefined) ? ends.join("-") : undefined;
  });
  return fields.every((field) => field !== undefined) ? `* * ${fields.join(",")}` : undefined;
}

function dayOf(word: string): string | undefined {
  const match = /^(sun|mon|tue|wed|thu|fri|sat)(?:s|nes|rs|ur)?(?:days?)?$/.exec(word);
  return match?.[1]?.toUpperCase();
}
