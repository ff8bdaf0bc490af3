/** A plan kept in a file. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as v from "valibot";
import { InputError } from "../errors.ts";
import type { Plan } from "../plan/types.ts";
import { type Project, shown } from "./project.ts";
import { verifyPlan } from "./verify-plan.ts";

// The fields that are read here; the digests cover the rest.
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
  version: v.literal(2),
  campaign: v.looseObject({ id: v.string(), kind: v.string(), audience }),
  deliveries: v.pipe(v.array(delivery), v.minLength(1)),
  problems: v.array(
    v.looseObject({ severity: v.picklist(["error", "warning"]), code: v.string(), message: v.string() }),
  ),
  digest: v.string(),
});

/** The plan in a file. Throws InputError if it is not one, or if something in it does not hold any more. */
export async function recallPlan(
  file: string,
  project: Project,
  options: { withoutCredentials?: boolean } = {},
): Promise<Plan> {
  const plan = await readPlan(file, project.cwd);
  return verifyPlan(plan, project, {
    ...options,
    file: shown(project.cwd, resolve(project.cwd, file)),
  });
}

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
      `this is not a plan${where ? `: \`${where}\` has a wrong value` : ""}`,
      "Write one with `broadcast plan CAMPAIGN --out plan.json`.",
    );
  }
  return parsed.output as unknown as Plan;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(file: string, message: string, remedy: string): InputError {
  return new InputError({ severity: "error", code: "bad-plan", message, remedy, place: { file } });
}
