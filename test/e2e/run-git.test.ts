// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** `run --due` where the disk vanishes: every run a fresh clone, the ledger on a ref of the project's own repository. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { broadcast, build } from "./built.ts";

beforeAll(build, 120_000);

const GIT = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
};
const ENV = { ...GIT, SOCIAL_TOKEN: "sandbox-social" };
const MINUTE = 60_000;

let base: string;
let sandbox: Sandbox;
let clones: number;
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), "broadcast-run-git-"));
  sandbox = await startSandbox({ networks, folder: join(base, "stage") });
  clones = 0;
});
afterEach(async () => {
  await sandbox.close();
  rmSync(base, { recursive: true, force: true });
});

const git = (cwd: string, ...args: string[]) =>
  execFileSync("git", args, { cwd, env: { ...process.env, ...GIT }, stdio: "pipe" });

function repository(campaigns: Record<string, string>): void {
  const work = join(base, "work");
  git(base, "init", "--quiet", "--bare", "-b", "main", "bare.git");
  git(base, "init", "--quiet", "-b", "main", work);
  mkdirSync(join(work, "campaigns"));
  writeFileSync(
    join(work, "broadcast.yml"),
    `ledger: git\nchannels:\n  social:\n    network: mastodon\n    server: ${sandbox.url}/mastodon\n    token: \${SOCIAL_TOKEN}\n`,
  );
  for (const [name, more] of Object.entries(campaigns))
    writeFileSync(
      join(work, "campaigns", `${name}.yml`),
      `kind: update\ntitle: ${name}\nbody: News.\nchannels: [social]\n${more}\n`,
    );
  git(work, "add", ".");
  git(work, "commit", "--quiet", "-m", "campaigns");
  git(work, "push", "--quiet", join(base, "bare.git"), "HEAD:main");
}

/** A runner without memory. */
async function runner(...argv: string[]) {
  const folder = join(base, `clone-${++clones}`);
  git(base, "clone", "--quiet", join(base, "bare.git"), folder);
  return broadcast(folder, argv.length > 0 ? argv : ["run", "--due"], { env: ENV });
}

const iso = (ms: number) => new Date(Date.now() + ms).toISOString();
const texts = async () => (await sandbox.posts()).map(({ text }) => text.split("\n")[0]).sort();

describe("`run --due` with the ledger in git", { timeout: 60_000 }, () => {
  it("sends what is due once, from however many fresh clones, and is quiet otherwise", async () => {
    repository({ now: `at: ${iso(-MINUTE)}`, later: `at: ${iso(60 * MINUTE)}` });
    const first = await runner();
    expect(first.code, first.err).toBe(0);
    expect(first.out).toMatch(/^✓ {2}campaigns\/now\.yml\/social {2}published/);
    expect(await runner()).toEqual({ code: 0, out: "", err: "" });
    expect(await texts()).toEqual(["now"]);
  });

  it("two at once send once", async () => {
    repository({ one: `at: ${iso(-MINUTE)}`, two: `at: ${iso(-MINUTE)}` });
    const both = await Promise.all([runner(), runner()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await texts()).toEqual(["one", "two"]);
    expect(await runner()).toEqual({ code: 0, out: "", err: "" });
  });

  it("knows from the ledger which time of a recurrence was out", async () => {
    const from = new Date(Date.now() - 24 * 60 * MINUTE).toISOString().slice(0, 10);
    repository({ often: `every: 15 minutes\ntimezone: UTC\nfrom: ${from}` });
    expect((await runner()).out.trim().split("\n")).toHaveLength(1);
    const again = await runner();
    // A quarter of an hour may begin between the two.
    expect((await texts()).length).toBe(again.out === "" ? 1 : 2);
  });

  it("keeps what was skipped, and what waits for a person", async () => {
    repository({
      skipped: `at: ${iso(-120 * MINUTE)}\nlate: skip`,
      asked: `at: ${iso(-120 * MINUTE)}\nlate: ask`,
    });
    const late = await runner();
    expect(late.code).toBe(4);
    expect(late.out).toMatch(/asked\.yml\/social {2}held/);
    expect(late.out).toMatch(/skipped\.yml\/social {2}expired/);
    expect(await runner()).toEqual({ code: 0, out: "", err: "" });
    expect((await runner("resolve", "campaigns/asked.yml/social", "--resend")).code).toBe(0);
    expect(await texts()).toEqual(["asked"]);
  });

  it("hands over what the network is to publish, and takes it back, from another clone each", async () => {
    repository({ ahead: `at: ${iso(60 * MINUTE)}\nschedule: network` });
    expect((await runner()).out).toContain("scheduled at mastodon for ");
    expect(await runner()).toEqual({ code: 0, out: "", err: "" });
    expect((await runner("status")).out).toContain("scheduled at mastodon for ");
    expect((await runner("cancel", "campaigns/ahead.yml")).code).toBe(0);
    const list = await fetch(`${sandbox.url}/mastodon/api/v1/scheduled_statuses`, {
      headers: { authorization: "Bearer sandbox-social" },
    });
    expect(await list.json()).toEqual([]);
    expect(await runner()).toEqual({ code: 0, out: "", err: "" });
  });
});
