/** The git executable, without a shell. What `GIT_*` variables say is respected. */
import { spawn } from "node:child_process";

export interface GitOptions {
  /** Where it runs: any folder of the repository. */
  folder: string;
  /** Default: the process's environment. */
  env?: Readonly<Record<string, string | undefined>>;
  input?: string;
  /** Milliseconds until it is ended; default one minute. */
  deadline?: number;
}

/** git ended with an error. `message` is its most telling line, without addresses that hold a password. */
export class GitError extends Error {
  override name = "GitError";
  /** `undefined` when git is not installed, or was ended from outside. */
  readonly code?: number;
  /** Everything that it said; for a program to read, not to be shown. */
  readonly said: string;

  constructor(message: string, code?: number, said = "") {
    super(message);
    this.code = code;
    this.said = said;
  }
}

const DEADLINE = 60_000;

/** Runs one git command; resolves with its stdout. Throws GitError. Never asks for a password. */
export function git(args: readonly string[], options: GitOptions): Promise<string> {
  const { folder, env = process.env, input, deadline = DEADLINE } = options;
  return new Promise((resolve, reject) => {
    const child = spawn("git", [...args], {
      cwd: folder,
      env: { GIT_TERMINAL_PROMPT: "0", ...env, LC_ALL: "C", GIT_PAGER: "" },
      stdio: ["pipe", "pipe", "pipe"],
      timeout: deadline,
    });
    const out: Buffer[] = [];
    let err = "";
    child.stdout.on("data", (bytes: Buffer) => out.push(bytes));
    child.stderr.on("data", (bytes: Buffer) => {
      err += bytes.toString("utf8");
    });
    // git may end before it has read everything; its own message says why.
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(
        new GitError(
          error.code === "ENOENT" ? "git is not installed, or not in PATH" : "git cannot be started",
        ),
      );
    });
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out).toString("utf8"));
      const said = signal ? `no answer within ${deadline / 1000} s` : tellingLine(err);
      reject(new GitError(`git ${args[0]}: ${said}`, code ?? undefined, err));
    });
  });
}

/** Like `git`, but an error is `undefined`: for questions whose answer may be no. A missing git still throws. */
export async function askGit(args: readonly string[], options: GitOptions): Promise<string | undefined> {
  try {
    return (await git(args, options)).trim();
  } catch (error) {
    if (error instanceof GitError && error.code !== undefined) return undefined;
    throw error;
  }
}

// They end many a report, and tell nothing.
const EMPTY =
  /^(?:fatal: Could not read from remote repository|error: failed to push some refs|Please make sure|and the)/;

/** git's own reason, else the server's words, else why the server did not take a ref. */
function tellingLine(err: string): string {
  const lines = err
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("hint:"));
  const own = lines.findLast((line) => /^(?:fatal|error): /.test(line) && !EMPTY.test(line));
  const server = lines.find((line) => /^remote:\s*\S/.test(line));
  const refusal = lines.findLast((line) => /^! \[(?:remote )?rejected\]/.test(line));
  const telling = own ?? server ?? refusal ?? lines.at(-1) ?? "failed";
  return telling.replace(/^(?:(?:fatal|error|remote):\s*)+/, "").replace(/:\/\/[^@\s/]+@/g, "://***@");
}
