/** `broadcast preview`: the posts as they will look, updated after every change. */

import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { hasErrors, planCampaign } from "../../app/plan.ts";
import type { Project } from "../../app/project.ts";
import { named } from "../../app/select.ts";
import { EXIT, InputError, usageError } from "../../errors.ts";
import { document } from "../../report/json.ts";
import { planCards } from "../../report/plan.ts";
import { planArguments } from "../../report/shell.ts";
import { didYouMean } from "../../suggest.ts";
import type { preview as declared } from "../declarations.ts";
import { reportProblems } from "../errors.ts";
import { printNextCommand, sandboxSuffix } from "../hints.ts";
import { type OpenedProject, openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { withSignals } from "../signals.ts";
import { printSkipped } from "../skipped.ts";
import type { Terminal } from "../terminal.ts";

export type PreviewOptions = Partial<OptionsOf<typeof declared>>;

export async function preview(
  campaign: string,
  options: PreviewOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.watch && options.json)
    throw usageError(
      "`--watch` shows the posts to a person, `--json` to a program",
      "Leave one of them out.",
    );
  const stage = await openProjectFor(
    { near: campaign, sandbox: options.sandbox, from: options.from },
    terminal,
  );
  try {
    if (!options.watch) {
      const code = await showPosts(campaign, options, stage.project, terminal);
      if (code === EXIT.ok && !options.json)
        printNextCommand("To see the whole plan", `broadcast plan ${planWords(campaign, options)}`, terminal);
      return code;
    }
    return await keepShowing(campaign, options, stage, terminal);
  } finally {
    await stage.close();
  }
}

/** Gives the exit code. */
export async function showPosts(
  campaign: string,
  { network, channel, json }: PreviewOptions,
  project: Project,
  terminal: Terminal,
): Promise<number> {
  const { plan } = await planCampaign(campaign, project, { withoutCredentials: true });
  if (plan.skipped !== undefined)
    return printSkipped("preview", plan, { json, rehearsal: project.rehearsal }, terminal);
  const chosen = hasErrors(plan.problems) ? plan.deliveries : named(plan, channel);
  const wanted =
    network === undefined
      ? chosen
      : chosen.filter((one) => network.includes(one.network) || network.includes(one.channel));
  const known = plan.deliveries.flatMap((one) => [one.network, one.channel]);
  const unknown = network?.find((name) => !known.includes(name));
  if (unknown !== undefined && !hasErrors(plan.problems)) {
    throw usageError(
      `this campaign goes to no network or channel \`${unknown}\``,
      didYouMean(unknown, new Set(known)) || undefined,
    );
  }
  const shown = { ...plan, deliveries: wanted };
  if (json) terminal.out(document("preview", shown));
  else {
    const cards = planCards({ plan: shown, adapters: project.adapters, now: Date.now() }, terminal.results);
    if (cards !== "") terminal.out(`${cards}\n`);
    if (plan.problems.length > 0) {
      terminal.err("\n");
      reportProblems(plan.problems, terminal);
    }
  }
  return hasErrors(plan.problems) ? EXIT.input : EXIT.ok;
}

function planWords(file: string, { from, sandbox }: PreviewOptions): string {
  return planArguments({ file, from }) + sandboxSuffix(sandbox);
}

/** Until Ctrl-C. Errors are shown and do not end it: the person is still writing. */
async function keepShowing(
  campaign: string,
  options: PreviewOptions,
  { project }: OpenedProject,
  terminal: Terminal,
): Promise<number> {
  const { out, err, notes, results, cwd } = terminal;
  const again = async () => {
    if (results.wraps) out("\x1b[H\x1b[2J\x1b[3J");
    try {
      // broadcast.yml may have changed as well.
      const { project: fresh, close } = await openProjectFor(
        { near: campaign, sandbox: options.sandbox, from: options.from },
        terminal,
      );
      await showPosts(campaign, options, fresh, terminal).finally(close);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      reportProblems(error.problems, terminal);
    }
    err(notes.paint.dim("\nWatching; Ctrl-C ends.\n"));
  };
  return withSignals(
    () => {},
    ({ stop }) =>
      new Promise<number>((resolvePromise, reject) => {
        let timer: NodeJS.Timeout | undefined;
        // Editors write in several steps; one look after the last of them is enough.
        const changed = () => {
          clearTimeout(timer);
          timer = setTimeout(() => again().catch(fault), 120);
        };
        // Watching begins before the first look, so that no change falls between the two.
        const watchers = foldersOf(resolve(cwd, campaign), project).map((folder) =>
          watchFolder(folder, changed),
        );
        const close = () => {
          clearTimeout(timer);
          for (const watcher of watchers) watcher.close();
        };
        const fault = (error: unknown) => {
          close();
          reject(error);
        };
        stop.addEventListener("abort", () => {
          close();
          resolvePromise(EXIT.ok);
        });
        again().catch(fault);
      }),
  );
}

function foldersOf(campaign: string, { config }: Project): string[] {
  const below = statSync(config.templates, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(config.templates, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : undefined;
  const templates = below ? [config.templates, ...below.map(({ name }) => join(config.templates, name))] : [];
  return [...new Set([dirname(campaign), config.root, ...templates])];
}

function watchFolder(folder: string, changed: () => void): FSWatcher {
  return watch(folder, (_event, name) => {
    // Our own state files do not count as a change.
    if (name === null || !name.startsWith(".broadcast")) changed();
  });
}
