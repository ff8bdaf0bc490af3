/** The commands of the first hour: a project, a campaign, the logins, and whether all is well. */
import type { Command } from "commander";
import { list, port, several, whole } from "./options.ts";
import { SANDBOX } from "./shared-options.ts";
import type { Terminal } from "./terminal.ts";

export type Declare = (name: string, description: string, ...examples: string[]) => Command;

export function setupCommands(command: Declare, ended: (code: number) => void, terminal: Terminal): void {
  command(
    "init",
    "Set up a project here: channels, credentials, a first campaign, a rehearsal",
    "broadcast init",
    "broadcast init --yes",
    "broadcast init --channel social=mastodon --set social.server=https://mastodon.social",
  )
    .option("--channel <name=network>", "a channel; may be given several times", several)
    .option("--set <name.key=value>", "a public setting of one; secrets come from the environment", several)
    .option("--kind <kind>", "what the first campaign is for: release, update, community …")
    .option("--title <text>", "its title")
    .option("--link <url>", "the page that it is about")
    .option("--templates", "copy the templates of that kind, to change them")
    .option("--no-check", "do not ask the networks whether they accept the credentials")
    .option("--rehearse [url]", "rehearse the first campaign at once, in a sandbox")
    .option("-y, --yes", "ask nothing; take the usual answers")
    .option("--force", "replace a campaign of the same name")
    .option("--json", "what was written, as JSON")
    .action(async (options) =>
      ended(await (await import("./commands/init.ts")).init({ channel: [], set: [], ...options }, terminal)),
    );

  command(
    "new [kind]",
    "Begin a campaign: asks for the few fields its kind needs, opens your editor, shows the posts",
    "broadcast new release",
    'broadcast new update --title "What is new" --summary "Two things are better." --yes',
  )
    .option("--title <text>", "its title")
    .option("--summary <text>", "one or two sentences")
    .option("--link <url>", "the page that it is about")
    .option("--body <markdown>", "its text")
    .option("--tags <names>", "hashtags, without #", list)
    .option("--var <name=value>", "a value that its text names; may be given several times", several)
    .option("--channels <names>", "channels or groups; default: all of them", list)
    .option("--at <time>", "when: 2026-12-01 09:00 Europe/Rome")
    .option("--out <file>", "the file; default: in campaigns/, named after the title")
    .option("-y, --yes", "ask nothing")
    .option("--force", "replace the file")
    .option("--json", "the file's name as JSON")
    .action(async (kind, options) =>
      ended(await (await import("./commands/new.ts")).newCampaign(kind, { var: [], ...options }, terminal)),
    );

  command(
    "login <channel>",
    "Get a channel's credential, in the browser or by paste, and keep it safe",
    "broadcast login social",
    "broadcast login social --paste",
    "broadcast login social --token < token.txt",
  )
    .option(
      "--token",
      "paste a token or password, where a browser would do as well; without a terminal from stdin",
    )
    .option("--paste", "the browser is on another computer: paste what it ends at")
    .option("--port <number>", "where the browser comes back to on this computer", port)
    .option("--remove", "forget the login")
    .option("--json", "as JSON")
    .action(async (channel, options) =>
      ended(await (await import("./commands/login.ts")).login(channel, options, terminal)),
    );

  command(
    "doctor",
    "See whether all is ready to send, and for how long; exit code 6 when a credential is not",
    "broadcast doctor",
    "broadcast doctor --days 30 --json",
  )
    .option("--days <number>", "how long before its end a credential is a warning", whole, 14)
    .option(SANDBOX, "ask the sandbox instead of the networks")
    .option("--json", "as JSON")
    .action(async (options) => ended(await (await import("./commands/doctor.ts")).doctor(options, terminal)));
}
