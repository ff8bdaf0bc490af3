/** `broadcast approve --retract`: a person says that posts may be taken back. Takes nothing back. */
import { approveRetraction } from "../../app/approve-retraction.ts";
import { ownName } from "../../approval/author.ts";
import { isApproved } from "../../approval/status.ts";
import { EXIT, usageError } from "../../errors.ts";
import { needLines } from "../../report/approval.ts";
import { quoted } from "../../report/shell.ts";
import { statusTable } from "../../report/status.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { keyFile, lengthOf } from "../approval-options.ts";
import { approvedJson } from "../approved-json.ts";
import type { approve as declared } from "../declarations.ts";
import { printNextCommand } from "../hints.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { type Terminal, unlessLeft } from "../terminal.ts";

type ApproveOptions = Partial<OptionsOf<typeof declared>>;

export async function approve(what: string, options: ApproveOptions, terminal: Terminal): Promise<number> {
  if (options.plan !== undefined || options.file || options.digest !== undefined)
    throw usageError(
      "`--retract` approves what is out, and is recorded in the ledger",
      `For example: broadcast approve ${quoted(what)} --retract`,
    );
  const { project } = await openProjectFor({}, terminal);
  const approved = await approveRetraction(what, project, {
    by: (options.as ?? (await ownName(terminal.cwd, terminal.env)) ?? "").trim(),
    expiresIn: options.expires === undefined ? undefined : lengthOf(options.expires),
    key: options.key === undefined ? undefined : keyFile(options.key, terminal),
    confirm: async (histories, by) => {
      if (options.yes) return true;
      if (!terminal.person || options.json)
        throw usageError(
          "this needs a confirmation, and there is no terminal to ask at",
          "Add `--yes` to approve without being asked.",
        );
      terminal.err(`${statusTable(histories, Date.now(), terminal.notes)}\n\n`);
      const { confirm } = await terminal.prompts();
      return (await unlessLeft(confirm(`Approve as ${by} that this is taken back?`))) ?? false;
    },
  });
  const { approval, status } = approved;
  if (!approval) {
    terminal.err("Nothing was approved.\n");
    return EXIT.input;
  }
  if (options.json) {
    terminal.out(approvedJson(approval, status));
    return EXIT.ok;
  }
  const { err, notes } = terminal;
  err(`${notes.paint.green("✓")} Approved by ${oneLine(approval.by)} that this is taken back.\n`);
  for (const line of needLines(status.needs, notes)) err(`${line}\n`);
  if (isApproved(status)) printNextCommand("To take it back", `broadcast retract ${quoted(what)}`, terminal);
  return EXIT.ok;
}
