/** `broadcast send --dry-run`: the requests that would leave, and nothing leaves. */

import { dryRunOf } from "../../app/dry-run.ts";
import { recallPlan } from "../../app/plan-file.ts";
import type { Project } from "../../app/project.ts";
import { EXIT } from "../../errors.ts";
import { frames } from "../../report/code-frame.ts";
import { document } from "../../report/json.ts";
import { requestList } from "../../report/requests.ts";
import { type PlanRef, planArguments, quoted } from "../../report/shell.ts";
import { mayGoOut, printNextCommand, sandboxSuffix } from "../hints.ts";
import type { Terminal } from "../terminal.ts";

/** `file` is a campaign, or with `plan` a plan. Exit code 3 when the requests of a channel cannot be shown. */
export async function showRequests(
  file: string,
  options: Omit<PlanRef, "file"> & {
    sandbox?: boolean | string;
    json?: boolean;
    channel?: string[];
    skipUnready?: boolean;
  },
  project: Project,
  terminal: Terminal,
): Promise<number> {
  const { out, err, results, notes } = terminal;
  const source = options.plan === undefined ? file : await recallPlan(file, project);
  const selection = { channels: options.channel, skipUnready: options.skipUnready };
  const { plan, channels, problems } = await dryRunOf(source, project, {
    occurrence: options.occurrence,
    ...selection,
  });
  if (options.json) {
    const { campaign, digest } = plan;
    out(
      document("send", { campaign, digest, rehearsal: project.rehearsal, dryRun: true, channels, problems }),
    );
  } else {
    if (problems.length > 0) err(`${frames(problems, notes)}\n\n`);
    const end = results.paint.dim("A dry run: nothing was sent.");
    out(`${[requestList(channels, results), end].filter(Boolean).join("\n\n")}\n`);
    const chosen = (options.channel ?? []).map((name) => ` --channel ${quoted(name)}`).join("");
    const ready = options.skipUnready ? " --skip-unready" : "";
    const what = planArguments({ ...options, file }) + chosen + ready + sandboxSuffix(options.sandbox);
    if (mayGoOut(plan)) printNextCommand("To send it", `broadcast send ${what}`, terminal);
  }
  return channels.some(({ error }) => error !== undefined) ? EXIT.failed : EXIT.ok;
}
