/** A plan for people, with what comes next. `plan --json` needs none of it. */
import { approvalOfPlan, approveCommand } from "../../app/approval.ts";
import { hasErrors } from "../../app/plan.ts";
import type { Project } from "../../app/project.ts";
import { named } from "../../app/select.ts";
import type { Need } from "../../approval/evaluate.ts";
import { NO_CREDENTIAL } from "../../config/config.ts";
import type { Plan } from "../../plan/types.ts";
import { needLines } from "../../report/approval.ts";
import { planCards, planFoot } from "../../report/plan.ts";
import { planHead } from "../../report/plan-summary.ts";
import { planArguments, quoted } from "../../report/shell.ts";
import type { plan as declared } from "../declarations.ts";
import { reportProblems } from "../errors.ts";
import { mayGoOut, printNextCommand, sandboxSuffix } from "../hints.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../terminal.ts";

type PlanOptions = Partial<OptionsOf<typeof declared>>;

export async function printPlan(
  plan: Plan,
  campaign: string,
  options: PlanOptions,
  project: Project,
  terminal: Terminal,
): Promise<void> {
  const sound = !hasErrors(plan.problems);
  const shown = { ...plan, deliveries: named(plan, options.channel) };
  const view = { plan: shown, adapters: project.adapters, now: Date.now() };
  const { results } = terminal;
  terminal.out(
    `${[planHead(view, results), planCards(view, results), planFoot(view, results)].filter(Boolean).join("\n\n")}\n`,
  );
  const needs = sound ? await printNeeds(plan, campaign, project, terminal) : [];
  if (plan.problems.length > 0) {
    terminal.err("\n");
    reportProblems(plan.problems, terminal);
  }
  if (sound && options.out === undefined && mayGoOut(plan))
    for (const [why, command] of nextOf(plan, campaign, needs, options))
      printNextCommand(why, command, terminal);
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
