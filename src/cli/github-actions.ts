/** The CI runner as a reader: where it is GitHub's, problems become annotations, and results outputs and a summary. */
import { appendFileSync } from "node:fs";
import { appendFile, mkdtemp, writeFile } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import type { SendEvent } from "../app/send.ts";
import type { Problem } from "../errors.ts";
import type { Plan } from "../plan/types.ts";
import { verdictLine } from "../report/code-frame.ts";
import { annotations, outputLines, refusedSummary, sentOutputs, sentSummary } from "../report/github.ts";
import { createPaint } from "../report/style.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Marks the lines in the pull request's files; on stderr, so that stdout stays what was asked for. The action lets the runner
 * take no commands from what a campaign says, so there they go to a file, which it prints afterwards.
 */
export function annotate(problems: readonly Problem[], { env, err, cwd }: Terminal): void {
  if (env.GITHUB_ACTIONS !== "true" || problems.length === 0) return;
  const top = env.GITHUB_WORKSPACE ?? cwd;
  const marks = annotations(problems, (file) => {
    const way = relative(top, resolve(cwd, file));
    return way.startsWith("..") || isAbsolute(way) ? file : way.replaceAll("\\", "/");
  });
  if (env.BROADCAST_ANNOTATIONS) appendFileSync(env.BROADCAST_ANNOTATIONS, marks);
  else err(marks);
}

/** The job's summary of a command that ended before it sent anything. */
export function summariseRefusal(problems: readonly Problem[], { env, notes }: Terminal): void {
  if (env.GITHUB_ACTIONS !== "true" || !env.GITHUB_STEP_SUMMARY || problems.length === 0) return;
  const title = verdictLine(problems, { ...notes, paint: createPaint(false) }, true);
  appendFileSync(env.GITHUB_STEP_SUMMARY, `${refusedSummary(problems, title)}\n`);
}

/** The events that the runner shows. */
export type RunnerEvent =
  | SendEvent
  /** `plan`: nothing is sent; `markdown` says it for people. */
  | { type: "shown"; plan: Plan; markdown: () => Promise<string> };

/** A listener that fills the step's outputs and its summary. */
export function githubActions(terminal: Terminal): (event: RunnerEvent) => Promise<void> {
  const { env } = terminal;
  return async (event) => {
    if (event.type === "planned") annotate(event.warnings, terminal);
    else if (event.type === "shown") await tellPlanned(event.plan, await event.markdown(), env);
    else if (event.type === "sent") await tellSent(event, env);
  };
}

async function tellPlanned(plan: Plan, markdown: string, env: Env): Promise<void> {
  const comment = await commentFile(markdown, env);
  await output({ digest: plan.digest, skipped: plan.skipped ?? "", ...comment }, env);
  await summarise(markdown, env);
}

// For a comment on the pull request: a file, since a comment may be longer than an argument or a variable can be.
async function commentFile(markdown: string, env: Env): Promise<{ comment?: string }> {
  if (!env.RUNNER_TEMP) return {};
  const file = join(await mkdtemp(join(env.RUNNER_TEMP, "broadcast-")), "plan.md");
  await writeFile(file, markdown);
  return { comment: file };
}

async function tellSent(
  { plan, histories, rehearsal, news }: Extract<SendEvent, { type: "sent" }>,
  env: Env,
): Promise<void> {
  const { campaign, digest, skipped = "" } = plan;
  await output({ ...sentOutputs(digest, histories), skipped }, env);
  if (histories.length > 0) {
    const title = campaign.title ?? campaign.id;
    await summarise(sentSummary({ title, digest, histories, rehearsal, news }), env);
  }
}

type Env = Terminal["env"];

async function output(values: Record<string, string>, env: Env): Promise<void> {
  if (env.GITHUB_OUTPUT) await appendFile(env.GITHUB_OUTPUT, outputLines(values));
}

// The runner refuses more than one megabyte for one step.
const MOST = 1_000_000;

async function summarise(markdown: string, env: Env): Promise<void> {
  if (!env.GITHUB_STEP_SUMMARY) return;
  const text =
    Buffer.byteLength(markdown) <= MOST
      ? markdown
      : `${markdown.slice(0, MOST / 4)}\n\n… the rest is too long to show here.\n`;
  await appendFile(env.GITHUB_STEP_SUMMARY, `${text}\n`);
}
