/** `broadcast send --dry-run`: the requests that would leave, and nothing leaves. */
import { demandSound, planCampaign } from "../app/planning.ts";
import type { Project } from "../app/project.ts";
import { dryRun } from "../dry-run.ts";
import { EXIT } from "../errors.ts";
import { document } from "../report/json.ts";
import { requestList } from "../report/requests.ts";
import { type Meant, sandboxSuffix, sayNext, typedAgain } from "./next.ts";
import type { Terminal } from "./output.ts";
import { recallPlan } from "./plan-file.ts";

/** `file` is a campaign, or with `plan` a plan. Exit code 3 when the requests of a channel cannot be shown. */
export async function showRequests(
  file: string,
  options: Omit<Meant, "file"> & { sandbox?: boolean | string; json?: boolean },
  project: Project,
  terminal: Terminal,
): Promise<number> {
  const { out, results } = terminal;
  const plan =
    options.plan === undefined
      ? (await planCampaign(file, project, { occurrence: options.occurrence })).plan
      : await recallPlan(file, project);
  demandSound(plan);
  const channels = await dryRun(plan, project.config);
  if (options.json) {
    const { campaign, digest } = plan;
    out(document("send", { campaign, digest, rehearsal: project.rehearsal, dryRun: true, channels }));
  } else {
    out(`${requestList(channels, results)}\n\n${results.paint.dim("A dry run: nothing was sent.")}\n`);
    const what = typedAgain({ ...options, file }) + sandboxSuffix(options.sandbox);
    sayNext("To send it", `broadcast send ${what}`, terminal);
  }
  return channels.some(({ error }) => error !== undefined) ? EXIT.failed : EXIT.ok;
}
