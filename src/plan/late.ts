/**
 * Whether something comes so late that it is not sent any more, or a person is asked first. The plan warns by it and the loop
 * decides by it.
 */
import type { Problem } from "../errors.ts";
import type { PlannedDelivery } from "./plan.ts";

/** `over`: past `expires`. The others are the campaign's word, `late:`, on more than an hour. */
export type Lateness = "over" | "skip" | "ask";

// A run every few minutes, a short pause, a full rate window: nobody would call that late.
const GRACE = 3_600_000;

/** What is to be done with a delivery that has not begun, instead of sending. Epoch milliseconds. */
export function latenessOf(
  { late, dueAt, expiresAt }: { late?: "skip" | "ask"; dueAt: number; expiresAt?: number },
  now: number,
): Lateness | undefined {
  if (expiresAt !== undefined && expiresAt <= now) return "over";
  return now - dueAt > GRACE ? late : undefined;
}

type Terms = Pick<PlannedDelivery, "due" | "expires" | "late">;

export function latenessOfPlanned({ due, expires, late }: Terms, now: number): Lateness | undefined {
  const dueAt = due === undefined ? now : Date.parse(due);
  return latenessOf({ late, dueAt, expiresAt: expires === undefined ? undefined : Date.parse(expires) }, now);
}

/** For whoever is about to send it: what will become of it instead, and what to do about that. */
export function latenessProblem(
  { channel, occurrence }: Pick<PlannedDelivery, "channel" | "occurrence">,
  lateness: Lateness,
): Problem {
  const why =
    lateness === "over" ? "its time is over" : `it was due more than an hour ago (\`late: ${lateness}\`)`;
  const message =
    lateness === "ask"
      ? `\`${channel}\` is held until you say whether it still goes out: ${why}`
      : `\`${channel}\` is not sent: ${why}`;
  const key = lateness === "over" ? "move `expires`" : `leave \`late: ${lateness}\` out`;
  const remedy =
    occurrence === undefined
      ? `Give it a time that is to come, or ${key}.`
      : `Take a time that is to come (\`broadcast schedule\` lists them), or ${key}.`;
  return { severity: "warning", code: lateness === "ask" ? "late" : "over", message, remedy, channel };
}
