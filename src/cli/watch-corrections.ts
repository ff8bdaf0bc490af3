/** Progress on stderr while posts are edited or taken back, and Ctrl-C, which stops cleanly. */
import { type CorrectingEvent, wordsFor } from "../app/corrections.ts";
import type { CorrectionEvent } from "../delivery/correct.ts";
import { oneLine } from "../report/terminal-safe.ts";
import { relative } from "../report/time.ts";
import { type Signals, signalHandler } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

export interface CorrectionWatch extends Signals {
  onEvent(event: CorrectingEvent): void;
}

export function watchCorrections({ err, notes }: Terminal): CorrectionWatch {
  const { stop, abort, listen, unlisten } = signalHandler((text) => err(`${text}\n`));
  return {
    stop,
    abort,
    onEvent(event) {
      if (event.type === "delivering") return listen();
      if (event.type === "delivered") return unlisten();
      const words = wordsOf(event, notes.paint);
      if (words !== undefined) err(`${words}\n`);
    },
  };
}

const SHORT = 5_000;

function wordsOf(event: CorrectionEvent, paint: Terminal["notes"]["paint"]): string | undefined {
  switch (event.type) {
    case "corrected": {
      const { delivery, part, kind } = event;
      const which = delivery.posts.length > 1 ? ` ${part + 1}/${delivery.posts.length}` : "";
      const done = kind === "edit" ? "edited" : "deleted";
      return `${paint.green("✓")} ${oneLine(delivery.channel)}${which}  ${done}`;
    }
    case "correction-waits":
      // The next request of the same channel is often a second away.
      if (event.until - Date.now() < SHORT) return undefined;
      return `${paint.yellow("!")} ${oneLine(event.delivery.channel)}  again ${relative(event.until, Date.now())}`;
    case "correction-ended":
      return event.outcome.is === "done"
        ? undefined
        : `${paint.red("✗")} ${oneLine(wordsFor(event.outcome))}`;
    default:
      return undefined;
  }
}
