/** Errors of a ledger's file: what is wrong, and what to do. */
import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { InputError, type Problem, type ProblemCode } from "../errors.ts";
import { DamagedRow } from "./damaged-row.ts";

/** A post that is out. `part` counts from 0. */
export interface SentPost {
  delivery: string;
  channel: string;
  part: number;
  url?: string;
}

/**
 * The ledger cannot be read or written. Sending stops: what cannot be recorded must not be sent. Found
 * before anything is sent it becomes an InputError, see `asInputError`.
 */
export class LedgerError extends Error {
  override name = "LedgerError";
  readonly problem: Problem;
  /** Posts that went out in this run and that the ledger may not know. */
  readonly sent: SentPost[] = [];

  constructor(problem: Problem, cause?: unknown) {
    super(problem.message, cause === undefined ? undefined : { cause });
    this.problem = problem;
  }
}

/** Runs work that comes before the first request: a ledger error there is bad input, exit code 2. */
export async function asInputError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LedgerError ? new InputError(error.problem) : error;
  }
}

/** The first result codes of SQLite (sqlite.org/rescode.html); the higher bits are not needed here. */
const SQLITE = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  protocol: 15,
  schema: 17,
  mismatch: 20,
  notADb: 26,
};

/** Whether the disk, and not what stands on it, is why SQLite failed. */
export function isOfDisk(error: unknown): boolean {
  const { code, errcode = 0 } = error as { code?: string; errcode?: number };
  return code === "ERR_SQLITE_ERROR" && [SQLITE.io, SQLITE.full].includes(errcode & 0xff);
}

/** An error of the database or the system as a LedgerError; other errors are returned unchanged. */
export function ledgerErrorOf(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LedgerError) return error;
  // A row's own words, which this program wrote as JSON.
  if (error instanceof SyntaxError) {
    const which = error instanceof DamagedRow ? error.message : "a row cannot be read";
    return new LedgerError(corrupt(file, which), error);
  }
  const { code, errcode } = error as NodeJS.ErrnoException & { errcode?: number };
  const problem =
    code === "ERR_SQLITE_ERROR" ? ofSqlite(file, (errcode ?? 0) & 0xff, error.message) : ofSystem(file, code);
  return problem ? new LedgerError(problem, error) : error;
}

function ofSqlite(file: string, result: number, words: string): Problem {
  switch (result) {
    case SQLITE.busy:
    case SQLITE.locked:
    case SQLITE.protocol:
      return problem(
        "ledger-locked",
        `another program has locked the ledger: ${basename(file)}`,
        "Wait until it has finished, or end it, then run this again.",
      );
    case SQLITE.corrupt:
    case SQLITE.notADb:
      return corrupt(file);
    // The statements are ours, so it is the tables that are not.
    case SQLITE.error:
    case SQLITE.schema:
    case SQLITE.mismatch:
      return corrupt(file, words);
    case SQLITE.full:
      return full(file);
    case SQLITE.readOnly:
      return refused(file) ?? readOnly(file);
    case SQLITE.cannotOpen:
      return refused(file) ?? (isFull(file) ? full(file) : cannotOpen(file));
    case SQLITE.io:
      return isFull(file, ROOM_TO_WORK) ? full(file) : (refused(file) ?? cannotOpen(file));
    default:
      return cannotOpen(file, words);
  }
}

function ofSystem(file: string, code: string | undefined): Problem | undefined {
  switch (code) {
    case "EACCES":
    case "EPERM":
      return denied(file);
    case "EROFS":
      return readOnly(file);
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return full(file);
    case "EMFILE":
    case "ENFILE":
      return problem(
        "ledger-unreadable",
        `the ledger cannot be opened: this computer has too many files open (${code})`,
        "End other programs, or allow more (`ulimit -n`), and run this again.",
      );
    case "ENOTDIR":
    case "EISDIR":
    case "EEXIST":
    case "ELOOP":
    case "EIO":
    case "EAGAIN":
    case "EBUSY":
    case "ENOMEM":
    case "ENXIO":
    case "ESTALE":
    case "ETIMEDOUT":
      return cannotOpen(file, code);
    // mkdir of several folders reports ENOENT if the first cannot be created, whatever the reason.
    case "ENOENT":
      return refused(file) ?? cannotOpen(file);
    default:
      return undefined;
  }
}

export function corrupt(file: string, detail?: string): Problem {
  return problem(
    "ledger-corrupt",
    `the ledger is damaged: ${basename(file)}${detail ? ` (${detail})` : ""}`,
    "Put a backup in its place (`broadcast ledger backup` makes them). What was sent since then is not in it: look at the channels first.",
  );
}

export function emptyFile(file: string): Problem {
  return problem(
    "ledger-corrupt",
    `the ledger is empty: ${basename(file)} has no bytes, which a ledger never has`,
    `What it recorded may be out. Put a backup in its place; or look at the channels, then remove ${basename(file)} to start again.`,
  );
}

export function truncated(file: string): Problem {
  return problem(
    "ledger-truncated",
    `the ledger's last entries are missing: ${basename(file)}-wal is shorter than what was written to it`,
    `What they recorded may be out. Put ${basename(file)} and its -wal back from a backup; or look at the channels, then remove ${basename(file)}-wal and ${basename(file)}-shm to continue without those entries.`,
  );
}

export function gone(file: string): Problem {
  return problem(
    "ledger-gone",
    `the ledger was deleted or replaced while it was in use: ${basename(file)}`,
    "Put it back before you send again: without it, posts that are out would be sent twice.",
  );
}

export function occupied(path: string): Problem {
  return problem(
    "file-exists",
    `there is a file \`${basename(path)}\` already`,
    "Choose another name, or move it away.",
  );
}

function full(file: string): Problem {
  return problem(
    "ledger-full",
    `the disk is full, so the ledger cannot be written: ${basename(file)}`,
    "Free some space, and run this again.",
  );
}

function denied(file: string): Problem {
  return problem(
    "ledger-denied",
    `you do not have permission to write the ledger: ${basename(file)}, in ${basename(dirname(file))}/`,
    "Run this as its owner, or give yourself write permission for the file and its folder.",
  );
}

function readOnly(file: string): Problem {
  return problem(
    "ledger-read-only",
    `the ledger is read-only: ${basename(file)}`,
    "Make the file and its folder writable, or set `ledger:` in broadcast.yml to a file that is.",
  );
}

function cannotOpen(file: string, detail?: string): Problem {
  return problem(
    "ledger-unreadable",
    `the ledger cannot be opened: ${basename(file)}${detail ? ` (${detail})` : ""}`,
    "Look at the file and its folder, and at `ledger:` in broadcast.yml.",
  );
}

function problem(code: ProblemCode, message: string, remedy: string): Problem {
  return { severity: "error", code, message, remedy };
}

/** Whether there is a file. Throws LedgerError if the folder may not be read: that does not mean that there is none. */
export function isThere(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw ledgerErrorOf(file, error);
  }
}

/** Why this place is not writable, if it is not. Asks the system and writes nothing. */
export function refused(file: string): Problem | undefined {
  // If the file does not exist yet, its folders must be writable.
  let folder = dirname(file);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (!statSync(folder).isDirectory()) return cannotOpen(file);
  for (const path of existsSync(file) ? [folder, file] : [folder]) {
    try {
      accessSync(path, constants.R_OK | constants.W_OK);
    } catch (error) {
      return ofSystem(file, (error as NodeJS.ErrnoException).code);
    }
  }
  return undefined;
}

// The smallest that a ledger can live on: its write-ahead log, its index, and a few entries.
const ROOM = 96 * 1024;

// SQLite makes files grow in larger steps; below this a failed write is for want of room.
const ROOM_TO_WORK = 1024 * 1024;

export function isFull(file: string, room = ROOM): boolean {
  let folder = dirname(file);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < room;
}

/** No room for a ledger, or no permission to write it. Checked before any question. */
export function noPlace(file: string): Problem | undefined {
  return refused(file) ?? (isFull(file) ? full(file) : undefined);
}
