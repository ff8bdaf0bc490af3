/** `ledger: git` as a runner meets it: a fresh, shallow clone, nobody's name, a remote that is away or refuses. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { broadcast, build } from "./built.ts";

// No `user.name`, no `user.email`, nothing from the machine.
const BARE = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };

let base: string;
let bare: string;
let clones = 0;

beforeAll(build);
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "broadcast-remote-"));
  bare = join(base, "bare.git");
  git(base, "init", "--quiet", "--bare", "-b", "main", bare);
  git(base, "init", "--quiet", "-b", "main", "work");
  const work = join(base, "work");
  writeFileSync(
    join(work, "broadcast.yml"),
    "ledger: git\nchannels:\n  news:\n    network: feed\n    folder: out\n    title: News\n    url: https://acme.example/news/\n",
  );
  writeFileSync(join(work, "c.yml"), "kind: update\ntitle: Once\nbody: And not again.\nchannels: [news]\n");
  git(work, "add", ".");
  git(work, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "-m", "one");
  git(work, "push", "--quiet", bare, "HEAD:main");
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function git(cwd: string, ...args: string[]): string {
  const env = { PATH: process.env.PATH, HOME: base, ...BARE };
  return execFileSync("git", args, { cwd, env, stdio: "pipe", encoding: "utf8" });
}

function checkout(): string {
  const name = `clone${++clones}`;
  git(base, "clone", "--quiet", "--depth", "1", `file://${bare}`, name);
  return join(base, name);
}

const send = (folder: string, ...more: string[]) =>
  broadcast(folder, ["send", "c.yml", "--yes", ...more], { env: BARE });
const isOut = (folder: string) => existsSync(join(folder, "out/feed.json"));

/** The server lets so many pushes in, and then none. */
function refuseAfter(pushes: number): void {
  const hook = join(bare, "hooks/pre-receive");
  writeFileSync(
    hook,
    `#!/bin/sh\necho x >> pushes\n[ $(wc -l < pushes) -le ${pushes} ] && exit 0\necho "error: GH013: Repository rule violations found." >&2\nexit 1\n`,
  );
  chmodSync(hook, 0o755);
}

describe("a runner whose ledger is in git", { timeout: 60_000 }, () => {
  it("sends without a name of its own, and the next one finds everything out", async () => {
    const first = checkout();
    expect(await send(first)).toMatchObject({ code: 0 });
    expect(isOut(first)).toBe(true);
    const second = checkout();
    const again = await send(second);
    expect(again).toMatchObject({ code: 0 });
    expect(again.err).toContain("nothing was sent");
    expect(isOut(second)).toBe(false);
    const status = await broadcast(second, ["status", "--json"], { env: BARE });
    expect(JSON.parse(status.out).deliveries).toMatchObject([{ channel: "news", state: "published" }]);
  });

  it("sends nothing while the remote is away", async () => {
    const folder = checkout();
    renameSync(bare, `${bare}.away`);
    const ran = await send(folder);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("the ledger's repository cannot be used");
    expect(ran.err).toContain("nothing was sent");
    expect(isOut(folder)).toBe(false);
    renameSync(`${bare}.away`, bare);
    expect(await send(folder)).toMatchObject({ code: 0 });
  });

  it("sends nothing where it may not write the ref, and says what it lacks", async () => {
    refuseAfter(0);
    const folder = checkout();
    const ran = await send(folder);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("refuses refs/broadcast/ledger to this job (git push: GH013");
    expect(ran.err).toContain("contents: write");
    expect(isOut(folder)).toBe(false);
    const told = await send(folder, "--json");
    expect(JSON.parse(told.out).error.problems).toMatchObject([{ code: "ledger-git" }]);
  });

  it("stops where the remote closes on the way, and goes on later", async () => {
    // The tables, the delivery, the claim: the attempt does not get through.
    refuseAfter(3);
    const folder = checkout();
    const ran = await send(folder);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain("every post that was sent is recorded");
    expect(isOut(folder)).toBe(false);
    rmSync(join(bare, "hooks/pre-receive"));
    expect(await send(folder)).toMatchObject({ code: 0 });
    expect(isOut(folder)).toBe(true);
  });
});
