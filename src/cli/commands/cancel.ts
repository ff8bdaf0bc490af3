/** `broadcast cancel`: cancels scheduled deliveries, and takes back those that a network holds for later. */

import { cancel as cancelDeliveries } from "../../app/cancel.ts";
import { openProject } from "../../app/project.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { retryAll } from "../../report/outcome.ts";
import { quoted } from "../../report/shell.ts";
import { statusTable } from "../../report/status.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import type { cancel as declared } from "../declarations.ts";
import { printNextCommand, sandboxSuffix } from "../hints.ts";
import { type OpenedProject, openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export type CancelOptions = Partial<OptionsOf<typeof declared>>;

export async function cancel(typed: string, options: CancelOptions, terminal: Terminal): Promise<number> {
  const { out, err, results, notes, cwd, env } = terminal;
  const { config } = await openProject({ cwd, env });
  const home = { config, cwd, rehearsal: Boolean(options.sandbox) };
  // Only what waits at a network needs the sandbox to run.
  let stage: OpenedProject | undefined;
  const channels = async () => {
    stage = await openProjectFor({ sandbox: options.sandbox }, terminal);
    return stage.project;
  };
  const done = await cancelDeliveries(typed, home, channels).finally(() => stage?.close());
  const { histories, campaign, cancelled, appeared, troubles, code } = done;
  if (options.json) {
    const deliveries = histories.map((history) => deliveryJson(history, home.rehearsal));
    out(document("cancel", { deliveries }));
  } else out(`${statusTable(histories, Date.now(), results)}\n`);
  for (const [id, { url }] of appeared)
    err(`\n${notes.paint.yellow("!")} ${oneLine(id)} is out already${url ? `: ${oneLine(url)}` : ""}\n`);
  for (const [id, { message }] of troubles)
    err(
      `\n${notes.paint.red("✗")} ${oneLine(id)} may still go out: it could not be taken back (${oneLine(message)})\n  Run the same command again.\n`,
    );
  const [only] = cancelled;
  const suffix = sandboxSuffix(options.sandbox);
  const back =
    cancelled.length === 1 ? `broadcast retry ${quoted(only!)}${suffix}` : retryAll(campaign, suffix);
  if (only !== undefined && !options.json) printNextCommand("To send it anyway", back, terminal);
  return code;
}
