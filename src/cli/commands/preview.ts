/** `broadcast preview`: the posts as they will look, updated after every change. */

import { resolve } from "node:path";
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
import { wantsPage } from "../page-file.ts";
import { withSignals } from "../signals.ts";
import { printSkipped } from "../skipped.ts";
import type { Terminal } from "../terminal.ts";
import { watchProject } from "../watch-project.ts";

export type PreviewOptions = Partial<OptionsOf<typeof declared>>;

export async function preview(
  campaign: string,
  options: PreviewOptions,
  terminal: Terminal,
): Promise<number> {
  requireOneWay(options);
  const stage = await openProjectFor(
    { near: campaign, sandbox: options.sandbox, from: options.from },
    terminal,
  );
  try {
    if (options.serve)
      return await (await import("./preview-desk.ts")).previewDesk(
        campaign,
        options,
        stage.project,
        terminal,
      );
    if (wantsPage(options))
      return await (await import("./preview-page.ts")).previewPage(
        campaign,
        options,
        stage.project,
        terminal,
      );
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

/** On a page, here, or for a program. */
function requireOneWay(options: PreviewOptions): void {
  const { watch, json, html, open, png, serve, port, key, file, network, channel } = options;
  if (watch && json)
    throw usageError(
      "`--watch` shows the posts to a person, `--json` to a program",
      "Leave one of them out.",
    );
  const here = watch ? "--watch" : json ? "--json" : undefined;
  if (here !== undefined && (serve || wantsPage({ html, open, png })))
    throw usageError(
      `\`${here}\` shows the posts here, the other option on a page`,
      "Leave one of them out.",
    );
  if (serve && (html !== undefined || png !== undefined))
    throw usageError(
      `\`--serve\` and \`${html === undefined ? "--png" : "--html"}\` are two ways to one page`,
      "Leave one of them out.",
    );
  if (serve && (network !== undefined || channel !== undefined))
    throw usageError(
      "a sign-off is for all of the campaign, and `--network` and `--channel` show a part",
      "Leave them out; the page has filters.",
    );
  const lonely = port !== undefined ? "--port" : key !== undefined ? "--key" : file ? "--file" : undefined;
  if (!serve && lonely !== undefined)
    throw usageError(`\`${lonely}\` is for \`--serve\``, "Add it, or leave this out.");
}

/** Gives the exit code. */
export async function showPosts(
  campaign: string,
  { network, channel, occurrence, json }: PreviewOptions,
  project: Project,
  terminal: Terminal,
): Promise<number> {
  const { plan } = await planCampaign(campaign, project, { withoutCredentials: true, occurrence });
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

function planWords(file: string, { from, occurrence, sandbox }: PreviewOptions): string {
  return planArguments({ file, from, occurrence }) + sandboxSuffix(sandbox);
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
        // Watching begins before the first look, so that no change falls between the two.
        const close = watchProject([resolve(cwd, campaign)], project, () => again().catch(fault));
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
