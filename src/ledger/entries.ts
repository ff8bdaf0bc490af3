/** Which entries of a campaign's feed were dealt with. */
import { forRows, query, type Work } from "./database.ts";

const insert = forRows(
  "insert into entries (campaign, key, at) values @rows on conflict (campaign, key) do nothing",
  "text",
  "text",
  "bigint",
);

/** `undefined` before the feed was looked at for the first time. */
export function* seenEntries(campaign: string): Work<Set<string> | undefined> {
  const rows = yield* query("select key from entries where campaign = $1", campaign);
  if (rows.length === 0) return undefined;
  return new Set(rows.map(({ key }) => String(key)).filter((key) => key !== ""));
}

/** From now on the feed was looked at, and these need nothing. */
export function* putEntries(campaign: string, keys: readonly string[], at: number): Work<void> {
  yield* insert(["", ...keys].map((key) => [campaign, key, at]));
}
