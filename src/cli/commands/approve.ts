/** `broadcast approve`: a person reads what would go out, and says that exactly this may. Sends nothing. */

import { dirname, resolve } from "node:path";
import { type Approved, approve as approvePlan } from "../../app/approve.ts";
import type { Project } from "../../app/project.ts";
import type { Approval } from "../../approval/approval.ts";
import { ownName } from "../../approval/author.ts";
import { type ApprovalStatus, isApproved } from "../../approval/status.ts";
import { NO_CREDENTIAL } from "../../config/config.ts";
import { describeDuration } from "../../duration.ts";
import { EXIT, usageError } from "../../errors.ts";
import type { Plan } from "../../plan/types.ts";
import { changeBlocks, needLines } from "../../report/approval.ts";
import { planCards } from "../../report/plan.ts";
import { planHead } from "../../report/plan-summary.ts";
import { planArguments } from "../../report/shell.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { keyFile, lengthOf } from "../approval-options.ts";
import { approvedJson, THE_LEDGER } from "../approved-json.ts";
import type { approve as declared } from "../declarations.ts";
import { reportProblems } from "../errors.ts";
import { mayGoOut, printNextCommand } from "../hints.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { type Terminal, unlessLeft } from "../terminal.ts";

export type ApproveOptions = Partial<OptionsOf<typeof declared>>;

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
  if (options.retract && options.source)
    throw usageError("`--source` and `--retract` approve different things", "Give one of them.");
  if (options.source) return (await import("./approve-source.ts")).approve(file, options, terminal);
  if (options.retract) return (await import("./approve-retraction.ts")).approve(file, options, terminal);
  const expiresIn = options.expires === undefined ? undefined : lengthOf(options.expires);
  const near = options.plan === undefined ? dirname(resolve(terminal.cwd, file)) : undefined;
  const { project } = await openProjectFor({ near, from: options.from }, terminal);
  const approved = await approvePlan({ ...options, file }, project, {
    by: (options.as ?? (await ownName(terminal.cwd, terminal.env)) ?? "").trim(),
    expiresIn,
    key: options.key === undefined ? undefined : keyFile(options.key, terminal),
    digest: options.digest,
    toFile: options.file,
    confirm: (plan, by) => agreed(by, plan, options, terminal),
    onEvent: ({ plan, status }) => {
      if (!options.json) show(plan, status, project, terminal);
    },
  });
  if (!approved.approval) {
    terminal.err("Nothing was approved.\n");
    return EXIT.input;
  }
  if (options.json) terminal.out(approvedJson(approved.approval, approved.status, approved.file));
  else {
    tell(approved.approval, approved, options, terminal);
    if (isApproved(approved.status) && mayGoOut(approved.plan))
      printNextCommand("To send it", `broadcast send ${planArguments({ ...options, file })}`, terminal);
  }
  return EXIT.ok;
}

function show(plan: Plan, { stale }: ApprovalStatus, { adapters }: Project, terminal: Terminal): void {
  const { out, err, results, notes } = terminal;
  const view = { plan, adapters, now: Date.now() };
  out(
    `${planHead(view, results)}\n\n${planCards(view, results)}\n\n${results.paint.dim(`fingerprint (digest) ${plan.digest}`)}\n`,
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

async function agreed(by: string, plan: Plan, options: ApproveOptions, terminal: Terminal): Promise<boolean> {
  if (options.yes) return true;
  if (!terminal.person || options.json)
    throw usageError(
      "this needs a confirmation, and there is no terminal to ask at",
      "Add `--yes` to approve without being asked.",
    );
  const { confirm } = await terminal.prompts();
  return (await unlessLeft(confirm(`Approve exactly this (${plan.digest.slice(0, 16)}) as ${by}?`))) ?? false;
}

function tell(
  { by, at, expiresAt }: Approval,
  { status, file = THE_LEDGER }: Approved,
  options: ApproveOptions,
  { err, notes }: Terminal,
): void {
  const until = expiresAt === undefined ? "" : `, for ${describeDuration(expiresAt - at)}`;
  err(`${notes.paint.green("✓")} Approved by ${oneLine(by)}${until}; recorded in ${oneLine(file)}.\n`);
  for (const line of needLines(status.needs, notes)) err(`${line}\n`);
  const mine = status.needs.flatMap(({ refused }) => refused.filter((one) => one.by === by));
  for (const why of new Set(mine.filter(({ code }) => code !== "stale").map((one) => one.why)))
    err(`${notes.paint.yellow("!")} It does not count everywhere: ${oneLine(why)}\n`);
  if (options.file) err(notes.paint.dim("Commit the file, so that it goes out with the campaign.\n"));
}
