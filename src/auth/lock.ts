/** One process at a time, by files in a folder. A dead process cannot hold the lock. */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { open, readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeFolder, unwritable } from "../files.ts";

/** Another process has held the lock for too long. */
export class LockedError extends Error {
  override name = "LockedError";
}

const PATIENCE = 60_000;
// A renewal takes seconds: an older file is of a machine that is gone.
const STALE = 300_000;
const HOST = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/**
 * Runs `work` while no other process does the same under `name`. Each puts up a file of its own and then looks for others:
 * two that come at once see each other and both step back. A dead one's file has a name that nobody uses again, so anyone
 * may take it away without a race.
 */
export async function alone<T>(
  folder: string,
  name: string,
  work: () => Promise<T>,
  patience = PATIENCE,
): Promise<T> {
  const prefix = `.lock-${createHash("sha256").update(name).digest("hex").slice(0, 12)}-`;
  const giveUp = Date.now() + patience;
  for (;;) {
    const mine = [
      prefix + HOST,
      process.pid,
      startOf(process.pid) ?? "",
      randomBytes(6).toString("hex"),
    ].join("-");
    await putUp(join(folder, mine));
    try {
      if (!(await isTaken(folder, prefix, mine))) return await work();
    } finally {
      await rm(join(folder, mine), { force: true });
    }
    if (Date.now() > giveUp) throw new LockedError("another process has held the lock for too long");
    await sleep(5 + Math.random() * 45);
  }
}

async function putUp(file: string): Promise<void> {
  try {
    makeFolder(dirname(file), 0o700);
    await (await open(file, "wx", 0o600)).close();
  } catch (error) {
    throw unwritable(file, error);
  }
}

async function isTaken(folder: string, prefix: string, mine: string): Promise<boolean> {
  const others = (await readdir(folder)).filter((file) => file.startsWith(prefix) && file !== mine);
  const held = await Promise.all(others.map((file) => isHeld(join(folder, file), file.slice(prefix.length))));
  return held.includes(true);
}

async function isHeld(file: string, holder: string): Promise<boolean> {
  const [host, pid, start] = holder.split("-");
  const age = await stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => undefined,
  );
  if (age === undefined) return false;
  if (host === HOST ? isAlive(Number(pid), start) : age < STALE) return true;
  await rm(file, { force: true });
  return false;
}

function isAlive(pid: number, start: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It exists, but another user owns it.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = startOf(pid);
  return now === undefined || !start || now === start;
}

// Field 22 of /proc/PID/stat, the start in clock ticks since boot: tells a process from a later one with its number.
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
