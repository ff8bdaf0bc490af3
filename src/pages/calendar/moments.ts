/** Deliveries as a reader of a calendar thinks of them: moments of a campaign, collisions, gaps. Pure. */
import { dateKey } from "../time.ts";
import type { Entry, EntryState } from "./view.ts";

/** One campaign at one time, on all its channels. */
export interface Moment {
  key: string;
  campaign: string;
  title: string;
  at: number;
  /** In the order of the channels. */
  entries: Entry[];
  /** What needs a look first. */
  state: EntryState;
}

const FIRST: readonly EntryState[] = ["failed", "held", "planned", "scheduled", "out"];
const MINUTE = 60_000;

/** By time. Deliveries of a campaign within the same minute belong together. */
export function momentsOf(entries: readonly Entry[], channels: readonly string[]): Moment[] {
  const moments = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = `${entry.campaign} ${Math.floor(entry.at / MINUTE)}`;
    moments.set(key, [...(moments.get(key) ?? []), entry]);
  }
  const place = (entry: Entry) => {
    const index = channels.indexOf(entry.channel);
    return index < 0 ? channels.length : index;
  };
  return [...moments]
    .map(([key, own]): Moment => {
      const ordered = [...own].sort((a, b) => place(a) - place(b));
      const { campaign, title, at } = ordered[0]!;
      const state = FIRST.find((one) => ordered.some((entry) => entry.state === one))!;
      return { key, campaign, title, at, entries: ordered, state };
    })
    .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
}

export interface Collision {
  first: Moment;
  second: Moment;
  minutes: number;
  channels: string[];
}

const HOUR = 3_600_000;

/** Two posts within the hour on one channel. */
export function collisionsIn(moments: readonly Moment[]): Collision[] {
  const found: Collision[] = [];
  moments.forEach((first, index) => {
    for (const second of moments.slice(index + 1)) {
      if (second.at - first.at >= HOUR) break;
      const channels = first.entries
        .map(({ channel }) => channel)
        .filter((name) => second.entries.some(({ channel }) => channel === name));
      if (channels.length > 0)
        found.push({ first, second, minutes: Math.round((second.at - first.at) / MINUTE), channels });
    }
  });
  return found;
}

/** Days without anything public: from one to another, both included. */
export interface Gap {
  from: string;
  to: string;
  days: number;
}

// A week without a word is worth knowing.
const LONG = 7;

/** `days` are those that are asked about, in order. */
export function gapsIn(
  moments: readonly Moment[],
  days: readonly string[],
  isPublic: (entry: Entry) => boolean,
  zone?: string,
): Gap[] {
  const busy = new Set(
    moments.filter(({ entries }) => entries.some(isPublic)).map(({ at }) => dateKey(at, zone)),
  );
  const gaps: Gap[] = [];
  let run: string[] = [];
  const end = () => {
    if (run.length >= LONG) gaps.push({ from: run[0]!, to: run.at(-1)!, days: run.length });
    run = [];
  };
  for (const day of days) {
    if (busy.has(day)) end();
    else run.push(day);
  }
  end();
  return gaps;
}

/** `2026-12-01` and so on, both included. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to && days.length < 1_000; day = plusDays(day, 1)) days.push(day);
  return days;
}

export function plusDays(day: string, more: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + more * 86_400_000).toISOString().slice(0, 10);
}

/** The Monday of its week. */
export function mondayOf(day: string): string {
  return plusDays(day, -((new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7));
}

/** ISO 8601: the week that has the year's first Thursday is the first. */
export function weekNumber(day: string): number {
  const thursday = plusDays(mondayOf(day), 3);
  const first = Date.parse(`${thursday.slice(0, 4)}-01-01T12:00:00Z`);
  return 1 + Math.floor((Date.parse(`${thursday}T12:00:00Z`) - first) / (7 * 86_400_000));
}
