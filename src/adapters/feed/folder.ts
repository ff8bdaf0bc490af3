/** A folder that several processes write to: one writer at a time, no lock that outlives its holder. */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { NetworkError } from "../../adapter.ts";

const PATIENCE = 10_000;
// No holder needs minutes: an older file is of a process that hangs, or of another machine that is gone.
const STALE = 300_000;
const HOST = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/**
 * Runs `work` while no other process does the same in this folder. Every process puts up a file of its own and then
 * looks for others: two that come at once see each other and both step back. A dead process's file has a name that
 * is never used again, so anyone may take it away without a race.
 */
export async function alone<T>(folder: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const giveUp = Date.now() + PATIENCE;
  for (;;) {
    signal.throwIfAborted();
    const mine = `.lock-${HOST}-${process.pid}-${randomBytes(6).toString("hex")}`;
    await (await open(join(folder, mine), "wx")).close();
    try {
      if (!(await othersIn(folder, mine))) return await work();
    } finally {
      await rm(join(folder, mine), { force: true });
    }
    if (Date.now() > giveUp)
      throw new NetworkError("unavailable", "the folder is being written by another process");
    await sleep(5 + Math.random() * 45, undefined, { signal });
  }
}

async function othersIn(folder: string, mine: string): Promise<boolean> {
  const locks = (await readdir(folder)).filter((name) => name.startsWith(".lock-") && name !== mine);
  const held = await Promise.all(locks.map((name) => isHeld(join(folder, name))));
  return held.includes(true);
}

async function isHeld(lock: string): Promise<boolean> {
  const [, host, pid] = /^\.lock-(\w+)-(\d+)-/.exec(basename(lock)) ?? [];
  const age = await stat(lock).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => undefined,
  );
  if (age === undefined) return false;
  if (age < STALE && (host !== HOST || isAlive(Number(pid)))) return true;
  await rm(lock, { force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // There, but somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
