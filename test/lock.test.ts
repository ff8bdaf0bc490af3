import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../src/clock.ts";
import { isDead, lock, newOwner } from "../src/lock.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-lock-"));
  file = join(folder, "state", "run.lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function jumping(): Clock & { at: number } {
  const clock = {
    at: 0,
    now: () => clock.at,
    async sleep(ms: number) {
      clock.at += ms;
    },
  };
  return clock;
}

const now = () => lock(file, { clock: jumping(), patience: 0 });

/** The lock's file as this owner would have put it up. */
function heldBy(owner: string): string {
  mkdirSync(join(folder, "state"), { recursive: true });
  const path = `${file}.${encodeURIComponent(owner)}`;
  writeFileSync(path, "");
  return path;
}

function dead(): string {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  return newOwner().replace(`:${process.pid}:`, `:${pid}:`);
}

const left = () => readdirSync(join(folder, "state"));

describe("a lock", () => {
  it("is held by one at a time, and leaves nothing behind", async () => {
    const first = await now();
    expect(first).toBeDefined();
    const clock = jumping();
    expect(await lock(file, { clock, patience: 1_000 })).toBeUndefined();
    expect(clock.at).toBe(1_000);
    await first!.release();
    const second = await now();
    expect(second).toBeDefined();
    await second!.release();
    expect(left()).toEqual([]);
  });

  it("keeps out nobody who asks for another one", async () => {
    const first = await now();
    const other = await lock(join(folder, "state", "other"), { clock: jumping(), patience: 0 });
    expect(other).toBeDefined();
    await Promise.all([first!.release(), other!.release()]);
  });

  it("is not held by a dead process", async () => {
    heldBy(dead());
    const taken = await now();
    expect(taken).toBeDefined();
    await taken!.release();
    expect(left()).toEqual([]);
  });

  it.runIf(existsSync("/proc/self/stat"))(
    "is not held by a process whose number went to another",
    async () => {
      const [machine, pid, start] = newOwner().split(":");
      expect(isDead(`${machine}:${pid}:${start}:x`)).toBe(false);
      expect(isDead(`${machine}:${pid}:${Number(start) - 1}:x`)).toBe(true);
      heldBy(`${machine}:${pid}:${Number(start) - 1}:x`);
      expect(await now()).toBeDefined();
    },
  );

  it("is held by a living process, however long it has not been touched", async () => {
    const path = heldBy(newOwner());
    const old = new Date(Date.now() - 3_000_000);
    utimesSync(path, old, old);
    expect(await now()).toBeUndefined();
    expect(existsSync(path)).toBe(true);
  });

  it("is held by a process on another machine while it is touched", async () => {
    const path = heldBy("elsewhere:1:1:x");
    expect(await now()).toBeUndefined();
    const old = new Date(Date.now() - 301_000);
    utimesSync(path, old, old);
    expect(await now()).toBeDefined();
    expect(existsSync(path)).toBe(false);
  });

  it("takes nothing away from another on release", async () => {
    const first = await now();
    const other = heldBy("elsewhere:1:1:x");
    await first!.release();
    expect(left()).toEqual([other.slice(join(folder, "state/").length)]);
  });

  it("goes to all of many in turn, never to two at once, though a dead one left it behind", async () => {
    heldBy(dead());
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const held = await lock(file, { clock: systemClock, patience: 15_000 });
        most = Math.max(most, ++inside);
        await systemClock.sleep(5);
        inside--;
        await held!.release();
      }),
    );
    expect(most).toBe(1);
    expect(left()).toEqual([]);
  });

  it("goes to at most one of many who do not wait", async () => {
    heldBy(dead());
    const taken = await Promise.all(Array.from({ length: 8 }, now));
    expect(taken.filter((one) => one !== undefined).length).toBeLessThanOrEqual(1);
  });

  it("is waited for no longer than the signal lets", async () => {
    const first = await now();
    const stop = new AbortController();
    const second = lock(file, { clock: systemClock, patience: 60_000, signal: stop.signal });
    stop.abort();
    expect(await second).toBeUndefined();
    await first!.release();
  });
});

it("an owner in another process is alive until it ends", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const owner = newOwner()
    .replace(`:${process.pid}:`, `:${child.pid}:`)
    .replace(/:\d+:(\w+)$/, "::$1");
  expect(isDead(owner)).toBe(false);
  child.kill("SIGKILL");
  await new Promise((done) => child.on("exit", done));
  expect(isDead(owner)).toBe(true);
});
