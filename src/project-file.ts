/**
 * Files that a campaign can name. The author of a campaign is not trusted with every file on the machine, since the
 * text of a file may end in a post. So a file's real path, links resolved, lies inside the project, it is a regular file of
 * bounded size, and it is not one that is kept out of git or holds the project's secrets.
 */
import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { InputError, type ProblemCode } from "./errors.ts";

export interface FileLimits {
  /** Absolute: the real path must lie in here. */
  inside: string;
  /** Its name in errors: relative to the current folder. */
  shown: string;
  /** The most bytes. */
  most: number;
}

/** `undefined` if there is no such file. Throws InputError if it may not be read. Never waits for a pipe. */
export function readFileInside(path: string, { inside, shown, most }: FileLimits): Buffer | undefined {
  const real = realPathInside(path, inside, shown);
  if (real === undefined) return undefined;
  const handle = openRegular(real, shown);
  try {
    const { size } = fstatSync(handle);
    if (size > most)
      refuse("file-too-large", shown, `the file has ${megabytes(size)}; at most ${megabytes(most)} is read`);
    return readFileSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A path with its links resolved; `undefined` if there is no such file. Throws InputError if it lies elsewhere. */
export function realPathInside(path: string, inside: string, shown: string): string | undefined {
  let real: string;
  try {
    real = realpathSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    return unreadable(error, shown);
  }
  const root = realpathSync(inside);
  if (!isWithin(root, real))
    refuse("file-outside", shown, "this file leads out of the project", "Copy it into the project.");
  if (relative(root, real).split(sep).some(isPrivate))
    refuse(
      "file-outside",
      shown,
      "this file is private, and a campaign may not read it",
      "Name another file.",
    );
  return real;
}

/** Throws InputError if git ignores the file: then it is not meant to be public. */
export async function requireNotIgnored(path: string, shown: string): Promise<void> {
  const { askGit, GitError } = await import("./git.ts");
  try {
    if ((await askGit(["check-ignore", "--quiet", "--", path], { folder: dirname(path) })) === undefined)
      return;
  } catch (error) {
    // No repository, or no git: then nothing is left out of it.
    if (error instanceof GitError) return;
    throw error;
  }
  refuse("file-outside", shown, "git ignores this file, so a campaign may not read it", "Name another file.");
}

/** The top folder of the git work tree around a folder, else the folder itself. */
export function workTreeAround(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return folder;
  }
}

// Where credentials are kept, beside the project's files.
function isPrivate(name: string): boolean {
  return name === ".git" || name === ".broadcast" || /^\.env(?:$|\.(?!example$))/.test(name);
}

export function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

// A pipe or a device is opened without waiting for its other end.
function openRegular(real: string, shown: string): number {
  let handle: number;
  try {
    handle = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return unreadable(error, shown);
  }
  if (fstatSync(handle).isFile()) return handle;
  closeSync(handle);
  return refuse("not-a-file", shown, "this is not a regular file");
}

function unreadable(error: unknown, shown: string): never {
  const { code } = error as NodeJS.ErrnoException;
  return refuse(
    "unreadable-file",
    shown,
    `the file cannot be read (${code ?? "unknown"})`,
    "Check its permissions.",
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0).replace(/\.0$/, "")} MB`;
}

function refuse(code: ProblemCode, shown: string, message: string, remedy?: string): never {
  throw new InputError({ severity: "error", code, message, remedy, place: { file: shown } });
}
