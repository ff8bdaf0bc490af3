/** Progress on stderr while deliveries are sent, and Ctrl-C, which stops them cleanly. */
import type { DeliveringEvent } from "../app/deliver.ts";
import type { Delivery } from "../ledger/types.ts";
import { type Progress, plainProgress } from "../report/progress.ts";
import { type Signals, signalHandler } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

export interface Watch extends Signals {
  onEvent(event: DeliveringEvent): Promise<void> | void;
}

/** To be handed to whatever delivers. */
export function watchDelivery(terminal: Terminal): Watch {
  let progress: Progress | undefined;
  const { stop, abort, listen, unlisten } = signalHandler((text) =>
    progress ? progress.note(text) : terminal.err(`${text}\n`),
  );
  return {
    stop,
    abort,
    onEvent(event) {
      if (event.type === "delivering")
        return openProgress(event.deliveries, terminal).then((opened) => {
          progress = opened;
          listen();
        });
      if (event.type === "delivered") {
        unlisten();
        return progress?.end();
      }
      progress?.event(event);
    },
  };
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
