/** The one way to send: plan, check, ask, enter, deliver. The command, `run` and the library all come through here. */
import type { Approval } from "../approval/approval.ts";
import type { Need } from "../approval/evaluate.ts";
import { systemClock } from "../clock.ts";
import { EXIT, InputError, type Problem } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type Pause, pauseOf } from "../ledger/pauses.ts";
import type { Added, Delivery, History, NewDelivery } from "../ledger/types.ts";
import { differs } from "../ledger/upsert.ts";
import { isPast, pastProblem } from "../plan/late.ts";
import type { Plan, PlannedDelivery } from "../plan/types.ts";
import { pauseWords } from "../report/pauses.ts";
import type { PlanRef } from "../report/shell.ts";
import { requirePlanApproved } from "./approval.ts";
import { clockWarning } from "./clock-warning.ts";
import {
  type DeliveringEvent,
  type DeliverOptions,
  deliverDue,
  deliveriesOf,
  enter,
  type Listener,
} from "./deliver.ts";
import { exitCodeOf } from "./exit-code.ts";
import { type LedgerDoor, withLedger } from "./ledger.ts";
import { fillStore } from "./media-store.ts";
import { preflight } from "./preflight.ts";
import type { Project } from "./project.ts";
import { quotaWarnings } from "./quotas.ts";
import type { Selection } from "./select.ts";

/** What happens on the way, in this order. A listener that returns a promise is waited for. */
export type SendEvent =
  /** Everything except the approval is checked. `news`: sending would do something. */
  | { type: "planned"; plan: Plan; warnings: Problem[]; news: boolean }
  /** The policy's demands are met. */
  | { type: "approved"; needs: Need[] }
  | DeliveringEvent
  | { type: "sent"; plan: Plan; histories: History[]; rehearsal: boolean; news: boolean };

export interface SendOptions extends Omit<DeliverOptions, "ids" | "onEvent">, Selection {
  /** Which time of a campaign that comes again; default: the next one. */
  occurrence?: string;
  /** The file as it was typed: approvals may be beside it, and errors show the command with it. */
  ref?: PlanRef;
  /** Also send deliveries that are more than an hour late. Otherwise `confirm` decides, or they are refused. */
  late?: boolean;
  /** Whether the campaign's links are asked whether they lead somewhere, for a warning. Default: yes, unless it is rehearsed. */
  checkLinks?: boolean;
  /**
   * Called after all checks and before anything is entered, only if sending would do something. `past`:
   * deliveries that are more than an hour late. Default: yes.
   */
  confirm?: (ready: {
    plan: Plan;
    warnings: Problem[];
    past: readonly PlannedDelivery[];
  }) => Promise<boolean>;
  onEvent?: Listener<SendEvent>;
}

export interface Sent {
  plan: Plan;
  /** What the ledger holds of this plan's deliveries, in the plan's order. */
  histories: History[];
  /** What became of each delivery as it was entered, in the same order. */
  added: Added[];
  /** Warnings; errors are thrown. */
  problems: Problem[];
  /** Whether sending could make something happen; else everything was out, or waits for a person. */
  news: boolean;
  /** The answer of `confirm` was no: nothing was entered. */
  declined: boolean;
  /** The exit code. */
  code: number;
}

/**
 * Sends a campaign (a path), or a plan made before, exactly once. The plan's digest, its accounts
 * and audiences, credentials, leaked secrets and approvals are always checked. Throws InputError, CredentialError or
 * ApprovalError before anything is sent, and LedgerError if the ledger fails afterwards.
 */
export async function send(
  source: string | Plan,
  project: Project,
  options: SendOptions = {},
): Promise<Sent> {
  return withLedger(project, async (door) => {
    const { checkLinks = !project.rehearsal } = options;
    const prepared = await prepare(source, project, door, { ...options, checkLinks });
    const { plan, deliveries, warnings, news } = prepared;
    const nothing = { plan, histories: [], added: [], problems: warnings, news };
    if (plan.skipped !== undefined) {
      await options.onEvent?.({
        type: "sent",
        plan,
        histories: [],
        rehearsal: project.rehearsal,
        news: false,
      });
      return { ...nothing, declined: false, code: EXIT.ok };
    }
    const { clock = systemClock, onEvent } = options;
    const past = project.rehearsal || options.late ? [] : prepared.past;
    if (past.length > 0 && !options.confirm) throw new InputError(refusalOf(past, warnings, clock.now()));
    const view = { ...plan, deliveries };
    if (news && options.confirm && !(await options.confirm({ plan: view, warnings, past })))
      return { ...nothing, declined: true, code: EXIT.input };

    const ledger = await door.open();
    const now = ledger.clock(clock).now();
    if (project.rehearsal) await forgetChanged(deliveriesOf(view, now), ledger);
    await fillStore(deliveries, project);
    const added = await enter(deliveriesOf(view, now), ledger, now);
    const entered = added.map(({ delivery }) => delivery);
    // What goes out later finds no file that was named now.
    for (const approval of prepared.approvals) await ledger.approve(approval);
    const file = namedFile(source, options);
    const histories = await deliverDue(entered, project, ledger, { ...options, file });
    if (project.config.notify) {
      const { notify } = await import("./notify.ts");
      await notify(histories, project, ledger, { ...options, clock });
    }
    await onEvent?.({ type: "sent", plan, histories, rehearsal: project.rehearsal, news });
    // What a pause holds waits as a person wanted it.
    const pauses = await ledger.pauses();
    const wanted = histories.filter(
      ({ state, channel }) => state !== "scheduled" || !pauseOf(channel, pauses),
    );
    const code = exitCodeOf(wanted, ledger.clock(clock).now());
    const lonely =
      project.config.deliver === undefined || project.rehearsal
        ? []
        : await (await import("./workers.ts")).lonelyWarning(histories, ledger, ledger.clock(clock).now());
    // Servers that were not asked before have told the time meanwhile.
    const known = warnings.some(({ code }) => code === "clock-off");
    const problems = [...warnings, ...(known ? [] : clockWarning()), ...lonely];
    return { plan, histories, added, problems, news, declined: false, code };
  });
}

// A changed campaign is rehearsed again; only public posts are never sent twice.
async function forgetChanged(planned: readonly NewDelivery[], ledger: Ledger): Promise<void> {
  const known = await ledger.list({ ids: planned.map(({ id }) => id) });
  const changed = known.filter(({ id, digest }) => planned.find((one) => one.id === id)?.digest !== digest);
  if (changed.length > 0) await ledger.forget(changed.map(({ id }) => id));
}

// Without a question, an option must have said so.
function refusalOf(past: readonly PlannedDelivery[], warnings: readonly Problem[], now: number): Problem[] {
  const said = warnings.filter(({ code }) => code === "past-due");
  const problems = said.length > 0 ? said : past.map((one) => pastProblem(one, now));
  return problems.map((problem) => ({ ...problem, severity: "error" }));
}

export interface Prepared {
  plan: Plan;
  /** Those of the plan that are to be sent. */
  deliveries: PlannedDelivery[];
  /** Late deliveries that are not in the ledger yet. */
  past: PlannedDelivery[];
  /** Without warnings about lateness for posts that are out. */
  warnings: Problem[];
  news: boolean;
  /** Those for this plan, where it is a kept one: what lies beside its file is not looked for again. */
  approvals: readonly Approval[];
}

/** Everything before entering: preflight, and approval of what is not out yet. Throws like `send`. */
export async function prepare(
  source: string | Plan,
  project: Project,
  door: LedgerDoor,
  options: SendOptions,
): Promise<Prepared> {
  const { clock = systemClock, onEvent } = options;
  const { plan, deliveries, warnings: found } = await preflight(source, project, options);
  if (plan.skipped !== undefined)
    return { plan, deliveries, past: [], warnings: found, news: false, approvals: [] };
  const ledger = await door.existing();
  const known = (await ledger?.list({ ids: deliveries.map(({ id }) => id) })) ?? [];
  const settled = new Set(
    deliveries.filter(({ id, digest }) => isSettled(id, digest, known, project)).map((one) => one.channel),
  );
  const pauses = (await ledger?.pauses()) ?? [];
  const now = clock.now();
  const view = { ...plan, deliveries };
  const news = deliveriesOf(view, now).some((planned) => isNew(planned, known, now, project));
  const open = deliveries.filter(({ channel }) => !settled.has(channel));
  const over =
    news && project.config.budget
      ? await (await import("./budget.ts")).budgetProblems(open, project, ledger, now)
      : [];
  if (over.length > 0) throw new InputError(over);
  const waits = news ? await quotaWarnings(open, project, ledger, now) : [];
  const dead = news && options.checkLinks ? await (await import("./links.ts")).deadLinks(view, project) : [];
  const warnings = [
    ...found.filter(({ code, channel = "" }) => !(settled.has(channel) && OF_TIME.has(code))),
    ...pausedWarnings(
      open.map(({ channel }) => channel),
      pauses,
    ),
    ...waits,
    ...dead,
  ];
  await onEvent?.({ type: "planned", plan: view, warnings, news });
  const approvals =
    settled.size < deliveries.length ? await approve(plan, source, project, ledger, options) : [];
  const past = deliveries.filter((one) => isPast(one, now) && !known.some(({ id }) => id === one.id));
  return { plan, deliveries, past, warnings, news, approvals };
}

function pausedWarnings(channels: readonly string[], pauses: readonly Pause[]): Problem[] {
  const holding = new Set(channels.flatMap((channel) => pauseOf(channel, pauses) ?? []));
  return [...holding].map((pause) => ({
    severity: "warning",
    code: "paused",
    message: `${pauseWords(pause)}; what is sent now is kept and goes out later`,
    remedy: "`broadcast resume` ends the pause.",
    channel: pause.channel,
  }));
}

const OF_TIME = new Set<string>(["expired", "late", "past-due"]);

// Published deliveries need no new approval.
async function approve(
  plan: Plan,
  source: string | Plan,
  project: Project,
  ledger: Ledger | undefined,
  options: SendOptions,
): Promise<readonly Approval[]> {
  const file = namedFile(source, options);
  const named = options.ref ?? (file === undefined ? undefined : { file });
  const status = await requirePlanApproved(plan, named, project, ledger);
  if (status) await options.onEvent?.({ type: "approved", needs: status.needs });
  if (typeof source === "string" || !status) return [];
  return status.approvals
    .filter(({ digest }) => digest === plan.digest)
    .map(({ signed: _, ...approval }) => approval);
}

function namedFile(source: string | Plan, { ref }: Pick<SendOptions, "ref">): string | undefined {
  return ref?.file ?? (typeof source === "string" ? source : undefined);
}

/** Whether nothing more is done about it, whatever the campaign says now. */
function isSettled(
  id: string,
  digest: string,
  known: readonly Delivery[],
  { rehearsal }: Pick<Project, "rehearsal">,
): boolean {
  const { state, code, digest: before } = known.find((delivery) => delivery.id === id) ?? {};
  if (rehearsal && before !== digest) return false;
  // The campaign says what it was to be.
  if (state === "held" && code === "tampered") return false;
  return state === "published" || state === "cancelled" || state === "held" || state === "retracted";
}

/** Whether sending would do something. Published, cancelled and held deliveries do not change. */
function isNew(
  planned: NewDelivery,
  known: readonly Delivery[],
  now: number,
  { rehearsal }: Pick<Project, "rehearsal">,
): boolean {
  const before = known.find(({ id }) => id === planned.id);
  if (!before || (rehearsal && before.digest !== planned.digest)) return true;
  if (before.state === "scheduled" || before.state === "sending" || before.code === "tampered") return true;
  return (before.state === "failed" || before.state === "expired") && differs(before, planned, now);
}
