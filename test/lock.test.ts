import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../src/clock.ts";
import { lock } from "../src/lock.ts";
import { newOwner } from "../src/lock-owner.ts";

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

describe("a lock", () => {
  it("is held by one at a time, and leaves nothing behind", async () => {
    const first = await lock(file, { clock: jumping(), patience: 0 });
    expect(first).toBeDefined();
    const clock = jumping();
    expect(await lock(file, { clock, patience: 1_000 })).toBeUndefined();
    expect(clock.at).toBe(1_000);
    await first!.release();
    const second = await lock(file, { clock: jumping(), patience: 0 });
    expect(second).toBeDefined();
    await second!.release();
    expect(readdirSync(join(folder, "state"))).toEqual([]);
  });

  it("is not held by a dead process", async () => {
    await (await lock(file, { clock: jumping(), patience: 0 }))!.release();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    writeFileSync(file, `${newOwner().split(":")[0]}:${pid}:1:dead`);
    const taken = await lock(file, { clock: jumping(), patience: 0 });
    expect(taken).toBeDefined();
    await taken!.release();
  });

  it("is held by a living one, and by one on another machine while it is touched", async () => {
    await (await lock(file, { clock: jumping(), patience: 0 }))!.release();
    writeFileSync(file, newOwner());
    expect(await lock(file, { clock: jumping(), patience: 0 })).toBeUndefined();
    writeFileSync(file, "elsewhere:1:1:x");
    expect(await lock(file, { clock: jumping(), patience: 0 })).toBeUndefined();
    const old = new Date(Date.now() - 301_000);
    utimesSync(file, old, old);
    expect(await lock(file, { clock: jumping(), patience: 0 })).toBeDefined();
  });

  it("whose file went to somebody else is not taken from them on release", async () => {
    const first = await lock(file, { clock: jumping(), patience: 0 });
    writeFileSync(file, "elsewhere:1:1:x");
    await first!.release();
    expect(existsSync(file)).toBe(true);
  });

  it("goes to one of many who find a dead owner at once", async () => {
    await (await lock(file, { clock: jumping(), patience: 0 }))!.release();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    writeFileSync(file, `${newOwner().split(":")[0]}:${pid}:1:dead`);
    const taken = await Promise.all(
      Array.from({ length: 8 }, () => lock(file, { clock: jumping(), patience: 0 })),
    );
    expect(taken.filter((one) => one !== undefined).length).toBeLessThanOrEqual(1);
  });
});
