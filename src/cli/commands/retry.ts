/** `broadcast retry`: what a network refused is tried again, because a person says that the cause is gone. */

import { retry as retryDeliveries } from "../../app/retry.ts";
import type { History } from "../../ledger/types.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { outcomes, tally } from "../../report/outcome.ts";
import type { retry as declared } from "../declarations.ts";
import { resumeCommand, sandboxSuffix } from "../hints.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../terminal.ts";
import { watchDelivery } from "../watch-delivery.ts";

export type RetryOptions = Partial<OptionsOf<typeof declared>>;

const MOST_TOLD = 10;

export async function retry(
  what: readonly string[],
  options: RetryOptions,
  terminal: Terminal,
): Promise<number> {
  const stage = await openProjectFor({ sandbox: options.sandbox }, terminal);
  const { project } = stage;
  try {
    const watch = watchDelivery(terminal);
    const { histories, others, code } = await retryDeliveries(what, project, {
      cancelled: options.cancelled,
      ...watch,
    });
    const suffix = sandboxSuffix(options.sandbox);
    if (options.json) {
      const deliveries = histories.map((history) => deliveryJson(history, project.rehearsal));
      terminal.out(document("retry", { deliveries }));
    } else if (histories.length === 0) terminal.err(nothingFailed(others, suffix, terminal));
    else {
      const again = resumeCommand(histories, project, options.sandbox);
      terminal.out(`${outcomes({ histories, now: Date.now(), suffix, again }, terminal.results)}\n`);
      terminal.err(`\n${tally(histories, terminal.notes)}\n`);
    }
    return code;
  } finally {
    await stage.close();
  }
}

function nothingFailed(others: readonly History[], suffix: string, { notes }: Terminal): string {
  if (others.length === 0) return "Nothing has failed.\n";
  const view = { histories: others.slice(-MOST_TOLD), now: Date.now(), suffix, again: "" };
  const more = others.length - view.histories.length;
  const rest = more > 0 ? `\n… and ${more} more: broadcast status${suffix}\n` : "";
  return `Nothing has failed; ${tally(others, notes)}\n\n${outcomes(view, notes)}\n${rest}`;
}
