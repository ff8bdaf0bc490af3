/** Whether a plan that was made before still holds: nothing in it was changed, and nothing around it. */
import type { Card } from "../adapter.ts";
import { type Channel, NOT_READY } from "../config/config.ts";
import { InputError, NetworkError, type Place, type Problem } from "../errors.ts";
import { isAsNamed } from "../plan/answer.ts";
import { digest } from "../plan/digest.ts";
import { isPast, latenessOfPlanned, latenessProblem, pastProblem } from "../plan/late.ts";
import { deliveryId, digestOf, type Plan, type PlannedDelivery } from "../plan/types.ts";
import { readMedia } from "./deliver.ts";
import { hasErrors, requireNoLeak, requireSound } from "./plan.ts";
import { readAsPlan } from "./plan-schema.ts";
import type { Project } from "./project.ts";

/**
 * The plan, with its lateness as of now. Throws InputError if it was altered, if an account, an audience or a file is another
 * one than it was, if a credential is missing (unless `withoutCredentials`), or if it holds errors or a secret. `file` is where
 * it was read, as a person would write it.
 */
export async function verifyPlan(
  plan: Plan,
  project: Project,
  { file, withoutCredentials = false }: { file?: string; withoutCredentials?: boolean } = {},
): Promise<Plan> {
  if (plan.skipped === undefined) readAsPlan(plan, file);
  requireAsPlanned(plan, file);
  const changes = await changesSince(plan, project);
  const found = withoutCredentials ? changes.filter(({ code }) => !NOT_READY.has(code)) : changes;
  const problems = [...project.problems, ...whyInternal(plan), ...found];
  if (hasErrors(problems)) throw new InputError(problems);
  requireNoLeak(plan, project);
  requireSound(plan);
  return { ...plan, problems: [...plan.problems.filter((one) => !isOfLateness(one)), ...latenessNow(plan)] };
}

/** Throws InputError unless every digest is the one of what the plan holds now. */
export function requireAsPlanned(plan: Plan, file?: string): void {
  if (isAsWritten(plan)) return;
  const place: Place | undefined = file === undefined ? undefined : { file };
  throw new InputError({
    severity: "error",
    code: "bad-plan",
    message: "the plan was edited after it was written: its fingerprint (digest) does not match",
    remedy: "Edit the campaign instead, and plan again.",
    place,
  });
}

// The campaign's own check comes before planning; this one is for plans from elsewhere.
function whyInternal({ campaign, deliveries }: Plan): Problem[] {
  if (campaign.audience !== "internal") return [];
  const allowed = campaign.allowExternal ?? [];
  return deliveries
    .filter(({ audience, channel }) => audience === "external" && !allowed.includes(channel))
    .map(({ channel }) => ({
      severity: "error",
      code: "internal-to-external",
      message: `this campaign is internal, and \`${channel}\` is external`,
      remedy: "Leave the channel out, or allow it in the campaign: `allow_external`.",
      channel,
    }));
}

const isOfLateness = ({ code }: Problem) => code === "expired" || code === "late" || code === "past-due";

// It was planned at another time than this.
function latenessNow({ deliveries }: Plan): Problem[] {
  return deliveries.flatMap((delivery) => {
    const now = Date.now();
    const lateness = latenessOfPlanned(delivery, now);
    if (lateness) return [latenessProblem(delivery, lateness)];
    return isPast(delivery, now) ? [pastProblem(delivery, now)] : [];
  });
}

// An approval is bound to both digests: the plan's, and each delivery's, which the ledger keeps.
function isAsWritten(plan: Plan): boolean {
  return (
    digestOf(plan) === plan.digest &&
    plan.deliveries.every(({ answers, posts }) =>
      isAsNamed({ campaign: plan.campaign.id, answers, posts: posts.map(({ post }) => post) }),
    ) &&
    plan.deliveries.every(
      ({ id, channel, occurrence, posts, digest: written }) =>
        digest(posts.map(({ post }) => post)) === written &&
        id === deliveryId(plan.campaign.id, { name: channel }, occurrence),
    )
  );
}

/** Why a plan that was made before cannot be sent now: another account, another image. Empty when it can. */
async function changesSince(plan: Plan, project: Project): Promise<Problem[]> {
  const problems = await Promise.all(plan.deliveries.map((planned) => changesOf(planned, project)));
  return problems.flat();
}

async function changesOf(
  { channel: name, network, account, audience, posts }: PlannedDelivery,
  project: Project,
): Promise<Problem[]> {
  const { config } = project;
  const channel: Channel | undefined = config.channels.get(name);
  const stale = (message: string): Problem => ({
    severity: "error",
    code: "stale-plan",
    message,
    remedy: "Plan again.",
    place: channel?.place,
    channel: name,
  });
  if (!channel) return [stale(`the plan is for the channel \`${name}\`, which is not in broadcast.yml`)];
  if (channel.problems.some(({ severity }) => severity === "error")) return channel.problems;
  if (channel.audience !== audience)
    return [stale(`\`${name}\` was ${audience} in the plan and is ${channel.audience} now`)];
  if (channel.network !== network || channel.accountFingerprint !== account)
    return [stale(`\`${name}\` is another account than it was in the plan`)];

  const files = posts.flatMap(({ post: { media, link } }) => [
    ...media,
    ...(link?.image ? [link.image] : []),
  ]);
  for (const { post } of posts) if (post.link?.image) await restored(post.link, project);
  const checked = await Promise.all(
    files.map(async (media) => {
      try {
        await readMedia(config.root, media);
        return undefined;
      } catch (error) {
        if (error instanceof NetworkError) return stale(error.message);
        throw error;
      }
    }),
  );
  return checked.filter((problem) => problem !== undefined);
}

async function restored(link: Card, project: Project): Promise<void> {
  await (await import("./page-cards.ts")).restorePicture(link, project);
}
