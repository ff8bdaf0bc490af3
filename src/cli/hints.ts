/** The command that usually comes next: whole, so that it can be copied. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Project, shown } from "../app/project.ts";
import type { Delivery } from "../ledger/types.ts";
import { latenessOfPlanned } from "../plan/late.ts";
import type { Plan } from "../plan/types.ts";
import { quoted } from "../report/shell.ts";
import type { Terminal } from "./terminal.ts";

/** A line on stderr, apart from what is above it: `To rehearse it:  broadcast send …`. */
export function printNextCommand(why: string, command: string, { err, notes: { paint } }: Terminal): void {
  err(`\n${paint.dim(`${why}:`)}  ${paint.cyan(command)}\n`);
}

/** Whether sending it now would send or store anything: not all of it is too late. */
export function mayGoOut({ deliveries }: Pick<Plan, "deliveries">, now = Date.now()): boolean {
  return deliveries.some((delivery) => latenessOfPlanned(delivery, now) === undefined);
}

/** Goes on with what the ledger holds of these, whichever words they were planned with. */
export function resumeCommand(
  deliveries: readonly Pick<Delivery, "campaign">[],
  { config, cwd }: Pick<Project, "config" | "cwd">,
  sandbox: boolean | string | undefined,
): string {
  const files = [...new Set(deliveries.map(({ campaign }) => resolve(config.root, campaign)))];
  // A campaign whose id is no file's name is found where campaigns usually are.
  const paths = files.every((file) => existsSync(file)) ? files.map((file) => shown(cwd, file)) : [];
  return `broadcast run --due${paths.map((path) => ` ${quoted(path)}`).join("")}${sandboxSuffix(sandbox)}`;
}

/** What has to be typed again for the next command to reach the same ledger. */
export function sandboxSuffix(sandbox: boolean | string | undefined): string {
  if (!sandbox) return "";
  return typeof sandbox === "string" ? ` --sandbox ${quoted(sandbox)}` : " --sandbox";
}
