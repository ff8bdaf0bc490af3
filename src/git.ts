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

/** git ended with an error. `message` is its last line, without addresses that hold a password. */
export class GitError extends Error {
  override name = "GitError";
  /** `undefined` when git is not installed, or was ended from outside. */
  readonly code?: number;

  constructor(message: string, code?: number) {
    super(message);
    this.code = code;
  }
}

const DEADLINE = 60_000;

/** Runs one git command; resolves with its stdout. Throws GitError. Never waits for somebody to type a password. */
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
    // git may end before it has read everything; its own words tell why.
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
      const said = signal ? `no answer within ${deadline / 1000} s` : lastWord(err);
      reject(new GitError(`git ${args[0]}: ${said}`, code ?? undefined));
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

function lastWord(err: string): string {
  const lines = err
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("hint:"));
  const telling = lines.findLast((line) => /^(fatal|error|remote):/.test(line)) ?? lines.at(-1) ?? "failed";
  return telling.replace(/^(fatal|error): /, "").replace(/:\/\/[^@\s/]+@/g, "://***@");
}
