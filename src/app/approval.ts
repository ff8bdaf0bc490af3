/** The approvals that sending needs: checked before anything is entered into the ledger, and again before it leaves. */
import type { ApprovalStatus } from "../approval/status.ts";
import type { Rule } from "../config/policy.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Delivery, History } from "../ledger/types.ts";
import type { Plan } from "../plan/types.ts";
import { type PlanRef, planArguments, quoted } from "../report/shell.ts";
import { withLedger } from "./ledger.ts";
import { isNotice } from "./notice.ts";
import type { Project } from "./project.ts";

/** The command to type. */
export function approveCommand(ref: PlanRef): string {
  return `broadcast approve ${planArguments(ref)}`;
}

/** Whether broadcast.yml asks for approvals at all; a policy that cannot be read asks too. */
export function hasPolicy({ config }: Pick<Project, "config">): boolean {
  return config.policy.length > 0 || config.source.value.policy !== undefined;
}

/** The rules that a real send of this plan has to meet. */
export async function rulesOfPlan(plan: Plan, { config }: Pick<Project, "config">): Promise<Rule[]> {
  if (!hasPolicy({ config })) return [];
  const { rulesFor } = await import("../approval/evaluate.ts");
  const { subjectOf } = await import("../approval/status.ts");
  return rulesFor(subjectOf(plan), config.policy).map(({ rule }) => rule);
}

/** The approvals that are needed and given, from the files and, if there is one, the ledger. */
export function approvalOfPlan(plan: Plan, file: string, project: Project): Promise<ApprovalStatus> {
  return withLedger(project, async (door) => statusOf(plan, file, project, await door.existing()));
}

/**
 * Throws ApprovalError if the policy asks for an approval that this plan does not have. `ref` is how the plan was named, if
 * it was; approvals may lie beside that file. A rehearsal needs none.
 */
export async function requirePlanApproved(
  plan: Plan,
  ref: PlanRef | undefined,
  project: Project,
  ledger: Ledger | undefined,
): Promise<ApprovalStatus | undefined> {
  if (project.rehearsal || !hasPolicy(project)) return undefined;
  const { requireApproved } = await import("../approval/require.ts");
  const status = await statusOf(plan, ref?.file, project, ledger);
  const occurrence = plan.deliveries[0]?.occurrence ?? ref?.occurrence;
  requireApproved(status, approveCommand({ ...(ref ?? { file: plan.campaign.id }), occurrence }));
  return status;
}

/** The same for deliveries that are in the ledger already: a retry sends nothing that was not approved. */
export async function requireDeliveriesApproved(
  deliveries: readonly Delivery[],
  project: Project,
  ledger: Ledger,
): Promise<void> {
  if (project.rehearsal || !hasPolicy(project)) return;
  const { requireApproved } = await import("../approval/require.ts");
  const { statusOfDeliveries } = await import("../approval/status.ts");
  for (const campaign of new Set(deliveries.map((one) => one.campaign))) {
    const ofCampaign = deliveries.filter((one) => one.campaign === campaign);
    const status = await statusOfDeliveries(ofCampaign, project, { ledger, now: Date.now() });
    requireApproved(status, approveCommand({ file: campaign }));
  }
}

/** Throws ApprovalError if the policy names who must approve that these are taken back, and they have not. */
export async function requireRetractionApproved(
  histories: readonly History[],
  project: Project,
  ledger: Ledger,
): Promise<void> {
  if (project.rehearsal || !hasPolicy(project)) return;
  const { requireApproved } = await import("../approval/require.ts");
  const { statusOfRetraction } = await import("../approval/retraction.ts");
  for (const campaign of new Set(histories.map((one) => one.campaign))) {
    const ofCampaign = histories.filter((one) => one.campaign === campaign);
    const status = await statusOfRetraction(ofCampaign, project, { ledger, now: Date.now() });
    requireApproved(status, `broadcast approve ${quoted(campaign)} --retract`);
  }
}

/**
 * Why exactly these posts may not leave, if there is a reason: asked again just before they do, since anyone who can write the
 * ledger can write posts into it. `undefined` where nothing is asked. `file`: how the plan was named; approvals may lie beside it.
 */
export function mayLeave(
  project: Project,
  ledger: Ledger,
  file?: string,
): ((delivery: Delivery) => Promise<string | undefined>) | undefined {
  if (project.rehearsal || !hasPolicy(project)) return undefined;
  return async (delivery) => {
    if (isNotice(delivery, project)) return undefined;
    const { isApproved, statusOfDeliveries } = await import("../approval/status.ts");
    const status = await statusOfDeliveries([delivery], project, { file, ledger, now: Date.now() });
    if (isApproved(status)) return undefined;
    return `exactly these posts have no valid approval: \`${approveCommand({ file: delivery.campaign })}\``;
  };
}

async function statusOf(
  plan: Plan,
  file: string | undefined,
  project: Project,
  ledger: Ledger | undefined,
): Promise<ApprovalStatus> {
  const { statusOfPlan } = await import("../approval/status.ts");
  return statusOfPlan(plan, project, { file, ledger, now: Date.now() });
}
