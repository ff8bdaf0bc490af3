/** Who wrote a campaign, as far as it can be known. */
import { basename, dirname } from "node:path";
import { askGit, GitError } from "../git.ts";
import { isSamePerson, personOf } from "./person.ts";

export interface Author {
  /** What the author may be called: name, address, the address's name. Empty: not known. */
  names: string[];
  /** Where it is known from, or why it is not. A sentence's end. */
  source: string;
  /** The author in git, if the campaign names another one. */
  committers?: string[];
}

/** `written` is the campaign's own `author:`; else it is who git says committed the file last, and who has it open now. */
export async function authorOf(file: string | undefined, written: string | undefined): Promise<Author> {
  const byGit = await authorInGit(file);
  if (written === undefined) return byGit;
  return {
    names: aliases(written),
    source: "as the campaign's `author` says",
    committers: byGit.names,
  };
}

async function authorInGit(file: string | undefined): Promise<Author> {
  if (file === undefined) return unknown("the campaign's file is not known");
  const git = (...argv: string[]) => run(dirname(file), argv);
  const name = basename(file);
  const last = await git("log", "-1", "--format=%H%n%an%n%ae", "--", name);
  const changes = await git("status", "--porcelain", "--", name);
  if (last === undefined || changes === undefined) return unknown("the campaign is not in a git repository");

  const [commit = "", ...committer] = last.trim().split("\n");
  // Where a clone begins, every file seems to come from its first commit.
  if (commit !== "" && (await isGrafted(commit, git)))
    return unknown("this clone has no history of the file (fetch more than the last commit)");
  const writing =
    changes.trim() === "" ? [] : [await git("config", "user.name"), await git("config", "user.email")];
  const names = [...committer, ...writing].flatMap((one) => aliases(one ?? ""));
  if (names.length === 0) return unknown("git does not say");
  return {
    names: [...new Set(names)],
    source: writing.length > 0 ? "as git says; the file has changes that are not committed" : "as git says",
  };
}

/** Whether this is what the author may be called. */
export function isAuthor(name: string, { names }: Pick<Author, "names">): boolean {
  return names.some((one) => isSamePerson(one, name));
}

function unknown(source: string): Author {
  return { names: [], source };
}

function aliases(text: string): string[] {
  const { name, mail = name } = personOf(text);
  return [...new Set([name, mail])].filter((one) => one !== "").flatMap(withShort);
}

// A forge's private address begins with a number.
function withShort(one: string): string[] {
  const short = /^(?:\d+\+)?([^@\s]+)@[^@\s]+$/.exec(one)?.[1];
  return short === undefined ? [one] : [one, short];
}

async function isGrafted(
  commit: string,
  git: (...argv: string[]) => Promise<string | undefined>,
): Promise<boolean> {
  if ((await git("rev-parse", "--is-shallow-repository"))?.trim() !== "true") return false;
  // A commit that names parents which are not there is where the clone begins.
  const raw = await git("cat-file", "-p", commit);
  const parents = [...(raw ?? "").split("\n\n")[0]!.matchAll(/^parent (\S+)$/gm)].map(
    ([, parent]) => parent!,
  );
  const there = await Promise.all(parents.map((parent) => git("cat-file", "-e", parent)));
  return there.includes(undefined);
}

// `undefined` when git is not there or says no.
async function run(folder: string, argv: readonly string[]): Promise<string | undefined> {
  try {
    return await askGit(argv, { folder });
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

/** What git or the system calls the person at this computer. */
export async function ownName(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  return (await run(cwd, ["config", "user.name"]))?.trim() || env.USER || env.LOGNAME || undefined;
}
