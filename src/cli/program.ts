/** The commands as a person types them. Each one's code loads when it is called. */
import { Argument, Command, CommanderError, Option } from "commander";
import { EXIT, usageError } from "../errors.ts";
import { didYouMean, suggest } from "../suggest.ts";
import { VERSION } from "../version.ts";
import { commandIn, wantsJson } from "./argv.ts";
import { COMMANDS, type Command as Declared } from "./commands/index.ts";
import type { Terminal } from "./terminal.ts";

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
    argv[0],
  );
  try {
    requireTopic(argv, program);
    await program.parseAsync(withBareSandbox(argv), { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError))
      return (await import("./errors.ts")).reportFault(error, argv, terminal);
    if (error.exitCode === 0) return EXIT.ok;
    if (json) {
      const { document } = await import("../report/json.ts");
      const { errorJson } = await import("./errors.ts");
      const message = complaint.split("\n")[0]!.replace(/^(?:\x1b\[\d+m)*error(?:\x1b\[\d+m)* +/, "");
      terminal.out(document(commandIn(argv), { error: errorJson("usage", message, []) }));
    }
    return EXIT.input;
  }
}

// Commander would print the whole help without a reason.
function requireTopic([first, topic]: readonly string[], program: Command): void {
  if (first !== "help" || topic === undefined || topic.startsWith("-")) return;
  const names = program.commands.map((one) => one.name());
  if (topic === "help" || names.includes(topic)) return;
  const remedy = didYouMean(topic, names) || "`broadcast help` lists the commands.";
  throw usageError(`there is no help for \`${topic}\``, remedy);
}

// In `--sandbox c.yml` the file is the campaign: only an address is the flag's value. So the flag is moved to the end.
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
  0  everything asked for is out, or waits for its time
  1  a fault in broadcast
  2  bad input; nothing was sent
  3  some deliveries failed, or wait for another try
  4  an outcome is unknown; a person must look (broadcast status)
  5  approval is missing or stale
  6  a network does not accept the credential`;

/**
 * All commands, or only the one that `first` names; `complain` gets what Commander says of a wrong one, `ended` the exit code.
 */
export function build(
  terminal: Terminal,
  complain: (text: string) => void,
  ended: (code: number) => void,
  first?: string,
): Command {
  const program = new Command("broadcast");
  EXAMPLES.set(program, [
    "broadcast init",
    "broadcast plan campaigns/release.yml",
    "broadcast send campaigns/release.yml --sandbox",
    "broadcast send campaigns/release.yml",
  ]);
  program
    .description("Write once, post natively to every network, exactly once.")
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

  // The others need not be declared when the first word names one.
  const named = COMMANDS.filter(({ spec }) => spec.usage.split(" ")[0] === first);
  for (const one of named.length > 0 ? named : COMMANDS) {
    const command = program.command(one.spec.usage.split(" ")[0]!).helpGroup(`${one.spec.group}:`);
    declare(command, one.spec);
    command.action(async (...given) => ended(await one.run(...argumentsOf(given), terminal)));
  }

  // What the completion scripts ask.
  program
    .command("complete [words...]", { hidden: true })
    .helpOption(false)
    .allowUnknownOption()
    .action(async (words) =>
      ended(await (await import("./commands/complete.ts")).complete(program, words, terminal)),
    );

  // Reached by `broadcast help exit-codes`.
  program
    .command("exit-codes", { hidden: true })
    .configureHelp({ formatHelp: () => `${EXIT_CODES}\n` })
    .helpOption(false)
    .action(() => terminal.out(`${EXIT_CODES}\n`));

  return program;
}

function declare(
  command: Command,
  { usage, summary, examples: lines, options, choices }: Declared["spec"],
): void {
  const [name, ...words] = usage.split(" ");
  for (const word of words) {
    const argument = new Argument(word, choices ? "which one" : "");
    command.addArgument(choices ? argument.choices([...choices]) : argument);
  }
  EXAMPLES.set(command, lines);
  command.description(summary);
  for (const { flags, description, parse, default: usual } of Object.values(options)) {
    const option = new Option(flags, description);
    if (parse) option.argParser(parse);
    command.addOption(usual === undefined ? option : option.default(usual));
  }
  command
    // Global options may follow the command as well.
    .addOption(new Option("--no-color", "no colour").hideHelp())
    .addHelpText("after", `\n${examples(...lines)}`)
    .showHelpAfterError(`  = \`broadcast help ${name}\` shows how it is used.`);
}

// Commander hands over the arguments, the options, and the command itself.
function argumentsOf(given: readonly unknown[]): [args: unknown[], options: object] {
  return [given.slice(0, -2), given.at(-2) as object];
}

/** Commander's error in the form of our own: `error`, two spaces, names in backticks, the remedy after `=`. */
function inOurStyle(text: string, { notes: { paint } }: Terminal): string {
  return text
    .replace(/^error: /, `${paint.red("error")}  `)
    .replace(/'([^'\n]*)'/g, "`$1`")
    .replace(/\n\(Did you mean (?:one of )?(.+?)\?\)/, (_, names: string) => {
      // Commander suggests words that have little in common with the one that was typed.
      const near = suggest(text.match(/'([^'\n]*)'/)?.[1] ?? "", names.split(", "));
      return near === undefined ? "" : `\n  ${paint.cyan("=")} Did you mean \`${near}\`?`;
    });
}

function bracketed(argument: Argument): string {
  const word = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${word}>` : `[${word}]`;
}

function examples(...lines: string[]): string {
  return ["Examples:", ...lines.map((line) => `  ${line}`)].join("\n");
}
