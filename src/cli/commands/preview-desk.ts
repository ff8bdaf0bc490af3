/** `broadcast preview --serve`: the page on this computer, which follows every save and takes a sign-off. Until Ctrl-C. */
import { resolve } from "node:path";
import { type DeskEvent, type OpenDesk, openDesk } from "../../app/desk.ts";
import type { Project } from "../../app/project.ts";
import { ownName } from "../../approval/author.ts";
import { EXIT, usageError } from "../../errors.ts";
import type { Plan } from "../../plan/types.ts";
import { planArguments } from "../../report/shell.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { keyFile } from "../approval-options.ts";
import type { preview as declared } from "../declarations.ts";
import { openProjectFor } from "../open-project.ts";
import { openServed } from "../open-served.ts";
import type { OptionsOf } from "../options.ts";
import { withSignals } from "../signals.ts";
import type { Terminal } from "../terminal.ts";
import { watchProject } from "../watch-project.ts";

type PreviewOptions = Partial<OptionsOf<typeof declared>>;

export async function previewDesk(
  campaign: string,
  options: PreviewOptions,
  project: Project,
  terminal: Terminal,
): Promise<number> {
  if (options.sandbox)
    throw usageError("`--serve` is for a sign-off, and a rehearsal needs none", "Leave one of them out.");
  const { cwd, env, out, err, notes } = terminal;
  const ref = { file: campaign, from: options.from, occurrence: options.occurrence };
  // Pictures are shown, too, and may lie elsewhere.
  let folders = "";
  let unwatch = () => {};
  const follow = (files: readonly string[]) => {
    const paths = [...new Set([resolve(cwd, campaign), ...files])];
    if (JSON.stringify(paths) === folders) return;
    folders = JSON.stringify(paths);
    unwatch();
    unwatch = watchProject(paths, project, () => void desk.changed());
  };
  const desk: OpenDesk = await openDesk({
    onPlan: (plan) => follow(filesOf(plan).map((file) => resolve(project.config.root, file))),
    ref,
    open: async () => (await openProjectFor({ near: campaign, from: options.from }, terminal)).project,
    command: `broadcast preview ${planArguments(ref)} --serve`,
    port: options.port,
    you: await ownName(cwd, env),
    key: options.key === undefined ? undefined : keyFile(options.key, terminal),
    toFile: options.file,
    onEvent: (event) => err(`${lineOf(event, terminal)}\n`),
  });
  follow([]);
  let close = async () => {};
  try {
    return await withSignals(
      () => {},
      async ({ stop }) => {
        out(`${desk.url}\n`);
        err(
          notes.paint.dim(
            "Keep the address to yourself: it is all it takes to approve here. Ctrl-C ends it.\n",
          ),
        );
        if (options.open) close = await openServed(desk.url, project, terminal);
        if (!stop.aborted) await new Promise<void>((done) => stop.addEventListener("abort", () => done()));
        return EXIT.ok;
      },
    );
  } finally {
    unwatch();
    await close();
    await desk.close();
  }
}

function filesOf({ deliveries }: Plan): string[] {
  return deliveries.flatMap(({ posts }) => posts.flatMap(({ post }) => post.media.map(({ file }) => file)));
}

function lineOf(event: DeskEvent, { notes: { paint } }: Terminal): string {
  switch (event.type) {
    case "approved":
      return `${paint.green("✓")} Approved by ${oneLine(event.by)}: ${event.digest.slice(0, 16)}`;
    case "commented":
      return `${paint.cyan("·")} ${oneLine(event.by)} left a comment${event.channel === undefined ? "" : ` on ${oneLine(event.channel)}`}`;
    case "fault":
      return `${paint.red("✗")} ${oneLine(event.message)}`;
    case "refused":
      return `${paint.yellow("!")} Not done: ${oneLine(event.message)}`;
  }
}
