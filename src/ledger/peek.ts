/** A quick read for command completion: it does not wait, creates nothing and reports no errors. */
import { existsSync } from "node:fs";
import { query } from "./database.ts";
import { openSqlite } from "./sqlite.ts";
import type { State } from "./types.ts";

const PATIENCE_MS = 100;
const MOST = 500;

export interface DeliverySummary {
  id: string;
  campaign: string;
  state: State;
}

/** The deliveries in these states, the newest first; none when the file cannot be read just now. */
export async function glance(file: string, states: readonly State[]): Promise<DeliverySummary[]> {
  if (!existsSync(file)) return [];
  try {
    const db = await openSqlite(file, PATIENCE_MS);
    try {
      const places = states.map((_, index) => `$${index + 1}`).join(", ");
      const rows = await db.read(() =>
        query(
          `select id, campaign, state from deliveries where state in (${places}) order by updated_at desc limit ${MOST}`,
          ...states,
        ),
      );
      return rows.map(({ id, campaign, state }) => ({
        id: String(id),
        campaign: String(campaign),
        state: state as State,
      }));
    } finally {
      await db.close();
    }
  } catch {
    // Damaged, locked or of another version: the command itself will say so.
    return [];
  }
}
