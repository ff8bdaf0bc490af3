/** The error for a missing approval. */
import type { Rule } from "../config/policy.ts";
import type { Problem } from "../errors.ts";
import { listed } from "../suggest.ts";
import { ApprovalError } from "./error.ts";
import type { Need, Refused } from "./evaluate.ts";
import { isSamePerson } from "./person.ts";
import { type ApprovalStatus, isApproved } from "./status.ts";

/** Throws ApprovalError. `again` is the command that approves: `broadcast approve campaigns/release.yml`. */
export function requireApproved(status: ApprovalStatus, again: string): void {
  if (isApproved(status)) return;
  throw new ApprovalError(missing(status, again), status.stale?.changes, status.stale?.approval.by);
}

/** What is missing, and why the existing approvals do not count. */
function missing({ needs, stale, bySource }: ApprovalStatus, again: string): Problem[] {
  const open = needs.filter((need) => need.missing > 0);
  const problems = open.map((need): Problem => {
    const withKey = need.rule.signed ? " --key ~/.ssh/id_ed25519" : "";
    const once =
      bySource && need.rule.approveSource
        ? ` Or all that its feed will say, once: ${again.replace(/ --occurrence \S+/, "")} --source --as ${whom(need)}${withKey}`
        : "";
    const isStale = need.refused.some(({ code }) => code === "stale");
    return {
      severity: "error",
      code: isStale ? "approval-stale" : "approval-missing",
      message: `${asked(need.rule)} needed, and ${had(need)}`,
      remedy: `Read it and approve it: ${again} --as ${whom(need)}${withKey}${once}`,
      place: need.rule.place,
    };
  });
  const refusals = new Map(open.flatMap(({ refused }) => told(refused)).map((one) => [one.message, one]));
  const changed = (stale?.changes ?? []).map(
    ({ channel, what }): Problem => ({
      severity: "warning",
      code: "approval-stale",
      message: `changed on \`${channel}\` since ${stale!.approval.by} approved: ${what.join(", ")}`,
      channel,
    }),
  );
  return [...problems, ...refusals.values(), ...changed];
}

function asked(rule: Rule): string {
  const many = rule.approvals > 1;
  return `${requirement(rule)} ${many ? "are" : "is"}`;
}

/** `2 signed approvals by marta or chinwe`. */
export function requirement({ approvals, by, signed }: Rule): string {
  const noun = approvals > 1 ? "approvals" : "approval";
  return `${approvals} ${signed ? "signed " : ""}${noun}${by ? ` by ${listed(by)}` : ""}`;
}

function had({ counted, refused }: Need): string {
  if (counted.length > 0) return `there is only ${listed(counted, "and")}'s`;
  return refused.some(({ code }) => code === "stale") ? "other content was approved" : "there is none";
}

function whom({ rule, counted }: Need): string {
  const left = rule.by?.filter((name) => !counted.some((one) => isSamePerson(one, name)));
  return left?.length === 1 ? left[0]! : "NAME";
}

// Of one person the reason that they can do something about: not the old approval, when there is a newer one.
function told(refused: readonly Refused[]): Problem[] {
  const people = [...new Set(refused.map(({ by }) => by))];
  return people.flatMap((person): Problem[] => {
    const reasons = refused.filter(({ by, code }) => by === person && code !== "stale");
    return reasons.slice(-1).map(({ by, why }) => ({
      severity: "warning",
      code: "approval-not-counted",
      message: `the approval by \`${by}\` does not count: ${why}`,
    }));
  });
}
