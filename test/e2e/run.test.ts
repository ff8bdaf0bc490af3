/** `run` as crons and service managers meet it: the built CLI, several processes at once. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = join(root, "bin/broadcast.js");
const built = join(root, "dist/cli.js");

let folder: string;
let sandbox: Sandbox;
const running: ChildProcessWithoutNullStreams[] = [];

beforeAll(() => {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).map(
    (name) => statSync(join(root, "src", name)).mtimeMs,
  );
  if (!existsSync(built) || statSync(built).mtimeMs < Math.max(...sources))
    execFileSync(process.execPath, [join(root, "scripts/build.mjs")], { cwd: root, stdio: "inherit" });
}, 120_000);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-run-"));
  mkdirSync(join(folder, "campaigns"));
  writeFileSync(
    join(folder, "broadcast.yml"),
    'channels:\n  social:\n    network: mastodon\n    server: https://mastodon.example\n    token: ${SOCIAL_TOKEN}\n    timezone: Europe/Rome\n  chat:\n    network: telegram\n    token: ${CHAT_TOKEN}\n    chat: "@acme"\n    timezone: Europe/Rome\n',
  );
  sandbox = await startSandbox({ networks, folder: join(folder, "stage") });
});

afterEach(async () => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

function start(...argv: string[]): { child: ChildProcessWithoutNullStreams; ran: Promise<Ran>; said: Ran } {
  const child = spawn(process.execPath, [bin, ...argv, "--sandbox", sandbox.url], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder },
  });
  running.push(child);
  child.stdin.end();
  const said: Ran = { code: null, out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    said.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.err += chunk;
  });
  const ran = new Promise<Ran>((resolve) => {
    child.on("close", (code) => resolve({ ...said, code }));
  });
  return { child, ran, said };
}

async function posts(): Promise<unknown[]> {
  return (await (await fetch(`${sandbox.url}/api/posts`)).json()) as unknown[];
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it did not happen");
}

const campaign = (when: string) =>
  `kind: update\ntitle: Office hour\nbody: Come in.\nchannels: [social, chat]\n${when}\n`;

/** A wall-clock time in Rome. */
function rome(at: number): string {
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Europe/Rome",
    dateStyle: "short",
    timeStyle: "short",
  }).format(at);
}

describe("run", () => {
  it("three at once send once, and say it once", async () => {
    writeFileSync(join(folder, "campaigns/once.yml"), campaign(`at: ${rome(Date.now() - 120_000)}`));
    writeFileSync(join(folder, "campaigns/again.yml"), campaign("every: 5 minutes\nfrom: 2026-01-01"));
    const three = await Promise.all([1, 2, 3].map(() => start("run", "--due", "campaigns/").ran));
    expect(three.map(({ code, err }) => ({ code, err }))).toEqual(three.map(() => ({ code: 0, err: "" })));
    const lines = three.flatMap(({ out }) => out.split("\n").filter((line) => line !== ""));
    expect(lines).toHaveLength(4);
    expect(lines.every((line) => / {2}published {2}/.test(line))).toBe(true);
    expect(await posts()).toHaveLength(4);
    expect(readdirSync(join(folder, ".broadcast/sandbox")).filter((name) => /lock/.test(name))).toEqual([]);
  });

  it("killed in the middle of a request keeps nobody out, and nothing goes out twice", async () => {
    await sandbox.close();
    const chaos = { profile: "commit-then-hang", seed: 1 } as const;
    sandbox = await startSandbox({ networks, folder: join(folder, "stage"), chaos });
    const text = campaign(`at: ${rome(Date.now() - 120_000)}`).replace("[social, chat]", "[social]");
    writeFileSync(join(folder, "campaigns/once.yml"), text);
    const first = start("run", "--due", "campaigns/");
    await until(async () => (await posts()).length === 1);
    first.child.kill("SIGKILL");
    expect((await first.ran).out).toBe("");
    expect(readdirSync(join(folder, ".broadcast/sandbox")).filter((name) => /lock/.test(name))).toHaveLength(
      1,
    );

    const second = await start("run", "--due", "campaigns/").ran;
    expect(second).toMatchObject({ code: 0, err: "" });
    expect(second.out).toMatch(/^✓ {2}campaigns\/once\.yml\/social {2}published {2}http/);
    expect(await posts()).toHaveLength(1);
  });

  it("stays with --watch, takes new files up, and ends on SIGTERM", async () => {
    const watching = start("run", "--watch", "campaigns/");
    // Due in a few seconds: it wakes by itself.
    writeFileSync(
      join(folder, "campaigns/soon.yml"),
      campaign(`at: ${new Date(Date.now() + 3_000).toISOString().slice(0, 19)}Z`),
    );
    await until(() => watching.said.out.split("published").length === 3);
    watching.child.kill("SIGTERM");
    const { code, err } = await watching.ran;
    expect(code).toBe(0);
    expect(err).toContain("Stopping");
    expect(await posts()).toHaveLength(2);
  });

  it("prints units that systemd and cron understand", async () => {
    const child = (flag: string) =>
      execFileSync(process.execPath, [bin, "schedule", flag], { cwd: folder, encoding: "utf8" });
    const line = child("--crontab")
      .split("\n")
      .find((text) => text.startsWith("*/5"));
    const output = execFileSync("sh", ["-c", line!.replace(/^(\S+ ){5}/, "")], { encoding: "utf8" });
    expect(output).toBe("");
    const [service = "", timer = ""] = child("--systemd")
      .split("# --- broadcast.service ---\n")[1]!
      .split("# --- broadcast.timer ---\n");
    expect(service).toContain(`WorkingDirectory=${folder}\n`);
    expect(service).toMatch(/^ExecStart=\S+ \S+broadcast\.js run --due campaigns$/m);
    expect(timer).toContain("OnCalendar=*:0/5\n");
    writeFileSync(join(folder, "broadcast.service"), service);
    writeFileSync(join(folder, "broadcast.timer"), timer);
    if (existsSync("/usr/bin/systemd-analyze"))
      execFileSync("systemd-analyze", ["verify", "./broadcast.service", "./broadcast.timer"], {
        cwd: folder,
      });
  });
});
