/** `broadcast status`: what the ledger holds. Changes nothing, and does not make a ledger. */

import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { openProject, type Project, shown } from "../../app/project.ts";
import type { Status } from "../../app/status.ts";
import { EXIT, InputError, usageError } from "../../errors.ts";
import type { History } from "../../ledger/types.ts";
import { lastAttempt, opening } from "../../report/held-hints.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { scheduledAtNetwork } from "../../report/outcome.ts";
import { pausesJson } from "../../report/pauses.ts";
import { quoted } from "../../report/shell.ts";
import { isAbandoned } from "../../report/status.ts";
import { workersJson } from "../../report/workers.ts";
import type { status as declared } from "../declarations.ts";
import { printNextCommand, resumeCommand } from "../hints.ts";
import type { OptionsOf } from "../options.ts";
import { found, statusText } from "../status-text.ts";
import type { Terminal } from "../terminal.ts";

export type StatusOptions = Partial<OptionsOf<typeof declared>>;

export async function status(
  campaign: string | undefined,
  options: StatusOptions,
  terminal: Terminal,
): Promise<number> {
  requireOneWay(options);
  const { out, results, cwd, env } = terminal;
  const project = await openProject({ near: campaign, cwd, env });
  if (options.watch) return (await import("./status-watch.ts")).watchStatus(campaign, options, terminal);
  if (options.releases) return (await import("./releases.ts")).releases(project, options, terminal);
  const { real, rehearsed } = await found(campaign, options, project);
  const { pauses } = options.sandbox ? rehearsed : real;

  if (options.json) {
    const deliveries = [
      ...real.histories.map((history) => statusJson(history, real, false)),
      ...rehearsed.histories.map((history) => statusJson(history, rehearsed, true)),
    ];
    const workers = workersJson(real.workers);
    out(document("status", { pauses: pausesJson(pauses), workers, deliveries }));
    return EXIT.ok;
  }
  const now = Date.now();
  const text = statusText({ real, rehearsed }, options, now, results);
  if (text !== "") out(`${text}\n`);
  if (real.histories.length + rehearsed.histories.length === 0) tellNothing(campaign, project, terminal);
  const failed = (one: Status) => one.histories.some(({ state }) => state === "failed");
  if (failed(real)) printNextCommand("To try what failed again", "broadcast retry", terminal);
  else if (failed(rehearsed))
    printNextCommand("To try what failed again", "broadcast retry --sandbox", terminal);
  for (const [one, sandbox] of [
    [real, false],
    [rehearsed, true],
  ] as const) {
    const open = one.histories.filter((history) => goesOn(history, now));
    if (open.length > 0) printNextCommand("To go on", resumeCommand(open, project, sandbox), terminal);
  }
  return EXIT.ok;
}

function requireOneWay({ watch, json, releases }: StatusOptions): void {
  if (watch && (json || releases))
    throw usageError(
      `\`--watch\` shows deliveries to a person, \`${json ? "--json" : "--releases"}\` shows something else`,
      "Leave one of them out.",
    );
}

function tellNothing(campaign: string | undefined, project: Project, terminal: Terminal): void {
  if (campaign === undefined) {
    terminal.err("Nothing was sent from here yet.\n");
    printNextCommand("To begin", beginning(project), terminal);
  } else if (existsSync(resolve(terminal.cwd, campaign))) {
    terminal.err("Nothing of this campaign was sent yet.\n");
    printNextCommand("To see what would go out", `broadcast plan ${quoted(campaign)}`, terminal);
  } else
    throw new InputError({
      severity: "error",
      code: "missing-file",
      message: `there is no campaign ${campaign}, and nothing of that name was sent`,
      remedy: "`broadcast status` lists what was sent from here.",
    });
}

/** What the next run would do: what is due, and what a dead process was sending. */
function goesOn(history: History, now: number): boolean {
  const { state, code, nextAt } = history;
  if (state === "sending") return isAbandoned(history, now);
  return (
    state === "scheduled" && code !== "auth" && nextAt <= now && scheduledAtNetwork(history) === undefined
  );
}

/** With the first campaign that is there, else with a new one. */
function beginning({ config, cwd }: Pick<Project, "config" | "cwd">): string {
  const folder = join(config.root, "campaigns");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const first = names.sort().find((name) => /(?<!\.approval)\.ya?ml$/.test(name));
  return first === undefined ? "broadcast new" : `broadcast plan ${quoted(shown(cwd, join(folder, first)))}`;
}

function statusJson(history: History, { links }: Status, rehearsal: boolean): object {
  const delivery = deliveryJson(history, rehearsal);
  if (history.state !== "held") return delivery;
  const at = lastAttempt(history);
  const look = { for: opening(history), at: at && new Date(at).toISOString(), ...links.get(history.id) };
  return { ...delivery, look };
}
