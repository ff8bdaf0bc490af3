/** Corrects what is out: compares it with what the campaign says now, and puts the difference into the posts. */
import { editsOf, type Money, type Post } from "../adapter.ts";
import { changedFields, type Edit, whyNotEdit, whyNotRetract } from "../delivery/allowed.ts";
import type { Corrected } from "../delivery/correct.ts";
import { EXIT, InputError, type Problem } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { History, NewCorrection } from "../ledger/types.ts";
import { chargeFor, sumOf } from "../plan/charges.ts";
import { digest } from "../plan/digest.ts";
import type { Plan, PlannedDelivery } from "../plan/types.ts";
import type { PlanRef } from "../report/shell.ts";
import { requirePlanApproved } from "./approval.ts";
import { type CorrectOptions, carryOut, clockOf, exitCodeOfCorrections } from "./corrections.ts";
import { deliverDue } from "./deliver.ts";
import { exitCodeOf, worstOf } from "./exit-code.ts";
import { changeLedger } from "./ledger.ts";
import { preflight } from "./preflight.ts";
import type { Project } from "./project.ts";
import { whyUnusable } from "./usable.ts";

/** What is done with what cannot be edited in place. `repost`: taken back, and then sent again. */
export type OtherwiseChoice = "leave" | "repost";

export type { Edit } from "../delivery/allowed.ts";

export interface EditOptions extends Omit<CorrectOptions, "onEvent"> {
  /** Only these channels; default: all. */
  channels?: readonly string[];
  /** Which time of a campaign that comes again; default: the next one. */
  occurrence?: string;
  /** The file as it was typed: approvals may lie beside it. */
  ref?: PlanRef;
  /** What is done with what cannot be edited. Absent: `confirm` decides, or it is an error. */
  otherwise?: OtherwiseChoice;
  /** Shows what would be done, and does nothing. */
  dryRun?: boolean;
  /**
   * Called after all checks, if there is something to do. `choose`: some cannot be edited in place, and nothing was said of
   * them: the answer must be a choice. Default: yes.
   */
  confirm?: (ready: {
    plan: Plan;
    edits: readonly Edit[];
    warnings: readonly Problem[];
    choose: boolean;
  }) => Promise<boolean | OtherwiseChoice>;
  onEvent?: CorrectOptions["onEvent"];
  onPlanned?: (ready: {
    plan: Plan;
    edits: readonly Edit[];
    warnings: readonly Problem[];
  }) => void | Promise<void>;
}

export interface Edited {
  plan: Plan;
  edits: Edit[];
  /** As they are now, of those that are in the ledger. */
  histories: History[];
  outcomes: Corrected[];
  problems: Problem[];
  declined: boolean;
  code: number;
}

/**
 * `source`: a campaign's file, or a kept plan. The same checks as for `send`: digest, accounts, credentials, leaks, and the
 * approval of the new content. Throws InputError if nothing is out, or if something cannot be edited and nothing was
 * said of it; ApprovalError; CredentialError. Nothing is changed then.
 */
export async function edit(
  source: string | Plan,
  project: Project,
  options: EditOptions = {},
): Promise<Edited> {
  return changeLedger(project, async (ledger) => {
    const clock = ledger.clock(clockOf(options));
    const { plan, deliveries, warnings: found } = await preflight(source, project, options);
    const warnings = found.filter(({ code }) => !OF_TIME.has(code));
    const known = await ledger.histories(deliveries.map(({ id }) => id));
    const edits = deliveries.map((planned) =>
      editOf(
        planned,
        known.find(({ id }) => id === planned.id),
        project,
        clock.now(),
      ),
    );
    const halfway = known.filter(isHalfReposted);
    if (edits.every(({ is }) => is === "unsent") && halfway.length === 0) throw nothingOut(plan);
    await options.onPlanned?.({ plan, edits, warnings });
    const nothing = { plan, edits, histories: known, outcomes: [], problems: warnings };
    const changes = edits.filter(({ is }) => is === "edit" || is === "cannot");
    const file = options.ref?.file ?? (typeof source === "string" ? source : undefined);
    if (changes.length === 0) {
      const code = options.dryRun ? EXIT.ok : await sendAgain(halfway, project, ledger, { ...options, file });
      return {
        ...nothing,
        histories: await ledger.histories(known.map(({ id }) => id)),
        outcomes: halfway.map(({ id }) => ({ delivery: id, kind: "repost", is: "done" })),
        declined: false,
        code,
      };
    }

    await requirePlanApproved(
      plan,
      options.ref ?? (file === undefined ? undefined : { file }),
      project,
      ledger,
    );
    if (options.dryRun) return { ...nothing, declined: true, code: EXIT.ok };
    const otherwise = await choice(changes, { plan, edits, warnings }, options);
    if (otherwise === false) return { ...nothing, declined: true, code: EXIT.input };
    if (otherwise === "repost") requireRepostable(changes);

    const corrections = changes.flatMap((one) => correctionOf(one, otherwise, options));
    const outcomes = await carryOut(corrections, known, project, ledger, { ...options, file });
    const reposted = outcomes.flatMap(({ kind, is, delivery }) =>
      kind === "repost" && is === "done" ? [delivery] : [],
    );
    const waiting = [...halfway, ...(await ledger.histories(reposted))];
    const again = await sendAgain(waiting, project, ledger, { ...options, file });
    return {
      plan,
      edits,
      histories: await ledger.histories(known.map(({ id }) => id)),
      outcomes,
      problems: warnings,
      declined: false,
      code: worstOf([exitCodeOfCorrections(outcomes), again]),
    };
  });
}

// It was out in time; how late the correction comes says nothing.
const OF_TIME = new Set<string>(["expired", "late", "past-due"]);

function editOf(planned: PlannedDelivery, history: History | undefined, project: Project, now: number): Edit {
  const posts = planned.posts.map(({ post }) => post);
  const none = { planned, history, parts: [], fields: [] };
  if (!history) return { ...none, is: "unsent" };
  const { state, corrections, digest: out } = history;
  const open = corrections.find((one) => one.state === "open");
  const isReposting = open?.kind === "repost";
  if (state !== "published" && !isReposting)
    return state === "scheduled" || state === "failed" || state === "sending"
      ? { ...none, is: "unsent" }
      : { ...none, is: "not-out" };
  if (out === planned.digest && !open) return { ...none, is: "same" };
  const channel = project.config.channels.get(planned.channel)!;
  const differs = {
    planned,
    history,
    parts: changedParts(history.posts, posts),
    fields: changedFields(history.posts, posts, channel.adapter),
  };
  const [unusable] = whyUnusable(history, project);
  if (unusable) return { ...differs, is: "cannot", why: unusable.message, whyNotRepost: unusable.message };
  const rules = editsOf(channel.adapter, channel.settings);
  const visible = rules !== "none" && rules.visible === true;
  const why = isReposting
    ? "it is being taken back, to go out again"
    : whyNotEdit(history, posts, channel, now);
  if (why === undefined)
    return {
      ...differs,
      is: "edit",
      visible,
      ...costs([chargeFor("edit", differs.parts.length, channel.adapter)]),
    };
  const again = [chargeFor("retract", history.receipts.length, channel.adapter), planned.cost];
  return {
    ...differs,
    is: "cannot",
    why,
    whyNotRepost: whyNotRetract(history, channel, now),
    ...costs(again),
  };
}

function costs(all: readonly (Money | undefined)[]): Pick<Edit, "cost"> {
  const cost = sumOf(all);
  return cost.length > 0 ? { cost } : {};
}

function changedParts(out: readonly Post[], posts: readonly Post[]): number[] {
  return Array.from({ length: Math.max(out.length, posts.length) }, (_, part) => part).filter(
    (part) => digest([out[part] ?? null]) !== digest([posts[part] ?? null]),
  );
}

/** `false`: do nothing. */
async function choice(
  changes: readonly Edit[],
  ready: { plan: Plan; edits: readonly Edit[]; warnings: readonly Problem[] },
  { otherwise, confirm }: EditOptions,
): Promise<OtherwiseChoice | true | false> {
  const cannot = changes.filter(({ is }) => is === "cannot");
  const choose = cannot.length > 0 && otherwise === undefined;
  if (!confirm) {
    if (choose) throw new InputError(cannot.map(cannotEdit));
    return otherwise ?? true;
  }
  const answer = await confirm({ ...ready, choose });
  if (answer === false) return false;
  if (answer === true && choose) throw new InputError(cannot.map(cannotEdit));
  return answer === true ? (otherwise ?? true) : answer;
}

function requireRepostable(changes: readonly Edit[]): void {
  const stuck = changes.filter(({ is, whyNotRepost }) => is === "cannot" && whyNotRepost !== undefined);
  if (stuck.length > 0)
    throw new InputError(
      stuck.map((one) => ({
        ...cannotEdit(one),
        message: `\`${one.planned.channel}\` can neither be edited nor taken back: ${one.whyNotRepost}`,
        remedy: "Leave it as it is: `--leave`, or `--channel` with the others.",
      })),
    );
}

function cannotEdit({ planned, why = "", whyNotRepost }: Edit): Problem {
  return {
    severity: "error",
    code: "cannot-edit",
    message: `\`${planned.channel}\` cannot be edited in place: ${why}`,
    remedy: `Leave it as it is with \`--leave\`${whyNotRepost === undefined ? ", or take it back and send it again with `--repost`" : ""}.`,
    channel: planned.channel,
  };
}

function correctionOf(
  { is, planned }: Edit,
  otherwise: OtherwiseChoice | true,
  { by, reason }: EditOptions,
): NewCorrection[] {
  if (is === "cannot" && otherwise !== "repost") return [];
  const posts = planned.posts.map(({ post }) => post);
  const kind = is === "edit" ? "edit" : "repost";
  return [{ delivery: planned.id, kind, posts, digest: planned.digest, by, reason }];
}

/** Taken back to go out again, and not out yet: the program ended in between. */
function isHalfReposted({ state, corrections }: History): boolean {
  const last = corrections.at(-1);
  return (state === "scheduled" || state === "sending") && last?.kind === "repost" && last.state === "done";
}

/** What was taken back goes out in its next round, by the same loop as everything. */
async function sendAgain(
  histories: readonly History[],
  project: Project,
  ledger: Ledger,
  options: EditOptions & { file?: string },
): Promise<number> {
  if (histories.length === 0) return EXIT.ok;
  const { onEvent: _, ...rest } = options;
  const after = await deliverDue(histories, project, ledger, rest);
  return exitCodeOf(after, clockOf(options).now());
}

function nothingOut({ campaign }: Plan): InputError {
  return new InputError({
    severity: "error",
    code: "nothing-to-edit",
    message: `nothing of \`${campaign.id}\` is out`,
    remedy: "What waits takes the new text when the campaign is sent: `broadcast send`.",
  });
}
