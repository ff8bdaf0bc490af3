/** What became of posts that are out: their counts over time, and whether they still stand there as they were sent. */
import type { Metrics } from "../adapter.ts";
import { query, type Row, type Work } from "./database.ts";

/** The counts of one post at one time. */
export interface Measure {
  delivery: string;
  part: number;
  /** Epoch milliseconds. */
  at: number;
  counts: Metrics;
}

/** Whether a post is still what was sent, when it was last read. */
export interface Found {
  delivery: string;
  part: number;
  at: number;
  found: "same" | "changed" | "gone";
  /** As readers read them, where they changed. */
  words?: string;
}

export function* putMeasures(measures: readonly Measure[]): Work<void> {
  for (const { delivery, part, at, counts } of measures)
    yield* query(
      `insert into measures (delivery, part, at, counts) values ($1, $2, $3, $4)
       on conflict (delivery, part, at) do update set counts = excluded.counts`,
      delivery,
      part,
      at,
      JSON.stringify(counts),
    );
}

/** Oldest first. */
export function* measuresOf(delivery: string): Work<Measure[]> {
  const rows = yield* query("select * from measures where delivery = $1 order by at, part", delivery);
  return rows.map(({ part, at, counts }) => ({
    delivery,
    part: Number(part),
    at: Number(at),
    counts: JSON.parse(String(counts)) as Metrics,
  }));
}

export function* putFound(all: readonly Found[]): Work<void> {
  for (const { delivery, part, at, found, words } of all)
    yield* query(
      `insert into standings (delivery, part, at, found, words) values ($1, $2, $3, $4, $5)
       on conflict (delivery, part) do update set at = excluded.at, found = excluded.found, words = excluded.words`,
      delivery,
      part,
      at,
      found,
      words ?? null,
    );
}

export function toFound({ delivery, part, at, found, words }: Row): Found {
  return {
    delivery: String(delivery),
    part: Number(part),
    at: Number(at),
    found: String(found) as Found["found"],
    ...(words !== null && { words: String(words) }),
  };
}
