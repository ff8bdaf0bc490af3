/** How what is out fares: asked politely, kept as a series in the ledger. What is not known is not zero. */
import { answersOn, type Metrics, type Receipt } from "../adapter.ts";
import { systemClock } from "../clock.ts";
import { EXIT } from "../errors.ts";
import type { Measure } from "../ledger/afterwards.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { History } from "../ledger/types.ts";
import { aboutCampaigns } from "./campaign-facts.ts";
import { changeLedger } from "./ledger.ts";
import { NOTICES } from "./notice.ts";
import type { Project } from "./project.ts";
import { askEach, type NotAsked, outOf, type ReadBackOptions, timeOf } from "./read-back.ts";

export const COUNTS = ["views", "likes", "shares", "quotes", "replies", "bookmarks", "clicks"] as const;
export type Count = (typeof COUNTS)[number];
export const GROUPS = ["delivery", "campaign", "channel", "kind", "tag", "hour"] as const;
export type GroupBy = (typeof GROUPS)[number];

export interface StatsOptions extends ReadBackOptions {
  /** Default: `delivery`. */
  by?: GroupBy;
  /** Asks no network: only what is in the ledger. */
  cached?: boolean;
}

/** A row of the table. */
export interface StatsRow {
  /** The delivery's id, or the channel, kind, tag, or hour (`09:00`). */
  name: string;
  deliveries: number;
  /** Sums over those that tell; absent where none does. */
  counts: Partial<Record<Count, number>>;
  /** How many of its deliveries have counts at all. */
  known: number;
  /** When the newest of them was counted, epoch milliseconds. */
  at?: number;
  poll?: { choice: string; votes: number }[];
}

export interface Stats {
  rows: StatsRow[];
  histories: History[];
  /** Every count that is kept, oldest first. */
  series: Measure[];
  notAsked: NotAsked[];
  code: number;
}

/** The newest deliveries first, else by size. */
export async function stats(project: Project, options: StatsOptions = {}): Promise<Stats> {
  const { clock = systemClock, by = "delivery", cached = false } = options;
  return changeLedger(project, async (ledger) => {
    // What the program tells the team is nothing that readers could like.
    const histories = (await outOf(options, project, ledger)).filter(
      ({ campaign }) => !campaign.startsWith(NOTICES),
    );
    const notAsked: NotAsked[] = [];
    if (!cached) {
      const ownAnswers = await answersByUs(ledger);
      const asked = await askEach(
        histories,
        project,
        ledger,
        options,
        ({ adapter, settings }) =>
          answersOn(adapter, settings, "metrics")
            ? undefined
            : `${adapter.name} tells no counts on this channel`,
        async ({ adapter }, own, reach) => {
          const places = own.flatMap(({ id, receipts }) => receipts.map((receipt) => ({ id, receipt })));
          const answers = await adapter.metrics!(
            places.map(({ receipt }): Receipt => receipt),
            reach,
          );
          return places.flatMap(({ id, receipt }, index): Measure[] => {
            const told = answers[index];
            if (told === undefined || told === "gone") return [];
            // The next part of a thread is an answer to this one, as the network counts.
            const next = adapter.thread === "reply" && places[index + 1]?.id === id ? 1 : 0;
            const own = next + (ownAnswers.get(receipt.id) ?? 0);
            const counts =
              told.replies === undefined ? told : { ...told, replies: Math.max(0, told.replies - own) };
            return [{ delivery: id, part: receipt.part, at: clock.now(), counts }];
          });
        },
      );
      await ledger.putMeasures(asked.results);
      notAsked.push(...asked.notAsked);
    }
    const series = await ledger.measures(histories.map(({ id }) => id));
    const rows = await grouped(histories, series, by, project);
    const code = notAsked.some(({ code }) => code !== undefined) ? EXIT.failed : EXIT.ok;
    return { rows, histories, series, notAsked, code };
  });
}

/** How often each post was answered by us, by its id: networks count those like anybody's. */
async function answersByUs(ledger: Ledger): Promise<Map<string, number>> {
  const ids = (await ledger.list({}))
    .filter(({ campaign }) => campaign.startsWith("answers/"))
    .map(({ id }) => id);
  const times = new Map<string, number>();
  for (const { answers, state } of await ledger.histories(ids))
    if (answers && state === "published")
      times.set(answers.parent.id, (times.get(answers.parent.id) ?? 0) + 1);
  return times;
}

async function grouped(
  histories: readonly History[],
  series: readonly Measure[],
  by: GroupBy,
  project: Project,
): Promise<StatsRow[]> {
  const facts = by === "kind" || by === "tag" ? await aboutCampaigns(histories, project) : new Map();
  const namesOf = (history: History): string[] => {
    const about = facts.get(history.campaign);
    switch (by) {
      case "delivery":
        return [history.id];
      case "campaign":
        return [history.campaign];
      case "channel":
        return [history.channel];
      case "kind":
        return [about?.kind ?? "unknown"];
      case "tag":
        return about?.tags.length ? about.tags : ["none"];
      case "hour":
        return [`${String(new Date(timeOf(history)).getHours()).padStart(2, "0")}:00`];
    }
  };
  const groups = new Map<string, History[]>();
  for (const history of histories)
    for (const name of namesOf(history)) groups.set(name, [...(groups.get(name) ?? []), history]);
  const rows = [...groups].map(([name, own]) => rowOf(name, own, series));
  if (by === "delivery" || by === "campaign") return rows;
  return rows.sort((a, b) => (by === "hour" ? a.name.localeCompare(b.name) : total(b) - total(a)));
}

function rowOf(name: string, histories: readonly History[], series: readonly Measure[]): StatsRow {
  const latest = histories.map(({ id }) => latestOf(series.filter(({ delivery }) => delivery === id)));
  const known = latest.filter(({ length }) => length > 0);
  const all = known.flat();
  const counts: StatsRow["counts"] = {};
  for (const { counts: own } of all)
    for (const count of COUNTS) {
      const value = own[count];
      if (value !== undefined) counts[count] = (counts[count] ?? 0) + value;
    }
  const poll = votesOf(all.flatMap(({ counts }) => (counts.poll ? [counts.poll] : [])));
  const at = all.length > 0 ? Math.max(...all.map(({ at }) => at)) : undefined;
  return { name, deliveries: histories.length, counts, known: known.length, at, ...(poll && { poll }) };
}

/** Of the same question the votes are added up; different questions have no sum. */
function votesOf(polls: readonly NonNullable<Metrics["poll"]>[]): StatsRow["poll"] {
  const [first, ...others] = polls;
  if (!first) return undefined;
  const isSame = (poll: typeof first) =>
    poll.length === first.length && poll.every(({ choice }, index) => choice === first[index]!.choice);
  if (!others.every(isSame)) return undefined;
  return first.map(({ choice }, index) => ({
    choice,
    votes: polls.reduce((sum, poll) => sum + poll[index]!.votes, 0),
  }));
}

/** The newest measure of each part. */
function latestOf(series: readonly Measure[]): Measure[] {
  const parts = new Map<number, Measure>();
  for (const measure of series) parts.set(measure.part, measure);
  return [...parts.values()];
}

/** What people did, without views. */
export function total({ counts }: Pick<StatsRow, "counts">): number {
  const { views: _, ...acts } = counts;
  return Object.values(acts as Metrics).reduce<number>(
    (sum, value) => sum + (typeof value === "number" ? value : 0),
    0,
  );
}
