/** What `run` says: one line per delivery, and nothing when there is none. */
import type { History } from "../ledger/types.ts";
import { nameOfState, placeOf, scheduledAtNetwork, sign } from "./outcome.ts";
import type { Layout } from "./style.ts";
import { oneLine } from "./terminal-safe.ts";
import { relative } from "./time.ts";

export function runLines(histories: readonly History[], now: number, { paint }: Layout): string {
  return histories
    .map((history) =>
      [
        sign(history, paint),
        paint.bold(oneLine(history.id)),
        paint.dim(nameOfState(history)),
        answer(history, now),
      ]
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function answer(history: History, now: number): string {
  const { receipts, state, message, nextAt, dueAt, code } = history;
  const there = scheduledAtNetwork(history);
  if (there) return [there, ...(message === undefined ? [] : [oneLine(message)])].join(": ");
  const [first] = receipts;
  const told = message === undefined ? "" : oneLine(message);
  switch (state) {
    case "published":
      return placeOf(first);
    case "scheduled":
      return code === "auth" || nextAt <= now
        ? told
        : `${told || "due"} (${relative(Math.max(nextAt, dueAt), now)})`;
    case "held":
    case "failed":
      return `${told} (broadcast status)`.trimStart();
    default:
      return told;
  }
}
