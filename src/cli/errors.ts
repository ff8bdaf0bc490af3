/** How errors end a command: bad input with its places, faults of ours without a stack trace. */

import { exitCodeOfLedger } from "../app/exit-code.ts";
import { ApprovalError } from "../approval/error.ts";
import { NO_CREDENTIAL } from "../config/config.ts";
import { CredentialError, EXIT, InputError, type Problem } from "../errors.ts";
import { LedgerError } from "../ledger/errors.ts";
import { frame, frames, verdictLine } from "../report/code-frame.ts";
import { document, type ErrorJson } from "../report/json.ts";
import { table } from "../report/table.ts";
import { oneLine, printable } from "../report/terminal-safe.ts";
import { commandIn, wantsJson } from "./argv.ts";
import { annotate, summariseRefusal } from "./github-actions.ts";
import { asCalled } from "./program-name.ts";
import { OutputError, type Terminal } from "./terminal.ts";

// A ledger error before sending is bad input; here sending may have started.
const STOPPED =
  "Stopped: every post that was sent is recorded. When the ledger works again, run the same command.";

// A late error in these may come after something was sent.
const SENDING = new Set(["send", "run", "retry", "resolve"]);
// For these commands, say that nothing was sent.
const MEANT_TO_SEND = new Set([...SENDING, "plan", "preview", "approve"]);

/** Says what went wrong; returns the exit code. */
export function reportFault(error: unknown, argv: readonly string[], terminal: Terminal): number {
  const json = wantsJson(argv);
  const command = commandIn(argv);
  if (error instanceof InputError) {
    if (json) annotate(error.problems, terminal);
    if (MEANT_TO_SEND.has(command)) summariseRefusal(error.problems, terminal);
    const { code, exit } = endOf(error);
    if (json) terminal.out(document(command, { error: errorJson(code, error.message, error.problems) }));
    else reportProblems(error.problems, terminal, MEANT_TO_SEND.has(command));
    return exit;
  }
  if (error instanceof LedgerError) {
    if (json) {
      const sent = error.sent.length > 0 ? { sent: error.sent } : {};
      const described = { ...errorJson("fault", error.message, [error.problem]), ...sent };
      terminal.out(document(command, { error: described }));
    } else terminal.err(`${frame(error.problem, terminal.notes)}\n\n${whatIsOut(error, terminal)}\n`);
    return exitCodeOfLedger(error);
  }
  if (error instanceof OutputError) {
    const problem: Problem = {
      severity: "error",
      code: "unwritable-file",
      message: `the output could not be written: ${error.message}`,
      remedy: "The command did its work: `broadcast status` shows what was sent.",
    };
    terminal.err(`${frame(problem, terminal.notes)}\n`);
    return SENDING.has(command) ? EXIT.fault : EXIT.input;
  }
  const message = oneLine(error instanceof Error ? error.message : String(error));
  if (json) terminal.out(document(command, { error: errorJson("fault", message, []) }));
  else terminal.err(`${terminal.notes.paint.red("This is an error in broadcast.")} ${message}\n`);
  if (terminal.env.BROADCAST_DEBUG) terminal.err(`${printable(traceOf(error))}\n`);
  else if (!json) terminal.err(terminal.notes.paint.dim("BROADCAST_DEBUG=1 shows where it happened.\n"));
  return EXIT.fault;
}

// A ledger that is gone takes its records along: the posts are named here, or nowhere.
function whatIsOut({ problem, sent }: LedgerError, { notes }: Terminal): string {
  if (problem.code !== "ledger-gone" || sent.length === 0) return STOPPED;
  const rows = sent.map(({ channel, url = "" }) => [`  ${oneLine(channel)}`, oneLine(url)]);
  return `Stopped. These posts are out:\n${table([{}, {}], rows, notes).join("\n")}`;
}

function endOf(error: InputError): { code: ErrorJson["code"]; exit: number } {
  if (error instanceof CredentialError) return { code: "credentials", exit: EXIT.credentials };
  if (error instanceof ApprovalError) return { code: "approval", exit: EXIT.approval };
  return { code: "input", exit: EXIT.input };
}

const MOST_EXPLAINED = 3;

/** Problems on stderr, with a last line that counts them and names their codes. A command that was typed wrongly needs no count. */
export function reportProblems(problems: readonly Problem[], terminal: Terminal, sends = true): void {
  const { err, notes } = terminal;
  const shown = withCredentialsInOne(problems);
  const codes = [...new Set(shown.map(({ code }) => code))].filter((code) => code !== "usage");
  const more = notes.paint.dim(
    `To read more: ${asCalled("broadcast explain", terminal)} ${codes.slice(0, MOST_EXPLAINED).join(" ")}`,
  );
  const end = codes.length === 0 ? "" : `\n\n${verdictLine(problems, notes, sends)}\n${more}`;
  err(`${frames(shown, notes)}${end}\n`);
  annotate(problems, terminal);
}

/** Several channels without a credential are one line, unless they are all that is wrong. */
function withCredentialsInOne(problems: readonly Problem[]): readonly Problem[] {
  const lacking = problems.filter(({ code }) => NO_CREDENTIAL.has(code));
  const names = [...new Set(lacking.flatMap(({ channel }) => channel ?? []))];
  const only = lacking.length === problems.length && lacking.some(({ severity }) => severity === "error");
  if (names.length < 2 || only) return problems;
  const [first] = lacking;
  const one: Problem = {
    severity: "warning",
    code: first!.code,
    message: `${names.length} channels have no credential yet: ${names.join(", ")}`,
    remedy: "`broadcast doctor` says what each of them needs.",
  };
  return [...problems.filter((problem) => !lacking.includes(problem)), one];
}

export function errorJson(code: ErrorJson["code"], message: string, problems: readonly Problem[]): ErrorJson {
  return { code, message, problems: [...problems] };
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${traceOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
