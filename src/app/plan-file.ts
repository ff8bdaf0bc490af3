/** A plan kept in a file, and whether it still holds. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as v from "valibot";
import { InputError, NetworkError, type Problem } from "../errors.ts";
import { digest } from "../plan/digest.ts";
import { latenessOfPlanned, latenessProblem } from "../plan/late.ts";
import { deliveryId, digestOf, type Plan, type PlannedDelivery } from "../plan/types.ts";
import { readMedia } from "./deliver.ts";
import { demandNoLeak, demandSound, hasErrors } from "./plan.ts";
import { type Project, shown } from "./project.ts";

// What is read of it; the digests answer for the rest.
const media = v.looseObject({ file: v.string(), sha256: v.string() });
const post = v.looseObject({
  text: v.string(),
  entities: v.array(v.looseObject({})),
  media: v.array(media),
  tags: v.array(v.string()),
});
const time = v.pipe(v.string(), v.isoTimestamp());
const audience = v.picklist(["internal", "external"]);
const measured = v.looseObject({ length: v.number(), max: v.number(), unit: v.string(), fits: v.boolean() });
const delivery = v.looseObject({
  id: v.string(),
  channel: v.string(),
  network: v.string(),
  audience,
  account: v.string(),
  occurrence: v.optional(v.string()),
  due: v.optional(time),
  expires: v.optional(time),
  schedule: v.optional(v.literal("network")),
  posts: v.pipe(v.array(v.looseObject({ post, measured })), v.minLength(1)),
  lost: v.array(v.string()),
  digest: v.string(),
});
const planSchema = v.looseObject({
  version: v.literal(1),
  campaign: v.looseObject({ id: v.string(), kind: v.string(), audience }),
  deliveries: v.pipe(v.array(delivery), v.minLength(1)),
  problems: v.array(
    v.looseObject({ severity: v.picklist(["error", "warning"]), code: v.string(), message: v.string() }),
  ),
  digest: v.string(),
});

/** The plan in a file, when everything in it still holds. Throws InputError. */
export async function recallPlan(file: string, project: Project): Promise<Plan> {
  const plan = await readPlan(file, project.cwd);
  const problems = [...project.problems, ...(await changesSince(plan, project))];
  if (hasErrors(problems)) throw new InputError(problems);
  demandNoLeak(plan, project);
  demandSound(plan);
  return { ...plan, problems: [...plan.problems.filter((one) => !isOfLateness(one)), ...latenessNow(plan)] };
}

const isOfLateness = ({ code }: Problem) => code === "over" || code === "late";

// It was planned at another time than this.
function latenessNow({ deliveries }: Plan): Problem[] {
  return deliveries.flatMap((delivery) => {
    const lateness = latenessOfPlanned(delivery, Date.now());
    return lateness ? [latenessProblem(delivery, lateness)] : [];
  });
}

/** Throws InputError when the file is not a plan, or not the one that was written. */
async function readPlan(file: string, cwd: string): Promise<Plan> {
  const path = resolve(cwd, file);
  const name = shown(cwd, path);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw refusal(
      name,
      `the plan cannot be read (${error.code})`,
      "Write one with `broadcast plan CAMPAIGN --out plan.json`.",
    );
  });
  const parsed = v.safeParse(planSchema, jsonOf(text));
  if (!parsed.success) {
    const where = v.getDotPath(parsed.issues[0]);
    throw refusal(
      name,
      `this is not a plan${where ? `: \`${where}\` is not as it should be` : ""}`,
      "Write one with `broadcast plan CAMPAIGN --out plan.json`.",
    );
  }
  const plan = parsed.output as unknown as Plan;
  if (!isAsWritten(plan)) {
    throw refusal(
      name,
      "the plan was changed after it was made: its digest does not match",
      "Change the campaign instead, and plan again.",
    );
  }
  return plan;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// What is approved is bound to both digests: the plan's, and each delivery's, which the ledger keeps.
function isAsWritten(plan: Plan): boolean {
  return (
    digestOf(plan.deliveries) === plan.digest &&
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
  { config }: Project,
): Promise<Problem[]> {
  const channel = config.channels.get(name);
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
  if (channel.network !== network || channel.identity !== account)
    return [stale(`\`${name}\` is another account than it was in the plan`)];
  if (channel.audience !== audience)
    return [stale(`\`${name}\` was ${audience} in the plan and is ${channel.audience} now`)];

  const files = posts.flatMap(({ post }) => post.media);
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

function refusal(file: string, message: string, remedy: string): InputError {
  return new InputError({ severity: "error", code: "bad-plan", message, remedy, place: { file } });
}
