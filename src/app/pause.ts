/** A freeze for a bad day: nothing new leaves until a person says so. */
import { systemClock } from "../clock.ts";
import { usageError } from "../errors.ts";
import type { Pause } from "../ledger/pauses.ts";
import { didYouMean } from "../suggest.ts";
import { ledgerInPostgres, readLedger, withLedger } from "./ledger.ts";
import type { Project } from "./project.ts";

export type { Pause } from "../ledger/pauses.ts";

export interface PauseOptions {
  /** Only these channels; default: every one. */
  channels?: readonly string[];
  reason?: string;
  by?: string;
}

type Home = Pick<Project, "config" | "rehearsal">;

/** All pauses that hold afterwards. What is under way is finished. Throws InputError for unknown channels. */
export async function pause(
  project: Home,
  { channels, reason, by }: PauseOptions = {},
  clock = systemClock,
): Promise<Pause[]> {
  requireKnown(channels, [...project.config.channels.keys()]);
  return withLedger(project, async (door) => {
    const ledger = await door.open();
    for (const channel of channels ?? [undefined])
      await ledger.pause({ channel, reason, by, at: clock.now() });
    return ledger.pauses();
  });
}

/** Ends pauses: those of the channels, or all of them. Gives those that ended. */
export async function resume(
  project: Home,
  { channels }: Pick<PauseOptions, "channels"> = {},
): Promise<{ ended: Pause[]; left: Pause[] }> {
  return withLedger(project, async (door) => {
    const ledger = await door.existing();
    const before = (await ledger?.pauses()) ?? [];
    const ended = before.filter(
      ({ channel }) => channels === undefined || (channel !== undefined && channels.includes(channel)),
    );
    if (channels)
      requireKnown(
        channels,
        before.flatMap(({ channel }) => channel ?? []),
        "is not paused",
      );
    const { isMoved } = await import("../ledger/copy.ts");
    const moved = ended.find(({ reason }) => isMoved(reason));
    if (moved)
      throw usageError(
        `${moved.reason}: what waits here waits there, too, and would go out twice`,
        "Set `ledger:` in broadcast.yml to the new one, and resume there.",
      );
    for (const { channel } of ended) await ledger?.resume(channel);
    const place = project.config.deliver === "workers" ? ledgerInPostgres(project) : undefined;
    if (place && ended.length > 0) {
      const { wakeWorkers } = await import("./workers.ts");
      await wakeWorkers(place, [...project.config.channels.keys()]);
    }
    return { ended, left: before.filter((one) => !ended.includes(one)) };
  });
}

/** The pauses that hold. Changes nothing. */
export function pauses(project: Home): Promise<Pause[]> {
  return readLedger(project, (ledger) => ledger.pauses(), []);
}

function requireKnown(
  channels: readonly string[] | undefined,
  known: readonly string[],
  words = "is not a channel of broadcast.yml",
): void {
  const unknown = channels?.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw usageError(
    `\`${unknown}\` ${words}`,
    didYouMean(unknown, known) || (known.length > 0 ? `There is ${known.join(", ")}.` : undefined),
  );
}
