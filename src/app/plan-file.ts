/** A plan kept in a file. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Plan } from "../plan/types.ts";
import { planRefusal, readAsPlan } from "./plan-schema.ts";
import { type Project, shown } from "./project.ts";
import { verifyPlan } from "./verify-plan.ts";

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
    throw planRefusal(
      name,
      `the plan cannot be read (${error.code})`,
      "Write one with `broadcast plan CAMPAIGN --out plan.json`.",
    );
  });
  return readAsPlan(jsonOf(text), name);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
