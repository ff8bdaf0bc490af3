/** How far something is approved: the ledger's and the file's approvals, their signatures checked, held against the policy. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { InputError, type Problem } from "../errors.ts";
import type { StoredApproval } from "../ledger/approvals.ts";
import type { Delivery } from "../ledger/types.ts";
import type { Plan } from "../plan/types.ts";
import { shownPath } from "../yaml/source.ts";
import { type Approval, type ApprovedDelivery, approvedOf, statement } from "./approval.ts";
import { type Author, authorOf } from "./author.ts";
import { type Change, changesBetween } from "./changes.ts";
import { covers, type Examined, evaluate, type Need, rulesFor, type Subject } from "./evaluate.ts";
import { approvalFile } from "./file-name.ts";
import { coversSource, sourceSubject } from "./source.ts";

/** The parts of a project that approvals depend on. */
export interface ApprovalProject {
  config: Pick<Config, "root" | "source" | "policy" | "allowedSigners" | "channels" | "templates" | "people">;
  /** Of broadcast.yml. */
  problems: readonly Problem[];
  cwd: string;
}

/** The part of the ledger that has approvals. */
export interface ApprovalStore {
  approvals(campaign: string): Promise<StoredApproval[]>;
}

export interface ApprovalStatus {
  /** One for each rule that applies; none when nothing is asked. */
  needs: Need[];
  /** Every approval of this campaign that is known, whatever of it was approved. */
  approvals: Examined[];
  /** Whether one approval of the campaign may stand for all entries of its feed. */
  bySource?: true;
  /** If other content was approved: the latest such approval, and the differences. */
  stale?: { approval: Approval; changes: Change[] };
}

export function isApproved({ needs }: ApprovalStatus): boolean {
  return needs.every(({ missing }) => missing === 0);
}

/** Of a plan. `file` is the campaign's, or the kept plan's, as it was typed. Without a `ledger` only files are read. */
export function statusOfPlan(
  plan: Plan,
  home: ApprovalProject,
  { file, ledger, now }: { file?: string; ledger?: ApprovalStore; now: number },
): Promise<ApprovalStatus> {
  return statusOf(subjectOf(plan), approvedOf(plan), home, { file, ledger, now });
}

export function subjectOf({ campaign, digest, deliveries }: Plan): Subject {
  return { campaign: campaign.id, kind: campaign.kind, digest, deliveries };
}

/** Of deliveries of one campaign that the ledger holds: they count as approved when these very posts were. */
export async function statusOfDeliveries(
  deliveries: readonly Delivery[],
  home: ApprovalProject,
  { file, ledger, now }: { file?: string; ledger: ApprovalStore; now: number },
): Promise<ApprovalStatus> {
  const campaign = deliveries[0]?.campaign ?? "";
  const written = await valuesOf(campaignFile(campaign, home));
  const subject: Subject = {
    campaign,
    kind: typeof written.kind === "string" ? written.kind : undefined,
    deliveries: deliveries.map(({ id, channel, account, digest, ...terms }) => ({
      id,
      channel,
      account,
      digest,
      terms,
      audience: home.config.channels.get(channel)?.audience ?? "external",
    })),
  };
  return statusOf(subject, undefined, home, { file, ledger, now });
}

/** Of anything that is approved delivery by delivery, by the policy in `home`. */
export function statusOfSubject(
  subject: Subject,
  home: ApprovalProject,
  how: { file?: string; ledger?: ApprovalStore; now: number },
): Promise<ApprovalStatus> {
  return statusOf(subject, undefined, home, how);
}

async function statusOf(
  asked: Subject,
  planned: readonly ApprovedDelivery[] | undefined,
  home: ApprovalProject,
  { file, ledger, now }: { file?: string; ledger?: ApprovalStore; now: number },
): Promise<ApprovalStatus> {
  const { config } = home;
  requireReadable(home);
  const rules = rulesFor(asked, config.policy);
  if (rules.length === 0) return { needs: [], approvals: [] };

  const campaign = campaignFile(asked.campaign, home, file);
  const source = rules.some(({ rule }) => rule.approveSource)
    ? await sourceSubject(asked.campaign, await valuesOf(campaign), config)
    : undefined;
  const subject = { ...asked, ...(source && { source }) };
  const known = await approvalsOf(
    [subject.campaign, ...(source ? [source.campaign] : [])],
    [file && resolve(home.cwd, file), campaign],
    home,
    ledger,
  );
  const isFor = (one: Approval) => covers(one, subject, now) || coversSource(one, source);
  const approvals = await Promise.all(known.map((one) => examined(one, isFor(one), config)));
  const needs = evaluate(subject, config.policy, approvals, { author: await author(campaign), now });
  const bySource = source && { bySource: true as const };
  if (planned === undefined || approvals.some(isFor)) return { needs, approvals, ...bySource };
  const ofEntries = approvals.filter((one) => one.campaign === subject.campaign);
  const latest = ofEntries.reduce<Approval | undefined>(
    (last, one) => (last && last.at > one.at ? last : one),
    undefined,
  );
  if (!latest) return { needs, approvals, ...bySource };
  return {
    needs,
    approvals,
    ...bySource,
    stale: { approval: latest, changes: changesBetween(latest.approved, planned) },
  };
}

/** Every approval of these campaigns, from the ledger and from the files beside it. */
async function approvalsOf(
  campaigns: readonly string[],
  beside: readonly (string | undefined)[],
  { cwd }: ApprovalProject,
  ledger: ApprovalStore | undefined,
): Promise<Approval[]> {
  const files = new Set(beside.flatMap((one) => (one === undefined ? [] : [approvalFile(one)])));
  const found = [...files].filter((one) => existsSync(one));
  const { readApprovals } = found.length > 0 ? await import("./file.ts") : { readApprovals: undefined };
  const read = await Promise.all(found.map((one) => readApprovals?.(one, shownPath(one, cwd)) ?? []));
  const names = [...new Set(campaigns)];
  const stored = await Promise.all(names.map(async (name) => (await ledger?.approvals(name)) ?? []));
  return [...(stored.flat() as Approval[]), ...read.flat()].filter((one) => names.includes(one.campaign));
}

async function examined(
  approval: Approval,
  matters: boolean,
  { allowedSigners }: ApprovalProject["config"],
): Promise<Examined> {
  if (!matters || approval.signature === undefined) return approval;
  const { verify } = await import("./signature.ts");
  const signed = await verify(statement(approval), approval.signature, approval.by, allowedSigners);
  return { ...approval, signed };
}

// A policy with an error may ask for more than could be read.
function requireReadable({ config, problems }: ApprovalProject): void {
  const errors = problems.filter(({ severity }) => severity === "error");
  if (config.source.value.policy !== undefined && errors.length > 0) throw new InputError(errors);
}

/** The campaign's file: the one that was typed, else where its id says. */
function campaignFile(id: string, { config, cwd }: ApprovalProject, typed?: string): string | undefined {
  if (typed !== undefined && /\.ya?ml$/i.test(typed)) return resolve(cwd, typed);
  // The part after `@` is the release's version.
  const candidates = [id, id.replace(/@[^/]*$/, "")].map((path) => join(config.root, path));
  return candidates.find((path) => existsSync(path));
}

async function author(file: string | undefined): Promise<Author> {
  const written = await valuesOf(file);
  return authorOf(file, typeof written.author === "string" ? written.author : undefined);
}

// Errors of the file are reported where the campaign is loaded.
async function valuesOf(file: string | undefined): Promise<Record<string, unknown>> {
  if (file === undefined) return {};
  const { readSource } = await import("../yaml/source.ts");
  try {
    return (await readSource(file, file)).value;
  } catch (error) {
    if (error instanceof InputError) return {};
    throw error;
  }
}
