/**
 * Whether something comes so late that it is not sent any more, or a person is asked first. The plan warns by it and the loop
 * decides by it.
 */
import type { Content } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import { describeDuration } from "../duration.ts";
import type { Problem } from "../errors.ts";
import type { PlanInput, PlannedDelivery, Report } from "./types.ts";

/** `expired`: past `expires`. The others are the campaign's word, `late:`, on more than an hour. */
export type Lateness = "expired" | "skip" | "ask";

// A run every few minutes, a short pause, or a full rate window does not make a delivery late.
const GRACE = 3_600_000;

/** What happens to a delivery that has not started, instead of sending. `now`: epoch milliseconds. */
export function latenessOf(
  { late, dueAt, expiresAt }: { late?: "send" | "skip" | "ask"; dueAt: number; expiresAt?: number },
  now: number,
): Lateness | undefined {
  if (expiresAt !== undefined && expiresAt <= now) return "expired";
  return now - dueAt > GRACE && late !== "send" ? late : undefined;
}

/** Whether its time is so long past that it was hardly meant to go out now; `late:` is the author's own word on that. */
export function isPast({ due, expires, late }: Terms, now: number): boolean {
  if (due === undefined || late !== undefined) return false;
  return now - Date.parse(due) > GRACE && latenessOfPlanned({ due, expires }, now) === undefined;
}

type Terms = Pick<PlannedDelivery, "due" | "expires" | "late">;

export function latenessOfPlanned({ due, expires, late }: Terms, now: number): Lateness | undefined {
  const dueAt = due === undefined ? now : Date.parse(due);
  return latenessOf({ late, dueAt, expiresAt: expires === undefined ? undefined : Date.parse(expires) }, now);
}

/** The warning before sending: what happens instead, and what to do. */
export function latenessProblem(
  { channel, occurrence }: Pick<PlannedDelivery, "channel" | "occurrence">,
  lateness: Lateness,
): Problem {
  const why =
    lateness === "expired" ? "its time is past" : `it was due more than an hour ago (\`late: ${lateness}\`)`;
  const message =
    lateness === "ask"
      ? `\`${channel}\` is held until you say whether it still goes out: ${why}`
      : `\`${channel}\` is not sent: ${why}`;
  const key = lateness === "expired" ? "move `expires`" : `leave \`late: ${lateness}\` out`;
  const remedy =
    occurrence === undefined
      ? `Give it a future time, or ${key}.`
      : `Choose a future time (\`broadcast schedule\` lists them), or ${key}.`;
  return { severity: "warning", code: lateness === "ask" ? "late" : "expired", message, remedy, channel };
}

/** The same message for every channel, so that it is shown once. */
export function pastProblem({ due = "" }: Pick<PlannedDelivery, "due">, now: number): Problem {
  return {
    severity: "warning",
    code: "past-due",
    message: `its time is past: it was due ${describeDuration(now - Date.parse(due))} ago`,
    remedy: "Give it a future time; or write `late: send`, or send it with `--late`.",
  };
}

/**
 * What happens to a late delivery, and to one whose outcome stays unknown. Defaults are left out, so that writing them does not
 * change the plan.
 */
export function termsOf(
  channel: Channel,
  content: Content,
  { campaign }: PlanInput,
  report: Report,
): Pick<PlannedDelivery, "late" | "uncertain"> {
  const terms: Pick<PlannedDelivery, "late" | "uncertain"> = {};
  if (content.late?.value !== undefined) terms.late = content.late.value;
  // If the network refuses a repeat forever, the outcome never stays unknown.
  if (content.uncertain?.value === "resend" && channel.adapter.idempotency !== "forever") {
    terms.uncertain = "resend";
    report({
      severity: "warning",
      code: "may-appear-twice",
      message: `\`${channel.name}\`: a post that may or may not be out is sent again (\`uncertain: resend\`), so readers may see it twice`,
      remedy: "Leave it out, or write `uncertain: hold`, to be asked instead.",
      place: campaign.source.place(content.uncertain.path),
    });
  }
  return terms;
}
