/** The commands as a person types them. Each one's code loads when it is called. */
import { type Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EXIT } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import { VERSION } from "../version.ts";
import { comfortCommands } from "./comfort-commands.ts";
import { commandIn, errorJson, misuse, reportFault, wantsJson } from "./faults.ts";
import type { Terminal } from "./output.ts";
import { setupCommands } from "./setup-commands.ts";

/** Runs one command; resolves with the exit code and never rejects. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.ok;
  let complaint = "";
  const json = wantsJson(argv);
  const program = build(
    terminal,
    (text) => {
      complaint += text;
      if (!json) terminal.err(text);
    },
    (ended) => {
      code = ended;
    },
  );
  try {
    demandTopic(argv, program);
    await program.parseAsync(withBareSandbox(argv), { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportFault(error, argv, terminal);
    if (error.exitCode === 0) return EXIT.ok;
    if (json) {
      const { document } = await import("../report/json.ts");
      const message = complaint.split("\n")[0]!.replace(/^(?:\x1b\[\d+m)*error(?:\x1b\[\d+m)* +/, "");
      terminal.out(document(commandIn(argv), { error: errorJson("usage", message, []) }));
    }
    return EXIT.input;
  }
}

// Commander would answer with all of the help, and not say why.
function demandTopic([first, topic]: readonly string[], program: Command): void {
  if (first !== "help" || topic === undefined || topic.startsWith("-")) return;
  const names = program.commands.map((one) => one.name());
  if (topic === "help" || names.includes(topic)) return;
  const remedy = didYouMean(topic, names) || "`broadcast help` lists the commands.";
  throw misuse(`there is no help for \`${topic}\``, remedy);
}

// `--sandbox c.yml` means the campaign: only an address is the flag's own value. At the end nothing stands behind it.
function withBareSandbox(argv: readonly string[]): string[] {
  const at = argv.indexOf("--sandbox");
  const end = argv.indexOf("--");
  if (at < 0 || (end >= 0 && end < at) || /^https?:/.test(argv[at + 1] ?? "")) return [...argv];
  const others = argv.filter((_, index) => index !== at);
  return others.toSpliced(end < 0 ? others.length : end - 1, 0, "--sandbox");
}

const EXAMPLES = new WeakMap<Command, readonly string[]>();

/** What its help shows. */
export function examplesOf(command: Command): readonly string[] {
  return EXAMPLES.get(command) ?? [];
}

const EXIT_CODES = `Exit codes:
  0  everything asked for is out, or was already
  1  a fault in broadcast
  2  bad input; nothing was sent
  3  some deliveries failed, or still wait
  4  an outcome is unknown; a person must look (broadcast status)
  5  approval is missing or stale
  6  a network does not accept the credential`;

const SANDBOX = "--sandbox [url]";
const FROM = "--from <source>";
const FROM_WHERE =
  "facts of the release: changelog[:file], tag, github or package.json; may be given several times";
const OCCURRENCE = "--occurrence <time>";
const WHICH_TIME = "which time of a campaign that comes again: 2026-12-07T09:00; default: the next one";
const IN_SANDBOX = "rehearse: the networks' stand-ins on this computer, no account needed";

/** All commands; `complain` gets what Commander says of a wrong one, `ended` the exit code. */
export function build(
  terminal: Terminal,
  complain: (text: string) => void,
  ended: (code: number) => void,
): Command {
  const program = new Command("broadcast");
  EXAMPLES.set(program, [
    "broadcast init",
    "broadcast plan campaigns/release.yml",
    "broadcast send campaigns/release.yml --sandbox",
    "broadcast send campaigns/release.yml",
  ]);
  program
    .description("Write once, say it natively on every network, exactly once.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .addHelpCommand(
      new Command("help")
        .argument("[command]")
        .description("Show help for a command")
        .helpOption(false)
        .helpGroup("Know more:"),
    )
    .option("--no-color", "no colour")
    .exitOverride()
    .showHelpAfterError("  = `broadcast help` lists the commands.")
    .configureOutput({
      writeOut: terminal.out,
      writeErr: complain,
      outputError: (text, write) => write(inOurStyle(text, terminal)),
      getOutHelpWidth: () => Math.min(terminal.results.width, 100),
      getErrHelpWidth: () => Math.min(terminal.notes.width, 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({
      subcommandTerm: (one) => [one.name(), ...one.registeredArguments.map(bracketed)].join(" "),
    })
    .addHelpText(
      "after",
      `\n${examples(...examplesOf(program))}\n\n${EXIT_CODES}\n\nbroadcast explain CODE says more about any code, state or exit code.`,
    );

  // Options of the program may stand after the command as well.
  const command = (name: string, description: string, ...lines: string[]) => {
    const one = program.command(name);
    EXAMPLES.set(one, lines);
    return one
      .description(description)
      .addOption(new Option("--no-color", "no colour").hideHelp())
      .addHelpText("after", `\n${examples(...lines)}`)
      .showHelpAfterError(`  = \`broadcast help ${name.split(" ")[0]}\` shows how it is used.`);
  };

  program.commandsGroup("Begin:");
  setupCommands(command, ended, terminal);

  program.commandsGroup("Write and send:");

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

  program.commandsGroup("Look after what was sent:");
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

  program.commandsGroup("Know more:");
  command(
    "networks",
    "List the networks with their limits",
    "broadcast networks",
    "broadcast networks --json",
  )
    .option("--json", "as JSON")
    .action(async (options) =>
      ended(await (await import("./commands/networks.ts")).networks(options, terminal)),
    );

  command(
    "measure [text]",
    "Measure a text as networks count it; without a text, reads stdin",
    'broadcast measure --network mastodon "Acme 2.4 is out"',
    "broadcast measure < text.txt",
  )
    .option("--network <names>", "only these networks", list)
    .option("--json", "as JSON")
    .action(async (text, options) =>
      ended(await (await import("./commands/measure.ts")).measure(text, options, terminal)),
    );

  command(
    "sandbox",
    "Run the networks' stand-ins, with a page that shows what they took",
    "broadcast sandbox",
    "broadcast sandbox --chaos storm --seed 7",
  )
    .option("--port <number>", "where it listens; 0 for any", port, 4747)
    .option("--host <address>", "which address it listens at", "127.0.0.1")
    .option(
      "--chaos <profile>",
      "the trouble it makes: calm, mild, limits, lost, garbled, tired, storm, or one fault",
    )
    .option("--seed <number>", "the same seed makes the same trouble", whole, 1)
    .option("--no-rates", "do not keep the networks' rate limits")
    .option("--json", "print the address as JSON")
    .action(async (options) =>
      ended(await (await import("./commands/sandbox.ts")).sandbox(options, terminal)),
    );

  command(
    "schema <file>",
    "Print the JSON Schema of `campaign` or `broadcast` files, for editors",
    "broadcast schema campaign > campaign.schema.json",
  )
    .option("--json", "no difference: it is JSON")
    .action(async (file) => ended(await (await import("./commands/schema.ts")).schema(file, terminal)));

  comfortCommands(program, command, ended, terminal);

  // Reached by `broadcast help exit-codes`.
  program
    .command("exit-codes", { hidden: true })
    .configureHelp({ formatHelp: () => `${EXIT_CODES}\n` })
    .helpOption(false)
    .action(() => terminal.out(`${EXIT_CODES}\n`));

  return program;
}

/** Commander's complaint as the other problems are told: the word, two spaces, names between backticks, advice behind `=`. */
function inOurStyle(text: string, { notes: { paint } }: Terminal): string {
  return text
    .replace(/^error: /, `${paint.red("error")}  `)
    .replace(/'([^'\n]*)'/g, "`$1`")
    .replace(/\n\(Did you mean (one of )?(.+?)\?\)/, (_, _several, names: string) => {
      const quotedNames = names.split(", ").map((name) => `\`${name}\``);
      return `\n  ${paint.cyan("=")} Did you mean ${quotedNames.join(" or ")}?`;
    });
}

function bracketed(argument: Argument): string {
  const word = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${word}>` : `[${word}]`;
}

function examples(...lines: string[]): string {
  return ["Examples:", ...lines.map((line) => `  ${line}`)].join("\n");
}

// `--network a,b` and `--network a --network b` are the same.
function list(value: string, before: readonly string[] = []): string[] {
  const names = value.split(",").map((name) => name.trim());
  return [...before, ...names.filter((name) => name !== "")];
}

function several(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function whole(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError("It is a whole number.");
}

function port(value: string): number {
  const number = whole(value);
  if (number <= 65_535) return number;
  throw new InvalidArgumentError("It is at most 65535.");
}
