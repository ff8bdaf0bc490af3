/** Approvals, as shown before sending. */
import { rulesOfPlan } from "../app/approval.ts";
import type { Project } from "../app/project.ts";
import { ApprovalError } from "../approval/error.ts";
import type { Need } from "../approval/evaluate.ts";
import type { Plan } from "../plan/types.ts";
import { changeBlocks, needLines, requirementLine } from "../report/approval.ts";
import { oneLine } from "../report/terminal-safe.ts";
import type { Terminal } from "./terminal.ts";

/** Who has approved. */
export function printNeeds(needs: readonly Need[], { err, notes }: Terminal): void {
  if (needs.length > 0) err(`${needLines(needs, notes).join("\n")}\n\n`);
}

/** The approvals that a real send needs, and a rehearsal does not. */
export async function printRequirements(
  plan: Plan,
  project: Project,
  { err, notes }: Terminal,
): Promise<void> {
  const rules = await rulesOfPlan(plan, project);
  if (rules.length > 0) err(`${notes.paint.dim(requirementLine(rules))}\n\n`);
}

/** Shows what changed since the approval; the error that is left says the rest. */
export function withChangesShown(error: ApprovalError, { err, notes }: Terminal): ApprovalError {
  if (error.changes.length === 0) return error;
  const who = oneLine(error.by ?? "somebody");
  err(
    `${notes.paint.yellow("!")} Changed since ${who} approved:\n\n${changeBlocks(error.changes, notes)}\n\n`,
  );
  return new ApprovalError(
    error.problems.filter(({ channel }) => channel === undefined),
    error.changes,
    error.by,
  );
}
