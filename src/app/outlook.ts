/** What a plan will meet once it is sent, from what the ledger remembers: full rate windows, and the budget. */
import { InputError, type Problem } from "../errors.ts";
import { LedgerError } from "../ledger/errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Plan } from "../plan/types.ts";
import { ledgerInGit, withLedger } from "./ledger.ts";
import { hasErrors } from "./plan.ts";
import type { Project } from "./project.ts";
import { quotaWarnings } from "./quotas.ts";

/**
 * Warnings: a plan is sound whatever else was sent this month. Makes no ledger, and says nothing where none can be read; one in
 * git is not fetched for it.
 */
export async function outlook(plan: Plan, project: Project, now = Date.now()): Promise<Problem[]> {
  if (plan.skipped !== undefined || project.rehearsal || hasErrors(plan.problems)) return [];
  if (ledgerInGit(project)) return [];
  try {
    return await withLedger(project, async (door) => foreseen(plan, project, await door.existing(), now));
  } catch (error) {
    if (error instanceof InputError || error instanceof LedgerError) return [];
    throw error;
  }
}

async function foreseen(
  { deliveries }: Plan,
  project: Project,
  ledger: Ledger | undefined,
  now: number,
): Promise<Problem[]> {
  const known = (await ledger?.list({ ids: deliveries.map(({ id }) => id) })) ?? [];
  const begun = new Set(known.filter(({ state }) => state !== "scheduled").map(({ id }) => id));
  const open = deliveries.filter(({ id }) => !begun.has(id));
  const over = project.config.budget
    ? await (await import("./budget.ts")).budgetProblems(open, project, ledger, now)
    : [];
  const found = [...over, ...(await quotaWarnings(open, project, ledger, now))];
  return found.map((problem) => ({ ...problem, severity: "warning" as const }));
}
