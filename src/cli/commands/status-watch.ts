/** `broadcast status --watch`: what the ledger holds, followed until Ctrl-C. */
import { setTimeout as sleep } from "node:timers/promises";
import { openProject } from "../../app/project.ts";
import { EXIT } from "../../errors.ts";
import { withSignals } from "../signals.ts";
import { found, statusText, type Wanted } from "../status-text.ts";
import type { Terminal } from "../terminal.ts";

/** Milliseconds between two looks. */
const PERIOD = 2_000;

/** On a screen it is drawn in place; elsewhere it is written whenever it has changed. */
export async function watchStatus(
  campaign: string | undefined,
  options: Wanted,
  terminal: Terminal,
): Promise<number> {
  const { out, results, cwd, env, screen } = terminal;
  const project = await openProject({ near: campaign, cwd, env });
  let before: string | undefined;
  const look = async () => {
    const now = Date.now();
    const text = statusText(await found(campaign, options, project), options, now, results);
    const shown = text === "" ? results.paint.dim("Nothing was sent from here yet.") : text;
    if (!results.wraps) {
      if (shown !== before) out(`${shown}\n\n`);
    } else out(drawn(shown, `${new Date(now).toLocaleTimeString("en-GB")} · Ctrl-C ends`, screen?.rows));
    before = shown;
  };
  return withSignals(
    () => {},
    async ({ stop }) => {
      if (results.wraps) out("\x1b[2J\x1b[3J");
      while (!stop.aborted) {
        await look();
        await sleep(PERIOD, undefined, { signal: stop }).catch(() => {});
      }
      return EXIT.ok;
    },
  );
}

/** From the top of the screen, each line over the one that stood there: nothing flickers. What is most urgent stands above. */
function drawn(text: string, foot: string, rows = 24): string {
  const lines = text.split("\n");
  const most = Math.max(3, rows - 3);
  const shown =
    lines.length > most
      ? [...lines.slice(0, most - 1), `… and ${lines.length - most + 1} more lines`]
      : lines;
  return `\x1b[H${[...shown, "", foot].map((line) => `${line}\x1b[K`).join("\r\n")}\x1b[J`;
}
