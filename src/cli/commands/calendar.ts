/** `broadcast calendar`: month and week of what is out, scheduled and planned, as a page. */
import { basename, dirname, join, relative, resolve } from "node:path";
import { calendarDocument, serveCalendar } from "../../app/calendar.ts";
import { previewOf } from "../../app/preview-page.ts";
import { openProject, type Project } from "../../app/project.ts";
import { type Clock, systemClock } from "../../clock.ts";
import { EXIT, usageError } from "../../errors.ts";
import { writeAtomically } from "../../files.ts";
import { document } from "../../report/json.ts";
import { quoted } from "../../report/shell.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import type { calendar as declared } from "../declarations.ts";
import { reportProblems } from "../errors.ts";
import type { OptionsOf } from "../options.ts";
import { givePage, wantsPage } from "../page-file.ts";
import { withSignals } from "../signals.ts";
import type { Terminal } from "../terminal.ts";
import { watchProject } from "../watch-project.ts";

// A year, and the rest of its last month.
const MOST_DAYS = 366;

export type CalendarOptions = Partial<OptionsOf<typeof declared>>;

export async function calendar(
  typed: readonly string[],
  options: CalendarOptions,
  terminal: Terminal,
  clock: Clock = systemClock,
): Promise<number> {
  if (!wantsPage(options) && !options.json && !options.serve)
    throw usageError(
      "a calendar is a page, and there is no place for it",
      "Add `--open`, `--serve` or `--html FILE`. In the terminal: `broadcast schedule`.",
    );
  if (options.days !== undefined && options.days > MOST_DAYS)
    throw usageError(
      `a calendar shows at most ${MOST_DAYS} days`,
      "`broadcast schedule --days` looks further.",
    );
  const { cwd, env } = terminal;
  const near = typed[0] === undefined ? undefined : resolve(cwd, typed[0]);
  const opened = await openProject({ near, cwd, env });
  const project = { ...opened, rehearsal: Boolean(options.sandbox) };
  const paths = typed.length > 0 ? typed : [join(project.config.root, "campaigns")];
  if (options.serve) return serve(paths, typed, options, project, terminal);
  const { page, json, problems } = await calendarDocument(paths, project, {
    now: clock.now(),
    days: options.days,
    command: commandOf(typed, options),
    ...(options.previews !== undefined && { preview: previewsIn(options.previews, options, project) }),
  });
  if (wantsPage(options)) await givePage(page, "calendar", options, project, terminal);
  if (options.json) terminal.out(document("calendar", json));
  else if (problems.length > 0) reportProblems(problems, terminal);
  return problems.some(({ severity }) => severity === "error") ? EXIT.input : EXIT.ok;
}

// What is sent meanwhile is in the ledger, and the ledger does not tell of changes.
const LOOK_AGAIN = 15_000;

/** Until Ctrl-C. */
async function serve(
  paths: readonly string[],
  typed: readonly string[],
  options: CalendarOptions,
  project: Project,
  terminal: Terminal,
): Promise<number> {
  if (
    options.html !== undefined ||
    options.json ||
    options.png !== undefined ||
    options.previews !== undefined
  )
    throw usageError("`--serve` is a way of its own to the page", "Leave the others out.");
  const { cwd, env, out, err, notes } = terminal;
  const open = async () => ({
    ...(await openProject({ near: project.config.root, cwd, env })),
    rehearsal: project.rehearsal,
  });
  const server = await serveCalendar(paths, open, {
    days: options.days,
    command: `${commandOf(typed, options)} --serve`,
    port: options.port,
    onFault: (message) => err(`${notes.paint.yellow("!")} ${oneLine(message)}\n`),
  });
  const unwatch = watchProject(
    paths.map((path) => resolve(cwd, path)),
    project,
    () => void server.changed(),
  );
  let close = async () => {};
  const timer = setInterval(() => void server.changed(), LOOK_AGAIN);
  try {
    return await withSignals(
      () => {},
      async ({ stop }) => {
        out(`${server.url}\n`);
        err(notes.paint.dim("Ctrl-C ends it.\n"));
        const { openServed } = await import("../open-served.ts");
        if (options.open) close = await openServed(server.url, project, terminal);
        if (!stop.aborted) await new Promise<void>((done) => stop.addEventListener("abort", () => done()));
        return EXIT.ok;
      },
    );
  } finally {
    clearInterval(timer);
    unwatch();
    await close();
    await server.close();
  }
}

/** Writes a preview beside the calendar; gives the way to it. */
function previewsIn(
  folder: string,
  { html }: CalendarOptions,
  project: Project,
): (file: string) => Promise<string> {
  const { cwd, config } = project;
  const from = html === undefined ? join(config.root, ".broadcast/pages") : dirname(resolve(cwd, html));
  const taken = new Set<string>();
  return async (file) => {
    const name = freeName(basename(file).replace(/\.ya?ml$/i, ""), taken);
    const path = resolve(cwd, folder, name);
    const command = `broadcast preview ${quoted(file)} --html ${quoted(name)}`;
    const { page } = await previewOf({ file }, project, { command });
    await writeAtomically(path, page);
    return relative(from, path).split(/[/\\]/).map(encodeURIComponent).join("/");
  };
}

/** Files of one name may lie in several folders. */
function freeName(name: string, taken: Set<string>): string {
  for (let n = 1; ; n++) {
    const free = n === 1 ? `${name}.html` : `${name}-${n}.html`;
    if (!taken.has(free)) {
      taken.add(free);
      return free;
    }
  }
}

function commandOf(typed: readonly string[], { html, days, serve: isServed }: CalendarOptions): string {
  const paths = typed.map((path) => ` ${quoted(path)}`).join("");
  const where = isServed ? "" : html === undefined ? " --open" : ` --html ${quoted(html)}`;
  return `broadcast calendar${paths}${days === undefined ? "" : ` --days ${days}`}${where}`;
}
