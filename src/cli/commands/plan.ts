/** `broadcast plan`: what would be said, where and when. Sends nothing. */

import { resolve } from "node:path";
import { approvalOfPlan, approveCommand } from "../../app/approval.ts";
import { outlook } from "../../app/outlook.ts";
import { hasErrors, planCampaign } from "../../app/plan.ts";
import { type Project, shown as shownPath } from "../../app/project.ts";
import { EXIT } from "../../errors.ts";
import type { Plan } from "../../plan/types.ts";
import { document } from "../../report/json.ts";
import { planArguments } from "../../report/shell.ts";
import type { plan as declared } from "../declarations.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { annotate, runnerOf } from "../runner.ts";
import { printSkipped } from "../skipped.ts";
import type { Terminal } from "../terminal.ts";

export type PlanOptions = Partial<OptionsOf<typeof declared>>;

export async function plan(campaign: string, options: PlanOptions, terminal: Terminal): Promise<number> {
  const stage = await openProjectFor(
    { near: campaign, sandbox: options.sandbox, from: options.from },
    terminal,
  );
  try {
    const { plan: made } = await planCampaign(campaign, stage.project, {
      withoutCredentials: true,
      occurrence: options.occurrence,
    });
    const linked = await withDeadLinks(made, options, stage.project, terminal);
    const plan = { ...linked, problems: [...linked.problems, ...(await outlook(made, stage.project))] };
    const { rehearsal } = stage.project;
    if (plan.skipped !== undefined) {
      await (await runnerOf(terminal))({ type: "sent", plan, histories: [], rehearsal, news: false });
      return printSkipped("plan", plan, { ...options, rehearsal }, terminal);
    }
    const sound = !hasErrors(plan.problems);
    const written = document("plan", plan);
    // A plan with errors cannot be sent, so it is not handed on either.
    if (options.out !== undefined && sound) await write(options.out, written, terminal);

    if (options.json) terminal.out(written);
    else if (options.markdown) terminal.out(await markdown(plan, campaign, options, stage.project));
    else await (await import("./plan-text.ts")).printPlan(plan, campaign, options, stage.project, terminal);
    if (options.json || options.markdown) await annotate(plan.problems, terminal);
    const words = () => markdown(plan, campaign, options, stage.project);
    await (await runnerOf(terminal))({ type: "shown", plan, markdown: words });
    return sound ? EXIT.ok : EXIT.input;
  } finally {
    await stage.close();
  }
}

/** Where nobody is looking, somebody should know before it is out. */
async function withDeadLinks(
  plan: Plan,
  { checkLinks }: PlanOptions,
  project: Project,
  { env }: Terminal,
): Promise<Plan> {
  const isCi = env.CI !== undefined && env.CI !== "" && env.CI !== "false";
  if (plan.skipped !== undefined || project.rehearsal || !(checkLinks ?? isCi)) return plan;
  const { deadLinks } = await import("../../app/links.ts");
  return { ...plan, problems: [...plan.problems, ...(await deadLinks(plan, project))] };
}

async function markdown(plan: Plan, file: string, { from }: PlanOptions, project: Project): Promise<string> {
  const { planMarkdown } = await import("../../report/markdown.ts");
  const { needs } = await approvalOfPlan(plan, file, project);
  const approve = approveCommand({ file, from, occurrence: plan.deliveries[0]?.occurrence });
  return planMarkdown({ plan, adapters: project.adapters, needs, approve });
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
