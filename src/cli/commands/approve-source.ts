/** `broadcast approve --source`: a person says that whatever a feed will say may be announced. Sends nothing. */
import { dirname, resolve } from "node:path";
import { approveSource } from "../../app/approve-source.ts";
import { ownName } from "../../approval/author.ts";
import { EXIT, usageError } from "../../errors.ts";
import { needLines } from "../../report/approval.ts";
import { quoted } from "../../report/shell.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { keyFile, lengthOf } from "../approval-options.ts";
import { approvedJson, THE_LEDGER } from "../approved-json.ts";
import type { approve as declared } from "../declarations.ts";
import { printNextCommand } from "../hints.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { type Terminal, unlessLeft } from "../terminal.ts";

type ApproveOptions = Partial<OptionsOf<typeof declared>>;

export async function approve(file: string, options: ApproveOptions, terminal: Terminal): Promise<number> {
  if (options.plan !== undefined || options.digest !== undefined || options.occurrence !== undefined)
    throw usageError(
      "`--source` approves every entry of a feed, and takes a campaign",
      `For example: broadcast approve ${quoted(file)} --source`,
    );
  const near = dirname(resolve(terminal.cwd, file));
  const { project } = await openProjectFor({ near, from: options.from }, terminal);
  const { err, notes } = terminal;
  const { approval, status, recorded } = await approveSource(file, project, {
    by: (options.as ?? (await ownName(terminal.cwd, terminal.env)) ?? "").trim(),
    expiresIn: options.expires === undefined ? undefined : lengthOf(options.expires),
    key: options.key === undefined ? undefined : keyFile(options.key, terminal),
    toFile: options.file,
    confirm: async ({ campaign, feed, channels }, by) => {
      if (!options.json)
        err(
          `${oneLine(campaign.id)} announces every new entry of ${oneLine(feed)}\nto ${channels.map(oneLine).join(", ")}. To see how one reads: ${notes.paint.cyan(`broadcast plan ${quoted(file)}`)}\n\n`,
        );
      if (options.yes) return true;
      if (!terminal.person || options.json)
        throw usageError(
          "this needs a confirmation, and there is no terminal to ask at",
          "Add `--yes` to approve without being asked.",
        );
      const { confirm } = await terminal.prompts();
      return (await unlessLeft(confirm(`Approve as ${by} all that this feed will say?`))) ?? false;
    },
  });
  if (!approval) {
    err("Nothing was approved.\n");
    return EXIT.input;
  }
  if (options.json) {
    terminal.out(approvedJson(approval, status, recorded));
    return EXIT.ok;
  }
  err(
    `${notes.paint.green("✓")} Approved by ${oneLine(approval.by)}: every entry of the feed, until the campaign, a template or a channel changes; recorded in ${oneLine(recorded ?? THE_LEDGER)}.\n`,
  );
  for (const line of needLines(status.needs, notes)) err(`${line}\n`);
  printNextCommand("To announce what is new", `broadcast run --due ${quoted(file)}`, terminal);
  return EXIT.ok;
}
