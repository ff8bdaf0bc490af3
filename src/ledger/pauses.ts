/** A freeze: nothing leaves for these channels until a person says so. */
import { query, type Work } from "./database.ts";

export interface Pause {
  /** Absent: every channel. */
  channel?: string;
  reason?: string;
  by?: string;
  /** Epoch milliseconds. */
  at: number;
}

/** A condition on `deliveries`: its channel is not paused. */
export const NOT_PAUSED =
  "not exists (select 1 from pauses where pauses.channel = '' or pauses.channel = deliveries.channel)";

export function* putPause({ channel = "", reason, by, at }: Pause): Work<void> {
  yield* query(
    `insert into pauses (channel, reason, name, at) values ($1, $2, $3, $4)
     on conflict (channel) do update set reason = excluded.reason, name = excluded.name`,
    channel,
    reason ?? null,
    by ?? null,
    at,
  );
}

/** Ends the pause of one channel, or that of all of them; whether there was one. */
export function* endPause(channel = ""): Work<boolean> {
  const rows = yield* query("delete from pauses where channel = $1 returning channel", channel);
  return rows.length > 0;
}

/** That of all channels first. */
export function* allPauses(): Work<Pause[]> {
  const rows = yield* query("select * from pauses order by channel");
  return rows.map(({ channel, reason, name, at }) => ({
    ...(channel !== "" && { channel: String(channel) }),
    ...(reason !== null && { reason: String(reason) }),
    ...(name !== null && { by: String(name) }),
    at: Number(at),
  }));
}

/** The pause that holds for a channel. */
export function pauseOf(channel: string, all: readonly Pause[]): Pause | undefined {
  return all.find((one) => one.channel === undefined || one.channel === channel);
}
