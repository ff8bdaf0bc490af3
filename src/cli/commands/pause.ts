/** `broadcast pause` and `broadcast resume`: nothing new leaves, until it may again. */
import { type Pause, pause as pauseChannels, resume as resumeChannels } from "../../app/pause.ts";
import { openProject } from "../../app/project.ts";
import { ownName } from "../../approval/author.ts";
import { EXIT } from "../../errors.ts";
import { document } from "../../report/json.ts";
import { pauseLines, pausesJson } from "../../report/pauses.ts";
import type { pause as declaredPause, resume as declaredResume } from "../declarations.ts";
import { printNextCommand, sandboxSuffix } from "../hints.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export type PauseOptions = Partial<OptionsOf<typeof declaredPause>>;
export type ResumeOptions = Partial<OptionsOf<typeof declaredResume>>;

export async function pause(options: PauseOptions, terminal: Terminal): Promise<number> {
  const { out, err, notes, cwd, env } = terminal;
  const project = await homeOf(options, terminal);
  const all = await pauseChannels(project, {
    channels: options.channel,
    reason: options.reason,
    by: await ownName(cwd, env),
  });
  if (options.json) out(document("pause", { pauses: pausesJson(all) }));
  else {
    err(`${pauseLines(all, notes)}\n`);
    err("What is being sent just now is finished. What waits is kept, and follows `late` and `expires`.\n");
    const suffix = sandboxSuffix(options.sandbox);
    printNextCommand("To let it go on", `broadcast resume${suffix}`, terminal);
  }
  return EXIT.ok;
}

export async function resume(options: ResumeOptions, terminal: Terminal): Promise<number> {
  const { out, err, notes } = terminal;
  const project = await homeOf(options, terminal);
  const { ended, left } = await resumeChannels(project, { channels: options.channel });
  if (options.json) {
    out(document("resume", { ended: pausesJson(ended), pauses: pausesJson(left) }));
    return EXIT.ok;
  }
  if (ended.length === 0) err("Nothing is paused.\n");
  else {
    err(`${notes.paint.green("✓")} ${ended.map(nameOf).join(", ")}: no longer paused.\n`);
    if (left.length > 0) err(`${pauseLines(left, notes)}\n`);
    const suffix = sandboxSuffix(options.sandbox);
    printNextCommand("To send what is due", `broadcast run --due${suffix}`, terminal);
  }
  return EXIT.ok;
}

async function homeOf({ sandbox }: { sandbox?: boolean | string }, { cwd, env }: Terminal) {
  const { config } = await openProject({ cwd, env });
  return { config, rehearsal: Boolean(sandbox) };
}

const nameOf = ({ channel }: Pause) => channel ?? "all channels";
