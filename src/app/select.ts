/** Which deliveries of a plan are sent, where not all of them are wanted. An approval of the whole plan covers them. */
import { InputError, type Problem, usageError } from "../errors.ts";
import type { Plan, PlannedDelivery } from "../plan/types.ts";
import { didYouMean } from "../suggest.ts";
import type { Project } from "./project.ts";
import { whyUnusable } from "./usable.ts";

export interface Selection {
  /** Only these channels; default: all. */
  channels?: readonly string[];
  /** Leaves out channels without a working credential, with a warning, instead of sending nothing. */
  skipUnready?: boolean;
}

export function selects({ channels, skipUnready }: Selection): boolean {
  return channels !== undefined || skipUnready === true;
}

/** `left`: why some are left out, as warnings. Throws InputError for unknown names, unusable channels, or if nothing is left. */
export function select(
  plan: Plan,
  project: Pick<Project, "config">,
  { channels, skipUnready }: Selection,
): { deliveries: PlannedDelivery[]; left: Problem[] } {
  const wanted = named(plan, channels);
  if (!selects({ channels, skipUnready })) return { deliveries: wanted, left: [] };
  const problems = new Map(wanted.map((one) => [one.id, whyUnusable(one, project)]));
  const found = [...problems.values()].flat();
  if (found.length > 0 && !skipUnready) throw new InputError(found);
  const deliveries = wanted.filter(({ id }) => problems.get(id)?.length === 0);
  if (deliveries.length === 0 && found.length > 0) throw new InputError(found);
  return { deliveries, left: found.map(leftOut) };
}

/** The plan's deliveries to these channels. */
export function named(plan: Plan, channels: readonly string[] | undefined): PlannedDelivery[] {
  if (channels === undefined) return plan.deliveries;
  const known = new Set(plan.deliveries.map(({ channel }) => channel));
  const unknown = channels.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw usageError(
      `this campaign goes to no channel \`${unknown}\``,
      didYouMean(unknown, known) || `It goes to ${[...known].join(", ")}.`,
    );
  return plan.deliveries.filter(({ channel }) => channels.includes(channel));
}

/** The problem as a warning: its channel gets nothing. */
export function leftOut(problem: Problem): Problem {
  const name = problem.channel === undefined ? "" : `\`${problem.channel}\` is left out: `;
  return { ...problem, severity: "warning", message: `${name}${problem.message}` };
}

export function isAbout(deliveries: readonly PlannedDelivery[]): (problem: Problem) => boolean {
  const channels = new Set(deliveries.map(({ channel }) => channel));
  return ({ channel }) => channel === undefined || channels.has(channel);
}
