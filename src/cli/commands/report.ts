/** `broadcast report`: what came of what is out, as a page. */
import { reportDocument } from "../../app/report-page.ts";
import { EXIT, usageError } from "../../errors.ts";
import { document } from "../../report/json.ts";
import { quoted } from "../../report/shell.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { agreeToCost } from "../agree-to-cost.ts";
import type { report as declared } from "../declarations.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { givePage, wantsPage } from "../page-file.ts";
import { sinceOf } from "../since.ts";
import type { Terminal } from "../terminal.ts";

export type ReportOptions = Partial<OptionsOf<typeof declared>>;

export async function report(
  what: string | undefined,
  options: ReportOptions,
  terminal: Terminal,
): Promise<number> {
  if (!wantsPage(options) && !options.json)
    throw usageError(
      "a report is a page, and there is no place for it",
      "Add `--open`, or `--html FILE`. In the terminal: `broadcast stats`.",
    );
  const stage = await openProjectFor({ near: what, sandbox: options.sandbox }, terminal);
  try {
    const { page, json, stats } = await reportDocument(stage.project, {
      what,
      channels: options.channel,
      since: options.since === undefined ? undefined : sinceOf(options.since),
      cached: options.cached,
      agree: agreeToCost(terminal, options.json),
      now: Date.now(),
      command: commandOf(what, options),
    });
    if (wantsPage(options)) await givePage(page, "report", options, stage.project, terminal);
    if (options.json) {
      terminal.out(document("report", json));
      return stats.rows.length === 0 ? EXIT.ok : stats.code;
    }
    const { err, notes } = terminal;
    for (const { channel, why, code } of stats.notAsked)
      err(`${code ? notes.paint.yellow("!") : notes.paint.dim("–")} ${oneLine(channel)}: ${oneLine(why)}\n`);
    return stats.rows.length === 0 ? EXIT.ok : stats.code;
  } finally {
    await stage.close();
  }
}

function commandOf(what: string | undefined, { html, since }: ReportOptions): string {
  const about = what === undefined ? "" : ` ${quoted(what)}`;
  const where = html === undefined ? " --open" : ` --html ${quoted(html)}`;
  return `broadcast report${about}${since === undefined ? "" : ` --since ${quoted(since)}`}${where}`;
}
