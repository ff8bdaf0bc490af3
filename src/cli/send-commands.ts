/** The commands from a campaign to its posts: what would go out, who says that it may, and out. */
import { list, several } from "./options.ts";
import type { Declare } from "./setup-commands.ts";
import { FROM, FROM_WHERE, IN_SANDBOX, OCCURRENCE, SANDBOX, WHICH_TIME } from "./shared-options.ts";
import type { Terminal } from "./terminal.ts";

export function sendCommands(command: Declare, ended: (code: number) => void, terminal: Terminal): void {
  command(
    "plan <campaign>",
    "Show what would be said on every channel",
    "broadcast plan campaigns/release.yml",
    "broadcast plan campaigns/release.yml --out plan.json",
  )
    .option("--out <file>", "write the plan for `send --plan`")
    .option("--markdown", "as Markdown, for a comment on a pull request")
    .option(OCCURRENCE, WHICH_TIME)
    .option(FROM, FROM_WHERE, several)
    .option(SANDBOX, IN_SANDBOX)
    .option("--json", "the plan as JSON")
    .action(async (campaign, options) =>
      ended(await (await import("./commands/plan.ts")).plan(campaign, options, terminal)),
    );

  command(
    "preview <campaign>",
    "Show the posts as they will look, while you write",
    "broadcast preview campaigns/release.yml --watch",
    "broadcast preview campaigns/release.yml --network mastodon,bluesky",
  )
    .option("--network <names>", "only these networks or channels", list)
    .option("--watch", "show them again after every change")
    .option(FROM, FROM_WHERE, several)
    .option(SANDBOX, IN_SANDBOX)
    .option("--json", "the plan as JSON")
    .action(async (campaign, options) =>
      ended(await (await import("./commands/preview.ts")).preview(campaign, options, terminal)),
    );

  command(
    "approve [campaign]",
    "Read what would go out, and say that exactly this may",
    "broadcast approve campaigns/release.yml --as marta",
    "broadcast approve campaigns/release.yml --as marta --file --key ~/.ssh/id_ed25519",
    "broadcast approve --plan plan.json --digest 3f2a9c01 --yes",
  )
    .option("--plan <file>", "approve this plan, made by `plan --out`")
    .option("--as <name>", "who approves; default: git's user.name")
    .option("--file", "record it beside the campaign, for a pull request; default: in the ledger")
    .option("--key <file>", "sign it with this SSH key")
    .option("--expires <length>", "how long it holds: 7d, 12h")
    .option("--digest <start>", "only if the plan's digest begins like this")
    .option(OCCURRENCE, WHICH_TIME)
    .option(FROM, FROM_WHERE, several)
    .option("-y, --yes", "do not ask")
    .option("--json", "as JSON")
    .action(async (campaign, options) =>
      ended(await (await import("./commands/approve.ts")).approve(campaign, options, terminal)),
    );

  command(
    "send [campaign]",
    "Send a campaign, or go on with it; what is out already stays",
    "broadcast send campaigns/release.yml",
    "broadcast send campaigns/release.yml --dry-run",
    "broadcast send campaigns/release.yml --sandbox --fresh --yes",
    "broadcast send --plan plan.json --yes",
    "broadcast send campaigns/release.yml --from tag --from changelog --yes",
  )
    .option("--plan <file>", "send exactly this plan, made by `plan --out`")
    .option(OCCURRENCE, WHICH_TIME)
    .option("-y, --yes", "do not ask")
    .option("--dry-run", "print the requests that would leave, secrets masked; send nothing")
    .option(FROM, FROM_WHERE, several)
    .option(SANDBOX, IN_SANDBOX)
    .option("--fresh", "forget earlier rehearsals first; only with --sandbox")
    .option("--json", "the receipts as JSON")
    .action(async (campaign, options) =>
      ended(await (await import("./commands/send.ts")).send(campaign, options, terminal)),
    );
}
