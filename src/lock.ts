/**
 * One process at a time, by files beside each other. Each puts up a file that bears its owner's name and then looks for
 * others: two that come at once see each other, and both step back. A dead owner's file has a name that is never used
 * again, so anyone may remove it without a race.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Clock } from "./clock.ts";
import { makeFolder, unwritable } from "./files.ts";

export interface Lock {
  release(): Promise<void>;
}

// Where a process cannot be asked whether it lives, on another machine say, its lock ends when it is not touched for so long.
const SILENT = 300_000;
const TOUCH = 30_000;
const LOOK_AGAIN = 500;

/**
 * Waits for its turn up to `patience` milliseconds; undefined when another holds the lock for longer. The file is
 * `FILE.OWNER`. Throws InputError when nothing can be written there.
 */
export async function lock(
  file: string,
  { clock, patience, signal }: { clock: Clock; patience: number; signal?: AbortSignal },
): Promise<Lock | undefined> {
  const mine = `${file}.${encodeURIComponent(newOwner())}`;
  const until = clock.now() + patience;
  for (let most = 20; ; most = Math.min(LOOK_AGAIN, most * 1.5)) {
    // A process that only waits puts nothing up: it would make others step back.
    if (!(await isHeld(file, mine)) && (await take(file, mine))) break;
    const left = until - clock.now();
    if (left <= 0 || signal?.aborted) return undefined;
    // By chance, so that those who stepped back together do not come again together.
    await clock.sleep(Math.min(left, Math.ceil(most * (0.5 + Math.random() / 2))), signal).catch(() => {});
  }
  const touching = setInterval(() => {
    const now = new Date();
    utimes(mine, now, now).catch(() => clearInterval(touching));
  }, TOUCH);
  touching.unref();
  return {
    async release() {
      clearInterval(touching);
      await rm(mine, { force: true });
    },
  };
}

async function take(file: string, mine: string): Promise<boolean> {
  try {
    makeFolder(dirname(file));
    await writeFile(mine, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    throw unwritable(file, error);
  }
  const taken = await isHeld(file, mine).catch(() => true);
  if (taken) await rm(mine, { force: true });
  return !taken;
}

async function isHeld(file: string, mine: string): Promise<boolean> {
  const prefix = `${basename(file)}.`;
  const names = await readdir(dirname(file)).catch((error) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw unwritable(file, error);
  });
  const others = names.filter((name) => name.startsWith(prefix) && name !== basename(mine));
  const held = await Promise.all(
    others.map(async (name) => {
      const path = join(dirname(file), name);
      const owner = ask(() => decodeURIComponent(name.slice(prefix.length))) ?? "";
      const touched = (await stat(path).catch(() => undefined))?.mtimeMs;
      if (touched === undefined) return false;
      const life = lifeOf(owner);
      if (life === "alive" || (life === "unknown" && Date.now() - touched < SILENT)) return true;
      await rm(path, { force: true });
      return false;
    }),
  );
  return held.includes(true);
}

/** `machine:pid:start:random`, new for every call: tells the living from the dead on the same machine. */
export function newOwner(): string {
  return [machine(), process.pid, startOf(process.pid) ?? "", randomBytes(4).toString("hex")].join(":");
}

/** Whether this owner's process is certainly gone. Owners on other machines are not known to be: their leases run out. */
export const isDead = (owner: string): boolean => lifeOf(owner) === "dead";

function lifeOf(owner: string): "alive" | "dead" | "unknown" {
  const [where, pid, start] = owner.split(":");
  if (where !== machine() || !pid) return "unknown";
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    // EPERM: it is there, but another user's.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return "dead";
  }
  const now = startOf(Number(pid));
  if (now === undefined || !start) return "unknown";
  return now === start ? "alive" : "dead";
}

// The process's start in clock ticks since boot, field 22 of /proc/PID/stat: tells a reused number from the old process.
const startOf = (pid: number): string | undefined =>
  ask(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  });

// A host's name is not enough: hosted runners share one, and so may containers. Process numbers mean something only where
// the machine was started once, and all processes are counted together.
const machine = (): string =>
  [
    hostname(),
    ask(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim().slice(0, 13)),
    ask(() => readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")),
  ]
    .filter((part) => part !== undefined)
    .join("/")
    .replaceAll(":", "-");

function ask<T>(system: () => T): T | undefined {
  try {
    return system();
  } catch {
    return undefined;
  }
}
