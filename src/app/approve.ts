/** A person says that exactly this may go out. Sends nothing. */
import { resolve } from "node:path";
import { type Approval, approvedOf, statement } from "../approval/approval.ts";
import { ApprovalError } from "../approval/error.ts";
import type { Need } from "../approval/evaluate.ts";
import { approvalFile } from "../approval/file-name.ts";
import { isSamePerson } from "../approval/person.ts";
import { type ApprovalStatus, statusOfPlan } from "../approval/status.ts";
import { systemClock } from "../clock.ts";
import { parseDuration } from "../duration.ts";
import { InputError, usageError } from "../errors.ts";
import type { Plan } from "../plan/types.ts";
import type { PlanRef } from "../report/shell.ts";
import { verifyChannels } from "./account.ts";
import { approvalOfPlan } from "./approval.ts";
import type { Listener } from "./deliver.ts";
import { withLedger } from "./ledger.ts";
import { type Planned, planCampaign, requireSound } from "./plan.ts";
import { type Project, shown } from "./project.ts";

export interface ApproveOptions {
  /** Who approves. */
  by: string;
  /** Milliseconds from now; absent: for good. */
  expiresIn?: number;
  /** The file of an SSH key that signs. */
  key?: string;
  /** How the digest begins of what was read before. */
  digest?: string;
  /** Into the file beside the campaign, and not into the ledger. */
  toFile?: boolean;
  /** Asked when everything is checked. Absent: yes. */
  confirm?: (plan: Plan, by: string) => Promise<boolean>;
  onEvent?: Listener<{ type: "planned"; plan: Plan; status: ApprovalStatus }>;
  clock?: typeof systemClock;
}

export interface Approved {
  plan: Plan;
  /** Absent if the answer of `confirm` was no. */
  approval?: Approval;
  /** How far it is approved now. */
  status: ApprovalStatus;
  /** The file that it was recorded in, as a person would write it; absent: the ledger. */
  file?: string;
}

/** Throws InputError, and ApprovalError if the digest is another one or the approval would not count. */
export async function approve(ref: PlanRef, project: Project, options: ApproveOptions): Promise<Approved> {
  const { by, key, clock = systemClock } = options;
  requireName(by);
  const plan = await planToApprove(ref, project);
  const before = await approvalOfPlan(plan, ref.file, project);
  await options.onEvent?.({ type: "planned", plan, status: before });
  requireDigest(plan, options.digest);
  const now = clock.now();
  const expiresAt = options.expiresIn === undefined ? undefined : now + options.expiresIn;
  const approval: Approval = {
    campaign: plan.campaign.id,
    by,
    digest: plan.digest,
    at: now,
    expiresAt,
    approved: approvedOf(plan),
  };
  await requireUse(before, approval, plan, ref.file, project, key !== undefined);
  if (options.confirm && !(await options.confirm(plan, by))) return { plan, status: before };
  const signed =
    key === undefined ? approval : { ...approval, signature: await signatureOf(approval, key, project) };
  const file = await record(signed, ref.file, options.toFile === true, project);
  return { plan, approval: signed, status: await approvalOfPlan(plan, ref.file, project), file };
}

async function planToApprove({ file, plan: kept, occurrence }: PlanRef, project: Project): Promise<Plan> {
  if (kept) {
    const { recallPlan } = await import("./plan-file.ts");
    return recallPlan(file, project);
  }
  // Who approves need not hold the credentials with which it is sent. Where there are some, the servers are asked for
  // their limits, as `send` asks them: or else it might split a text in another way than the one that was approved.
  const how = { withoutCredentials: true, occurrence };
  let planned = await planCampaign(file, project, how);
  const usable = planned.plan.deliveries
    .map(({ channel }) => channel)
    .filter((name) => project.config.channels.get(name)?.problems.length === 0);
  const verified = await verifyChannels(project, usable, { onlyUnknown: true });
  if (verified.some(({ account }) => account !== undefined)) planned = await planCampaign(file, project, how);
  if (planned.plan.skipped !== undefined)
    throw usageError("there is nothing to approve: the campaign's `when` does not hold");
  requireSound(planned.plan);
  requireSteady(planned);
  return planned.plan;
}

// An end that counts from now is another one with every plan: an approval of it would never hold.
function requireSteady({ plan, campaign }: Planned): void {
  const { expires, source } = campaign;
  if (expires === undefined || parseDuration(expires) === undefined) return;
  if (plan.deliveries.every(({ due }) => due !== undefined)) return;
  throw new InputError({
    severity: "error",
    code: "unsteady-plan",
    message: `\`expires: ${expires}\` counts from the moment of planning, so every plan is different and none can be approved`,
    remedy: "Give the campaign a time in `at`, or write `expires` as a time.",
    place: source.place(["expires"]),
  });
}

export function requireName(by: string): void {
  if (/^[^\p{C}\u2028\u2029]{1,100}$/u.test(by)) return;
  throw usageError(
    by === "" ? "the name of the approver is missing" : "this is not a name",
    "Give it: broadcast approve CAMPAIGN --as NAME",
  );
}

// 128 bits. Shorter forms are for reading only.
const LONG_ENOUGH = /^[0-9a-f]{32,64}$/;

function requireDigest({ digest }: Plan, typed: string | undefined): void {
  if (typed === undefined) return;
  const prefix = typed.toLowerCase();
  if (!LONG_ENOUGH.test(prefix))
    throw usageError(
      "this is too short for a fingerprint (digest): another plan could be made to begin the same",
      "Give 32 to 64 hexadecimal digits of it: `broadcast plan --json` prints all of them.",
    );
  if (digest.startsWith(prefix)) return;
  throw new ApprovalError({
    severity: "error",
    code: "approval-stale",
    message: `this is not what you read: its fingerprint (digest) is ${digest.slice(0, 16)}…, not ${prefix.slice(0, 16)}…`,
    remedy: "Something has changed since: read it again.",
  });
}

/** Refuses an approval that would not count, instead of failing later at sending. */
async function requireUse(
  { needs, approvals }: ApprovalStatus,
  approval: Approval,
  plan: Plan,
  file: string,
  project: Project,
  signs: boolean,
): Promise<void> {
  if (needs.length === 0) return;
  const { by, at: now } = approval;
  // Only this one is asked about; what its signature is worth shows once it is there.
  const mine = { ...approval, approved: [], ...(signs ? { signature: "" } : {}) };
  const others = approvals.filter((one) => !isSamePerson(one.by, by));
  const status = await statusOfPlan(plan, project, {
    file,
    now,
    ledger: { approvals: async () => [...others, mine] },
  });
  const reasons = status.needs.map((need) => whyNot(need, by, signs));
  if (reasons.some((reason) => reason === undefined)) return;
  throw new ApprovalError({
    severity: "error",
    code: "approval-not-counted",
    message: `an approval by \`${by}\` would not count: ${reasons[0]}`,
    remedy: "See `policy` in broadcast.yml. `--as NAME` says who you are, `--key FILE` signs.",
    place: status.needs[0]!.rule.place,
  });
}

function whyNot({ counted, refused }: Need, by: string, signs: boolean): string | undefined {
  if (counted.some((one) => isSamePerson(one, by))) return undefined;
  const own = refused.filter((one) => isSamePerson(one.by, by) && one.code !== "stale").at(-1);
  if (signs && (own?.code === "unsigned" || own?.code === "forged")) return undefined;
  return own?.why;
}

/** Throws ApprovalError if the key is not one that counts as this person's. */
export async function signatureOf(approval: Approval, key: string, { config }: Project): Promise<string> {
  const { sign, verify } = await import("../approval/signature.ts");
  const text = statement(approval);
  const signature = await sign(text, key);
  const checked = await verify(text, signature, approval.by, config.allowedSigners);
  if (checked.state !== "invalid") return signature;
  throw new ApprovalError({
    severity: "error",
    code: "approval-not-counted",
    message: `this signature would not count: ${checked.reason}`,
    remedy: "Sign with a key that `allowed_signers` lists under your name.",
  });
}

/** Into the ledger, or the file beside the campaign; gives the file as a person would write it. */
export async function record(
  approval: Approval,
  file: string,
  toFile: boolean,
  project: Project,
): Promise<string | undefined> {
  if (toFile) {
    const { writeApproval } = await import("../approval/file.ts");
    const path = resolve(project.cwd, approvalFile(file));
    const name = shown(project.cwd, path);
    await writeApproval(path, name, approval);
    return name;
  }
  await withLedger(project, async (door) => (await door.open()).approve(approval));
  return undefined;
}
