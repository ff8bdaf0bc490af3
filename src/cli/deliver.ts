/** Delivers what is in the ledger while a person watches, and says what became of it. */

import { deliverAll } from "../app/deliver.ts";
import type { Project } from "../app/project.ts";
import { EXIT, InputError, type Problem } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Delivery, History } from "../ledger/types.ts";
import { type Progress, plainProgress } from "../report/progress.ts";
import { historiesOf } from "./memory.ts";
import { interruptible } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

// As long as the loop waits for a turn; what is due later is only stored.
const SOON = 120_000;

/**
 * Delivers the given ones as far as they are due, with progress on stderr; Ctrl-C stops it cleanly. Resolves with their
 * histories, in the same order. Throws InputError when a channel cannot be used; then nothing was sent.
 */
export async function deliverWatched(
  deliveries: readonly Delivery[],
  project: Project,
  ledger: Ledger,
  terminal: Terminal,
): Promise<History[]> {
  const ids = deliveries.map(({ id }) => id);
  const soon = Date.now() + SOON;
  const pending = deliveries.filter(
    ({ state, nextAt }) => (state === "scheduled" || state === "sending") && nextAt <= soon,
  );
  demandUsable(pending, project);
  if (pending.length === 0) return historiesOf(ledger, ids);

  const progress = await openProgress(pending, terminal);
  try {
    await interruptible(progress.note, ({ stop, abort }) =>
      deliverAll(project, ledger, {
        ids: pending.map(({ id }) => id),
        stop,
        abort,
        onEvent: (event) => progress.event(event),
      }),
    );
  } finally {
    await progress.end();
  }
  return historiesOf(ledger, ids);
}

async function openProgress(
  deliveries: readonly Delivery[],
  { screen, err, notes }: Terminal,
): Promise<Progress> {
  if (screen) {
    const { listProgress } = await import("../report/progress-list.ts");
    return listProgress(deliveries, screen, notes.paint);
  }
  return plainProgress(
    deliveries.map(({ channel }) => channel),
    err,
    notes.paint,
  );
}

/**
 * What was planned for one account must not reach another one that has taken over its channel's name. Throws InputError,
 * also when a channel lacks its credential.
 */
export function demandUsable(
  deliveries: readonly Pick<Delivery, "id" | "channel" | "account">[],
  { config }: Project,
): void {
  const problems = deliveries.flatMap(({ channel: name, account, id }): Problem[] => {
    const channel = config.channels.get(name);
    if (!channel) {
      return [
        {
          severity: "error",
          code: "unknown-channel",
          message: `\`${id}\` is for the channel \`${name}\`, which is not in broadcast.yml any more`,
          remedy: `Put it back, or give the delivery up: broadcast cancel ${id}`,
        },
      ];
    }
    if (channel.identity !== account) {
      return [
        {
          severity: "error",
          code: "other-account",
          message: `\`${id}\` was planned for another account than the one that \`${name}\` is now`,
          remedy: `Give the channel its former settings, or give the delivery up: broadcast cancel ${id}`,
          place: channel.place,
        },
      ];
    }
    return channel.problems.filter(({ severity }) => severity === "error");
  });
  if (problems.length > 0) throw new InputError(problems);
}

/** The worst of what happened decides; what is scheduled for later is as it should be. */
export function exitCode(histories: readonly History[], now = Date.now()): number {
  if (histories.some(({ state }) => state === "held")) return EXIT.unknown;
  if (histories.some(({ state, code }) => state === "scheduled" && code === "auth")) return EXIT.credentials;
  return histories.every((history) => isAsAsked(history, now)) ? EXIT.ok : EXIT.failed;
}

function isAsAsked({ state, dueAt, code }: History, now: number): boolean {
  return state === "published" || (state === "scheduled" && code === undefined && dueAt > now);
}
