/** `broadcast plan`: what would be said, where and when. Sends nothing. */
import { resolve } from "node:path";
import { hasErrors, planCampaign, shown } from "../../app.ts";
import { EXIT } from "../../errors.ts";
import { document } from "../../report/json.ts";
import { planCards, planFoot, planHead } from "../../report/plan.ts";
import { reportProblems } from "../faults.ts";
import type { Terminal } from "../output.ts";
import { openStage } from "../stage.ts";

export interface PlanOptions {
  out?: string;
  sandbox?: boolean | string;
  json?: boolean;
}

export async function plan(campaign: string, options: PlanOptions, terminal: Terminal): Promise<number> {
  const stage = await openStage({ near: campaign, sandbox: options.sandbox }, terminal);
  try {
    const { plan } = await planCampaign(campaign, stage.project, { withoutCredentials: true });
    const sound = !hasErrors(plan.problems);
    const written = document("plan", plan);
    // A plan with errors cannot be sent, so it is not handed on either.
    if (options.out !== undefined && sound) await write(options.out, written, terminal);

    if (options.json) terminal.out(written);
    else {
      const view = { plan, adapters: stage.project.adapters, now: Date.now() };
      const { results } = terminal;
      terminal.out(
        `${[planHead(view, results), planCards(view, results), planFoot(view, results)].filter(Boolean).join("\n\n")}\n`,
      );
      if (plan.problems.length > 0) {
        terminal.err("\n");
        reportProblems(plan.problems, terminal);
      }
    }
    return sound ? EXIT.ok : EXIT.input;
  } finally {
    await stage.close();
  }
}

async function write(file: string, content: string, { cwd, err, notes }: Terminal): Promise<void> {
  const { writeAtomically } = await import("../../files.ts");
  const path = resolve(cwd, file);
  await writeAtomically(path, content);
  const name = shown(cwd, path);
  err(notes.paint.dim(`Written to ${name}. To send exactly this: broadcast send --plan ${name}\n\n`));
}
