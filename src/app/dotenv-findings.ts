/** What `doctor` looks at in `.env`: secrets on disk are for one pair of eyes, and for no repository. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { askGit, GitError } from "../git.ts";
import type { Finding } from "../report/doctor.ts";
import type { Project } from "./project.ts";

export async function dotenvFindings({
  config: { root },
  problems,
}: Pick<Project, "config" | "problems">): Promise<Finding[]> {
  const file = join(root, ".env");
  // An unreadable .env is among the problems of the project.
  if (!existsSync(file) || problems.some(({ code }) => code === "unreadable-env")) return [];
  const findings = [...rightsFindings(file), ...(await gitFindings(root))];
  const alone = process.platform === "win32" ? "there" : "readable by you alone";
  return findings.length > 0 ? findings : [{ about: "config", state: "ok", message: `.env is ${alone}` }];
}

function rightsFindings(file: string): Finding[] {
  if (process.platform === "win32" || (statSync(file).mode & 0o077) === 0) return [];
  const message = ".env can be read by others on this computer";
  return [{ about: "config", state: "warning", message, remedy: "chmod 600 .env" }];
}

async function gitFindings(folder: string): Promise<Finding[]> {
  const ask = (...args: string[]) => askGit(args, { folder });
  try {
    if ((await ask("rev-parse", "--is-inside-work-tree")) !== "true") return [];
    if ((await ask("ls-files", "--error-unmatch", "--", ".env")) !== undefined)
      return [
        {
          about: "config",
          state: "warning",
          message: ".env is in the git repository, with every secret in it",
          remedy:
            "git rm --cached .env, and a line `.env` in .gitignore; then replace the secrets that were pushed.",
        },
      ];
    if ((await ask("check-ignore", "--quiet", "--", ".env")) !== undefined) return [];
    return [
      {
        about: "config",
        state: "warning",
        message: "git does not ignore .env: the next `git add .` would commit its secrets",
        remedy: "Write a line `.env` into .gitignore.",
      },
    ];
  } catch (error) {
    // Without git nothing is committed from here.
    if (error instanceof GitError) return [];
    throw error;
  }
}
