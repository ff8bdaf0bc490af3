/** `broadcast send --dry-run`: the requests that would leave, and nothing leaves. */

import { dryRun } from "../../app/dry-run.ts";
import { planCampaign, requireSound } from "../../app/plan.ts";
import { recallPlan } from "../../app/plan-file.ts";
import type { Project } from "../../app/project.ts";
import { EXIT } from "../../errors.ts";
import { latenessOfPlanned } from "../../plan/late.ts";
import { frames } from "../../report/code-frame.ts";
import { document } from "../../report/json.ts";
import { requestList } from "../../report/requests.ts";
import { type PlanRef, planArguments } from "../../report/shell.ts";
import { mayGoOut, printNextCommand, sandboxSuffix } from "../hints.ts";
import type { Terminal } from "../terminal.ts";

/** `file` is a campaign, or with `plan` a plan. Exit code 3 when the requests of a channel cannot be shown. */
export async function showRequests(
  file: string,
  options: Omit<PlanRef, "file"> & { sandbox?: boolean | string; json?: boolean },
  project: Project,
  terminal: Terminal,
): Promise<number> {
  const { out, err, results, notes } = terminal;
  const plan =
    options.plan === undefined
      ? (await planCampaign(file, project, { occurrence: options.occurrence })).plan
      : await recallPlan(file, project);
  requireSound(plan);
  // Late deliveries are not sent, so they have no requests; a warning says so.
  const inTime = plan.deliveries.filter((one) => latenessOfPlanned(one, Date.now()) === undefined);
  const channels = await dryRun({ ...plan, deliveries: inTime }, project.config, project.halves);
  const { problems } = plan;
  if (options.json) {
    const { campaign, digest } = plan;
    out(
      document("send", { campaign, digest, rehearsal: project.rehearsal, dryRun: true, channels, problems }),
    );
  } else {
    if (problems.length > 0) err(`${frames(problems, notes)}\n\n`);
    const end = results.paint.dim("A dry run: nothing was sent.");
    out(`${[requestList(channels, results), end].filter(Boolean).join("\n\n")}\n`);
    const what = planArguments({ ...options, file }) + sandboxSuffix(options.sandbox);
    if (mayGoOut(plan)) printNextCommand("To send it", `broadcast send ${what}`, terminal);
  }
  return channels.some(({ error }) => error !== undefined) ? EXIT.failed : EXIT.ok;
}
