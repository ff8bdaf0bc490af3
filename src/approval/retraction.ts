/** Who must approve that something is taken back, where the policy says so: `retract: [marta]`. */
import type { Rule } from "../config/policy.ts";
import type { History } from "../ledger/types.ts";
import { digest } from "../plan/digest.ts";
import type { Approval, ApprovedDelivery } from "./approval.ts";
import type { ApprovalProject, ApprovalStatus, ApprovalStore } from "./status.ts";
import { statusOfSubject } from "./status.ts";

type Out = Pick<History, "id" | "channel" | "network" | "account" | "round" | "receipts" | "campaign">;

/** The policy's rules for taking back, each as one that asks for one approval by those it names. */
export function retractionRules(policy: readonly Rule[]): Rule[] {
  return policy.flatMap((rule) =>
    rule.retract ? [{ ...rule, approvals: 1, by: rule.retract, notAuthor: false }] : [],
  );
}

/** Whether exactly these posts may be taken back: as far as the approvals in the ledger and beside the campaign say. */
export function statusOfRetraction(
  histories: readonly Out[],
  home: ApprovalProject,
  how: { file?: string; ledger?: ApprovalStore; now: number },
): Promise<ApprovalStatus> {
  const { config } = home;
  const deliveries = histories.map((history) => ({
    id: history.id,
    channel: history.channel,
    account: history.account,
    digest: digestOf(history),
    audience: config.channels.get(history.channel)?.audience ?? ("external" as const),
  }));
  const policy = retractionRules(config.policy);
  const subject = { campaign: histories[0]?.campaign ?? "", deliveries };
  return statusOfSubject(subject, { ...home, config: { ...config, policy } }, how);
}

/** The approval's content: which posts may be taken back, without their words. */
export function retractionApproval(
  histories: readonly Out[],
  { by, at, expiresAt }: Pick<Approval, "by" | "at" | "expiresAt">,
): Approval {
  const approved = histories.map(
    (history): ApprovedDelivery => ({
      id: history.id,
      channel: history.channel,
      network: history.network,
      account: history.account,
      digest: digestOf(history),
      posts: [],
    }),
  );
  const whole = digest(approved.map((one) => one.digest));
  return { campaign: histories[0]?.campaign ?? "", by, at, expiresAt, digest: whole, approved };
}

// Of the posts that are out, so that a retraction approved once does not cover what is published afterwards.
function digestOf({ id, round, receipts }: Out): string {
  return digest({ retract: id, round, posts: receipts.map((one) => one.id) });
}
