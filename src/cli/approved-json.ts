/** `approve --json`, whatever was approved. */
import type { Approval } from "../approval/approval.ts";
import { type ApprovalStatus, isApproved } from "../approval/status.ts";
import { document } from "../report/json.ts";

export const THE_LEDGER = "the ledger";

/** `recorded`: the file that it is in; default: the ledger. */
export function approvedJson(
  { by, digest, at, expiresAt, signature }: Approval,
  status: ApprovalStatus,
  recorded = THE_LEDGER,
): string {
  const iso = (time: number) => new Date(time).toISOString();
  return document("approve", {
    digest,
    by,
    at: iso(at),
    expires: expiresAt === undefined ? undefined : iso(expiresAt),
    signed: signature !== undefined,
    recorded,
    approved: isApproved(status),
    needs: status.needs.map(({ rule, counted, missing, channels }) => ({
      approvals: rule.approvals,
      by: rule.by,
      signed: rule.signed,
      channels,
      counted,
      missing,
    })),
  });
}
