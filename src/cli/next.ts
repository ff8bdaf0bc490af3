/** The command that usually comes next: whole, so that it can be copied. */
import { quoted } from "../report/shell.ts";
import type { Terminal } from "./output.ts";

/** A line on stderr, apart from what is above it: `To rehearse it:  broadcast send …`. */
export function sayNext(why: string, command: string, { err, notes: { paint } }: Terminal): void {
  err(`\n${paint.dim(`${why}:`)}  ${paint.cyan(command)}\n`);
}

/** What has to be typed again for the next command to reach the same ledger. */
export function sandboxSuffix(sandbox: boolean | string | undefined): string {
  if (!sandbox) return "";
  return typeof sandbox === "string" ? ` --sandbox ${quoted(sandbox)}` : " --sandbox";
}
