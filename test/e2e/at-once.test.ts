/** Many processes and one campaign; and the order on the disk that a loss of power would find. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createScene, type Scene, type Stage, startStage } from "../chaos/harness.ts";
import { SUBJECTS } from "../chaos/subjects.ts";
import { EVERYTHING, sample } from "../sample.ts";
import { broadcast, build, root } from "./built.ts";

let stage: Stage;
beforeAll(async () => {
  build();
  stage = await startStage();
});
afterAll(() => stage.close());

const subject = (name: string) => SUBJECTS.find((one) => one.name === name)!;

async function timesOut({ mark, subject: { parts } }: Scene): Promise<number[]> {
  const texts = (await stage.posts()).map(({ text }) => text);
  return Array.from(
    { length: parts },
    (_, n) => texts.filter((text) => text.includes(`Part ${n + 1} of ${mark}.`)).length,
  );
}

describe("one campaign, many processes", () => {
  // One network with a key, one that can be asked, one with neither.
  it.each(sample(["mastodon", "telegram", "slack bot"], 1))(
    "many sends at once: %s posts once",
    async (name) => {
      const scene = createScene(subject(name), stage);
      const ended = await Promise.all(Array.from({ length: EVERYTHING ? 10 : 6 }, () => scene.send()));
      expect(await timesOut(scene)).toEqual([1, 1]);
      // Whoever came second waited, or found everything done; nobody said anything else.
      for (const { code, out } of ended) expect(code, out).toBe(0);
      scene.remove();
    },
    60_000,
  );

  it("send and run at once post once", async () => {
    const scene = createScene(subject("mastodon"), stage);
    const run = () => broadcast(scene.folder, ["run", "--due", "c.yml", "--sandbox", stage.url]);
    const ended = await Promise.all([run(), scene.send(), run(), scene.send(), run()]);
    expect(await timesOut(scene)).toEqual([1, 1]);
    for (const { code, ...rest } of ended) expect(code, JSON.stringify(rest)).toBe(0);
    scene.remove();
  }, 60_000);
});

describe("the same words in two campaigns", () => {
  // A key made from the words would make the network take the second for a repetition of the first.
  it.each(["mastodon", "bluesky", "discord bot"])(
    "are out twice on %s",
    async (name) => {
      const scene = createScene(subject(name), stage);
      cpSync(join(scene.folder, "c.yml"), join(scene.folder, "d.yml"));
      expect((await scene.send()).code).toBe(0);
      const second = await broadcast(scene.folder, ["send", "d.yml", "--yes", "--sandbox", stage.url]);
      expect(second.code, second.err).toBe(0);
      expect(await timesOut(scene)).toEqual([2, 2]);
      scene.remove();
    },
    60_000,
  );
});

const traced = spawnSync("strace", ["-qq", "-e", "trace=none", "true"]).status === 0;

describe("a loss of power", () => {
  it("finds every attempt on the disk whose request has left", async ({ skip }) => {
    if (!traced) skip("needs strace, and the right to use it");
    const scene = createScene(subject("telegram"), stage);
    const folder = mkdtempSync(join(tmpdir(), "broadcast-trace-"));
    const log = join(folder, "strace.log");
    execFileSync(
      "strace",
      [
        "-f",
        "-y",
        "-s",
        "4096",
        "-e",
        "trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg",
        "-o",
        log,
      ].concat([
        process.execPath,
        join(root, "bin/broadcast.js"),
        "send",
        "c.yml",
        "--yes",
        "--sandbox",
        stage.url,
      ]),
      { cwd: scene.folder, stdio: "ignore", env: { PATH: process.env.PATH, HOME: scene.folder } },
    );
    const calls = readFileSync(log, "utf8").split("\n");
    const port = new URL(stage.url).port;
    const requests = calls.flatMap((line, at) =>
      /\bPOST \/[^ ]*send(Photo|Message)/.test(line) && line.includes("write") ? [at] : [],
    );
    expect(requests, `no request to port ${port} in the trace`).toHaveLength(2);
    let from = 0;
    for (const request of requests) {
      const before = calls.slice(from, request);
      const lastWrite = before.findLastIndex((line) => /pwrite64\(\d+<[^>]*ledger\.db-wal>/.test(line));
      const sync = before.findLastIndex((line) => /f(data)?sync\(\d+<[^>]*ledger\.db-wal>/.test(line));
      expect(lastWrite, "the attempt was written before its request").toBeGreaterThan(-1);
      expect(sync, "and was on the disk before its request").toBeGreaterThan(lastWrite);
      from = request + 1;
    }
    rmSync(folder, { recursive: true });
    scene.remove();
  }, 60_000);
});
