/**
 * What a program that acts for somebody may do: write drafts, and send exactly what a person has approved. Nothing here
 * approves, edits, takes back or answers.
 */
import { existsSync, lstatSync, realpathSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Rule } from "../config/policy.ts";
import { InputError, type Problem, usageError } from "../errors.ts";
import { writeAtomically } from "../files.ts";
import { shipped } from "../package-files.ts";
import type { Plan } from "../plan/types.ts";
import { didYouMean } from "../suggest.ts";
import { readLedger, withLedger } from "./ledger.ts";
import { planCampaign } from "./plan.ts";
import type { Project } from "./project.ts";
import { type Sent, send } from "./send.ts";

const MARK = "# A draft by an agent. Nothing is sent before a person has approved it: broadcast approve";

/** What a draft may say. Consent, identity and who wrote it are a person's to give. */
export const DRAFT_KEYS: readonly string[] = [
  "kind",
  "title",
  "summary",
  "body",
  "link",
  "tags",
  "media",
  "poll",
  "channels",
  "audience",
  "lang",
  "at",
  "timezone",
  "expires",
  "fit",
  "number",
  "vars",
  "only",
  "options",
];
const ONLY_KEYS = [
  "title",
  "summary",
  "text",
  "body",
  "link",
  "tags",
  "media",
  "poll",
  "skip",
  "fit",
  "number",
  "options",
];

/** Writes `campaigns/NAME.yml`. Throws InputError if it is not a campaign, or would replace what is not such a draft. */
export async function writeDraft(
  name: string,
  content: Readonly<Record<string, unknown>>,
  project: Project,
): Promise<{ file: string; plan: Plan }> {
  if (!/^[a-z0-9][a-z0-9-]{0,60}$/.test(name))
    throw usageError(`\`${name}\` is not a name for a draft`, "Use lower-case letters, digits and `-`.");
  requireKeys(content, DRAFT_KEYS, "a draft");
  for (const [channel, own] of Object.entries((content.only ?? {}) as Record<string, unknown>))
    requireKeys((own ?? {}) as Record<string, unknown>, ONLY_KEYS, `\`only.${channel}\``);
  const file = await placeFor(name, project);
  const id = `campaigns/${name}.yml`;
  const before = existsSync(file) ? await readFile(file, "utf8") : undefined;
  await requireReplaceable(id, before, project);
  await writeAtomically(file, `${MARK} ${id}\n${stringify(content)}`);
  try {
    const { plan } = await planCampaign(file, project, { withoutCredentials: true });
    return { file: id, plan };
  } catch (error) {
    // What is not a campaign is not left behind.
    if (before === undefined) await rm(file, { force: true });
    else await writeAtomically(file, before);
    throw error;
  }
}

function requireKeys(
  content: Readonly<Record<string, unknown>>,
  allowed: readonly string[],
  what: string,
): void {
  const other = Object.keys(content).find((key) => !allowed.includes(key));
  if (other === undefined) return;
  throw usageError(
    `${what} by an agent cannot say \`${other}\``,
    didYouMean(other, allowed) || "A person can add it to the file.",
  );
}

/** Inside the project, whatever links there are. */
async function placeFor(name: string, { config }: Project): Promise<string> {
  const folder = join(config.root, "campaigns");
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.yml`);
  const isLink = existsSync(file) && lstatSync(file).isSymbolicLink();
  if (isLink || realpathSync(folder) !== join(realpathSync(config.root), "campaigns"))
    throw usageError(
      "campaigns/ leads out of the project by a link",
      "Drafts are written inside the project only.",
    );
  return file;
}

async function requireReplaceable(id: string, before: string | undefined, project: Project): Promise<void> {
  if (before !== undefined && !before.startsWith(MARK))
    throw usageError(`${id} was written by a person`, "Choose another name for the draft.");
  const isKnown = await readLedger(
    project,
    async (ledger) =>
      (await ledger.list({ campaign: id, limit: 1 })).length > 0 || (await ledger.approvals(id)).length > 0,
    false,
  );
  if (isKnown || existsSync(join(project.config.root, id.replace(/\.yml$/, ".approval.yml"))))
    throw usageError(`${id} was approved or sent already`, "Choose another name for the draft.");
}

/**
 * Sends a campaign whose plan has exactly this digest, and which a person has approved: also where the project has no policy. What the
 * policy asks for holds as well. Throws ApprovalError, and InputError if the campaign says something else by now.
 */
export async function sendApproved(
  file: string,
  digest: string,
  project: Project,
  options: { occurrence?: string } = {},
): Promise<Sent> {
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw usageError("this is not a whole digest", "Give the 64 hexadecimal digits that `plan` shows.");
  const { plan } = await planCampaign(file, project, options);
  if (plan.digest !== digest) throw new InputError(changed(plan));
  await requireApprovedByAPerson(plan, file, project);
  // This very plan and no later reading of the file.
  return send(plan, project, { ref: { file, ...options } });
}

async function requireApprovedByAPerson(plan: Plan, file: string, project: Project): Promise<void> {
  if (project.rehearsal) return;
  const { requireApproved } = await import("../approval/require.ts");
  const { statusOfPlan } = await import("../approval/status.ts");
  const { config } = project;
  const anybody: Rule = {
    when: {},
    approvals: 1,
    notAuthor: false,
    signed: false,
    place: { file: config.source.shown },
  };
  const home = { ...project, config: { ...config, policy: [...config.policy, anybody] } };
  const status = await withLedger(project, async (door) =>
    statusOfPlan(plan, home, { file, ledger: await door.existing(), now: Date.now() }),
  );
  requireApproved(status, `broadcast approve ${file}`);
}

function changed({ digest, campaign }: Plan): Problem {
  return {
    severity: "error",
    code: "stale-plan",
    message: `${campaign.id} says something else than what was approved: its digest is ${digest}`,
    remedy: "A person reads and approves it as it is now: `broadcast approve`.",
  };
}

export interface TemplateText {
  /** `release`, and what is for every kind. */
  kind: string;
  /** A network, a channel, or a shape: `short`, `chat`, `article`. */
  name: string;
  /** The project's go before the shipped ones. */
  from: "project" | "shipped";
  text: string;
}

/** Every template that a campaign may be rendered through. */
export async function templateTexts({ config }: Pick<Project, "config">): Promise<TemplateText[]> {
  const read = async (folder: string, from: TemplateText["from"]) => {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    return Promise.all(
      names
        .map((name) => name.replaceAll("\\", "/"))
        .filter((name) => /^[^/]+\/[^/]+\.md$/.test(name))
        .sort()
        .map(async (path): Promise<TemplateText> => {
          const [kind = "", name = ""] = path.replace(/\.md$/, "").split("/");
          return { kind, name, from, text: await readFile(join(folder, path), "utf8") };
        }),
    );
  };
  const shippedFolder = shipped("templates");
  return [
    ...(await read(config.templates, "project")),
    ...(shippedFolder === undefined ? [] : await read(shippedFolder, "shipped")),
  ];
}
