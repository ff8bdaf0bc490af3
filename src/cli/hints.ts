/** The command that usually comes next: whole, so that it can be copied. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Project, shown } from "../app/project.ts";
import type { Delivery } from "../ledger/types.ts";
import { latenessOfPlanned } from "../plan/late.ts";
import type { Plan } from "../plan/types.ts";
import { quoted } from "../report/shell.ts";
import { columns } from "../report/width.ts";
import { asCalled } from "./program-name.ts";
import type { Terminal } from "./terminal.ts";

/** A line on stderr, after a blank one: `To rehearse it:  broadcast send …`; two, where it is wider than the terminal. */
export function printNextCommand(why: string, command: string, terminal: Terminal): void {
  const { err, notes } = terminal;
  const called = asCalled(command, terminal);
  const fits = !notes.wraps || columns(`${why}:  ${called}`) <= notes.width;
  err(`\n${notes.paint.dim(`${why}:`)}${fits ? "  " : "\n  "}${notes.paint.cyan(called)}\n`);
}

/** Whether sending would do something: not everything is too late. */
export function mayGoOut({ deliveries }: Pick<Plan, "deliveries">, now = Date.now()): boolean {
  return deliveries.some((delivery) => latenessOfPlanned(delivery, now) === undefined);
}

/** The command that continues with what the ledger holds of these. */
export function resumeCommand(
  deliveries: readonly Pick<Delivery, "campaign">[],
  { config, cwd }: Pick<Project, "config" | "cwd">,
  sandbox: boolean | string | undefined,
): string {
  const files = [...new Set(deliveries.map(({ campaign }) => resolve(config.root, campaign)))];
  // A campaign whose id is not a file's path is looked for in the default folder.
  const paths = files.every((file) => existsSync(file)) ? files.map((file) => shown(cwd, file)) : [];
  return `broadcast run --due${paths.map((path) => ` ${quoted(path)}`).join("")}${sandboxSuffix(sandbox)}`;
}

/** The option that makes the next command use the same ledger. */
export function sandboxSuffix(sandbox: boolean | string | undefined): string {
  if (!sandbox) return "";
  return typeof sandbox === "string" ? ` --sandbox ${quoted(sandbox)}` : " --sandbox";
}
