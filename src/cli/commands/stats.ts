/** `broadcast stats`: how what is out fares. */
import { COUNTS, stats as countAll, GROUPS, type GroupBy } from "../../app/stats.ts";
import { EXIT, usageError } from "../../errors.ts";
import { document } from "../../report/json.ts";
import { countedAt, statsCsv, statsTable } from "../../report/stats.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { didYouMean } from "../../suggest.ts";
import { agreeToCost } from "../agree-to-cost.ts";
import type { stats as declared } from "../declarations.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { sinceOf } from "../since.ts";
import type { Terminal } from "../terminal.ts";

export type StatsOptions = Partial<OptionsOf<typeof declared>>;

export async function stats(
  what: string | undefined,
  options: StatsOptions,
  terminal: Terminal,
): Promise<number> {
  const { out, err, results, notes } = terminal;
  const by = groupOf(options.by);
  const stage = await openProjectFor({ near: what, sandbox: options.sandbox }, terminal);
  try {
    const found = await countAll(stage.project, {
      what,
      by,
      channels: options.channel,
      since: options.since === undefined ? undefined : sinceOf(options.since),
      cached: options.cached,
      agree: agreeToCost(terminal, options.json),
    });
    const { rows, series, notAsked, code } = found;
    if (options.json) {
      const iso = (at: number) => new Date(at).toISOString();
      out(
        document("stats", {
          by,
          rows: rows.map(({ at, ...row }) => ({ ...row, ...(at !== undefined && { at: iso(at) }) })),
          series: series.map(({ at, ...one }) => ({ ...one, at: iso(at) })),
          notAsked,
        }),
      );
      return code;
    }
    if (options.csv) out(statsCsv(by, rows, COUNTS));
    else if (rows.length === 0) err("Nothing is out yet that could be counted.\n");
    else out(`${statsTable(by, rows, COUNTS, results)}\n`);
    const at = countedAt(rows);
    if (!options.csv && at !== undefined && options.cached) err(`\n${notes.paint.dim(at)}\n`);
    if (notAsked.length > 0) err("\n");
    for (const { channel, why, code: trouble } of notAsked)
      err(
        `${trouble ? notes.paint.yellow("!") : notes.paint.dim("–")} ${oneLine(channel)}: ${oneLine(why)}\n`,
      );
    return rows.length === 0 ? EXIT.ok : code;
  } finally {
    await stage.close();
  }
}

function groupOf(typed = "delivery"): GroupBy {
  const found = GROUPS.find((one) => one === typed);
  if (found) return found;
  throw usageError(
    `\`--by ${typed}\` is not known`,
    didYouMean(typed, GROUPS) || `There is ${GROUPS.join(", ")}.`,
  );
}
