/** A freeze, in words: `status` and `doctor` begin with it. */
import type { Pause } from "../ledger/pauses.ts";
import type { Layout } from "./style.ts";
import { oneLine } from "./terminal-safe.ts";
import { moment } from "./time.ts";

export function pauseLines(pauses: readonly Pause[], { paint }: Layout): string {
  return pauses.map((pause) => `${paint.yellow("‖")} ${pauseWords(pause)}`).join("\n");
}

/** `all channels are paused since 2026-12-01 09:00 CET by Ada: a bad day`. */
export function pauseWords({ channel, by, at, reason }: Pause): string {
  const what = channel === undefined ? "all channels are" : `\`${oneLine(channel)}\` is`;
  const who = by === undefined ? "" : ` by ${oneLine(by)}`;
  return `${what} paused since ${moment(at)}${who}${reason === undefined ? "" : `: ${oneLine(reason)}`}`;
}

export function pausesJson(pauses: readonly Pause[]): object[] {
  return pauses.map(({ channel, reason, by, at }) => ({
    channel,
    reason,
    by,
    since: new Date(at).toISOString(),
  }));
}
