/** `broadcast completion`: a script that lets a shell complete commands, options and the project's names. */
import { EXIT } from "../../errors.ts";
import { document } from "../../report/json.ts";
import { PLACES, SCRIPTS, type Shell } from "../completion/scripts.ts";
import type { Terminal } from "../terminal.ts";

export async function completion(
  shell: Shell,
  { json }: { json?: boolean },
  { out, err, results, notes }: Terminal,
): Promise<number> {
  if (json) out(document("completion", { shell, script: SCRIPTS[shell] }));
  else out(SCRIPTS[shell]);
  // On a terminal, say where to put the script.
  if (!json && results.wraps)
    err(`\n${notes.paint.dim("To keep it:")}  ${notes.paint.cyan(PLACES[shell])}\n`);
  return EXIT.ok;
}
