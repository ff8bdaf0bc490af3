/** Who works on a delivery, in a form that tells the living from the dead on the same machine. */
import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** `machine:pid:start:random`, new for every call. */
export function newOwner(): string {
  return [machine(), process.pid, startOf(process.pid) ?? "", randomBytes(4).toString("hex")].join(":");
}

/** Whether this owner's process is certainly gone. Owners on other machines are not known to be: their leases run out. */
export function isDead(owner: string): boolean {
  const [where, pid, start] = owner.split(":");
  if (where !== machine() || !pid) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  const now = startOf(Number(pid));
  return now !== undefined && start !== "" && now !== start;
}

// The process's start time in clock ticks since boot, field 22 of /proc/PID/stat: tells a reused number from the old process.
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

// A host's name is not enough: hosted runners share one, and so may containers. Process numbers mean something only where
// the machine was started once, and all processes are counted together.
function machine(): string {
  return [
    hostname(),
    read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim().slice(0, 13)),
    read(() => readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")),
  ]
    .filter((part) => part !== undefined)
    .join("/")
    .replaceAll(":", "-");
}

function read(ask: () => string): string | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
