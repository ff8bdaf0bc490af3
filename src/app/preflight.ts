/** Everything that is checked before the first request that publishes. */
import { CredentialError, type Problem } from "../errors.ts";
import { canonical } from "../plan/digest.ts";
import type { Plan, PlannedDelivery } from "../plan/types.ts";
import { knownLimits, type Verified, type VerifyOptions, verifyChannels } from "./account.ts";
import { clockWarning } from "./clock-warning.ts";
import { inspectLedger } from "./ledger.ts";
import { type PlanOptions, planCampaign, requireSound } from "./plan.ts";
import type { Project } from "./project.ts";
import { isAbout, leftOut, type Selection, select, selects } from "./select.ts";
import { requireAsPlanned, verifyPlan } from "./verify-plan.ts";

export interface Ready {
  plan: Plan;
  /** Those of the plan that are to be sent: all of them, unless some were chosen. */
  deliveries: PlannedDelivery[];
  /** What a person should know; it stops nothing. */
  warnings: Problem[];
}

export type PreflightOptions = Pick<PlanOptions, "clock" | "occurrence"> &
  Pick<VerifyOptions, "transport"> &
  Selection;

/**
 * The plan of a campaign's file, or one that was made before, checked against the project as it is now: digest, accounts,
 * audience, credentials, leaks, files, and what the servers allow. Sends nothing. Throws InputError, or CredentialError if a
 * network does not accept a credential.
 */
export async function preflight(
  source: string | Plan,
  project: Project,
  options: PreflightOptions = {},
): Promise<Ready> {
  const isWhole = !selects(options);
  // Whether a credential is there matters only where something is sent to.
  const how = { ...options, withoutCredentials: !isWhole };
  const again =
    typeof source === "string" ? async () => (await planCampaign(source, project, how)).plan : undefined;
  let plan = typeof source === "string" ? await again!() : await verifyPlan(source, project, how);
  if (plan.skipped !== undefined) return { plan, deliveries: [], warnings: plan.problems };
  const first = select(plan, project, options);
  const { warnings, learned, refused } = await askNetworks(first.deliveries, project, options);
  // A server may allow more, or less, than its software does as it comes.
  if (learned && again) plan = await again();
  requireSound(plan);
  requireAsPlanned(plan);
  const selected = learned ? select(plan, project, options) : first;
  const deliveries = selected.deliveries.filter(({ channel }) => !refused.has(channel));
  const told = isWhole ? plan.problems : plan.problems.filter(isAbout(deliveries));
  return { plan, deliveries, warnings: [...told, ...selected.left, ...warnings, ...clockWarning()] };
}

/**
 * Throws CredentialError naming every channel whose credential is not accepted, and InputError if there is no place for a
 * ledger. `learned`: a server's limits differ from those that were known.
 */
async function askNetworks(
  deliveries: readonly PlannedDelivery[],
  project: Project,
  { clock, transport, skipUnready }: PreflightOptions,
): Promise<{ warnings: Problem[]; learned: boolean; refused: ReadonlySet<string> }> {
  const warnings = [...(await inspectLedger(project))];
  const names = deliveries.map(({ channel }) => channel);
  const channels = names.flatMap((name) => project.config.channels.get(name) ?? []);
  const limits = async () => canonical([...(await knownLimits(project, channels))]);
  const before = await limits();
  const verified = await verifyChannels(project, names, { onlyUnknown: true, clock, transport });
  const refused = verified.flatMap(refusalOf);
  if (refused.length > 0 && !skipUnready) throw new CredentialError(refused);
  warnings.push(...refused.map(leftOut), ...notAsked(verified));
  const asked = verified.some(({ account }) => account !== undefined);
  return {
    warnings,
    learned: asked && (await limits()) !== before,
    refused: new Set(refused.flatMap(({ channel }) => channel ?? [])),
  };
}

function refusalOf({ channel, error }: Verified): Problem[] {
  if (error?.code !== "auth") return [];
  const { name, place, adapter } = channel;
  return [
    {
      severity: "error",
      code: "auth",
      message: `${adapter.name} does not accept the credential of \`${name}\`: ${error.message}`,
      remedy: `\`broadcast login ${name}\` gets a new one${adapter.auth.url ? `; or make one at ${adapter.auth.url}` : ""}.`,
      place,
      channel: name,
    },
  ];
}

// If this computer is offline no server answers: that is one problem, and not one for each channel.
function notAsked(verified: readonly Verified[]): Problem[] {
  const silent = verified.flatMap(({ channel, error }) =>
    error && error.code !== "auth" ? [{ channel, error }] : [],
  );
  const offline =
    silent.length === verified.length && silent.every(({ error }) => error.code === "unavailable");
  const codes = [...new Set(silent.map(({ error }) => error.code))];
  return codes.map((code) => {
    const alike = silent.filter(({ error }) => error.code === code);
    const answers = alike.map(({ channel, error }) => `\`${channel.name}\` (${error.message})`);
    const [only] = alike.length === 1 ? alike : [];
    return {
      severity: "warning",
      code,
      message: `the account could not be checked: ${answers.join(", ")}`,
      remedy: offline
        ? "Is this computer online? Until the servers answer, their usual limits are assumed."
        : "Until the server answers, its usual limits are assumed.",
      place: only?.channel.place,
      channel: only?.channel.name,
    };
  });
}
