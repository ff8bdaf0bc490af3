/** `broadcast retract`: takes back what is out; asks a hard question first. */
import { retract as retractPosts } from "../../app/retract.ts";
import { ownName } from "../../approval/author.ts";
import type { Retraction } from "../../delivery/allowed.ts";
import { usageError } from "../../errors.ts";
import { retractionList } from "../../report/corrections.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { tally } from "../../report/outcome.ts";
import { quoted } from "../../report/shell.ts";
import { statusTable } from "../../report/status.ts";
import type { retract as declared } from "../declarations.ts";
import { printNextCommand, sandboxSuffix } from "../hints.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { type Terminal, unlessLeft } from "../terminal.ts";
import { watchCorrections } from "../watch-corrections.ts";

export type RetractOptions = Partial<OptionsOf<typeof declared>>;

export async function retract(typed: string, options: RetractOptions, terminal: Terminal): Promise<number> {
  const { out, err, results, notes } = terminal;
  const stage = await openProjectFor({ sandbox: options.sandbox }, terminal);
  const { project } = stage;
  try {
    const watch = watchCorrections(terminal);
    const retracted = await retractPosts(typed, project, {
      ...watch,
      onEvent: options.json ? undefined : watch.onEvent,
      channels: options.channel,
      by: await ownName(terminal.cwd, terminal.env),
      reason: options.reason,
      dryRun: options.dryRun,
      confirm: options.yes || options.dryRun ? undefined : (all) => agreed(all, options, terminal),
    });
    const { histories, retractions, declined, code } = retracted;
    if (options.json) {
      const deliveries = histories.map((history) => deliveryJson(history, project.rehearsal));
      out(document("retract", { deliveries, done: !declined }));
      return code;
    }
    if (options.dryRun) out(`${retractionList(retractions, Date.now(), results)}\n`);
    if (declined) {
      err(options.dryRun ? "\nNothing was taken back: this was a dry run.\n" : "Nothing was taken back.\n");
      return code;
    }
    out(`${statusTable(histories, Date.now(), results)}\n`);
    err(`\n${tally(histories, notes)}\n`);
    const suffix = sandboxSuffix(options.sandbox);
    const half = histories.some((history) => history.code === "retracting");
    if (half)
      printNextCommand("To go on taking it back", `broadcast retract ${quoted(typed)}${suffix}`, terminal);
    return code;
  } finally {
    await stage.close();
  }
}

async function agreed(
  retractions: readonly Retraction[],
  options: RetractOptions,
  terminal: Terminal,
): Promise<boolean> {
  if (!terminal.person || options.json)
    throw usageError(
      "this needs a confirmation, and there is no terminal to ask at",
      "Add `--yes` to take it back without being asked; `--dry-run` shows what would be done.",
    );
  terminal.err(`${retractionList(retractions, Date.now(), terminal.notes)}\n\n`);
  const { confirm } = await terminal.prompts();
  const posts = retractions
    .filter(({ what }) => what === "delete")
    .reduce((sum, { history }) => sum + history.receipts.length, 0);
  const words =
    posts === 0
      ? "Cancel this?"
      : `Delete ${posts === 1 ? "this post" : `these ${posts} posts`} for good, with all likes and answers?`;
  return (await unlessLeft(confirm(words, false))) ?? false;
}
