/** Enters a plan into the ledger, and delivers what is due there. */
import { systemClock } from "../clock.ts";
import type { DeliveryEvent } from "../delivery/deliver.ts";
import { LedgerError, type SentPost } from "../ledger/errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { pauseOf } from "../ledger/pauses.ts";
import type { Added, Delivery, History, NewDelivery } from "../ledger/types.ts";
import type { Plan } from "../plan/types.ts";
import type { PostgresPlace } from "../postgres-address.ts";
import { mayLeave } from "./approval.ts";
import { PATIENCE, type ToolsOptions, withDeliveryTools } from "./delivery-tools.ts";
import { ledgerInPostgres } from "./ledger.ts";
import type { Project } from "./project.ts";
import { requireUsable } from "./usable.ts";

export { openMedia as readMedia } from "../media/source.ts";

/** The plan's deliveries as the ledger takes them; what has no time is due `now` (epoch milliseconds). */
export function deliveriesOf(plan: Plan, now: number): NewDelivery[] {
  return plan.deliveries.map(
    ({ id, channel, network, account, digest, posts, due, expires, schedule, late, uncertain, answers }) => ({
      id,
      campaign: plan.campaign.id,
      channel,
      network,
      account,
      digest,
      posts: posts.map(({ post }) => post),
      dueAt: due === undefined ? now : Date.parse(due),
      expiresAt: expires === undefined ? undefined : Date.parse(expires),
      schedule,
      late,
      uncertain,
      answers,
    }),
  );
}

export interface DeliverOptions extends ToolsOptions {
  /** Only these deliveries; default: everything that is due. */
  ids?: readonly string[];
  /** Starts nothing new, and finishes requests that are under way. Default: never. */
  stop?: AbortSignal;
  onEvent?: (event: DeliveryEvent) => void;
  concurrency?: number;
  /** How the plan was named, if it was: approvals may lie beside that file. */
  file?: string;
}

/** Delivers what the ledger holds for this project's channels. */
export async function deliverAll(
  project: Project,
  ledger: Ledger,
  options: DeliverOptions = {},
): Promise<void> {
  const { stop = new AbortController().signal } = options;
  const place = project.config.deliver === "workers" ? ledgerInPostgres(project) : undefined;
  if (place) return leave(place, ledger, { ...options, stop });
  const { deliver } = await import("../delivery/deliver.ts");
  const wanted = await ledger.outlines(
    options.ids ? { ids: options.ids } : { states: ["scheduled", "sending"] },
  );
  const names = new Set(wanted.map(({ channel }) => channel));
  await withDeliveryTools(project, ledger, names, options, async ({ tools, channels, renew }) => {
    const once = (ids: readonly string[] | undefined, only: ReadonlySet<string> = names) =>
      deliver({
        ...tools,
        channels: channels().filter(({ name }) => only.has(name)),
        ids,
        stop,
        onEvent: options.onEvent,
        concurrency: options.concurrency,
        mayLeave: mayLeave(project, ledger, options.file),
      });
    await once(options.ids);
    if (!project.logins || stop.aborted) return;
    // A token may end before its time: what waits for a login is tried once more with a renewed one.
    const waiting = (await ledger.outlines({ ids: wanted.map(({ id }) => id) })).filter(
      ({ state, code }) => state === "scheduled" && code === "auth",
    );
    const renewed = await renew(new Set(waiting.map(({ channel }) => channel)));
    const again = waiting.filter(({ channel }) => renewed.has(channel)).map(({ id }) => id);
    if (again.length > 0) await once(again, renewed);
  });
}

// They set their clocks by it.
async function tellWorkers(project: Project, later: readonly Delivery[]): Promise<void> {
  const place = project.config.deliver === "workers" ? ledgerInPostgres(project) : undefined;
  if (!place) return;
  const { wakeWorkers } = await import("./workers.ts");
  await wakeWorkers(
    place,
    later.map(({ channel }) => channel),
  );
}

async function leave(
  place: PostgresPlace,
  ledger: Ledger,
  { ids, clock = systemClock, patience = PATIENCE, stop, onEvent }: DeliverOptions & { stop: AbortSignal },
): Promise<void> {
  const { wakeWorkers, watchDeliveries } = await import("./workers.ts");
  const wanted = await ledger.outlines(ids ? { ids } : { states: ["scheduled", "sending"] });
  await wakeWorkers(
    place,
    wanted.map(({ channel }) => channel),
  );
  const { now } = ledger.clock(clock);
  const watched = wanted.map(({ id }) => id);
  await watchDeliveries(watched, ledger, { now, patience, stop, onEvent });
}

/** Enters a plan's deliveries into the ledger. Throws InputError if the ledger cannot be written: nothing was sent. */
export async function enter(
  deliveries: readonly NewDelivery[],
  ledger: Ledger,
  now: number,
): Promise<Added[]> {
  const { asInputError } = await import("../ledger/errors.ts");
  return asInputError(() => ledger.add(deliveries, now));
}

/** What surrounds the sending: progress on a screen. */
export type DeliveringEvent =
  | { type: "delivering"; deliveries: readonly Delivery[] }
  | DeliveryEvent
  | { type: "delivered" };

export type Listener<E> = (event: E) => void | Promise<void>;

/**
 * Delivers the given ones as far as they are due. Resolves with their histories, in the same order. Throws InputError if a
 * channel cannot be used; then nothing was sent.
 */
export async function deliverDue(
  deliveries: readonly Delivery[],
  project: Project,
  ledger: Ledger,
  { onEvent, ...options }: Omit<DeliverOptions, "ids" | "onEvent"> & { onEvent?: Listener<DeliveringEvent> },
): Promise<History[]> {
  const { patience = PATIENCE } = options;
  const clock = ledger.clock(options.clock ?? systemClock);
  const soon = clock.now() + patience;
  const pauses = await ledger.pauses();
  const pending = deliveries.filter(
    ({ state, nextAt, channel }) =>
      (state === "scheduled" || state === "sending") && nextAt <= soon && !pauseOf(channel, pauses),
  );
  requireUsable(pending, project);
  const later = deliveries.filter((one) => one.state === "scheduled" && !pending.includes(one));
  if (later.length > 0) await tellWorkers(project, later);
  if (pending.length > 0) {
    await onEvent?.({ type: "delivering", deliveries: pending });
    const sent: SentPost[] = [];
    const watch = (event: DeliveryEvent) => {
      if (event.type === "part" && !event.found) sent.push(sentPost(event));
      void onEvent?.(event);
    };
    try {
      const ids = pending.map(({ id }) => id);
      await deliverAll(project, ledger, { ...options, ids, onEvent: watch });
    } catch (error) {
      if (error instanceof LedgerError) error.sent.unshift(...sent);
      throw error;
    } finally {
      await onEvent?.({ type: "delivered" });
    }
  }
  return ledger.histories(deliveries.map(({ id }) => id));
}

function sentPost({ delivery, part, receipt }: Extract<DeliveryEvent, { type: "part" }>): SentPost {
  return { delivery: delivery.id, channel: delivery.channel, part, url: receipt.url };
}
