/** The terminal as commands see it: results on stdout, everything else on stderr, colour and width where there are some. */
import { isatty } from "node:tty";
import { whyUnwritable } from "../files.ts";
import { createPaint, type Layout } from "../report/style.ts";
import { programName } from "./program-name.ts";
import type { Prompts } from "./prompts.ts";

export interface Terminal {
  cwd: string;
  /** How this program is called from here; default: `broadcast`. */
  program?: () => string;
  env: Readonly<Record<string, string | undefined>>;
  /** Results: stdout. */
  out(text: string): void;
  /** Progress, questions and problems: stderr. */
  err(text: string): void;
  /** How results are laid out. */
  results: Layout;
  /** How what goes to stderr is laid out. */
  notes: Layout;
  /** Someone can answer questions. */
  person: boolean;
  /** For asking them; only when there is a person. */
  prompts(): Promise<Prompts>;
  /** Where a live list may be drawn: stderr, when it is a terminal. */
  screen?: NodeJS.WriteStream;
  /** All of stdin, or nothing when a person would have to type it. */
  input(): Promise<string | undefined>;
}

/** The process's own. `argv` because `--no-color` counts for errors in the other options too. */
export function processTerminal(argv: readonly string[]): Terminal {
  const { stdout, stderr, env } = process;
  quietOnBrokenPipe(stdout);
  quietOnBrokenPipe(stderr);
  return {
    cwd: process.cwd(),
    program: () => programName(process.argv[1] ?? "", process.cwd(), env),
    env,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    results: layoutOf(stdout, argv, env),
    notes: layoutOf(stderr, argv, env),
    // Not `stdin.isTTY`: that opens it.
    person: stdout.isTTY === true && isatty(0),
    prompts: async () => (await import("./prompts.ts")).prompts,
    screen: stderr.isTTY && env.TERM !== "dumb" ? stderr : undefined,
    input: () => (isatty(0) ? Promise.resolve(undefined) : all(process.stdin)),
  };
}

function layoutOf(stream: NodeJS.WriteStream, argv: readonly string[], env: NodeJS.ProcessEnv): Layout {
  return {
    paint: createPaint(isColoured(stream.isTTY === true, argv, env)),
    width: Math.max(40, stream.columns ?? 80),
    wraps: stream.isTTY === true,
  };
}

/** The person's word first (`--no-color`, NO_COLOR, FORCE_COLOR), then what the stream is. */
export function isColoured(
  isTerminal: boolean,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const end = argv.indexOf("--");
  if ((end < 0 ? argv : argv.slice(0, end)).includes("--no-color")) return false;
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "")
    return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return isTerminal && env.TERM !== "dumb";
}

/** The output could not be written: `> file` on a full disk. What the command did is done. */
export class OutputError extends Error {
  override name = "OutputError";
}

// `broadcast send … | head` closes the pipe early: the command still finishes and records its work.
function quietOnBrokenPipe(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE")
      throw new OutputError(whyUnwritable(error) ?? error.message, { cause: error });
  });
}

async function all(stream: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

/** What the person answers; `undefined` if they leave the question, which is an answer, too. */
export async function unlessLeft<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    // Known by its name, so that inquirer stays unloaded.
    if ((error as Error).name === "PromptCancelled") return undefined;
    throw error;
  }
}
