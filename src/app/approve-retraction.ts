/** A person says that what is out may be taken back. Takes nothing back. */
import type { Approval } from "../approval/approval.ts";
import { ApprovalError } from "../approval/error.ts";
import { retractionApproval, statusOfRetraction } from "../approval/retraction.ts";
import type { ApprovalStatus } from "../approval/status.ts";
import { systemClock } from "../clock.ts";
import { usageError } from "../errors.ts";
import type { History } from "../ledger/types.ts";
import { requireName, signatureOf } from "./approve.ts";
import { campaignId, findDelivery } from "./find-deliveries.ts";
import { changeLedger } from "./ledger.ts";
import type { Project } from "./project.ts";

export interface ApproveRetractionOptions {
  /** Who approves. */
  by: string;
  /** Milliseconds from now; absent: for good. */
  expiresIn?: number;
  /** The file of an SSH key that signs. */
  key?: string;
  /** Asked when everything is checked. Absent: yes. */
  confirm?: (histories: readonly History[], by: string) => Promise<boolean>;
  clock?: typeof systemClock;
}

export interface RetractionApproved {
  histories: History[];
  /** Absent if the answer of `confirm` was no. */
  approval?: Approval;
  /** How far it is approved now. */
  status: ApprovalStatus;
}

/** `typed` is a campaign or a delivery. Throws InputError, and ApprovalError if the approval would not count. */
export async function approveRetraction(
  typed: string,
  project: Project,
  { by, expiresIn, key, confirm, clock = systemClock }: ApproveRetractionOptions,
): Promise<RetractionApproved> {
  requireName(by);
  return changeLedger(project, async (ledger) => {
    const ofCampaign = await ledger.list({ campaign: await campaignId(typed, project) });
    const meant = ofCampaign.length > 0 ? ofCampaign : [await findDelivery(ledger, typed)];
    const histories = (await ledger.histories(meant.map(({ id }) => id))).filter(
      ({ receipts }) => receipts.length > 0,
    );
    if (histories.length === 0)
      throw usageError(`nothing of \`${typed}\` is out`, "`broadcast status` shows what is.");
    const now = clock.now();
    const expiresAt = expiresIn === undefined ? undefined : now + expiresIn;
    const approval = retractionApproval(histories, { by, at: now, expiresAt });
    const signed =
      key === undefined ? approval : { ...approval, signature: await signatureOf(approval, key, project) };
    const known = await ledger.approvals(approval.campaign);
    const status = await statusOfRetraction(histories, project, {
      now,
      ledger: { approvals: async () => [...known, signed] },
    });
    const refusal = status.needs.flatMap(({ refused }) => refused).find((one) => one.by === by);
    if (refusal && status.needs.every(({ counted }) => !counted.includes(by)))
      throw new ApprovalError({
        severity: "error",
        code: "approval-not-counted",
        message: `an approval by \`${by}\` would not count: ${refusal.why}`,
        remedy: "See `policy` in broadcast.yml. `--as NAME` says who you are, `--key FILE` signs.",
        place: status.needs[0]?.rule.place,
      });
    if (confirm && !(await confirm(histories, by))) return { histories, status };
    await ledger.approve(signed);
    return { histories, approval: signed, status };
  });
}
