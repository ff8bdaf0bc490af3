/** A plan in a few lines: what `send` shows before it asks. */
import type { Adapter } from "../adapter.ts";
import type { Adapters } from "../config/adapters.ts";
import { isPast, latenessOfPlanned } from "../plan/late.ts";
import { acceptsSchedule } from "../plan/native-schedule.ts";
import type { Plan, PlannedDelivery } from "../plan/types.ts";
import type { Measured } from "../text/types.ts";
import { count } from "./code-frame.ts";
import type { Layout } from "./style.ts";
import { type Column, table } from "./table.ts";
import { oneLine } from "./terminal-safe.ts";
import { moment, momentAndUtc, relative } from "./time.ts";

export interface PlanView {
  plan: Plan;
  /** The networks' declarations, for their names and markup. */
  adapters: Adapters;
  /** Epoch milliseconds. */
  now: number;
}

/** What it is about, in a line or two. */
export function planHead({ plan }: Pick<PlanView, "plan">, { paint }: Layout): string {
  const { id, kind, title, audience } = plan.campaign;
  const facts = [id, kind, audience, count(plan.deliveries.length, "channel")].map(oneLine).join(" · ");
  return title ? `${paint.bold(oneLine(title))}\n${paint.dim(facts)}` : paint.dim(facts);
}

/** One line per channel: what `send` shows before it asks. */
export function planSummary({ plan, adapters, now }: PlanView, layout: Layout): string {
  const { paint } = layout;
  const head: Column[] = [{}, {}, {}, { align: "right" }, {}, {}];
  const rows = plan.deliveries.map((delivery) => [
    `  ${paint.bold(oneLine(delivery.channel))}`,
    nameOf(delivery, adapters),
    delivery.audience === "internal" ? paint.yellow("internal") : paint.dim("external"),
    lengths(delivery, layout),
    delivery.posts.length > 1 ? count(delivery.posts.length, "post") : "",
    paint.dim(timeOf(delivery, { plan, adapters, now })),
  ]);
  return table(head, rows, layout).join("\n");
}

/** `214/500`; `max 298/300` for several posts. */
export function lengths({ posts }: PlannedDelivery, layout: Layout): string {
  const fullest = posts
    .map(({ measured }) => measured)
    .sort((a, b) => b.length / b.max - a.length / a.max)[0];
  return fullest ? lengthOf(fullest, layout) : "";
}

export function lengthOf({ length, max, fits, bytes }: Measured, { paint }: Layout): string {
  const tooManyBytes = bytes !== undefined && bytes.length > bytes.max;
  const words = tooManyBytes ? `${bytes.length}/${bytes.max} bytes` : `${length}/${max}`;
  return fits ? paint.green(words) : paint.red(words);
}

/** When it goes out. A time that cannot be read is no time: its error says what is wrong. */
export function timeOf(delivery: PlannedDelivery, { plan, adapters, now }: PlanView): string {
  const isUnreadable = plan.problems.some(
    ({ code, severity, channel }) =>
      severity === "error" && code === "bad-time" && (channel === undefined || channel === delivery.channel),
  );
  return isUnreadable ? "no time: see the error" : dueOf(delivery, now, adapters.get(delivery.network));
}

export function dueOf(
  delivery: Pick<PlannedDelivery, "due" | "expires" | "late" | "timezone" | "schedule">,
  now: number,
  adapter?: Adapter,
): string {
  const { due, expires, timezone, schedule } = delivery;
  const lateness = latenessOfPlanned(delivery, now);
  if (lateness === "expired" && expires !== undefined)
    return `over since ${moment(expires, timezone)}: not sent`;
  if (lateness && due !== undefined)
    return `was due ${moment(due, timezone)}: ${lateness === "ask" ? "you are asked first" : "not sent so late"}`;
  // `late: send` is an answer, and its reader still sees how late that is.
  const unanswered = { ...delivery, late: delivery.late === "send" ? undefined : delivery.late };
  if (due !== undefined && isPast(unanswered, now))
    return `was due ${moment(due, timezone)}, ${relative(Date.parse(due), now)}`;
  if (due === undefined || Date.parse(due) <= now) return "due now";
  const when = `${momentAndUtc(due, timezone)}, ${relative(Date.parse(due), now)}`;
  if (schedule === "network" && adapter && acceptsSchedule(adapter, Date.parse(due), now))
    return `handed to ${oneLine(adapter.name)} now, appears ${when}`;
  return `due ${when}`;
}

export function nameOf({ network, byHand }: PlannedDelivery, adapters: Adapters): string {
  if (byHand !== undefined) return `${oneLine(byHand)}, by hand`;
  return oneLine(adapters.get(network)?.name ?? network);
}
