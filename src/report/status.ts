/** The ledger as a list: held first, then waiting, then published. */

import type { History, State } from "../ledger/types.ts";
import { isDead } from "../lock.ts";
import { type AccountLink, heldHints } from "./held-hints.ts";
import { indented, nameOfState, scheduledAtNetwork, sign } from "./outcome.ts";
import type { Layout } from "./style.ts";
import { table } from "./table.ts";
import { oneLine } from "./terminal-safe.ts";
import { moment, relative } from "./time.ts";

const ORDER: readonly State[] = [
  "held",
  "failed",
  "sending",
  "scheduled",
  "expired",
  "cancelled",
  "retracted",
  "published",
];

/** Held first; within a state the newest first. */
export function byUrgency(histories: readonly History[]): History[] {
  return [...histories].sort((a, b) => rank(a) - rank(b) || b.updatedAt - a.updatedAt);
}

/** What a person is to post comes before everything. */
function rank({ state, code }: History): number {
  return state === "scheduled" && code === "by-hand" ? -1 : ORDER.indexOf(state);
}

export interface ResolveHints {
  /** What has to be typed to reach this ledger: ` --sandbox` or nothing. */
  suffix: string;
  /** By delivery. */
  where: ReadonlyMap<string, AccountLink>;
}

/** Whether no process works on it any more: its worker was killed, or its lease is over. */
export function isAbandoned(
  { owner = "", leaseUntil = 0 }: Pick<History, "owner" | "leaseUntil">,
  now: number,
): boolean {
  return leaseUntil <= now || isDead(owner);
}

/** With `settling`, held deliveries are shown with what a person can do. */
export function statusTable(
  histories: readonly History[],
  now: number,
  layout: Layout,
  settling?: ResolveHints,
): string {
  const { paint } = layout;
  const rows = histories.map((history) => [
    sign(history, paint),
    nameOfState(history),
    oneLine(history.channel),
    oneLine(history.campaign),
    paint.dim(when(history, now)),
    answer(history),
  ]);
  const [head, ...lines] = table(
    [
      {},
      { title: "state" },
      { title: "channel" },
      { title: "campaign" },
      { title: "when" },
      { title: "where, or why not" },
    ],
    rows,
    layout,
  );
  const told = histories.flatMap((history, index) => {
    if (!settling) return [lines[index]!];
    const hints =
      history.state === "held"
        ? heldHints(history, settling.suffix, settling.where.get(history.id))
        : history.state === "sending" && isAbandoned(history, now)
          ? ["The process that was sending it is gone. Whether the post is out is checked when you continue."]
          : [];
    return [lines[index]!, ...hints.flatMap((hint) => indented(hint, layout))];
  });
  return [head, ...told].join("\n");
}

/** What others have done to it, when it was last read; an edit of ours since then has put it right. */
function drifted({ found, corrections }: History): string[] {
  const edited = Math.max(0, ...corrections.map(({ endedAt = 0 }) => endedAt));
  const is = (state: "gone" | "changed") => found.some((one) => one.found === state && one.at > edited);
  if (is("gone")) return ["deleted there by somebody:"];
  return is("changed") ? ["changed there by somebody:"] : [];
}

/** `taken back by Ada: wrong price`. */
function retractedBy({ corrections }: History): string {
  const { by, reason } = corrections.findLast(({ kind }) => kind === "retract") ?? {};
  return oneLine(
    `taken back${by === undefined ? "" : ` by ${by}`}${reason === undefined ? "" : `: ${reason}`}`,
  );
}

function when(history: History, now: number): string {
  const { state, nextAt, dueAt, updatedAt, receipts } = history;
  if (scheduledAtNetwork(history) || history.code === "by-hand") return moment(dueAt);
  if (state === "scheduled") return nextAt > now ? moment(nextAt) : "due";
  return relative(receipts[0]?.at ?? updatedAt, now);
}

function answer(history: History): string {
  const { receipts, message, state, posts } = history;
  const there = scheduledAtNetwork(history);
  if (there) return [there, ...(message === undefined ? [] : [oneLine(message)])].join(": ");
  const url = receipts[0]?.url ?? receipts[0]?.id;
  if (state === "published") return [...drifted(history), oneLine(url || "out")].join(" ");
  if (state === "retracted") return retractedBy(history);
  const part =
    posts.length > 1 && receipts.length > 0 ? [`${receipts.length} of ${posts.length} posts are out`] : [];
  return [...part, ...(message === undefined ? [] : [oneLine(message)])].join(": ");
}
