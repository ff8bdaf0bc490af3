/** `broadcast schedule`: lists what is to be sent; prints a calendar, a crontab line, systemd units. */

import { join, relative, resolve } from "node:path";
import { openProject, type Project } from "../../app/project.ts";
import { campaignFiles } from "../../app/schedule.ts";
import { MOST_LISTED, upcoming } from "../../app/upcoming.ts";
import { type Clock, systemClock } from "../../clock.ts";
import { EXIT, usageError } from "../../errors.ts";
import { count, frames } from "../../report/code-frame.ts";
import { document } from "../../report/json.ts";
import { scheduleTable, upcomingJson } from "../../report/schedule.ts";
import type { schedule as declared } from "../declarations.ts";
import { printNextCommand } from "../hints.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export type ScheduleOptions = Partial<OptionsOf<typeof declared>>;

const DAY = 86_400_000;

export async function schedule(
  typed: readonly string[],
  options: ScheduleOptions,
  terminal: Terminal,
  clock: Clock = systemClock,
): Promise<number> {
  const { ics, crontab, systemd, json } = options;
  if ([ics, crontab, systemd, json].filter(Boolean).length > 1)
    throw usageError(
      "`schedule` prints one thing at a time",
      "Take one of --ics, --crontab, --systemd and --json.",
    );
  const { cwd, env } = terminal;
  const near = typed[0] === undefined ? undefined : resolve(cwd, typed[0]);
  const opened = await openProject({ near, cwd, env });
  const project = { ...opened, rehearsal: Boolean(options.sandbox) };
  const paths = typed.length > 0 ? typed : [join(project.config.root, "campaigns")];
  if (!crontab && !systemd) return show(paths, options, project, terminal, clock.now());
  terminal.out(await unitOf(paths, crontab === true, project));
  return EXIT.ok;
}

async function show(
  paths: readonly string[],
  { ics, json, days = 30 }: ScheduleOptions,
  project: Project,
  terminal: Terminal,
  now: number,
): Promise<number> {
  const { out, err, results, notes } = terminal;
  const { list, more, problems } = await upcoming(paths, project, now, now + days * DAY);
  if (json)
    out(
      document("schedule", { rehearsal: project.rehearsal, coming: list.map(upcomingJson), more, problems }),
    );
  else if (ics) {
    const { calendar } = await import("../../report/ics.ts");
    out(calendar(list, now));
  } else if (list.length > 0) out(`${scheduleTable(list, now, results)}\n`);
  else err(`Nothing is due in the next ${count(days, "day")}.\n`);
  if (more && !json)
    err(
      `\nThere are more: the first ${MOST_LISTED} of each campaign and channel are listed. Take fewer \`--days\`.\n`,
    );
  if (!json && list.some(({ state }) => state === "overdue"))
    err("\nWhat is overdue goes out with the next `broadcast run`.\n");
  if (!json && problems.length > 0) err(`\n${frames(problems, notes)}\n`);
  if (!json && !ics && problems.length === 0) {
    if (list.length > 0) printNextCommand("To send what is due", "broadcast run --due", terminal);
    else printNextCommand("To write one that comes later", "broadcast new --at TIME", terminal);
  }
  return problems.some(({ severity }) => severity === "error") ? EXIT.input : EXIT.ok;
}

/** The same node and the same program as now, from the project's folder. */
async function unitOf(paths: readonly string[], forCron: boolean, project: Project): Promise<string> {
  const { root } = project.config;
  // A path that does not exist is an error now, and not when the timer runs.
  campaignFiles(paths, project);
  const unit = {
    root,
    node: process.execPath,
    program: resolve(process.argv[1] ?? ""),
    argv: ["run", "--due", ...paths.map((path) => relative(root, resolve(project.cwd, path)) || ".")],
  };
  if (forCron) return (await import("../../report/crontab.ts")).crontab(unit);
  return (await import("../../report/systemd.ts")).systemd(unit);
}
