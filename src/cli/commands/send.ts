/** `broadcast send`: shows what `app/send` is about to do, asks the person, and reports. */

import { dirname, resolve } from "node:path";
import { hasPolicy } from "../../app/approval.ts";
import type { DeliveringEvent } from "../../app/deliver.ts";
import type { Project } from "../../app/project.ts";
import { selects } from "../../app/select.ts";
import { type SendEvent, type Sent, send as sendCampaign } from "../../app/send.ts";
import { ApprovalError } from "../../approval/error.ts";
import { EXIT, type Problem, usageError } from "../../errors.ts";
import type { Plan, PlannedDelivery } from "../../plan/types.ts";
import { frames } from "../../report/code-frame.ts";
import { outcomes, tally } from "../../report/outcome.ts";
import { planHead, planSummary } from "../../report/plan-summary.ts";
import { planArguments } from "../../report/shell.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { relative } from "../../report/time.ts";
import type { send as declared } from "../declarations.ts";
import { printNextCommand, sandboxSuffix } from "../hints.ts";
import { type OpenedProject, openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { asCalled } from "../program-name.ts";
import { runnerOf } from "../runner.ts";
import { printSkipped } from "../skipped.ts";
import { type Terminal, unlessLeft } from "../terminal.ts";
import { watchDelivery } from "../watch-delivery.ts";

export type SendOptions = Partial<OptionsOf<typeof declared>>;

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
      "A plan contains the campaign: leave the campaign out.",
    );
  }
  if (options.html !== undefined && (!options.sandbox || options.dryRun))
    throw usageError(
      "`--html` keeps a page of a rehearsal, and this is none",
      "Add `--sandbox`. A page of what would be sent: `broadcast preview --html`.",
    );
  // A plan file may be anywhere; its project is the current folder's.
  const near = options.plan === undefined ? dirname(resolve(terminal.cwd, file)) : undefined;
  const stage = await openProjectFor(
    { near, sandbox: options.sandbox, fresh: options.fresh, from: options.from },
    terminal,
  );
  try {
    if (options.dryRun) {
      const { showRequests } = await import("./dry-run.ts");
      return await showRequests(file, options, stage.project, terminal);
    }
    return await carryOut(file, options, stage, terminal);
  } finally {
    await stage.close();
  }
}

async function carryOut(
  file: string,
  options: SendOptions,
  stage: OpenedProject,
  terminal: Terminal,
): Promise<number> {
  const { project } = stage;
  const source = options.plan === undefined ? file : await recalled(file, options, project);
  const watch = watchDelivery(terminal);
  const runner = await runnerOf(terminal);
  let said: readonly Problem[] = [];
  const sent = await sendCampaign(source, project, {
    occurrence: options.occurrence,
    ref: { ...options, file },
    stop: watch.stop,
    abort: watch.abort,
    late: options.late,
    ...(options.checkLinks === false && { checkLinks: false }),
    channels: options.channel,
    skipUnready: options.skipUnready,
    confirm:
      options.yes || project.rehearsal
        ? undefined
        : ({ plan, past }) => agreed(plan, past, options, terminal),
    async onEvent(event) {
      if (event.type === "planned") said = event.warnings;
      if (event.type === "planned" && !options.json) await sayPlanned(event, file, options, stage, terminal);
      if (event.type === "planned" && project.rehearsal && !options.json && hasPolicy(project))
        await (await import("../approvals.ts")).printRequirements(event.plan, project, terminal);
      if (event.type === "approved" && !options.json)
        (await import("../approvals.ts")).printNeeds(event.needs, terminal);
      if (isOfDelivery(event)) await watch.onEvent(event);
      await runner(event);
    },
  }).catch(async (error: unknown) => {
    if (options.json || !(error instanceof ApprovalError)) throw error;
    throw (await import("../approvals.ts")).withChangesShown(error, terminal);
  });

  const { plan } = sent;
  if (plan.skipped !== undefined)
    return printSkipped("send", plan, { ...options, rehearsal: project.rehearsal }, terminal);
  if (sent.declined) {
    terminal.err("Nothing was sent.\n");
    return sent.code;
  }
  if (options.html !== undefined) await keepPage(options, stage, terminal);
  if (options.json) terminal.out(await sentJson(sent, stage));
  else {
    await report(sent, file, options, terminal);
    const learned = sent.problems.filter((problem) => !said.includes(problem));
    if (learned.length > 0) terminal.err(`${frames(learned, terminal.notes)}\n\n`);
    await stayOpen(stage, terminal);
  }
  return sent.code;
}

async function recalled(file: string, options: SendOptions, project: Project): Promise<Plan> {
  const { recallPlan } = await import("../../app/plan-file.ts");
  // `send` checks the credentials of the chosen channels.
  return recallPlan(file, project, {
    withoutCredentials: selects({ channels: options.channel, ...options }),
  });
}

function isOfDelivery(event: SendEvent): event is DeliveringEvent {
  return event.type !== "planned" && event.type !== "approved" && event.type !== "sent";
}

async function sayPlanned(
  { plan, warnings, news }: Extract<SendEvent, { type: "planned" }>,
  file: string,
  options: SendOptions,
  { project, page }: OpenedProject,
  { err, notes, person }: Terminal,
): Promise<void> {
  const view = { plan, adapters: project.adapters, now: Date.now() };
  const summary = news ? `\n\n${planSummary(view, notes)}` : "";
  err(`${planHead({ plan }, notes)}${summary}\n\n`);
  // Show the plan before asking.
  if (news && person && !options.yes) {
    const cards = (await import("../../report/plan.ts")).planCards(view, notes);
    const lines = cards.split("\n").length;
    const command = `broadcast plan ${planArguments({ ...options, file })}`;
    err(
      lines > MOST_LINES ? `${notes.paint.dim(`All ${lines} lines of it:`)}  ${command}\n\n` : `${cards}\n\n`,
    );
  }
  if (page) err(`${notes.paint.cyan("Rehearsal:")} the sandbox at ${page} takes everything.\n\n`);
  if (warnings.length > 0) err(`${frames(warnings, notes)}\n\n`);
}

// More would scroll away what matters.
const MOST_LINES = 40;

async function sentJson(
  { plan, histories, added, problems }: Sent,
  { project, page }: OpenedProject,
): Promise<string> {
  const { deliveryJson, document } = await import("../../report/json.ts");
  const { rehearsal } = project;
  const deliveries = histories.map((history, index) => ({
    ...deliveryJson(history, rehearsal),
    entered: added[index]!.as,
  }));
  const { campaign, digest } = plan;
  return document("send", { campaign, digest, rehearsal, sandbox: page, deliveries, problems });
}

async function agreed(
  plan: Plan,
  past: readonly PlannedDelivery[],
  options: SendOptions,
  terminal: Terminal,
): Promise<boolean> {
  if (!terminal.person || options.json) {
    throw usageError(
      "this needs a confirmation, and there is no terminal to ask at",
      "Add `--yes` to send without being asked.",
    );
  }
  const { confirm } = await terminal.prompts();
  const names = plan.deliveries.map(({ channel }) => oneLine(channel));
  const channels = names.length === 1 ? `to ${names[0]}` : `to ${names.length} channels (${named(names)})`;
  const due = past[0]?.due;
  const late = due === undefined ? "" : `It was due ${relative(Date.parse(due), Date.now())}. `;
  return (await unlessLeft(confirm(`${late}Send this ${channels}?`))) ?? false;
}

async function report(
  { histories, added, plan, news, code }: Sent,
  file: string,
  options: SendOptions,
  terminal: Terminal,
): Promise<void> {
  const { out, err, results, notes, screen } = terminal;
  const suffix = sandboxSuffix(options.sandbox);
  // By then the next time of a campaign that comes again is another one.
  const occurrence = plan.deliveries[0]?.occurrence;
  const send = `broadcast send ${planArguments({ ...options, file, occurrence })}`;
  const again = send + suffix;
  // A live list leaves a blank line behind.
  if (news && !screen) err("\n");
  out(`${outcomes({ histories, now: Date.now(), suffix, again }, results)}\n`);

  if (added.some(({ as }) => as === "drift")) {
    const { driftNotes } = await import("../../report/drift.ts");
    for (const note of driftNotes(added, plan, notes)) err(`\n${note}\n`);
  }
  const done = !news && histories.every(({ state }) => state === "published");
  err(`\n${done ? "Everything was out already; nothing was sent." : tally(histories, notes)}\n`);
  const left = options.skipUnready
    ? plan.deliveries.filter(({ id }) => !histories.some((one) => one.id === id))
    : [];
  if (left.length > 0)
    err(
      `${notes.paint.yellow("!")} Left out, without a working credential: ${left.map(({ channel }) => oneLine(channel)).join(", ")}.\n`,
    );
  if (options.sandbox && code === EXIT.ok) printNextCommand("To send it for real", send, terminal);
}

function named(names: readonly string[]): string {
  return names.length <= MOST_NAMED
    ? names.join(", ")
    : `${names.slice(0, MOST_NAMED).join(", ")} and ${names.length - MOST_NAMED} more`;
}

const MOST_NAMED = 8;

/** What was rehearsed, to look at when the sandbox has ended. */
async function keepPage(
  { html }: SendOptions,
  { project, page }: OpenedProject,
  terminal: Terminal,
): Promise<void> {
  if (page === undefined) return;
  const { rehearsalPage } = await import("../../app/sandbox.ts");
  const { givePage } = await import("../page-file.ts");
  await givePage(await rehearsalPage(page), "rehearsal", { html }, project, terminal);
}

// At a terminal the page stays open; in a script it ends with the command.
async function stayOpen({ own, page }: OpenedProject, terminal: Terminal): Promise<void> {
  const { person, err, notes } = terminal;
  if (!own || page === undefined) return;
  if (!person) {
    err(
      `\nThe sandbox ends with this command. ${notes.paint.dim("To look at its posts:")}  ${asCalled("broadcast sandbox", terminal)}\n`,
    );
    return;
  }
  err(`\nThe posts are at ${notes.paint.underline(page)} until you press a key.\n`);
  const { keyPressed } = await import("../prompts.ts");
  await keyPressed();
}
