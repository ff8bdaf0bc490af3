/** `broadcast retry`: what a network refused is tried again, because a person says that the cause is gone. */

import { findDelivery } from "../../app/ledger.ts";
import type { Project } from "../../app/project.ts";
import { EXIT, InputError, usageError } from "../../errors.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Delivery, History, State } from "../../ledger/types.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { outcomes, tally } from "../../report/outcome.ts";
import { demandDeliveriesApproved } from "../approval.ts";
import { deliverWatched, demandUsable, exitCode } from "../deliver.ts";
import { goOn, sandboxSuffix } from "../hints.ts";
import { campaignId, changing, historiesOf } from "../memory.ts";
import { openStage } from "../open-project.ts";
import type { Terminal } from "../terminal.ts";

export interface RetryOptions {
  /** What was cancelled or came too late as well. */
  cancelled?: boolean;
  sandbox?: boolean | string;
  json?: boolean;
}

// Named one by one, what a person cancelled or what came too late comes back as well; in bulk only when it is said.
const NAMED: readonly State[] = ["failed", "cancelled", "expired"];
const IN_BULK: readonly State[] = ["failed"];
const MOST_TOLD = 10;

export async function retry(
  what: readonly string[],
  options: RetryOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.cancelled && what.length === 0)
    throw usageError(
      "`--cancelled` needs the campaign whose deliveries come back",
      "For example: broadcast retry campaigns/release.yml --cancelled",
    );
  const stage = await openStage({ sandbox: options.sandbox }, terminal);
  const { project } = stage;
  try {
    return await changing(project, async (ledger) => {
      const wanted = await chosen(what, options.cancelled ? NAMED : IN_BULK, ledger, project);
      demandUsable(wanted, project);
      await demandDeliveriesApproved(wanted, project, ledger, terminal, options.json);
      const now = Date.now();
      for (const { id, dueAt, schedule } of wanted) {
        // What was cancelled before its time still waits for it.
        await ledger.decide(
          id,
          NAMED,
          {
            state: "scheduled",
            newRound: true,
            nextAt: schedule === "network" ? now : Math.max(now, dueAt),
            dueAt: Math.max(now, dueAt),
          },
          now,
        );
      }
      const before = await historiesOf(
        ledger,
        wanted.map(({ id }) => id),
      );
      const histories = await deliverWatched(before, project, ledger, terminal);

      if (options.json) {
        terminal.out(
          document("retry", {
            deliveries: histories.map((history) => deliveryJson(history, project.rehearsal)),
          }),
        );
      } else if (histories.length === 0) {
        const others = await waitingInstead(what, ledger, project);
        terminal.err(nothingFailed(others, sandboxSuffix(options.sandbox), terminal));
      } else {
        const suffix = sandboxSuffix(options.sandbox);
        const again = goOn(histories, project, options.sandbox);
        terminal.out(`${outcomes({ histories, now: Date.now(), suffix, again }, terminal.results)}\n`);
        terminal.err(`\n${tally(histories, terminal.notes)}\n`);
      }
      return histories.length === 0 ? EXIT.ok : exitCode(histories);
    });
  } finally {
    await stage.close();
  }
}

async function chosen(
  what: readonly string[],
  inBulk: readonly State[],
  ledger: Ledger,
  project: Project,
): Promise<Delivery[]> {
  if (what.length === 0) return ledger.list({ states: IN_BULK });
  const found = new Map<string, Delivery>();
  for (const typed of what) {
    const ofCampaign = await ledger.list({ campaign: await campaignId(typed, project) });
    const some =
      ofCampaign.length > 0
        ? ofCampaign.filter(({ state }) => inBulk.includes(state))
        : [await named(typed, ledger)];
    for (const delivery of some) found.set(delivery.id, delivery);
  }
  return [...found.values()];
}

/** What has not gone out for another reason. What was cancelled is as a person wanted it, unless they ask for it by name. */
async function waitingInstead(what: readonly string[], ledger: Ledger, project: Project): Promise<History[]> {
  const ids = new Set<string>();
  for (const typed of what.length > 0 ? what : [undefined]) {
    const campaign = typed === undefined ? undefined : await campaignId(typed, project);
    const states: State[] = ["held", "expired", ...(campaign === undefined ? [] : (["cancelled"] as const))];
    for (const { id } of await ledger.list({ campaign, states })) ids.add(id);
  }
  return historiesOf(ledger, [...ids]);
}

function nothingFailed(others: readonly History[], suffix: string, { notes }: Terminal): string {
  if (others.length === 0) return "Nothing has failed.\n";
  const view = { histories: others.slice(-MOST_TOLD), now: Date.now(), suffix, again: "" };
  const more = others.length - view.histories.length;
  const rest = more > 0 ? `\n… and ${more} more: broadcast status${suffix}\n` : "";
  return `Nothing has failed; ${tally(others, notes)}\n\n${outcomes(view, notes)}\n${rest}`;
}

async function named(typed: string, ledger: Ledger): Promise<Delivery> {
  const delivery = await findDelivery(ledger, typed);
  if (NAMED.includes(delivery.state)) return delivery;
  const { id, state } = delivery;
  throw new InputError({
    severity: "error",
    code: "not-failed",
    message: `\`${id}\` is ${state}, not failed`,
    remedy: state === "held" ? `Settle it: broadcast resolve ${id}` : "`broadcast status` shows what failed.",
  });
}
