/** `broadcast run`: sends what is due, from cron jobs and timers; with `--watch` it keeps running. */

import { join, resolve } from "node:path";
import { openProject, type Project } from "../../app/project.ts";
import { type RunResult, run as runOnce } from "../../app/run.ts";
import { type Clock, systemClock } from "../../clock.ts";
import { EXIT, InputError, type Problem } from "../../errors.ts";
import { frames } from "../../report/code-frame.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { runLines } from "../../report/run.ts";
import type { run as declared } from "../declarations.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { type Signals, withSignals } from "../signals.ts";
import type { Terminal } from "../terminal.ts";

export type RunOptions = Partial<OptionsOf<typeof declared>>;

// Files may have changed by then.
const LOOK_AGAIN = 60_000;

export async function run(
  typed: readonly string[],
  options: RunOptions,
  terminal: Terminal,
  clock: Clock = systemClock,
): Promise<number> {
  const { cwd } = terminal;
  const near = typed[0] === undefined ? undefined : resolve(cwd, typed[0]);
  const stage = await openProjectFor({ near, sandbox: options.sandbox }, terminal);
  try {
    const paths = typed.length > 0 ? typed : [join(stage.project.config.root, "campaigns")];
    const say = (text: string) => terminal.err(`${text}\n`);
    return await withSignals(say, async (interrupt) => {
      if (!options.watch) {
        const done = await runOnce(paths, stage.project, { ...interrupt, clock });
        return done ? told(done, options, stage.project, terminal, clock) : EXIT.ok;
      }
      // A rehearsal keeps its sandbox; broadcast.yml is read again otherwise.
      const project = () => (options.sandbox ? stage.project : openProject({ near, cwd, env: terminal.env }));
      return watch(paths, project, options, terminal, interrupt, clock);
    });
  } finally {
    await stage.close();
  }
}

async function watch(
  paths: readonly string[],
  open: () => Project | Promise<Project>,
  options: RunOptions,
  terminal: Terminal,
  interrupt: Signals,
  clock: Clock,
): Promise<number> {
  let known = "";
  let code: number = EXIT.ok;
  while (!interrupt.stop.aborted) {
    let next: number | undefined;
    try {
      const project = await open();
      const done = await runOnce(paths, project, { ...interrupt, clock });
      next = done?.next;
      // The same error is reported once, until it is fixed.
      const problems = JSON.stringify(done?.problems ?? []);
      if (done)
        code = told(
          { ...done, problems: problems === known ? [] : done.problems },
          options,
          project,
          terminal,
          clock,
        );
      if (done) known = problems;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (JSON.stringify(error.problems) !== known) complain(error.problems, terminal);
      known = JSON.stringify(error.problems);
      code = EXIT.input;
    }
    const now = clock.now();
    const wait = Math.min(LOOK_AGAIN, Math.max(1_000, (next ?? now + LOOK_AGAIN) - now));
    await clock.sleep(wait, interrupt.stop).catch(() => {});
  }
  return code;
}

/** Says what came of a round; nothing when nothing did. Gives its exit code. */
function told(
  { histories, news, problems, code }: RunResult,
  options: RunOptions,
  { rehearsal }: Project,
  terminal: Terminal,
  clock: Clock,
): number {
  const { out, results } = terminal;
  if (options.json) {
    const deliveries = histories.map((history) => deliveryJson(history, rehearsal));
    if (!options.watch || histories.length > 0 || problems.length > 0)
      out(document("run", { rehearsal, deliveries, problems }));
    return code;
  }
  if (news.length > 0) out(`${runLines(news, clock.now(), results)}\n`);
  complain(problems, terminal);
  return code;
}

// Without a count of them: nothing of these was sent, but other campaigns may have been.
function complain(problems: readonly Problem[], { err, notes }: Terminal): void {
  if (problems.length > 0) err(`${frames(problems, notes)}\n`);
}
