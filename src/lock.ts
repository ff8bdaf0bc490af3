/**
 * A lock that a dead process cannot hold: a file with its owner's name, touched while the owner lives. It spares two runs
 * the same work; that nothing is sent twice is the ledger's business and does not rest on it.
 */
import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "./clock.ts";
import { makeFolder, unwritable } from "./files.ts";
import { isDead, newOwner } from "./lock-owner.ts";

export interface Lock {
  release(): Promise<void>;
}

// An owner on another machine is not known to be dead; one that has not touched its lock for so long is taken for it.
const SILENT = 300_000;
const TOUCH = 30_000;
const LOOK_AGAIN = 500;

/**
 * Waits for its turn up to `patience` milliseconds; nothing when somebody else holds the lock for longer. Throws InputError
 * when nothing can be written there.
 */
export async function lock(
  file: string,
  { clock, patience, signal }: { clock: Clock; patience: number; signal?: AbortSignal },
): Promise<Lock | undefined> {
  const owner = newOwner();
  const until = clock.now() + patience;
  for (;;) {
    if (await take(file, owner)) break;
    await clear(file);
    if (await take(file, owner)) break;
    if (clock.now() >= until || signal?.aborted) return undefined;
    await clock.sleep(LOOK_AGAIN, signal).catch(() => {});
  }
  const touching = setInterval(() => {
    const now = new Date();
    // Gone, or read-only by now: then another run may come in between, which the ledger bears.
    utimes(file, now, now).catch(() => clearInterval(touching));
  }, TOUCH);
  touching.unref();
  return {
    async release() {
      clearInterval(touching);
      if ((await ownerIn(file)) === owner) await rm(file, { force: true });
    },
  };
}

// The name appears together with the file, so that nobody reads a lock without an owner.
async function take(file: string, owner: string): Promise<boolean> {
  const draft = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    makeFolder(dirname(file));
    await writeFile(draft, owner);
  } catch (error) {
    throw unwritable(file, error);
  }
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    return await takeUnlinked(file, owner);
  } finally {
    await rm(draft, { force: true });
  }
}

// Some file systems know no links: then the name comes a moment after the file.
async function takeUnlinked(file: string, owner: string): Promise<boolean> {
  try {
    await writeFile(file, owner, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Takes a lock away that nobody living holds. */
async function clear(file: string): Promise<void> {
  const holder = await ownerIn(file);
  if (holder === undefined) return;
  const touched = (await stat(file).catch(() => undefined))?.mtimeMs ?? Date.now();
  if (!isDead(holder) && Date.now() - touched < SILENT) return;
  const grave = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    await rename(file, grave);
  } catch {
    // Somebody else was quicker.
    return;
  }
  // Between the look and the move a living process may have taken it: then it gets it back.
  if ((await ownerIn(grave)) !== holder) await link(grave, file).catch(() => {});
  await rm(grave, { force: true });
}

async function ownerIn(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}
