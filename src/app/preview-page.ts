/** The page of a campaign's plan: what it needs to know, gathered. Sends nothing. */
import { resolve } from "node:path";
import type { ApprovalStatus } from "../approval/status.ts";
import { usageError } from "../errors.ts";
import type { Desk, PreviewView } from "../pages/preview/view.ts";
import type { Plan } from "../plan/types.ts";
import type { PlanRef } from "../report/shell.ts";
import { didYouMean } from "../suggest.ts";
import { accountsKnown } from "./account.ts";
import { approvalOfPlan, hasPolicy } from "./approval.ts";
import { picturesOf } from "./page-pictures.ts";
import { planCampaign } from "./plan.ts";
import { type Project, shown as shownPath } from "./project.ts";

export interface PageOptions {
  /** Epoch milliseconds. */
  now?: number;
  /** Names of networks and channels: only their posts are shown. */
  only?: readonly string[];
  /** The command that makes the page. */
  command: string;
  /** When it is served. */
  desk?: (plan: Plan) => Desk;
  comments?: PreviewView["comments"];
}

/** Throws InputError with everything that is wrong, where nothing could be planned at all. */
export async function previewOf(
  ref: PlanRef,
  project: Project,
  options: PageOptions,
): Promise<{ plan: Plan; page: string }> {
  const { plan } = ref.plan
    ? {
        plan: await (await import("./plan-file.ts")).recallPlan(ref.file, project, {
          withoutCredentials: true,
        }),
      }
    : await planCampaign(ref.file, project, { withoutCredentials: true, occurrence: ref.occurrence });
  return { plan, page: await pageOf(plan, ref.file, project, options) };
}

export async function pageOf(
  plan: Plan,
  file: string,
  project: Project,
  { now = Date.now(), only, command, desk, comments = [] }: PageOptions,
): Promise<string> {
  const shown = only ? { ...plan, deliveries: only.flatMap((name) => named(plan, name)) } : plan;
  const isPart = shown.deliveries.length < plan.deliveries.length;
  const [status, pictures, handles] = await Promise.all([
    statusFor(plan, file, project),
    picturesOf(shown.deliveries, project),
    handlesOf(project),
  ]);
  const { previewPage } = await import("../pages/preview/page.ts");
  return previewPage({
    plan: shown,
    ...(isPart && { of: plan.deliveries.length }),
    adapters: project.adapters,
    file: shownPath(project.cwd, resolve(project.cwd, file)),
    now,
    timezone: project.config.timezone,
    channels: project.config.channels,
    handles,
    pictures,
    status,
    command,
    desk: desk?.(plan),
    comments,
  });
}

/** Throws InputError where the campaign goes to nothing of that name. */
function named({ deliveries }: Plan, name: string): Plan["deliveries"] {
  const found = deliveries.filter((one) => one.network === name || one.channel === name);
  if (found.length > 0) return found;
  const known = new Set(deliveries.flatMap(({ network, channel }) => [network, channel]));
  throw usageError(
    `this campaign goes to no network or channel \`${name}\``,
    didYouMean(name, known) || undefined,
  );
}

// A rehearsal needs no approval.
async function statusFor(plan: Plan, file: string, project: Project): Promise<ApprovalStatus> {
  if (project.rehearsal || !hasPolicy(project)) return { needs: [], approvals: [] };
  return approvalOfPlan(plan, file, project);
}

/** Who we are on the networks, as far as they were asked, by channel. */
export async function handlesOf(project: Project): Promise<Map<string, string>> {
  const known = await accountsKnown(project);
  return new Map(
    [...project.config.channels.values()].flatMap(({ name, accountFingerprint }) => {
      const handle = known.get(accountFingerprint)?.handle;
      return handle === undefined ? [] : [[name, handle] as const];
    }),
  );
}
