/** What the ledger holds. Changes nothing, and does not make a ledger. */
import { systemClock } from "../clock.ts";
import type { Pause } from "../ledger/pauses.ts";
import type { Delivery, History, State } from "../ledger/types.ts";
import type { Backlog, WorkerSeen } from "../ledger/workers.ts";
import type { AccountLink } from "../report/held-hints.ts";
import { byUrgency } from "../report/status.ts";
import { accountLinks } from "./account.ts";
import { readLedger } from "./ledger.ts";
import type { Project } from "./project.ts";

export interface Status {
  /** The most urgent first. */
  histories: History[];
  /** How many were left out. */
  more: number;
  /** Where to check held deliveries, by delivery. */
  links: Map<string, AccountLink>;
  /** What a person has frozen. */
  pauses: Pause[];
  /** The workers that deliver from this ledger; none where `send` and `run` do. */
  workers: WorkerSeen[];
  /** What there is to do, over all campaigns. */
  backlog?: Backlog;
}

export const NOTHING: Status = { histories: [], more: 0, links: new Map(), pauses: [], workers: [] };

// Old posts are less interesting.
const LATEST = 30;

/** `campaign`: its id; absent: all. `every`: also what was settled long ago. */
export function status(
  project: Project,
  { campaign, every = false }: { campaign?: string; every?: boolean } = {},
): Promise<Status> {
  return readLedger(
    project,
    async (ledger) => {
      const deliveries = await ledger.list({ campaign });
      const shown = every ? deliveries : latest(deliveries);
      const histories = await ledger.histories(shown.map(({ id }) => id));
      const links = await accountLinks(histories, project, ledger);
      const now = ledger.clock(systemClock).now();
      return {
        histories: byUrgency(histories),
        more: deliveries.length - shown.length,
        links,
        pauses: await ledger.pauses(),
        workers: await ledger.workers(now),
        backlog: await ledger.backlog(now),
      };
    },
    NOTHING,
  );
}

const SETTLED = new Set<State>(["published", "cancelled", "retracted"]);

function latest(deliveries: readonly Delivery[]): Delivery[] {
  const settled = deliveries.filter(({ state }) => SETTLED.has(state));
  const kept = new Set([...settled].sort((a, b) => b.updatedAt - a.updatedAt).slice(0, LATEST));
  return deliveries.filter((delivery) => !settled.includes(delivery) || kept.has(delivery));
}
