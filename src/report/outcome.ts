/** Outcomes: receipts, and what to do about everything that is not out. */

import type { Receipt } from "../adapter.ts";
import type { History, State } from "../ledger/types.ts";
import { handedOver } from "../plan/native-schedule.ts";
import { heldHints } from "./held-hints.ts";
import { quoted } from "./shell.ts";
import type { Layout, Paint } from "./style.ts";
import { table } from "./table.ts";
import { oneLine } from "./terminal-safe.ts";
import { moment, relative } from "./time.ts";
import { wrap } from "./width.ts";

export interface OutcomeView {
  histories: readonly History[];
  now: number;
  /** What was typed to reach this ledger, for the commands that are named: ` --sandbox` or nothing. */
  suffix: string;
  /** The command that goes on with what waits. */
  again: string;
}

/** One line per delivery, below it what a person should do about it, and at the end how to go on. */
export function outcomes(view: OutcomeView, layout: Layout): string {
  const { histories, now } = view;
  const { paint } = layout;
  const lines = table(
    [{}, {}, {}, {}],
    histories.map((history) => [
      sign(history, paint),
      paint.bold(oneLine(history.channel)),
      paint.dim(nameOfState(history)),
      answer(history, now),
    ]),
    layout,
  );
  const told = histories.flatMap((history, index) => [
    lines[index]!,
    ...laterParts(history, paint),
    ...hints(history, view).flatMap((hint) => indented(hint, layout)),
  ]);
  const next = [howToPost(view), howToGoOn(view), ...howToBringBack(view)].filter(
    (line) => line !== undefined,
  );
  return [...told, ...(next.length === 0 ? [] : ["", ...next])].join("\n");
}

// One command for everything that waits: it sends what is due by then.
function howToGoOn({ histories, now, again }: OutcomeView): string | undefined {
  const waiting = histories.filter(
    (history) => history.state === "scheduled" && history.code !== "by-hand" && !scheduledAtNetwork(history),
  );
  if (waiting.length === 0) return undefined;
  if (waiting.every(({ code }) => code === "auth")) return `With the new credential: ${again}`;
  const next = Math.min(...waiting.map(({ nextAt }) => nextAt));
  return next <= now ? `To continue: ${again}` : `To continue, at ${moment(next)} or later: ${again}`;
}

// One command for everything that people post.
function howToPost({ histories, suffix }: OutcomeView): string | undefined {
  const isWaiting = histories.some(({ state, code }) => state === "scheduled" && code === "by-hand");
  return isWaiting ? `To post by hand, and to say where it is: broadcast todo${suffix}` : undefined;
}

function isGivenUp({ state }: Pick<History, "state">): boolean {
  return state === "cancelled" || state === "expired";
}

// Several are brought back by their campaign, and not one by one.
function howToBringBack({ histories, suffix }: OutcomeView): string[] {
  const givenUp = histories.filter(isGivenUp);
  if (givenUp.length < 2) return [];
  return [...new Set(givenUp.map(({ campaign }) => campaign))].map(
    (campaign) => `To send it anyway: ${retryAll(campaign, suffix)}`,
  );
}

/** The command that brings back what was cancelled, or came too late, of a whole campaign. */
export function retryAll(campaign: string, suffix: string): string {
  return `broadcast retry ${quoted(campaign)} --cancelled${suffix}`;
}

/** `5 published, 1 failed.` */
export function tally(histories: readonly History[], { paint }: Layout): string {
  const states = new Map<string, number>();
  for (const history of histories) {
    const name = nameOfState(history);
    states.set(name, (states.get(name) ?? 0) + 1);
  }
  const words = [...states].map(([state, number]) => `${number} ${state}`).join(", ");
  const allOut = histories.every(({ state }) => state === "published");
  return `${allOut ? paint.green(words) : words}.`;
}

const SIGNS: Record<State, [string, keyof Paint]> = {
  scheduled: ["·", "dim"],
  sending: ["·", "dim"],
  published: ["✓", "green"],
  failed: ["✗", "red"],
  held: ["?", "yellow"],
  cancelled: ["–", "dim"],
  expired: ["–", "yellow"],
  retracted: ["–", "dim"],
};

export function sign({ state, code }: Pick<History, "state" | "code">, paint: Paint): string {
  if (state === "scheduled" && code === "auth") return paint.red("✗");
  if (state === "scheduled" && code === "by-hand") return paint.yellow("→");
  if (state === "scheduled" && code !== undefined) return paint.yellow("!");
  const [mark, brush] = SIGNS[state];
  return paint[brush](mark);
}

/** The state in the words of a person: one that waits for a login says so. */
export function nameOfState({ state, code }: Pick<History, "state" | "code">): string {
  if (state !== "scheduled") return state;
  if (code === "auth") return "needs a login";
  if (code === "by-hand") return "by hand";
  return code === undefined ? "scheduled" : "waiting";
}

/** `scheduled at the network for 2026-12-01 09:00 CET`; nothing for what does not wait there. */
export function scheduledAtNetwork({ state, receipts, network }: History): string | undefined {
  const handed = state === "scheduled" ? handedOver(receipts) : undefined;
  return handed && `scheduled at ${oneLine(network)} for ${moment(handed.due)}`;
}

function answer(history: History, now: number): string {
  const { receipts, state, message, nextAt, code } = history;
  const there = scheduledAtNetwork(history);
  if (there) return [there, ...(message === undefined ? [] : [oneLine(message)])].join(": ");
  if (state === "published") {
    return placeOf(receipts[0]);
  }
  const when = state === "scheduled" && nextAt > now ? `${moment(nextAt)}, ${relative(nextAt, now)}` : "";
  if (message === undefined) return when;
  if (code === "by-hand") return oneLine(message);
  return code === "auth" || when === ""
    ? oneLine(message)
    : `${oneLine(message)} (again ${relative(nextAt, now)})`;
}

/** Where a person finds it: its address, else its id, and what the network's adapter notes. */
export function placeOf(receipt: Pick<Receipt, "id" | "url" | "ref"> | undefined): string {
  const place = receipt?.url ?? (receipt?.id ? `id ${receipt.id}` : "out");
  return oneLine(receipt?.ref?.note ? `${place} (${receipt.ref.note})` : place);
}

function laterParts({ receipts, posts, state }: History, paint: Paint): string[] {
  if (posts.length === 1) return [];
  const first = state === "published" ? 1 : 0;
  return receipts
    .slice(first)
    .map((receipt) => `   ${paint.dim(`${receipt.part + 1}/${posts.length}  ${placeOf(receipt)}`)}`);
}

// What comes next, by state: the commands are whole and can be copied.
function hints(history: History, { suffix, histories }: OutcomeView): string[] {
  const { state, code, id, channel } = history;
  const name = quoted(id);
  const givenUp = histories.filter(isGivenUp);
  switch (state) {
    case "held":
      return heldHints(history, suffix);
    case "failed":
      return [
        `The same content is not tried again automatically. When the cause is removed:`,
        `  broadcast retry ${name}${suffix}`,
        history.receipts.length > 0
          ? `If the text is the cause, fix the posts that are not out yet, and send the campaign again.`
          : `If the text is the cause, fix the campaign and send it again.`,
      ];
    case "expired":
    case "retracted":
    case "cancelled":
      return givenUp.length > 1 ? [] : [`To send it anyway:`, `  broadcast retry ${name}${suffix}`];
    case "sending":
      return [
        `Another process is sending it, or crashed while sending. To look:`,
        `  broadcast status${suffix}`,
      ];
    case "scheduled":
      if (code === "auth")
        return [`Replace the credential, or get a new one:`, `  broadcast login ${quoted(channel)}`];
      return scheduledAtNetwork(history)
        ? [
            `The network will publish it. Until then it can be taken back:`,
            `  broadcast cancel ${name}${suffix}`,
          ]
        : [];
    default:
      return [];
  }
}

export function indented(text: string, { paint, width, wraps }: Layout): string[] {
  // A command is one line, however long, so that it can be copied.
  const lines = wraps && !text.startsWith("  ") ? wrap(text, width - 3) : [text];
  return lines.map((line) => `   ${paint.dim(line)}`);
}
