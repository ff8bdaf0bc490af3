/** Takes back what is out: a delivery, or all of a campaign. What only waits is cancelled. */
import { type Retraction, whyNotRetract } from "../delivery/allowed.ts";
import type { Corrected } from "../delivery/correct.ts";
import { EXIT, InputError, NetworkError, type Problem } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { History } from "../ledger/types.ts";
import { chargeFor, sumOf } from "../plan/charges.ts";
import { handedOver } from "../plan/native-schedule.ts";
import { requireRetractionApproved } from "./approval.ts";
import { type CorrectOptions, carryOut, clockOf, exitCodeOfCorrections } from "./corrections.ts";
import { worstOf } from "./exit-code.ts";
import { campaignId, findDelivery } from "./find-deliveries.ts";
import { changeLedger } from "./ledger.ts";
import type { Project } from "./project.ts";
import { whyUnusable } from "./usable.ts";

export type { Retraction } from "../delivery/allowed.ts";

export interface RetractOptions extends CorrectOptions {
  /** Only these channels; default: all. */
  channels?: readonly string[];
  /** Shows what would be done, and does nothing. */
  dryRun?: boolean;
  /** Called after all checks, before anything is done. Default: yes. */
  confirm?: (retractions: readonly Retraction[]) => Promise<boolean>;
}

export interface Retracted {
  retractions: Retraction[];
  /** As they are now. */
  histories: History[];
  outcomes: Corrected[];
  /** The answer of `confirm` was no, or it was a dry run: nothing was done. */
  declined: boolean;
  code: number;
}

/**
 * `typed` is a campaign or a delivery. Everything is entered before it is asked of a network, and calling it again goes on.
 * Throws InputError if nothing of it can be taken back, and ApprovalError if the policy names who must approve.
 */
export async function retract(
  typed: string,
  project: Project,
  options: RetractOptions = {},
): Promise<Retracted> {
  return changeLedger(project, async (ledger) => {
    const clock = ledger.clock(clockOf(options));
    const histories = await meant(typed, options.channels, project, ledger);
    const retractions = histories.map((history) => retractionOf(history, project, clock.now()));
    if (retractions.every(({ history }) => history.state === "retracted"))
      return { retractions, histories, outcomes: [], declined: false, code: EXIT.ok };
    if (retractions.every(({ what }) => what === "none")) throw nothingToRetract(typed, retractions);
    const deleted = retractions.filter(({ what }) => what === "delete").map(({ history }) => history);
    await requireRetractionApproved(deleted, project, ledger);
    if (options.dryRun || (options.confirm && !(await options.confirm(retractions))))
      return {
        retractions,
        histories,
        outcomes: [],
        declined: true,
        code: options.dryRun ? EXIT.ok : EXIT.input,
      };
    const { by, reason } = options;
    const waiting = retractions.filter(({ what }) => what === "cancel").map(({ history }) => history);
    const why = [`taken back${by ? ` by ${by}` : ""}`, reason].filter(Boolean).join(": ");
    const cancelled = await cancelAll(waiting, project, ledger, clock.now(), why);
    const corrections = deleted.map(({ id }) => ({ delivery: id, kind: "retract" as const, by, reason }));
    const outcomes = [...cancelled, ...(await carryOut(corrections, deleted, project, ledger, options))];
    const left = retractions.some(({ what, history }) => what === "none" && history.state !== "retracted");
    return {
      retractions,
      histories: await ledger.histories(histories.map(({ id }) => id)),
      outcomes,
      declined: false,
      code: worstOf([exitCodeOfCorrections(outcomes), left ? EXIT.failed : EXIT.ok]),
    };
  });
}

async function meant(
  typed: string,
  channels: readonly string[] | undefined,
  project: Project,
  ledger: Ledger,
): Promise<History[]> {
  const ofCampaign = await ledger.list({ campaign: await campaignId(typed, project) });
  const all = ofCampaign.length > 0 ? ofCampaign : [await findDelivery(ledger, typed)];
  const wanted = all.filter(({ channel }) => channels === undefined || channels.includes(channel));
  if (wanted.length === 0)
    throw new InputError({
      severity: "error",
      code: "unknown-delivery",
      message: `nothing of \`${typed}\` went to ${channels?.join(", ")}`,
      remedy: "`broadcast status` lists what there is.",
    });
  return ledger.histories(wanted.map(({ id }) => id));
}

function retractionOf(history: History, project: Project, now: number): Retraction {
  const { state, receipts, corrections } = history;
  const isBegun = corrections.some((one) => one.state === "open" && one.kind !== "edit");
  if (state === "retracted") return { history, what: "none", why: "it was taken back already" };
  if (state === "scheduled" && (receipts.length === 0 || handedOver(receipts)))
    return { history, what: "cancel" };
  if (receipts.length === 0 && !isBegun) return { history, what: "none", why: "nothing of it is out" };
  const [problem] = whyUnusable(history, project);
  if (problem) return { history, what: "none", why: problem.message };
  const channel = project.config.channels.get(history.channel)!;
  const why = whyNotRetract(history, channel, now);
  const cost = sumOf([chargeFor("retract", receipts.length, channel.adapter)]);
  return why === undefined || (isBegun && receipts.length === 0)
    ? { history, what: "delete", ...(cost.length > 0 && { cost }) }
    : { history, what: "none", why };
}

/** What only waits: here by the ledger alone, at a network by asking it first. */
async function cancelAll(
  histories: readonly History[],
  project: Project,
  ledger: Ledger,
  now: number,
  why: string,
): Promise<Corrected[]> {
  if (histories.length === 0) return [];
  const { takeBackAll } = await import("./cancel.ts");
  const there = histories.filter(({ receipts }) => handedOver(receipts));
  const { troubles, appeared } = await takeBackAll(there, ledger, project, now);
  const outcomes: Corrected[] = [];
  for (const { id } of histories) {
    const trouble = troubles.get(id);
    const receipt = appeared.get(id);
    const outcome = { delivery: id, kind: "retract" as const };
    if (trouble instanceof NetworkError)
      outcomes.push({ ...outcome, is: "left", code: trouble.code, message: trouble.message });
    else if (receipt) {
      await ledger.decide(id, ["scheduled"], { state: "published", receipt }, now);
      const message = "it came out just before it could be taken back: run the same command again";
      outcomes.push({ ...outcome, is: "left", code: "unavailable", message });
    } else {
      const isDone = await ledger.decide(id, ["scheduled"], { state: "cancelled", message: why }, now);
      outcomes.push({ ...outcome, is: isDone ? "done" : "sending" });
    }
  }
  return outcomes;
}

function nothingToRetract(typed: string, retractions: readonly Retraction[]): InputError {
  const reasons = [...new Set(retractions.map(({ why = "" }) => why))];
  const problem: Problem = {
    severity: "error",
    code: "nothing-to-retract",
    message: `nothing of \`${typed}\` can be taken back: ${reasons.join("; ")}`,
    remedy: "`broadcast status` shows what is out, and where.",
  };
  return new InputError(problem);
}
