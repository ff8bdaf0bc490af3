// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what a person types
/** `broadcast ledger`: is it sound, a copy of it, and all of it for other programs. */

import { basename, dirname, resolve } from "node:path";
import { changeLedger, ledgerExists, ledgerFile, ledgerInGit, ledgerInPostgres } from "../../app/ledger.ts";
import { openProject, shown } from "../../app/project.ts";
import { EXIT, type InputError, usageError } from "../../errors.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Checked } from "../../ledger/maintenance.ts";
import { formatBytes } from "../../report/bytes.ts";
import { document, ledgerLine } from "../../report/json.ts";
import type { ledger as declared } from "../declarations.ts";
import { reportProblems } from "../errors.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export type LedgerOptions = Partial<OptionsOf<typeof declared>>;

/** `file` is for `backup`, and with `to` for `copy`. Exit code 2 when the check finds damage. */
export async function ledger(
  action: string,
  [to, second]: readonly (string | undefined)[],
  options: LedgerOptions,
  terminal: Terminal,
): Promise<number> {
  const { cwd, env } = terminal;
  if (options.repair && action !== "check")
    throw usageError("`--repair` goes with `ledger check`", "For example: broadcast ledger check --repair");
  if (action === "copy") return copy(to, second, options, terminal);
  if (second !== undefined || (to !== undefined && action !== "backup"))
    throw usageError(`\`ledger ${action}\` takes ${action === "backup" ? "one file" : "no file"}`);
  const { config } = await openProject({ cwd, env });
  const home = { config, rehearsal: Boolean(options.sandbox) };
  const shared = ledgerInPostgres(home);
  if (shared && action === "check") {
    const { checkPostgresLedger } = await import("../../ledger/maintenance.ts");
    const checked = await checkPostgresLedger(shared, { repair: options.repair });
    if (checked === "missing") throw nothingYet(home.rehearsal);
    return tellChecked(checked, shared.name, options, terminal);
  }
  if (shared && action !== "export")
    throw usageError(
      `this ledger is kept in PostgreSQL, at ${shared.name}: its server makes the backups`,
      "`pg_dump --schema` writes one; `broadcast ledger copy` moves it to a file.",
    );
  const inGit = ledgerInGit(home);
  if (inGit && action === "check") {
    const name = `${inGit.remote} ${inGit.ref}`;
    const { checkGitLedger } = await import("../../ledger/maintenance.ts");
    const checked = await checkGitLedger(inGit, name, { repair: options.repair });
    if (checked === "missing") throw nothingYet(home.rehearsal);
    return tellChecked(checked, name, options, terminal);
  }
  if (inGit && action !== "export") {
    throw usageError(
      `this ledger is kept in git, at ${inGit.remote} ${inGit.ref}: every commit there is a copy`,
      `To have one here: git fetch ${inGit.remote} ${inGit.ref}`,
    );
  }
  if (action === "export") return changeLedger(home, (from) => write(from, terminal));
  const file = ledgerFile(home);
  if (!(await ledgerExists(home))) throw nothingYet(home.rehearsal);
  switch (action) {
    case "check":
      return check(file, options, terminal);
    case "backup":
      return backup(file, to === undefined ? undefined : resolve(cwd, to), options, terminal);
    default:
      throw usageError(`\`ledger\` cannot \`${action}\``, "It can check, backup, export and copy.");
  }
}

function nothingYet(rehearsal: boolean): InputError {
  return usageError(
    rehearsal
      ? "nothing was rehearsed in this project yet, so there is no ledger"
      : "nothing was sent from this project yet, so there is no ledger",
  );
}

async function check(file: string, options: LedgerOptions, terminal: Terminal): Promise<number> {
  const { checkLedger } = await import("../../ledger/maintenance.ts");
  const checked = await checkLedger(file, { repair: options.repair });
  return tellChecked(checked, shown(terminal.cwd, file), options, terminal);
}

function tellChecked(
  { problems, version, ...found }: Checked,
  name: string,
  { json }: LedgerOptions,
  terminal: Terminal,
): number {
  const sound = problems.every(({ severity }) => severity === "warning");
  if (json) {
    terminal.out(
      document("ledger", { action: "check", file: name, sound, form: version, ...found, problems }),
    );
    return sound ? EXIT.ok : EXIT.input;
  }
  const { paint } = terminal.results;
  const states = Object.entries(found.deliveries).map(([state, number]) => `${number} ${state}`);
  const older = version < found.current ? `, brought to ${found.current} when it is next used` : "";
  terminal.out(
    [
      `${sound ? paint.green("✓") : paint.red("✗")} ${paint.bold(name)}  ${paint.dim(`${found.bytes === undefined ? "" : `${formatBytes(found.bytes)}, `}version ${version}${older}`)}`,
      `  ${states.length === 0 ? "no deliveries" : states.join(", ")}`,
      `  ${found.attempts} attempts, ${found.receipts} receipts`,
      ...(found.repaired !== undefined ? [`  ${found.repaired} rows repaired`] : []),
      ...(found.unused > 0 ? [`  ${found.unused} uploads or other steps that no post used`] : []),
      "",
    ].join("\n"),
  );
  if (problems.length > 0) reportProblems(problems, terminal, false);
  return sound ? EXIT.ok : EXIT.input;
}

async function backup(
  file: string,
  to: string | undefined,
  { json }: LedgerOptions,
  { cwd, out }: Terminal,
): Promise<number> {
  const { backUp } = await import("../../ledger/maintenance.ts");
  const copy = to ?? resolve(dirname(file), `${basename(file)}.${stamp(new Date())}.bak`);
  const { bytes } = await backUp(file, copy);
  const name = shown(cwd, copy);
  if (json) out(document("ledger", { action: "backup", file: shown(cwd, file), backup: name, bytes }));
  else out(`${name}  ${formatBytes(bytes)}\n`);
  return EXIT.ok;
}

// `2026-12-01T080000Z`: sorts by time, and is a file's name everywhere.
function stamp(now: Date): string {
  return now.toISOString().replace(/:|\.\d+/g, "");
}

async function copy(
  from: string | undefined,
  to: string | undefined,
  { json, sandbox }: LedgerOptions,
  { cwd, env, out, results: { paint } }: Terminal,
): Promise<number> {
  if (from === undefined || sandbox)
    throw usageError(
      "`ledger copy` takes the ledger to move, and where to",
      "For example: broadcast ledger copy .broadcast/ledger.db '${DATABASE_URL}'",
    );
  const { copyLedgerTo } = await import("../../app/copy-ledger.ts");
  const { config } = await openProject({ cwd, env });
  const copied = await copyLedgerTo(from, to, { config, rehearsal: false, cwd, env });
  if (json) {
    out(document("ledger", { action: "copy", ...copied }));
    return EXIT.ok;
  }
  const rows = Object.entries(copied.rows).filter(([, number]) => number > 0);
  out(
    [
      `${paint.green("✓")} ${paint.bold(copied.to)}  ${paint.dim(`from ${copied.from}`)}`,
      `  ${rows.map(([name, number]) => `${number} ${name}`).join(", ") || "nothing in it"}`,
      "  The old one is paused: nothing leaves from there any more. Set `ledger:` in broadcast.yml to the new one.",
      "",
    ].join("\n"),
  );
  return EXIT.ok;
}

async function write(from: Pick<Ledger, "everything">, { out }: Terminal): Promise<number> {
  for await (const history of from.everything()) out(ledgerLine(history));
  return EXIT.ok;
}
