/** The manual page in roff, from the commands themselves. */
import type { Command, Option } from "commander";
import { build, examplesOf } from "../src/cli/program.ts";
import { EXITS } from "../src/report/explain/exit-codes.ts";
import { PLAIN } from "../src/report/style.ts";
import { VERSION } from "../src/version.ts";

const FILES: Record<string, string> = {
  "broadcast.yml":
    "The project: its channels, groups, people and policy. Looked for in this folder and those above it.",
  ".env": "Credentials beside it, as NAME=value. The environment goes before it. Never commit it.",
  "campaigns/*.yml": "The campaigns. `broadcast schema campaign` prints their JSON Schema.",
  "campaigns/*.approval.yml": "Approvals of the campaign of that name, by `broadcast approve --file`.",
  "templates/KIND/NETWORK.md": "Your own templates, which go before the built-in ones.",
  ".broadcast/ledger.db": "What was sent or tried. Back it up: without it, posts could be sent twice.",
  ".broadcast/logins": "Logins, if there is no keyring.",
  ".broadcast/sandbox": "Rehearsals. It may be deleted.",
};

const ENVIRONMENT: Record<string, string> = {
  BROADCAST_DEBUG: "Shows where an error in broadcast happened.",
  BROADCAST_KEYRING: "`none`: keep logins in a file, not in the system's keyring.",
  BROADCAST_PASSPHRASE: "Encrypts the file of logins.",
  NO_COLOR: "No colour. Also `--no-color`.",
  FORCE_COLOR: "Colour, even if the output is not a terminal.",
  GITHUB_TOKEN: "For `--from github`; or GH_TOKEN.",
  "HTTPS_PROXY, HTTP_PROXY, NO_PROXY": "Proxies to use for the networks.",
};

export function manPage(): string {
  const silent = { out() {}, err() {}, results: PLAIN, notes: PLAIN } as never;
  const program = build(
    silent,
    () => {},
    () => {},
  );
  const commands = program
    .createHelp()
    .visibleCommands(program)
    .filter((one) => one.name() !== "help");
  return [
    '.\\" Written by `npm run generate` from the commands. Do not edit.',
    `.TH BROADCAST 1 "" "broadcast ${VERSION}" "User Commands"`,
    section("NAME"),
    `broadcast \\- ${text("one campaign to many networks, exactly once")}`,
    section("SYNOPSIS"),
    ".B broadcast",
    ".I command",
    "[\\fIoptions\\fR]",
    section("DESCRIPTION"),
    ...paragraph(program.description()),
    ...paragraph(
      "A campaign is a YAML file: what to say, to which channels, when. `plan` turns it into finished posts and shows them, `send` sends them. Every request is recorded in a ledger before it leaves, so every command can be run again: nothing is sent twice.",
    ),
    section("OPTIONS"),
    ...optionsOf(program).flatMap(option),
    section("COMMANDS"),
    ...commands.flatMap(chapter),
    section("EXIT STATUS"),
    ...Object.entries(EXITS).flatMap(([code, { means }]) => item(`\\fB${code}\\fR`, means)),
    section("ENVIRONMENT"),
    ...Object.entries(ENVIRONMENT).flatMap(([name, what]) => item(`\\fB${text(name)}\\fR`, what)),
    section("FILES"),
    ...Object.entries(FILES).flatMap(([name, what]) => item(`\\fI${text(name)}\\fR`, what)),
    section("EXAMPLES"),
    ...examples(examplesOf(program)),
    "",
  ].join("\n");
}

function chapter(command: Command): string[] {
  const given = command.registeredArguments.map((one) => {
    const word = `\\fI${text(one.name())}\\fR${one.variadic ? " ..." : ""}`;
    return one.required ? word : `[${word}]`;
  });
  return [
    `.SS "${[text(`broadcast ${command.name()}`), ...given].join(" ")}"`,
    ...paragraph(`${command.description()}.`),
    ...optionsOf(command)
      .filter(({ long }) => long !== "--help")
      .flatMap(option),
    ".PP",
    "For example:",
    ...examples(examplesOf(command)),
  ];
}

function optionsOf(command: Command): Option[] {
  return command.createHelp().visibleOptions(command);
}

function option(one: Option): string[] {
  const flags = text(one.flags)
    .replace(/(^|, )(\\-(?:\\-)?[\w\\-]+)/g, "$1\\fB$2\\fR")
    .replace(/<([^>]+)>/g, "\\fI$1\\fR")
    .replace(/\[([^\]]+)\]/g, "[\\fI$1\\fR]");
  const usual = one.defaultValue === undefined || one.negate ? "" : ` (default: ${String(one.defaultValue)})`;
  return item(flags, `${one.description}${usual}`);
}

function examples(lines: readonly string[]): string[] {
  return [".PP", ".nf", ".RS 4", ...lines.map(text), ".RE", ".fi"];
}

function item(tag: string, what: string): string[] {
  return [".TP", tag, text(what)];
}

function paragraph(words: string): string[] {
  return [".PP", text(words)];
}

function section(name: string): string {
  return `.SH ${name}`;
}

// What roff would take for its own: its escape sign, signs that it prints in another way, a control sign at the start.
function text(words: string): string {
  return words
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("`", "\\(ga")
    .replaceAll("'", "\\(aq")
    .replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha")
    .replaceAll('"', "\\(dq")
    .replace(
      /[^\n\x20-\x7e]/gu,
      (sign) => `\\[u${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`,
    )
    .replace(/^\./, "\\&.");
}
