/** `broadcast plan`: what would be said, where and when. Sends nothing. */

import { resolve } from "node:path";
import { approvalOfPlan, approveCommand } from "../../app/approval.ts";
import { hasErrors, planCampaign } from "../../app/plan.ts";
import { type Project, shown as shownPath } from "../../app/project.ts";
import { named } from "../../app/select.ts";
import type { Need } from "../../approval/evaluate.ts";
import { NO_CREDENTIAL } from "../../config/config.ts";
import { EXIT } from "../../errors.ts";
import type { Plan } from "../../plan/types.ts";
import { needLines } from "../../report/approval.ts";
import { document } from "../../report/json.ts";
import { planCards, planFoot } from "../../report/plan.ts";
import { planHead } from "../../report/plan-summary.ts";
import { planArguments, quoted } from "../../report/shell.ts";
import type { plan as declared } from "../declarations.ts";
import { reportProblems } from "../errors.ts";
import { annotate, githubActions } from "../github-actions.ts";
import { mayGoOut, printNextCommand, sandboxSuffix } from "../hints.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { printSkipped } from "../skipped.ts";
import type { Terminal } from "../terminal.ts";

export type PlanOptions = Partial<OptionsOf<typeof declared>>;

export async function plan(campaign: string, options: PlanOptions, terminal: Terminal): Promise<number> {
  const stage = await openProjectFor(
    { near: campaign, sandbox: options.sandbox, from: options.from },
    terminal,
  );
  try {
    const { plan } = await planCampaign(campaign, stage.project, {
      withoutCredentials: true,
      occurrence: options.occurrence,
    });
    const { rehearsal } = stage.project;
    if (plan.skipped !== undefined) {
      await githubActions(terminal)({ type: "sent", plan, histories: [], rehearsal, news: false });
      return printSkipped("plan", plan, { ...options, rehearsal }, terminal);
    }
    const sound = !hasErrors(plan.problems);
    const written = document("plan", plan);
    // A plan with errors cannot be sent, so it is not handed on either.
    if (options.out !== undefined && sound) await write(options.out, written, terminal);

    if (options.json) terminal.out(written);
    else if (options.markdown) terminal.out(await markdown(plan, campaign, options, stage.project));
    else {
      const shown = { ...plan, deliveries: named(plan, options.channel) };
      const view = { plan: shown, adapters: stage.project.adapters, now: Date.now() };
      const { results } = terminal;
      terminal.out(
        `${[planHead(view, results), planCards(view, results), planFoot(view, results)].filter(Boolean).join("\n\n")}\n`,
      );
      const needs = sound ? await printNeeds(plan, campaign, stage.project, terminal) : [];
      if (plan.problems.length > 0) {
        terminal.err("\n");
        reportProblems(plan.problems, terminal);
      }
      if (sound && options.out === undefined && mayGoOut(plan))
        for (const [why, command] of nextOf(plan, campaign, needs, options))
          printNextCommand(why, command, terminal);
    }
    if (options.json || options.markdown) annotate(plan.problems, terminal);
    const words = () => markdown(plan, campaign, options, stage.project);
    await githubActions(terminal)({ type: "shown", plan, markdown: words });
    return sound ? EXIT.ok : EXIT.input;
  } finally {
    await stage.close();
  }
}

async function markdown(plan: Plan, file: string, { from }: PlanOptions, project: Project): Promise<string> {
  const { planMarkdown } = await import("../../report/markdown.ts");
  const { needs } = await approvalOfPlan(plan, file, project);
  const approve = approveCommand({ file, from, occurrence: plan.deliveries[0]?.occurrence });
  return planMarkdown({ plan, adapters: project.adapters, needs, approve });
}

function nextOf(
  plan: Plan,
  file: string,
  needs: readonly Need[],
  { sandbox, occurrence, from }: PlanOptions,
): [why: string, command: string][] {
  const lacking = plan.problems.filter(({ code }) => NO_CREDENTIAL.has(code));
  const channels = [...new Set(lacking.flatMap(({ channel }) => channel ?? []))];
  const rehearse = `broadcast send ${planArguments({ file, occurrence, from })} --sandbox`;
  if (needs.some(({ missing }) => missing > 0) && !sandbox)
    return [["To approve it", approveCommand({ file, from, occurrence: plan.deliveries[0]?.occurrence })]];
  if (channels.length > 0)
    return [
      channels.length === 1
        ? ["To get its credential", `broadcast login ${quoted(channels[0]!)}`]
        : ["To see which credentials are missing", "broadcast doctor"],
      ["To rehearse it in the meantime", rehearse],
    ];
  const how = planArguments({ file, occurrence, from }) + sandboxSuffix(sandbox);
  return [[sandbox ? "To rehearse it" : "To send it", `broadcast send ${how}`]];
}

async function printNeeds(
  plan: Plan,
  file: string,
  project: Project,
  terminal: Terminal,
): Promise<readonly Need[]> {
  if (project.config.policy.length === 0) return [];
  const { needs } = await approvalOfPlan(plan, file, project);
  if (needs.length > 0) terminal.out(`\n${needLines(needs, terminal.results).join("\n")}\n`);
  return needs;
}

async function write(file: string, content: string, { cwd, err, notes }: Terminal): Promise<void> {
  const { writeAtomically } = await import("../../files.ts");
  const path = resolve(cwd, file);
  await writeAtomically(path, content);
  const name = shownPath(cwd, path);
  err(
    notes.paint.dim(
      `Written to ${name}. To send exactly this: broadcast send ${planArguments({ file: name, plan: true })}\n\n`,
    ),
  );
}
