/** What a network refused is tried again, because a person says that the cause is gone. */
import { systemClock } from "../clock.ts";
import { EXIT, InputError, usageError } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Delivery, History, State } from "../ledger/types.ts";
import { requireDeliveriesApproved } from "./approval.ts";
import { type DeliveringEvent, type DeliverOptions, deliverDue, type Listener } from "./deliver.ts";
import { exitCodeOf } from "./exit-code.ts";
import { campaignId, findDelivery } from "./find-deliveries.ts";
import { changeLedger } from "./ledger.ts";
import type { Project } from "./project.ts";
import { requireUsable } from "./usable.ts";

export interface RetryOptions extends Omit<DeliverOptions, "ids" | "onEvent"> {
  /** What was cancelled or came too late as well. */
  cancelled?: boolean;
  onEvent?: Listener<DeliveringEvent>;
}

export interface Retried {
  /** What was tried again. */
  histories: History[];
  /** If nothing had failed: what has not gone out for another reason. */
  others: History[];
  code: number;
}

// Named one by one, what a person cancelled or what came too late comes back as well; in bulk only when it is said.
const NAMED: readonly State[] = ["failed", "cancelled", "expired", "retracted"];
const GIVEN_UP: readonly State[] = ["failed", "cancelled", "expired"];
const IN_BULK: readonly State[] = ["failed"];

/** `what`: deliveries or campaigns; none: everything that failed. Throws InputError and ApprovalError before anything is sent. */
export async function retry(
  what: readonly string[],
  project: Project,
  options: RetryOptions = {},
): Promise<Retried> {
  if (options.cancelled && what.length === 0)
    throw usageError(
      "`--cancelled` needs the campaign whose deliveries are to be sent",
      "For example: broadcast retry campaigns/release.yml --cancelled",
    );
  return changeLedger(project, async (ledger) => {
    const clock = ledger.clock(options.clock ?? systemClock);
    const wanted = await chosen(what, options.cancelled ? GIVEN_UP : IN_BULK, ledger, project);
    requireUsable(wanted, project);
    await requireDeliveriesApproved(wanted, project, ledger);
    const now = clock.now();
    for (const { id, dueAt, schedule } of wanted) {
      // What was cancelled before its time still waits for it.
      const nextAt = schedule === "network" ? now : Math.max(now, dueAt);
      const to = { state: "scheduled", newRound: true, nextAt, dueAt: Math.max(now, dueAt) } as const;
      await ledger.decide(id, NAMED, to, now);
    }
    const before = await ledger.histories(wanted.map(({ id }) => id));
    const histories = await deliverDue(before, project, ledger, options);
    if (histories.length > 0) return { histories, others: [], code: exitCodeOf(histories, clock.now()) };
    return { histories, others: await waitingInstead(what, ledger, project), code: EXIT.ok };
  });
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

/** What was cancelled is as a person wanted it, unless they ask for it by name. */
async function waitingInstead(what: readonly string[], ledger: Ledger, project: Project): Promise<History[]> {
  const ids = new Set<string>();
  for (const typed of what.length > 0 ? what : [undefined]) {
    const campaign = typed === undefined ? undefined : await campaignId(typed, project);
    const states: State[] = ["held", "expired", ...(campaign === undefined ? [] : (["cancelled"] as const))];
    for (const { id } of await ledger.list({ campaign, states })) ids.add(id);
  }
  return ledger.histories([...ids]);
}

async function named(typed: string, ledger: Ledger): Promise<Delivery> {
  const delivery = await findDelivery(ledger, typed);
  if (NAMED.includes(delivery.state)) return delivery;
  const { id, state } = delivery;
  throw new InputError({
    severity: "error",
    code: "not-failed",
    message: `\`${id}\` is ${state}, not failed`,
    remedy:
      state === "held"
        ? `Say what happened: broadcast resolve ${id}`
        : "`broadcast status` shows what failed.",
  });
}
