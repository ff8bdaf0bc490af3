/** The commands for what was sent, or waits: look, settle, take back, go on, keep. */
import { whole } from "./options.ts";
import type { Declare } from "./setup-commands.ts";
import { IN_SANDBOX, SANDBOX } from "./shared-options.ts";
import type { Terminal } from "./terminal.ts";

export function careCommands(command: Declare, ended: (code: number) => void, terminal: Terminal): void {
  command(
    "status [campaign]",
    "List deliveries; what waits for a person comes first",
    "broadcast status",
    "broadcast status campaigns/release.yml --json",
    "broadcast status --releases",
  )
    .option("--all", "all of them, not only the latest")
    .option("--releases", "the releases there are, and which of them nobody has announced")
    .option(SANDBOX, "only what was rehearsed")
    .option("--json", "as JSON")
    .action(async (campaign, options) =>
      ended(await (await import("./commands/status.ts")).status(campaign, options, terminal)),
    );

  command(
    "resolve <delivery>",
    "Settle a delivery whose outcome is unknown",
    "broadcast resolve mastodon --published https://mastodon.example/@acme/1",
    "broadcast resolve campaigns/release.yml/mastodon --resend",
  )
    .option("--published <url>", "it is out, at this address")
    .option("--id <post>", "what the network calls the post; needed when more posts of a thread follow")
    .option("--resend", "it is not there: send it again")
    .option("--cancel", "leave it")
    .option(SANDBOX, IN_SANDBOX)
    .option("--json", "as JSON")
    .action(async (delivery, options) =>
      ended(await (await import("./commands/resolve.ts")).resolve(delivery, options, terminal)),
    );

  command(
    "retry [what...]",
    "Try failed deliveries again: by id, by campaign, or all of them",
    "broadcast retry mastodon",
    "broadcast retry campaigns/release.yml",
    "broadcast retry campaigns/release.yml --cancelled",
  )
    .option("--cancelled", "what was cancelled or came too late as well")
    .option(SANDBOX, IN_SANDBOX)
    .option("--json", "as JSON")
    .action(async (what, options) =>
      ended(await (await import("./commands/retry.ts")).retry(what, options, terminal)),
    );

  command(
    "cancel <what>",
    "Cancel what is scheduled: one delivery or a campaign",
    "broadcast cancel campaigns/release.yml",
    "broadcast cancel campaigns/release.yml/mastodon",
  )
    .option(SANDBOX, "what was rehearsed")
    .option("--json", "as JSON")
    .action(async (what, options) =>
      ended(await (await import("./commands/cancel.ts")).cancel(what, options, terminal)),
    );

  command(
    "run [paths...]",
    "Send what is due, once: for crons and timers. Default: campaigns/",
    "broadcast run --due campaigns/",
    "broadcast run --watch campaigns/",
  )
    .option("--due", "what is due now, then end; quiet when there is nothing (the default)")
    .option("--watch", "stay, and send when it is time")
    .option(SANDBOX, IN_SANDBOX)
    .option("--json", "as JSON")
    .action(async (paths, options) =>
      ended(await (await import("./commands/run.ts")).run(paths, options, terminal)),
    );

  command(
    "schedule [paths...]",
    "List what is coming, or print what makes it come. Default: campaigns/",
    "broadcast schedule",
    "broadcast schedule campaigns/ --ics > broadcast.ics",
    "broadcast schedule --crontab",
  )
    .option("--days <number>", "how far to look", whole, 30)
    .option("--ics", "as a calendar (RFC 5545)")
    .option("--crontab", "print a line for `crontab -e`")
    .option("--systemd", "print a service and a timer for systemd")
    .option(SANDBOX, "with what was rehearsed, not with what was sent")
    .option("--json", "as JSON")
    .action(async (paths, options) =>
      ended(await (await import("./commands/schedule.ts")).schedule(paths, options, terminal)),
    );

  command(
    "ledger <action> [file]",
    "Look after the ledger: check it, back it up, or export it",
    "broadcast ledger check",
    "broadcast ledger backup ../ledger-friday.db",
    "broadcast ledger export > ledger.jsonl",
  )
    .option(SANDBOX, "what was rehearsed")
    .option("--json", "as JSON; `export` prints a line of it per delivery in any case")
    .action(async (action, file, options) =>
      ended(await (await import("./commands/ledger.ts")).ledger(action, file, options, terminal)),
    );
}
