/** `broadcast send`: plan, ask the networks who we are, ask the person, deliver, report. */
import { dirname, resolve } from "node:path";
import { deliveriesOf, enter } from "../../app/deliver.ts";
import { openLedger } from "../../app/ledger.ts";
import { askNetworks, preflight, type Ready } from "../../app/preflight.ts";
import type { Project } from "../../app/project.ts";
import { EXIT, usageError } from "../../errors.ts";
import type { Added, Delivery, History, NewDelivery } from "../../ledger/types.ts";
import { differs } from "../../ledger/upsert.ts";
import type { Plan } from "../../plan/types.ts";
import { frames } from "../../report/code-frame.ts";
import { driftNotes } from "../../report/drift.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { outcomes, tally } from "../../report/outcome.ts";
import { planHead, planSummary } from "../../report/plan.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { demandPlanApproved } from "../approval.ts";
import { deliverWatched, exitCode } from "../deliver.ts";
import { annotate, tellSent } from "../github-actions.ts";
import { sandboxSuffix, sayNext, typedAgain } from "../hints.ts";
import { looking } from "../memory.ts";
import { openStage, type Stage } from "../open-project.ts";
import type { Terminal } from "../terminal.ts";
import { sayWithheld } from "../withheld.ts";

export interface SendOptions {
  plan?: string;
  /** Which time of a campaign that comes again. */
  occurrence?: string;
  yes?: boolean;
  dryRun?: boolean;
  sandbox?: boolean | string;
  fresh?: boolean;
  from?: string[];
  json?: boolean;
}

export async function send(
  campaign: string | undefined,
  options: SendOptions,
  terminal: Terminal,
): Promise<number> {
  const file = options.plan ?? campaign;
  if (file === undefined)
    throw usageError(
      "`send` needs a campaign, or a plan",
      "For example: broadcast send campaigns/release.yml",
    );
  if (options.plan !== undefined && campaign !== undefined) {
    throw usageError(
      "`send` takes a campaign or a plan, not both",
      "A plan says everything: leave the campaign out.",
    );
  }
  // A plan may lie anywhere; its project is where the person stands.
  const near = options.plan === undefined ? dirname(resolve(terminal.cwd, file)) : undefined;
  const stage = await openStage(
    { near, sandbox: options.sandbox, fresh: options.fresh, from: options.from },
    terminal,
  );
  try {
    if (options.dryRun) {
      const { showRequests } = await import("./dry-run.ts");
      return await showRequests(file, options, stage.project, terminal);
    }
    const ready = await prepare(file, options, stage.project);
    if (ready.plan.withheld !== undefined)
      return await sayWithheld(
        "send",
        ready.plan,
        { ...options, rehearsal: stage.project.rehearsal },
        terminal,
      );
    return await carryOut(ready, file, options, stage, terminal);
  } finally {
    await stage.close();
  }
}

async function prepare(file: string, options: SendOptions, project: Project): Promise<Ready> {
  if (options.plan === undefined) return preflight(file, project, { occurrence: options.occurrence });
  const { recallPlan } = await import("../../app/plan-file.ts");
  const plan = await recallPlan(file, project);
  const { warnings } = await askNetworks(plan, project);
  return { plan, warnings: [...plan.problems, ...warnings] };
}

async function carryOut(
  { plan, warnings: found }: Ready,
  file: string,
  options: SendOptions,
  stage: Stage,
  terminal: Terminal,
): Promise<number> {
  const { project } = stage;
  const { err, notes } = terminal;
  const ids = plan.deliveries.map(({ id }) => id);
  const known = await looking(project, (ledger) => ledger.list({ ids }), [] as Delivery[]);
  // What is out, or waits for a person, is not too late for anything.
  const settled = new Set(
    plan.deliveries.filter(({ id }) => isSettled(id, known)).map(({ channel }) => channel),
  );
  const warnings = found.filter(
    ({ code, channel = "" }) => !(settled.has(channel) && (code === "over" || code === "late")),
  );
  const news = deliveriesOf(plan).some((planned) => isNew(planned, known));

  if (!options.json) {
    const summary = news
      ? `\n\n${planSummary({ plan, adapters: project.adapters, now: Date.now() }, notes)}`
      : "";
    err(`${planHead({ plan }, notes)}${summary}\n\n`);
    if (stage.page)
      err(`${notes.paint.cyan("Rehearsal:")} the sandbox at ${stage.page} takes everything.\n\n`);
    if (warnings.length > 0) err(`${frames(warnings, notes)}\n\n`);
  }
  annotate(warnings, terminal);
  if (plan.deliveries.some(({ id }) => !isSettled(id, known)))
    await demandPlanApproved(plan, { ...options, file }, project, terminal);
  if (news && !(await agreed(plan, options, stage, terminal))) {
    err("Nothing was sent.\n");
    return EXIT.input;
  }

  const ledger = await openLedger(project);
  try {
    const added = await enter(plan, ledger);
    const histories = await deliverWatched(
      added.map(({ delivery }) => delivery),
      project,
      ledger,
      terminal,
    );
    if (options.json) {
      const deliveries = histories.map((history, index) => ({
        ...deliveryJson(history, project.rehearsal),
        entered: added[index]!.as,
      }));
      const { campaign, digest } = plan;
      terminal.out(
        document("send", {
          campaign,
          digest,
          rehearsal: project.rehearsal,
          sandbox: stage.page,
          deliveries,
          problems: warnings,
        }),
      );
    } else {
      report(histories, added, { plan, file, options, news }, terminal);
      await stayOpen(stage, terminal);
    }
    await tellSent(plan, histories, project.rehearsal, terminal);
    return exitCode(histories);
  } finally {
    await ledger.close();
  }
}

/** Whether nothing more is done about it, whatever the campaign says now. */
function isSettled(id: string, known: readonly Delivery[]): boolean {
  const state = known.find((delivery) => delivery.id === id)?.state;
  return state === "published" || state === "cancelled" || state === "held";
}

/** Whether sending could make something happen: what is out, cancelled or held stays as it is. */
function isNew(planned: NewDelivery, known: readonly Delivery[]): boolean {
  const before = known.find(({ id }) => id === planned.id);
  if (!before) return true;
  if (before.state === "scheduled" || before.state === "sending") return true;
  return (before.state === "failed" || before.state === "expired") && differs(before, planned, Date.now());
}

async function agreed(plan: Plan, options: SendOptions, stage: Stage, terminal: Terminal): Promise<boolean> {
  if (options.yes) return true;
  if (!terminal.person || options.json) {
    throw usageError("nobody is there to confirm this", "Add `--yes` to send without being asked.");
  }
  const { confirm } = await terminal.questions();
  const channels =
    plan.deliveries.length === 1
      ? `to ${oneLine(plan.deliveries[0]!.channel)}`
      : `to ${plan.deliveries.length} channels`;
  return confirm(stage.page ? `Rehearse this ${channels}?` : `Send this ${channels}?`);
}

interface Sent {
  plan: Plan;
  file: string;
  options: SendOptions;
  /** Whether anything could have been sent. */
  news: boolean;
}

function report(
  histories: readonly History[],
  added: readonly Added[],
  { plan, file, options, news }: Sent,
  terminal: Terminal,
): void {
  const { out, err, results, notes, screen } = terminal;
  const suffix = sandboxSuffix(options.sandbox);
  // By then the next time of a campaign that comes again is another one.
  const occurrence = plan.deliveries[0]?.occurrence;
  const send = `broadcast send ${typedAgain({ ...options, file, occurrence })}`;
  const again = send + suffix;
  // A live list leaves a blank line behind.
  if (news && !screen) err("\n");
  out(`${outcomes({ histories, now: Date.now(), suffix, again }, results)}\n`);

  for (const note of driftNotes(added, plan, notes)) err(`\n${note}\n`);
  const done = !news && histories.every(({ state }) => state === "published");
  err(`\n${done ? "Everything was out already; nothing was sent." : tally(histories, notes)}\n`);
  if (options.sandbox && exitCode(histories) === EXIT.ok) sayNext("For everybody", send, terminal);
}

// A person wants to look at the posts; in a script the page has nobody to look at it.
async function stayOpen({ own, page }: Stage, { person, err, notes }: Terminal): Promise<void> {
  if (!own || page === undefined || !person) return;
  err(`\nThe posts are at ${notes.paint.underline(page)} until you press a key.\n`);
  const { keyPressed } = await import("../key.ts");
  await keyPressed();
}
