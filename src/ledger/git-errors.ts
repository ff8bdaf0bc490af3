/** Errors of git and its remote: what is wrong, and what to do. */
import { GitError } from "../git.ts";
import { LedgerError } from "./errors.ts";
import type { GitPlace } from "./types.ts";

// The server's decision, which asking again does not change.
const REFUSED =
  /hook declined|GH0\d\d|protected|not allowed|permission|denied|forbidden|error: 40[13]|authentication failed|could not read (?:username|password)/i;

export function isRefused(error: unknown): boolean {
  return error instanceof GitError && REFUSED.test(error.said);
}

/** What git says about the repository or its remote, with what can be done about it. */
export function gitRemoteError(error: unknown, { remote, ref }: GitPlace): LedgerError {
  const said = error instanceof GitError ? error.said : "";
  if (/not a git repository/i.test(said)) {
    return gitLedgerError(
      "this folder is not in a git repository",
      error,
      "Run this in a clone of the project, or keep the ledger elsewhere: `ledger:` in broadcast.yml.",
    );
  }
  if (/^fatal: '[\w.-]+' does not appear to be a git repository/m.test(said) && !remote.includes("/")) {
    return gitLedgerError(
      `there is no remote \`${remote}\` here`,
      error,
      "Run this in a clone of the project, add it with `git remote add`, or name another: `ledger: git:REMOTE` in broadcast.yml.",
    );
  }
  if (isRefused(error)) {
    return gitLedgerError(
      `the remote refuses ${ref} to this job (${messageOf(error)})`,
      error,
      "Give this job write permission (`contents: write` on GitHub, with the credentials that the checkout keeps), and exempt `refs/broadcast/` from the rules that protect refs.",
    );
  }
  return gitLedgerError(messageOf(error), error);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function gitLedgerError(
  message: string,
  cause?: unknown,
  remedy = "Check the remote with `git ls-remote`, and that it can be reached from here.",
): LedgerError {
  return new LedgerError(
    {
      severity: "error",
      code: "ledger-git",
      message: `the ledger's repository cannot be used: ${message}`,
      remedy,
    },
    cause,
  );
}

/** The ref does not hold any more what was written to it. */
export function setBack({ remote, ref }: GitPlace): LedgerError {
  return new LedgerError({
    severity: "error",
    code: "ledger-gone",
    message: `the ledger was deleted or set back while it was in use: ${ref} at ${remote}`,
    remedy: `Put the ref back (\`git push ${remote} COMMIT:${ref}\`; the newest commit that this clone knows: \`git log --all -1 -- ledger.jsonl\`) before you send again: without it nothing says what is out, and it would be sent twice.`,
  });
}
