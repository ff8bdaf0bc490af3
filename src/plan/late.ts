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

// A run every few minutes, a short pause, a full rate window: nobody would call that late.
const GRACE = 3_600_000;

/** What is to be done with a delivery that has not begun, instead of sending. Epoch milliseconds. */
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

/** For whoever is about to send it: what will become of it instead, and what to do about that. */
export function latenessProblem(
  { channel, occurrence }: Pick<PlannedDelivery, "channel" | "occurrence">,
  lateness: Lateness,
): Problem {
  const why =
    lateness === "expired" ? "its time is over" : `it was due more than an hour ago (\`late: ${lateness}\`)`;
  const message =
    lateness === "ask"
      ? `\`${channel}\` is held until you say whether it still goes out: ${why}`
      : `\`${channel}\` is not sent: ${why}`;
  const key = lateness === "expired" ? "move `expires`" : `leave \`late: ${lateness}\` out`;
  const remedy =
    occurrence === undefined
      ? `Give it a time that is to come, or ${key}.`
      : `Take a time that is to come (\`broadcast schedule\` lists them), or ${key}.`;
  return { severity: "warning", code: lateness === "ask" ? "late" : "expired", message, remedy, channel };
}

/** The same words for every channel, so that they are said once. */
export function pastProblem({ due = "" }: Pick<PlannedDelivery, "due">, now: number): Problem {
  return {
    severity: "warning",
    code: "past-due",
    message: `its time is past: it was due ${describeDuration(now - Date.parse(due))} ago`,
    remedy: "Give it a time that is to come; or write `late: send`, or send it with `--late`.",
  };
}

/** What a delivery does long after its time, and when its outcome stays unknown. What is usual is left out, so that saying it makes no other plan. */
export function termsOf(
  channel: Channel,
  content: Content,
  { campaign }: PlanInput,
  report: Report,
): Pick<PlannedDelivery, "late" | "uncertain"> {
  const terms: Pick<PlannedDelivery, "late" | "uncertain"> = {};
  if (content.late?.value !== undefined) terms.late = content.late.value;
  // Where the network can always be asked, or refuses a repeat for ever, the question never comes up.
  if (content.uncertain?.value === "resend" && channel.adapter.idempotency !== "forever") {
    terms.uncertain = "resend";
    report({
      severity: "warning",
      code: "may-appear-twice",
      message: `\`${channel.name}\`: if nobody can know whether a post is out, it is sent again (\`uncertain: resend\`), so readers may see it twice`,
      remedy: "Leave it out, or write `uncertain: hold`, to be asked instead.",
      place: campaign.source.place(content.uncertain.path),
    });
  }
  return terms;
}
