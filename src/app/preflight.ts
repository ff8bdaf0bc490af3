/** Everything that is asked before the first request that publishes. */

import type { Problem } from "../errors.ts";
import { CredentialError } from "../errors.ts";
import type { Plan } from "../plan/types.ts";
import { type Verified, verifyChannels } from "./account.ts";
import { inspectLedger } from "./ledger.ts";
import { demandSound, type Planned, type PlanOptions, planCampaign } from "./plan.ts";
import type { Project } from "./project.ts";

export interface Ready {
  plan: Plan;
  /** What the person should know, though it stops nothing. */
  warnings: Problem[];
}

/** Plans a campaign and asks its networks who we are there. Throws InputError, or CredentialError when one says no. */
export async function preflight(
  file: string,
  project: Project,
  options: Pick<PlanOptions, "clock" | "occurrence"> = {},
): Promise<Ready> {
  let planned: Planned = await planCampaign(file, project, options);
  const { warnings, learned } = await askNetworks(planned.plan, project);
  // A server may allow more, or less, than its software does as it comes.
  if (learned) planned = await planCampaign(file, project, options);
  demandSound(planned.plan);
  return { plan: planned.plan, warnings: [...planned.plan.problems, ...warnings] };
}

/**
 * Throws CredentialError naming every channel whose credential is not accepted, and InputError when there is no place for a
 * ledger: what could not be written down is not even prepared.
 */
export async function askNetworks(
  plan: Plan,
  project: Project,
): Promise<{ warnings: Problem[]; learned: boolean }> {
  const warnings = [...(await inspectLedger(project))];
  const names = plan.deliveries.map(({ channel }) => channel);
  const verified = await verifyChannels(project, names, { onlyUnknown: true });
  const refused: Problem[] = [];
  for (const { channel, error } of verified) {
    if (!error) continue;
    const { name, place, adapter } = channel;
    if (error.code === "auth") {
      refused.push({
        severity: "error",
        code: "auth",
        message: `${adapter.name} does not accept the credential of \`${name}\`: ${error.message}`,
        remedy: `\`broadcast login ${name}\` gets a new one${adapter.auth.url ? `; or make one at ${adapter.auth.url}` : ""}.`,
        place,
        channel: name,
      });
    }
  }
  if (refused.length > 0) throw new CredentialError(refused);
  warnings.push(...notAsked(verified));
  return { warnings, learned: verified.some(({ account }) => account !== undefined) };
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
