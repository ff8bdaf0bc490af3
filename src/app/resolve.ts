/** A person settles what no program can know: whether a held post is out. */
import { systemClock } from "../clock.ts";
import { EXIT, InputError, usageError } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Delivery, History } from "../ledger/types.ts";
import type { AccountLink } from "../report/held-hints.ts";
import { isWebAddress } from "../yaml/fields.ts";
import { accountLinks } from "./account.ts";
import { requireDeliveriesApproved } from "./approval.ts";
import { type DeliveringEvent, type DeliverOptions, deliverDue, type Listener } from "./deliver.ts";
import { exitCodeOf } from "./exit-code.ts";
import { findDelivery } from "./find-deliveries.ts";
import { changeLedger } from "./ledger.ts";
import type { Project } from "./project.ts";
import { requireUsable } from "./usable.ts";

/** What the person saw, or wants. `id`: what the network calls the post; needed where more posts answer to it. */
export type Resolution = { is: "published"; url: string; id?: string } | { is: "resend" } | { is: "cancel" };

export interface Held {
  delivery: Delivery;
  history: History;
  /** Where to look. */
  link?: AccountLink;
  /** Whether more posts of the thread follow, which answer to this one. */
  hasMore: boolean;
}

export interface ResolveOptions extends Omit<DeliverOptions, "ids" | "onEvent"> {
  onEvent?: Listener<DeliveringEvent>;
}

export interface Resolved {
  /** Empty if nothing was decided. */
  histories: History[];
  code: number;
}

/**
 * `decide` gets what is known of the delivery; `undefined` changes nothing. Throws InputError if the delivery is
 * not held, or cannot be sent again.
 */
export async function resolve(
  typed: string,
  project: Project,
  decide: (held: Held) => Resolution | undefined | Promise<Resolution | undefined>,
  options: ResolveOptions = {},
): Promise<Resolved> {
  return changeLedger(project, async (ledger) => {
    const clock = ledger.clock(options.clock ?? systemClock);
    const held = await heldOf(typed, project, ledger);
    const resolution = await decide(held);
    if (!resolution) return { histories: [], code: EXIT.unknown };
    requireAnswer(resolution, held);
    if (resolution.is === "resend") {
      requireUsable([held.delivery], project);
      await requireDeliveriesApproved([held.delivery], project, ledger);
    }
    await settle(held.delivery, resolution, ledger, clock.now());
    const after = await ledger.histories([held.delivery.id]);
    const histories = await deliverDue(after, project, ledger, options);
    return { histories, code: resolution.is === "cancel" ? EXIT.ok : exitCodeOf(histories, clock.now()) };
  });
}

async function heldOf(typed: string, project: Project, ledger: Ledger): Promise<Held> {
  const delivery = await findDelivery(ledger, typed);
  requireHeld(delivery);
  const history = (await ledger.history(delivery.id))!;
  const link = (await accountLinks([history], project, ledger)).get(delivery.id);
  return { delivery, history, link, hasMore: history.receipts.length + 1 < delivery.posts.length };
}

function requireHeld({ id, state, code }: Delivery): void {
  if (state === "held" && code !== "retracting") return;
  if (state === "scheduled" && code === "by-hand") return;
  const remedy =
    code === "retracting"
      ? `It is being taken back. To go on with that: broadcast retract ${id}`
      : state === "failed"
        ? `To send it again: broadcast retry ${id}`
        : "`broadcast status` shows what waits for a person.";
  throw new InputError({
    severity: "error",
    code: "not-held",
    message: `\`${id}\` is ${state}: nothing needs to be settled`,
    remedy,
  });
}

function requireAnswer(resolution: Resolution, { hasMore }: Held): void {
  if (resolution.is !== "published") return;
  if (!isWebAddress(resolution.url))
    throw usageError(
      `\`${resolution.url}\` is not the address of a post`,
      "Copy it from the browser, with https://.",
    );
  if (hasMore && !resolution.id)
    throw usageError(
      "more posts of this thread follow, and they reply to this one",
      "Add `--id` with the network's id of the post that is out.",
    );
}

async function settle({ id }: Delivery, resolution: Resolution, ledger: Ledger, now: number): Promise<void> {
  const to =
    resolution.is === "published"
      ? ({ state: "published", receipt: { id: resolution.id ?? "", url: resolution.url } } as const)
      : resolution.is === "resend"
        ? ({ state: "scheduled", newRound: true, nextAt: now, dueAt: now } as const)
        : ({ state: "cancelled" } as const);
  if (await ledger.decide(id, ["held", "scheduled"], to, now)) return;
  throw usageError("it was settled by another process just now", "`broadcast status` shows how.");
}
