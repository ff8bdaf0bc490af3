/**
 * Campaigns that announce what a feed says: each new entry is one occurrence, with an id of its own (`campaigns/blog.yml@KEY`), planned,
 * approved and sent like any other. An entry counts as dealt with in the transaction that enters its deliveries.
 */
import type { Campaign } from "../campaign/campaign.ts";
import { type Clock, systemClock } from "../clock.ts";
import { InputError, type Problem } from "../errors.ts";
import type { NewDelivery } from "../ledger/types.ts";
import { deliveriesOf } from "./deliver.ts";
import { newEntries, readEntries, sourceId, withEntry } from "./feed-entries.ts";
import type { LedgerDoor } from "./ledger.ts";
import type { Project } from "./project.ts";
import { prepare } from "./send.ts";

/** Enters what is new. What cannot be planned, or is not approved, is a problem of its own and is tried again next time. */
export async function enterEntries(
  file: string,
  campaign: Campaign,
  project: Project,
  door: LedgerDoor,
  { clock = systemClock, shown }: { clock?: Clock; shown: string },
): Promise<Problem[]> {
  const entries = await readEntries(campaign, project);
  const ledger = await door.open();
  const known = await ledger.seenEntries(sourceId(campaign));
  const { old, fresh } = newEntries(entries, known, campaign.announces?.newest);
  const done = old.map(({ key }) => key);
  const entered: NewDelivery[] = [];
  const problems: Problem[] = [];
  for (const entry of fresh) {
    try {
      const ref = { file: shown, occurrence: entry.key };
      const { plan, deliveries } = await prepare(file, withEntry(project, entry), door, { clock, ref });
      entered.push(...deliveriesOf({ ...plan, deliveries }, ledger.clock(clock).now()));
      done.push(entry.key);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
    }
  }
  // A look that finds nothing writes nothing: a ledger in git would be pushed each time.
  if (done.length > 0 || !known)
    await ledger.addEntries(entered, sourceId(campaign), done, ledger.clock(clock).now());
  return problems;
}
