/** Approvals as the commands that send meet them: asked for before anything is entered into the ledger. */
import type { Project } from "../app/project.ts";
import { ApprovalError } from "../approval/error.ts";
import { rulesFor } from "../approval/evaluate.ts";
import { demandApproved } from "../approval/require.ts";
import { type Standing, standingOfDeliveries, standingOfPlan, subjectOf } from "../approval/status.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Delivery } from "../ledger/types.ts";
import type { Plan } from "../plan/types.ts";
import { changeBlocks, demandLine, needLines } from "../report/approval.ts";
import { oneLine } from "../report/terminal-safe.ts";
import { type Meant, typedAgain } from "./hints.ts";
import { looking } from "./memory.ts";
import type { Terminal } from "./terminal.ts";

/** Where the plan comes from, as it was typed. */
export interface Typed extends Meant {
  json?: boolean;
}

/**
 * Throws ApprovalError, exit code 5, when the policy asks for an approval that this plan does not have; what changed since
 * is shown first. A rehearsal needs none, and says what a real send would take.
 */
export async function demandPlanApproved(
  plan: Plan,
  { json, ...meant }: Typed,
  project: Project,
  terminal: Terminal,
): Promise<void> {
  if (project.config.policy.length === 0 && project.config.source.value.policy === undefined) return;
  const { err, notes } = terminal;
  if (project.rehearsal) {
    const rules = rulesFor(subjectOf(plan), project.config.policy).map(({ rule }) => rule);
    if (rules.length > 0 && !json) err(`${notes.paint.dim(demandLine(rules))}\n\n`);
    return;
  }
  const standing = await planStanding(plan, meant.file, project);
  const occurrence = plan.deliveries[0]?.occurrence;
  demand(standing, approveCommand({ ...meant, occurrence }), json, terminal);
  if (standing.needs.length > 0 && !json) err(`${needLines(standing.needs, notes).join("\n")}\n\n`);
}

/** The same for deliveries that are in the ledger already: a retry sends nothing that was not approved. */
export async function demandDeliveriesApproved(
  deliveries: readonly Delivery[],
  project: Project,
  ledger: Ledger,
  terminal: Terminal,
  json?: boolean,
): Promise<void> {
  if (project.rehearsal || project.config.source.value.policy === undefined) return;
  for (const campaign of new Set(deliveries.map((one) => one.campaign))) {
    const ofCampaign = deliveries.filter((one) => one.campaign === campaign);
    const standing = await standingOfDeliveries(ofCampaign, project, { ledger, now: Date.now() });
    demand(standing, approveCommand({ file: campaign }), json, terminal);
  }
}

/** What is asked and what is there, from the files and, if there is one, the ledger. */
export async function planStanding(plan: Plan, file: string, project: Project): Promise<Standing> {
  const read = (ledger?: Ledger) => standingOfPlan(plan, project, { file, ledger, now: Date.now() });
  return (await looking<Standing | undefined>(project, read, undefined)) ?? read();
}

/** The command to type. */
export function approveCommand(meant: Meant): string {
  return `broadcast approve ${typedAgain(meant)}`;
}

function demand(standing: Standing, again: string, json: boolean | undefined, terminal: Terminal): void {
  const { err, notes } = terminal;
  const changes = standing.stale?.changes ?? [];
  try {
    demandApproved(standing, again);
  } catch (error) {
    if (!(error instanceof ApprovalError) || changes.length === 0 || json) throw error;
    const { by } = standing.stale!.approval;
    err(
      `${notes.paint.yellow("!")} Changed since ${oneLine(by)} approved:\n\n${changeBlocks(changes, notes)}\n\n`,
    );
    // The blocks have told it channel by channel.
    throw new ApprovalError(
      error.problems.filter(({ channel }) => channel === undefined),
      changes,
    );
  }
}
