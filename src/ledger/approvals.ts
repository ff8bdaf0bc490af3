/** Approvals as the ledger keeps them. Times are epoch milliseconds. */
import { query, type Row, type Work } from "./database.ts";

export interface StoredApproval {
  campaign: string;
  by: string;
  /** Of the plan. */
  digest: string;
  at: number;
  expiresAt?: number;
  /** SSH, armoured. */
  signature?: string;
  /** JSON: what was approved, delivery by delivery. */
  approved: unknown;
}

/** The same approval by the same person replaces the earlier one. */
export function* putApproval(approval: StoredApproval): Work<void> {
  yield* query(
    `insert into approvals (campaign, name, digest, at, expires_at, signature, approved) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (campaign, name, digest) do update set at = excluded.at, expires_at = excluded.expires_at,
       signature = excluded.signature, approved = excluded.approved`,
    approval.campaign,
    approval.by,
    approval.digest,
    approval.at,
    approval.expiresAt ?? null,
    approval.signature ?? null,
    JSON.stringify(approval.approved),
  );
}

/** Oldest first. */
export function* approvalsOf(campaign: string): Work<StoredApproval[]> {
  const rows = yield* query("select * from approvals where campaign = $1 order by at, name", campaign);
  return rows.map(toApproval);
}

function toApproval(row: Row): StoredApproval {
  return {
    campaign: String(row.campaign),
    by: String(row.name),
    digest: String(row.digest),
    at: Number(row.at),
    expiresAt: row.expires_at === null ? undefined : Number(row.expires_at),
    signature: row.signature === null ? undefined : String(row.signature),
    approved: JSON.parse(String(row.approved)),
  };
}
