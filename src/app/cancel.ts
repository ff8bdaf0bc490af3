/** Cancels scheduled deliveries, and takes back those that a network holds for later. */
import type { Receipt } from "../adapter.ts";
import { systemClock } from "../clock.ts";
import { mayWaitThere } from "../delivery/native-schedule.ts";
import { EXIT, InputError, NetworkError } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Delivery, History } from "../ledger/types.ts";
import { campaignId, findDelivery } from "./find-deliveries.ts";
import { changeLedger, type LedgerProject } from "./ledger.ts";
import type { Project } from "./project.ts";
import { requireUsable } from "./usable.ts";

export interface Cancelled {
  /** Every delivery concerned, in its new state. */
  histories: History[];
  /** The campaign of the first. */
  campaign: string;
  /** Ids of what does not go out. */
  cancelled: string[];
  /** What was out before it could be taken back, by id. */
  appeared: Map<string, Receipt>;
  /** What could not be taken back for certain, and may still go out, by id. */
  troubles: Map<string, NetworkError>;
  code: number;
}

const DAY = 86_400_000;

/**
 * `typed` is a campaign or a delivery. `channels` opens the project with its credentials; it is called only if something
 * waits at a network. Throws InputError if nothing of it is scheduled.
 */
export async function cancel(
  typed: string,
  home: LedgerProject & Pick<Project, "cwd">,
  channels: () => Promise<Project>,
  ours = systemClock,
): Promise<Cancelled> {
  return changeLedger(home, async (ledger) => {
    const clock = ledger.clock(ours);
    const ofCampaign = await ledger.list({ campaign: await campaignId(typed, home) });
    const meant = ofCampaign.length > 0 ? ofCampaign : [await findDelivery(ledger, typed)];
    const histories = await ledger.histories(meant.map(({ id }) => id));
    const waiting = histories.filter(mayWaitThere);
    const { troubles, appeared } =
      waiting.length > 0
        ? await takeBackAll(waiting, ledger, await channels(), clock.now())
        : { troubles: new Map<string, NetworkError>(), appeared: new Map<string, Receipt>() };
    const cancelled: string[] = [];
    for (const { id } of histories) {
      if (troubles.has(id)) continue;
      const receipt = appeared.get(id);
      const to = receipt ? ({ state: "published", receipt } as const) : ({ state: "cancelled" } as const);
      // The ledger decides: a worker may have taken it in the meantime.
      if ((await ledger.decide(id, ["scheduled"], to, clock.now())) && !receipt) cancelled.push(id);
    }
    if (cancelled.length + troubles.size + appeared.size === 0) throw nothingToCancel(typed, meant);
    return {
      histories: await ledger.histories([...cancelled, ...appeared.keys(), ...troubles.keys()]),
      campaign: meant[0]!.campaign,
      cancelled,
      appeared,
      troubles,
      code: troubles.size + appeared.size > 0 ? EXIT.failed : EXIT.ok,
    };
  });
}

/** Before the ledger says cancelled the networks have said so: killed in between, the same command does it again. */
export async function takeBackAll(
  histories: readonly History[],
  ledger: Ledger,
  project: Project,
  now: number,
): Promise<Pick<Cancelled, "troubles" | "appeared">> {
  const troubles: Cancelled["troubles"] = new Map();
  const appeared: Cancelled["appeared"] = new Map();
  requireUsable(histories, project);
  const { takeBackAt } = await import("./unschedule.ts");
  for (const history of histories) {
    try {
      const others = await ledger.othersSince(history, 0, history.createdAt - DAY);
      const taken = await takeBackAt(project, history, others, now);
      if (taken !== "cancelled") appeared.set(history.id, taken.out);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      troubles.set(history.id, error);
    }
  }
  return { troubles, appeared };
}

function nothingToCancel(typed: string, meant: readonly Delivery[]): InputError {
  const isOut = meant.some(({ state }) => state === "published");
  return new InputError({
    severity: "error",
    code: "not-scheduled",
    message:
      meant.length === 1
        ? `\`${typed}\` is ${meant[0]!.state}, not scheduled`
        : `nothing of \`${typed}\` is scheduled`,
    remedy: isOut
      ? `What is out can be taken back: broadcast retract ${typed}`
      : "`broadcast status` shows what is.",
  });
}
