/**
 * The built program killed while it sends to a real server, and run again until it settles. No clock is moved: where a look-up
 * decides, between a kill and the next run goes by as much time as a request that was cut off may still be under way.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Case, seeded, spread, twice } from "../chaos/choice.ts";
import { inParallel, LATER_MS } from "../chaos/harness.ts";
import { boundariesIn, type Ended } from "../chaos/process.ts";
import { adapters } from "../networks.ts";
import { createScene, type Scene } from "./scene.ts";
import type { RealServer, Running } from "./server.ts";

const AT_ONCE = 2;
const TRIES = 4;

export interface Verdict {
  killAt: readonly string[];
  kills: number;
  /** How many times each part is out in the end. */
  out: number[];
  exit: number | null;
  /** Absent when all is as it must be. */
  wrong?: string;
}

/** So many campaigns, each killed at another boundary, a quarter of them a second time when they settle. */
export async function killOn(
  server: RealServer,
  running: Running,
  { count, seed }: { count: number; seed: number },
): Promise<Verdict[]> {
  const random = seeded(seed);
  const subject = { ...server, settings: [] };
  const all = (await boundariesOn(server, running)).map(
    (boundary): Case => ({ subject, killAt: [boundary] }),
  );
  const again = Math.floor(count / 4);
  const cases = [...spread(all, count - again, random), ...twice(all, again, random)];
  const wait = waitOn(server);
  const runs = cases.map(({ killAt }) => ({ killAt, kills: 0, scene: createScene(server, running) }));
  try {
    for (const round of [0, 1]) {
      const mine = runs.filter(({ killAt }) => killAt[round] !== undefined);
      await inParallel(mine, AT_ONCE, async (run) => {
        const ended = await run.scene.send({ killAt: run.killAt[round]! });
        if (ended.signal === "SIGKILL") run.kills++;
      });
      if (mine.length > 0) await sleep(wait);
    }
    return await inParallel(runs, AT_ONCE, async ({ killAt, kills, scene }) => {
      const ended = await settle(scene);
      return { killAt, kills, exit: ended.code, ...(await judge(server, running, scene, ended)) };
    });
  } finally {
    for (const { scene } of runs) scene.remove();
  }
}

/**
 * A network that cannot be asked is never believed to have nothing, and one whose ids are ours takes a second request for the first:
 * neither gains by waiting. If another one were asked too soon, the program would wait by itself.
 */
function waitOn({ network }: RealServer): number {
  const adapter = adapters.find(({ id }) => id === network);
  return adapter?.find && adapter.idempotency !== "forever" ? LATER_MS : 0;
}

async function boundariesOn(server: RealServer, running: Running): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-counts-"));
  const scene = createScene(server, running);
  try {
    const countTo = join(folder, "counts.json");
    const { code, out } = await scene.send({ countTo });
    if (code !== 0) throw new Error(`an undisturbed run ended with ${code}\n${out}`);
    return boundariesIn(countTo);
  } finally {
    scene.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** 0: all is out; 4: a person is asked. Everything else may change with another run. */
async function settle({ send }: Scene): Promise<Ended> {
  let last = await send();
  for (let n = 1; n < TRIES && last.code !== 0 && last.code !== 4; n++) {
    await sleep(15_000);
    last = await send();
  }
  return last;
}

async function judge(
  { parts, exact }: RealServer,
  running: Running,
  { mark }: Scene,
  { code, out: said }: Ended,
): Promise<Pick<Verdict, "out" | "wrong">> {
  const posts = await running.posts(mark);
  const out = Array.from(
    { length: parts },
    (_, n) => posts.filter(({ text }) => text.includes(`Part ${n + 1} of ${mark}.`)).length,
  );
  const wrong = out.some((times) => times > 1)
    ? `a part is out more than once: ${out}`
    : code === 0 && out.includes(0)
      ? `it says all is out, but: ${out}`
      : code === 4 && exact
        ? `it asks a person although the server can tell: ${out}`
        : code !== 0 && code !== 4
          ? `it ended with ${code}`
          : undefined;
  return { out, ...(wrong !== undefined && { wrong: `${wrong}\n${said}` }) };
}
