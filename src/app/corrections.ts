/** What can be done to deliveries that are out, and doing it: `edit` and `retract` share this. */
import { type Clock, systemClock } from "../clock.ts";
import type { Corrected, CorrectionEvent } from "../delivery/correct.ts";
import { EXIT } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Delivery, History, NewCorrection } from "../ledger/types.ts";
import { mayLeave } from "./approval.ts";
import type { Listener } from "./deliver.ts";
import { type ToolsOptions, withDeliveryTools } from "./delivery-tools.ts";
import type { Project } from "./project.ts";

export interface CorrectOptions extends ToolsOptions {
  /** Starts nothing new, and finishes requests that are under way. Default: never. */
  stop?: AbortSignal;
  /** Who wants it, and why: kept in the ledger. */
  by?: string;
  reason?: string;
  onEvent?: Listener<CorrectingEvent>;
}

/** What surrounds it: progress on a screen. */
export type CorrectingEvent =
  | { type: "delivering"; deliveries: readonly Delivery[] }
  | CorrectionEvent
  | { type: "delivered" };

/** Carries them out; each is in the ledger before its first request, and a repeat goes on where it stopped. */
export async function carryOut(
  corrections: readonly NewCorrection[],
  histories: readonly History[],
  project: Project,
  ledger: Ledger,
  { file, ...options }: CorrectOptions & { file?: string },
): Promise<Corrected[]> {
  const meant = histories.filter(({ id }) => corrections.some(({ delivery }) => delivery === id));
  if (meant.length === 0) return [];
  const { correct } = await import("../delivery/correct.ts");
  const names = new Set(meant.map(({ channel }) => channel));
  await options.onEvent?.({ type: "delivering", deliveries: meant });
  try {
    return await withDeliveryTools(project, ledger, names, options, ({ tools, channels }) =>
      correct({
        ...tools,
        channels: channels(),
        corrections,
        stop: options.stop ?? new AbortController().signal,
        onEvent: (event) => void options.onEvent?.(event),
        mayLeave: mayLeave(project, ledger, file),
      }),
    );
  } finally {
    await options.onEvent?.({ type: "delivered" });
  }
}

/** The exit code of corrections. */
export function exitCodeOfCorrections(outcomes: readonly Corrected[]): number {
  if (outcomes.some(({ is, code }) => is === "unsettled" || code === "uncertain")) return EXIT.unknown;
  if (outcomes.some(({ code }) => code === "tampered")) return EXIT.approval;
  if (outcomes.some(({ code }) => code === "auth")) return EXIT.credentials;
  return outcomes.every(({ is }) => is === "done") ? EXIT.ok : EXIT.failed;
}

/** Why nothing can be done to it now, a sentence. */
export function wordsFor({ is, delivery, message }: Corrected): string {
  switch (is) {
    case "sending":
      return `\`${delivery}\` is being sent just now, or its sender has crashed: send the campaign again first`;
    case "busy":
      return `another process is at work on \`${delivery}\` just now`;
    case "unsettled":
      return `whether a post of \`${delivery}\` is out is not known: \`broadcast resolve ${delivery}\` comes first`;
    case "missing":
    case "nothing-out":
      return `nothing of \`${delivery}\` is out`;
    default:
      return message ?? is;
  }
}

export const clockOf = ({ clock = systemClock }: { clock?: Clock }): Clock => clock;
