/** A person says that a campaign may announce whatever its feed says. Sends nothing. */
import type { Approval } from "../approval/approval.ts";
import { ApprovalError } from "../approval/error.ts";
import { isSamePerson } from "../approval/person.ts";
import { type SourceSubject, sourceApproval, sourceSubject } from "../approval/source.ts";
import { type ApprovalStatus, statusOfSubject } from "../approval/status.ts";
import type { Campaign } from "../campaign/campaign.ts";
import { systemClock } from "../clock.ts";
import { usageError } from "../errors.ts";
import { type ApproveOptions, record, requireName, signatureOf } from "./approve.ts";
import { feedOf } from "./feed-entries.ts";
import { withLedger } from "./ledger.ts";
import { readCampaign } from "./plan.ts";
import type { Project } from "./project.ts";

/** What is about to be approved. */
export interface SourceToApprove {
  campaign: Campaign;
  feed: string;
  channels: string[];
}

export interface ApproveSourceOptions
  extends Pick<ApproveOptions, "by" | "expiresIn" | "key" | "toFile" | "clock"> {
  /** Asked when everything is checked. Absent: yes. */
  confirm?: (what: SourceToApprove, by: string) => Promise<boolean>;
}

export interface SourceApproved extends SourceToApprove {
  /** Absent if the answer of `confirm` was no. */
  approval?: Approval;
  /** How far it is approved now. */
  status: ApprovalStatus;
  /** The file that it was recorded in, as a person would write it; absent: the ledger. */
  recorded?: string;
}

/** Throws InputError, and ApprovalError if the approval would not count. */
export async function approveSource(
  file: string,
  project: Project,
  options: ApproveSourceOptions,
): Promise<SourceApproved> {
  const { by, key, clock = systemClock } = options;
  requireName(by);
  const { campaign } = await readCampaign(file, project, { withoutCredentials: true });
  const subject = await sourceSubject(campaign.id, campaign.source.value, project.config);
  if (!subject || !campaign.announces)
    throw usageError(
      `\`${file}\` announces no feed`,
      "`--source` approves all that the feed of a campaign with `source:` will say.",
    );
  const what = { campaign, feed: feedOf({ source: campaign.announces })!, channels: campaign.channels };
  const now = clock.now();
  const expiresAt = options.expiresIn === undefined ? undefined : now + options.expiresIn;
  const plain = sourceApproval(subject, { by, at: now, expiresAt });
  const approval =
    key === undefined ? plain : { ...plain, signature: await signatureOf(plain, key, project) };
  const status = await statusWith(approval, campaign, subject, file, project, now);
  requireUse(status, by);
  if (options.confirm && !(await options.confirm(what, by))) return { ...what, status };
  const recorded = await record(approval, file, options.toFile === true, project);
  return { ...what, approval, status, ...(recorded !== undefined && { recorded }) };
}

function statusWith(
  approval: Approval,
  { id, kind, channels }: Campaign,
  source: SourceSubject,
  file: string,
  project: Project,
  now: number,
): Promise<ApprovalStatus> {
  const deliveries = channels.flatMap((name) => {
    const channel = project.config.channels.get(name);
    if (!channel) return [];
    const { audience, accountFingerprint: account } = channel;
    // The entries are not known: only an approval of the source can be for them.
    return [{ id: `${id}/${name}`, channel: name, audience, account, digest: "" }];
  });
  return withLedger(project, async (door) => {
    const known = (await (await door.existing())?.approvals(source.campaign)) ?? [];
    const others = known.filter((one) => !(one.by === approval.by && one.digest === approval.digest));
    const ledger = { approvals: async () => [...others, approval] };
    return statusOfSubject({ campaign: id, kind, deliveries }, project, { file, ledger, now });
  });
}

function requireUse({ needs, bySource }: ApprovalStatus, by: string): void {
  const asking = needs.filter(({ rule }) => rule.approveSource);
  if (!bySource || asking.length === 0)
    throw new ApprovalError({
      severity: "error",
      code: "approval-not-counted",
      message: "no rule of the policy that is about this campaign takes an approval of its source",
      remedy: "Write `approve_source: true` in the rule, or approve each entry.",
      place: needs[0]?.rule.place,
    });
  if (asking.some(({ counted }) => counted.some((one) => isSamePerson(one, by)))) return;
  const why = asking.flatMap(({ refused }) => refused).find((one) => isSamePerson(one.by, by))?.why;
  throw new ApprovalError({
    severity: "error",
    code: "approval-not-counted",
    message: `an approval by \`${by}\` would not count: ${why}`,
    remedy: "See `policy` in broadcast.yml. `--as NAME` says who you are, `--key FILE` signs.",
    place: asking[0]!.rule.place,
  });
}
