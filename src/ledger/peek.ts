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

/** What a post at a network belongs to. */
export interface Origin {
  network: string;
  /** The network's own id of the post. */
  post: string;
  url?: string;
  campaign: string;
  channel: string;
  title?: string;
}

/** Of every post that is out or was, as far as the file can be read just now. */
export async function originsIn(file: string): Promise<Origin[]> {
  if (!existsSync(file)) return [];
  try {
    const db = await openSqlite(file, PATIENCE_MS);
    try {
      const rows = await db.read(() =>
        query(
          `select network, post_id, url, campaign, channel, json_extract(posts, '$[0].title') as title
           from deliveries join (select delivery, post_id, url from receipts union select delivery, post_id, url from retracted) on delivery = id`,
        ),
      );
      return rows.map(({ network, post_id, url, campaign, channel, title }) => ({
        network: String(network),
        post: String(post_id),
        ...(typeof url === "string" && { url }),
        campaign: String(campaign),
        channel: String(channel),
        ...(typeof title === "string" && { title }),
      }));
    } finally {
      await db.close();
    }
  } catch {
    return [];
  }
}
