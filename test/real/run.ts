/**
 * Proof on servers that nobody here wrote: `npm run test:real`, or `npm run test:real -- email bluesky` for some. KILLS=12 is
 * how often the program is killed on each, SEED chooses others. What cannot be had on this machine is skipped with a word.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inParallel } from "../chaos/harness.ts";
import { installed, Missing } from "./install.ts";
import { killOn, type Verdict } from "./kills.ts";
import { megabytes, type RealServer } from "./server.ts";
import { servers } from "./servers/index.ts";
import { lifeOn } from "./story.ts";

const KILLS = Number(process.env.KILLS ?? 40);
const SEED = Number(process.env.SEED ?? 1);
// Most of the time is spent waiting.
const SIDE_BY_SIDE = 2;
const wanted = process.argv.slice(2);

interface Proof {
  row: string[];
  /** In words; empty when all is as it must be. */
  wrong: string[];
}

// The servers end with this process, however it ends.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const asked = servers.filter(({ network }) => wanted.length === 0 || wanted.includes(network));
// Before anything is measured: npm lets nothing else go on meanwhile.
const ready = (
  await inParallel(asked, 1, (server) =>
    orSkipped(server, () => {
      if (server.packages) installed(server.packages);
      return server;
    }),
  )
).flatMap((one) => one ?? []);
const proofs = (
  await inParallel(ready, SIDE_BY_SIDE, (server) =>
    orSkipped(server, async () => {
      console.error(`${server.name} …`);
      try {
        return await prove(server);
      } catch (error) {
        if (error instanceof Missing) throw error;
        return { row: [server.name], wrong: [String(error)] };
      }
    }),
  )
).flatMap((one) => one ?? []);
const wrong = proofs.flatMap((one) => one.wrong.map((words) => `${one.row[0]}: ${words}`));
for (const words of wrong.slice(0, 10)) console.error(`${words}\n`);
console.log(table(proofs.map(({ row }) => row)));
const failed = proofs.filter((one) => one.wrong.length > 0).length;
console.log(`\n${proofs.length - failed} passed, ${failed} failed, ${asked.length - proofs.length} skipped`);
process.exit(failed > 0 ? 1 : 0);

/** Nothing, and a word, where something is missing. */
async function orSkipped<T>({ name }: RealServer, work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`${name} is skipped: ${error.message}`);
    return undefined;
  }
}

async function prove(server: RealServer): Promise<Proof> {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-server-"));
  const began = Date.now();
  try {
    const running = await server.start(folder);
    const started = (Date.now() - began) / 1_000;
    try {
      const life = await lifeOn(server, running);
      const verdicts = KILLS > 0 ? await killOn(server, running, { count: KILLS, seed: SEED }) : [];
      const memory = megabytes(running.pids);
      return {
        row: [
          server.name,
          running.version,
          started.toFixed(1),
          String(memory ?? "?"),
          ...countsOf(verdicts),
          life.join(", "),
        ],
        wrong: verdicts.flatMap(({ wrong: why, killAt }) =>
          why ? [`killed at ${killAt.join(", then ")}: ${why}`] : [],
        ),
      };
    } finally {
      await running.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countsOf(verdicts: readonly Verdict[]): string[] {
  const count = (test: (verdict: Verdict) => boolean) => String(verdicts.filter(test).length);
  return [
    String(verdicts.reduce((sum, { kills }) => sum + kills, 0)),
    count(({ exit, out }) => exit === 0 && out.every((times) => times === 1)),
    count(({ exit }) => exit === 4),
    count(({ out }) => out.some((times) => times > 1)),
    count(({ exit, out }) => exit === 0 && out.includes(0)),
  ];
}

function table(rows: readonly string[][]): string {
  const head = [
    "| server | version | started in, s | memory, MB | kills | out once | held for a person | twice | lost | seen to work |",
    "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --- |",
  ];
  return [...head, ...rows.map((cells) => `| ${cells.join(" | ")} |`)].join("\n");
}
