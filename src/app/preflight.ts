/** Everything that is checked before the first request that publishes. */
import { CredentialError, type Problem } from "../errors.ts";
import { canonical } from "../plan/digest.ts";
import type { Plan } from "../plan/types.ts";
import { knownLimits, type Verified, type VerifyOptions, verifyChannels } from "./account.ts";
import { inspectLedger } from "./ledger.ts";
import { type PlanOptions, planCampaign, requireSound } from "./plan.ts";
import type { Project } from "./project.ts";
import { requireAsPlanned, verifyPlan } from "./verify-plan.ts";

export interface Ready {
  plan: Plan;
  /** What a person should know; it stops nothing. */
  warnings: Problem[];
}

export type PreflightOptions = Pick<PlanOptions, "clock" | "occurrence"> & Pick<VerifyOptions, "transport">;

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
  if (typeof source !== "string") {
    const plan = await verifyPlan(source, project);
    const { warnings } = await askNetworks(plan, project, options);
    return { plan, warnings: [...plan.problems, ...warnings] };
  }
  let { plan } = await planCampaign(source, project, options);
  const { warnings, learned } = await askNetworks(plan, project, options);
  // A server may allow more, or less, than its software does as it comes.
  if (learned) plan = (await planCampaign(source, project, options)).plan;
  requireSound(plan);
  requireAsPlanned(plan);
  return { plan, warnings: [...plan.problems, ...warnings] };
}

/**
 * Throws CredentialError naming every channel whose credential is not accepted, and InputError if there is no place for a
 * ledger: what could not be written down is not even prepared. `learned`: a server allows something else than was known.
 */
async function askNetworks(
  plan: Plan,
  project: Project,
  { clock, transport }: PreflightOptions,
): Promise<{ warnings: Problem[]; learned: boolean }> {
  const warnings = [...(await inspectLedger(project))];
  const names = plan.deliveries.map(({ channel }) => channel);
  const channels = names.flatMap((name) => project.config.channels.get(name) ?? []);
  const limits = async () => canonical([...(await knownLimits(project, channels))]);
  const before = await limits();
  const verified = await verifyChannels(project, names, { onlyUnknown: true, clock, transport });
  const refused = verified.flatMap(refusalOf);
  if (refused.length > 0) throw new CredentialError(refused);
  warnings.push(...notAsked(verified));
  const asked = verified.some(({ account }) => account !== undefined);
  return { warnings, learned: asked && (await limits()) !== before };
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

// Without a network none of them answers: that is one piece of news, and not one for each channel.
function notAsked(verified: readonly Verified[]): Problem[] {
  const silent = verified.flatMap(({ channel, error }) =>
    error && error.code !== "auth" ? [{ channel, error }] : [],
  );
  const codes = [...new Set(silent.map(({ error }) => error.code))];
  return codes.map((code) => {
    const alike = silent.filter(({ error }) => error.code === code);
    const told = alike.map(({ channel, error }) => `\`${channel.name}\` (${error.message})`);
    const [only] = alike.length === 1 ? alike : [];
    return {
      severity: "warning",
      code,
      message: `could not be asked who we are: ${told.join(", ")}`,
      place: only?.channel.place,
      channel: only?.channel.name,
    };
  });
}
