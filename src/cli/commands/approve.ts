/** `broadcast approve`: a person reads what would go out, and says that exactly this may. Sends nothing. */
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { verifyChannels } from "../../app/account.ts";
import { openLedger } from "../../app/ledger.ts";
import { demandSound, type Planned, planCampaign } from "../../app/plan.ts";
import { type Project, shown } from "../../app/project.ts";
import { type Approval, approvedOf, statement } from "../../approval/approval.ts";
import { ownName } from "../../approval/author.ts";
import { approvalFile } from "../../approval/beside.ts";
import { ApprovalError } from "../../approval/error.ts";
import type { Need } from "../../approval/evaluate.ts";
import { isApproved, type Standing, standingOfPlan } from "../../approval/status.ts";
import { NO_CREDENTIAL } from "../../config/config.ts";
import { describeDuration, parseDuration } from "../../duration.ts";
import { EXIT, InputError, usageError } from "../../errors.ts";
import type { Plan } from "../../plan/types.ts";
import { changeBlocks, needLines } from "../../report/approval.ts";
import { document } from "../../report/json.ts";
import { planCards, planHead } from "../../report/plan.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { planStanding } from "../approval.ts";
import { reportProblems } from "../errors.ts";
import { mayGoOut, sayNext, typedAgain } from "../hints.ts";
import { openStage } from "../open-project.ts";
import type { Terminal } from "../terminal.ts";

export interface ApproveOptions {
  /** A kept plan in place of the campaign. */
  plan?: string;
  as?: string;
  /** Into the file beside the campaign, and not into the ledger. */
  file?: boolean;
  /** An SSH key. */
  key?: string;
  expires?: string;
  /** How the digest begins of what was read before. */
  digest?: string;
  /** Which time of a campaign that comes again. */
  occurrence?: string;
  from?: string[];
  yes?: boolean;
  json?: boolean;
}

export async function approve(
  campaign: string | undefined,
  options: ApproveOptions,
  terminal: Terminal,
): Promise<number> {
  const file = options.plan ?? campaign;
  if (file === undefined || (options.plan !== undefined && campaign !== undefined))
    throw usageError(
      "`approve` takes a campaign, or a plan",
      "For example: broadcast approve campaigns/release.yml",
    );
  const now = Date.now();
  const expiresAt = options.expires === undefined ? undefined : now + lengthOf(options.expires);
  const near = options.plan === undefined ? dirname(resolve(terminal.cwd, file)) : undefined;
  const { project } = await openStage({ near, from: options.from }, terminal);
  const by = await nameOf(options.as, terminal);
  const plan = await planOf(file, options, project);
  const before = await planStanding(plan, file, project);

  if (!options.json) show(plan, before, project, terminal);
  demandDigest(plan, options.digest);
  await demandUse(before, by, plan, file, project, { now, expiresAt, key: options.key });
  if (!(await agreed(by, plan, options, terminal))) {
    terminal.err("Nothing was approved.\n");
    return EXIT.input;
  }

  const approval: Approval = {
    campaign: plan.campaign.id,
    by,
    digest: plan.digest,
    at: now,
    expiresAt,
    approved: approvedOf(plan),
  };
  if (options.key !== undefined) {
    approval.signature = await signed(approval, options.key, project, terminal);
  }
  const place = await record(approval, file, options, project);
  const after = await planStanding(plan, file, project);
  tell(approval, after, place, options, terminal);
  if (!options.json && isApproved(after) && mayGoOut(plan)) {
    sayNext("To send it", `broadcast send ${typedAgain({ ...options, file })}`, terminal);
  }
  return EXIT.ok;
}

async function planOf(file: string, options: ApproveOptions, project: Project): Promise<Plan> {
  if (options.plan !== undefined) {
    const { recallPlan } = await import("../../app/plan-file.ts");
    return recallPlan(file, project);
  }
  // Who approves need not hold the credentials with which it is sent. Where there are some, the servers are asked for
  // their limits, as `send` asks them: or else it might split a text in another way than the one that was approved.
  const how = { withoutCredentials: true, occurrence: options.occurrence };
  let planned = await planCampaign(file, project, how);
  const usable = planned.plan.deliveries
    .map(({ channel }) => channel)
    .filter((name) => project.config.channels.get(name)?.problems.length === 0);
  const verified = await verifyChannels(project, usable, { onlyUnknown: true });
  if (verified.some(({ account }) => account !== undefined)) planned = await planCampaign(file, project, how);
  if (planned.plan.withheld !== undefined)
    throw usageError("there is nothing to approve: the campaign's `when` does not hold");
  demandSound(planned.plan);
  demandSteady(planned);
  return planned.plan;
}

// An end that counts from now is another one with every plan: an approval of it would never hold.
function demandSteady({ plan, campaign }: Planned): void {
  const { expires, source } = campaign;
  if (expires === undefined || parseDuration(expires) === undefined) return;
  if (plan.deliveries.every(({ due }) => due !== undefined)) return;
  throw new InputError({
    severity: "error",
    code: "unsteady-plan",
    message: `\`expires: ${expires}\` counts from the moment of planning, so there is nothing lasting to approve`,
    remedy: "Give the campaign a time in `at`, or write `expires` as a time.",
    place: source.place(["expires"]),
  });
}

function show(plan: Plan, { stale }: Standing, { adapters }: Project, terminal: Terminal): void {
  const { out, err, results, notes } = terminal;
  const view = { plan, adapters, now: Date.now() };
  out(
    `${planHead(view, results)}\n\n${planCards(view, results)}\n\n${results.paint.dim(`digest ${plan.digest}`)}\n`,
  );
  err("\n");
  const telling = plan.problems.filter(({ code }) => !NO_CREDENTIAL.has(code));
  if (telling.length > 0) {
    reportProblems(telling, terminal);
    err("\n");
  }
  if (stale && stale.changes.length > 0) {
    const who = oneLine(stale.approval.by);
    err(
      `${notes.paint.yellow("!")} Changed since ${who} approved:\n\n${changeBlocks(stale.changes, notes)}\n\n`,
    );
  }
}

function demandDigest({ digest }: Plan, typed: string | undefined): void {
  if (typed === undefined) return;
  const prefix = typed.toLowerCase();
  if (!/^[0-9a-f]{8,64}$/.test(prefix))
    throw usageError("a digest has 8 to 64 hexadecimal digits", "`broadcast plan` prints it.");
  if (digest.startsWith(prefix)) return;
  throw new ApprovalError({
    severity: "error",
    code: "approval-stale",
    message: `this is not what you read: its digest is ${digest.slice(0, 16)}…, not ${prefix.slice(0, 16)}…`,
    remedy: "Read it again: something has changed since.",
  });
}

/** An approval that would not count is refused at once, and not when somebody wants to send. */
async function demandUse(
  { needs, approvals }: Standing,
  by: string,
  plan: Plan,
  file: string,
  project: Project,
  { now, expiresAt, key }: { now: number; expiresAt: number | undefined; key: string | undefined },
): Promise<void> {
  if (needs.length === 0) return;
  const mine = { campaign: plan.campaign.id, by, digest: plan.digest, at: now, expiresAt, approved: [] };
  // Only this one is asked about; what its signature is worth shows once it is there.
  const signature = key === undefined ? {} : { signature: "" };
  const others = approvals.filter((one) => one.by !== by);
  const standing = await standingOfPlan(plan, project, {
    file,
    now,
    ledger: { approvals: async () => [...others, { ...mine, ...signature }] },
  });
  const reasons = standing.needs.map((need) => whyNot(need, by, key !== undefined));
  if (reasons.some((reason) => reason === undefined)) return;
  throw new ApprovalError({
    severity: "error",
    code: "approval-not-counted",
    message: `an approval by \`${by}\` would not count: ${reasons[0]}`,
    remedy: "See `policy` in broadcast.yml. `--as NAME` says who you are, `--key FILE` signs.",
    place: standing.needs[0]!.rule.place,
  });
}

function whyNot({ counted, refused }: Need, by: string, signs: boolean): string | undefined {
  if (counted.includes(by)) return undefined;
  const own = refused.filter((one) => one.by === by && one.code !== "stale").at(-1);
  if (signs && (own?.code === "unsigned" || own?.code === "forged")) return undefined;
  return own?.why;
}

async function nameOf(typed: string | undefined, { cwd, env }: Terminal): Promise<string> {
  const name = (typed ?? (await ownName(cwd, env)) ?? "").trim();
  if (/^[^\p{C}\u2028\u2029]{1,100}$/u.test(name)) return name;
  throw usageError(
    name === "" ? "it is not known who approves" : "this is no name",
    "Say it: broadcast approve CAMPAIGN --as NAME",
  );
}

function lengthOf(typed: string): number {
  const length = parseDuration(typed);
  if (length !== undefined && length > 0) return length;
  throw usageError(`\`--expires ${typed}\` is no length of time`, "Write it like 7d or 12h.");
}

function keyFile(typed: string, { cwd, env }: Terminal): string {
  return typed.startsWith("~/") ? join(env.HOME ?? homedir(), typed.slice(2)) : resolve(cwd, typed);
}

async function agreed(by: string, plan: Plan, options: ApproveOptions, terminal: Terminal): Promise<boolean> {
  if (options.yes) return true;
  if (!terminal.person || options.json)
    throw usageError("nobody is there to confirm this", "Add `--yes` to approve without being asked.");
  const { confirm } = await terminal.questions();
  return confirm(`Approve exactly this (${plan.digest.slice(0, 16)}) as ${by}?`);
}

/** Throws ApprovalError when the key is not one that counts as this person's. */
async function signed(
  approval: Approval,
  key: string,
  { config }: Project,
  terminal: Terminal,
): Promise<string> {
  const { sign, verify } = await import("../../approval/signature.ts");
  const text = statement(approval);
  const signature = await sign(text, keyFile(key, terminal));
  const checked = await verify(text, signature, approval.by, config.allowedSigners);
  if (checked.state !== "invalid") return signature;
  throw new ApprovalError({
    severity: "error",
    code: "approval-not-counted",
    message: `this signature would not count: ${checked.reason}`,
    remedy: "Sign with a key that stands in `allowed_signers` under your name.",
  });
}

/** Where it was recorded, as a person would say it. */
async function record(
  approval: Approval,
  file: string,
  options: ApproveOptions,
  project: Project,
): Promise<string> {
  if (options.file) {
    const { writeApproval } = await import("../../approval/file.ts");
    const path = resolve(project.cwd, approvalFile(file));
    await writeApproval(path, shown(project.cwd, path), approval);
    return shown(project.cwd, path);
  }
  const ledger = await openLedger(project);
  try {
    await ledger.approve(approval);
    return "the ledger";
  } finally {
    await ledger.close();
  }
}

function tell(
  { by, digest, at, expiresAt, signature }: Approval,
  standing: Standing,
  place: string,
  { json, file }: ApproveOptions,
  { out, err, notes }: Terminal,
): void {
  const iso = (time: number) => new Date(time).toISOString();
  if (json) {
    out(
      document("approve", {
        digest,
        by,
        at: iso(at),
        expires: expiresAt === undefined ? undefined : iso(expiresAt),
        signed: signature !== undefined,
        recorded: place,
        approved: isApproved(standing),
        needs: standing.needs.map(({ rule, counted, missing, channels }) => ({
          approvals: rule.approvals,
          by: rule.by,
          signed: rule.signed,
          channels,
          counted,
          missing,
        })),
      }),
    );
    return;
  }
  const until = expiresAt === undefined ? "" : `, for ${describeDuration(expiresAt - at)}`;
  err(`${notes.paint.green("✓")} Approved by ${oneLine(by)}${until}; recorded in ${oneLine(place)}.\n`);
  for (const line of needLines(standing.needs, notes)) err(`${line}\n`);
  const mine = standing.needs.flatMap(({ refused }) => refused.filter((one) => one.by === by));
  for (const why of new Set(mine.filter(({ code }) => code !== "stale").map((one) => one.why)))
    err(`${notes.paint.yellow("!")} It does not count everywhere: ${oneLine(why)}\n`);
  if (file) err(notes.paint.dim("Commit the file, so that it goes out with the campaign.\n"));
}
