/** A send asks the remote of a ledger in git once before its first entry, whatever it wants to know of it. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { reportFault } from "../../src/cli/errors.ts";
import { openProject, send } from "../../src/index.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { broadcast, folderWith, listening } from "../cli/stand-in.ts";

const CONFIG = `channels:
  news: { network: feed, folder: public, title: Acme, url: https://acme.example/ }
ledger: git
policy:
  - by: [marta]
`;
const campaign = (n: number) => `kind: update\ntitle: Acme 2.${n} is out\nbody: Faster.\nchannels: [news]\n`;

const path = process.env.PATH;
const folders: string[] = [];
afterEach(() => {
  process.env.PATH = path;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "broadcast-git-"));
  folders.push(made);
  return made;
}

/** A `git` before the real one that writes down what it is asked for. */
function watchGit(): () => string[] {
  const bin = folder();
  const log = join(bin, "log");
  const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  writeFileSync(log, "");
  writeFileSync(join(bin, "git"), `#!/bin/sh\necho "$*" >> ${log}\nexec ${real} "$@"\n`);
  chmodSync(join(bin, "git"), 0o755);
  process.env.PATH = `${bin}${delimiter}${path}`;
  return () => readFileSync(log, "utf8").trim().split("\n");
}

it("asks once, reads once", { timeout: 60_000 }, async () => {
  const bare = folder();
  execFileSync("git", ["init", "--quiet", "--bare", bare]);
  const root = folderWith({ "broadcast.yml": CONFIG, "one.yml": campaign(1), "two.yml": campaign(2) });
  execFileSync("git", ["init", "--quiet", root]);
  execFileSync("git", ["-C", root, "remote", "add", "origin", bare]);
  for (const file of ["one.yml", "two.yml"]) {
    const { code } = await broadcast(root, ["approve", file, "--as", "marta", "--yes"]);
    expect(code).toBe(0);
  }
  const project = await openProject({ cwd: root, env: {} });
  expect((await send("one.yml", project)).code).toBe(0);

  const asked = watchGit();
  const { code, histories } = await send("two.yml", project);
  expect(code).toBe(0);
  expect(histories.map(({ state }) => state)).toEqual(["published"]);
  const all = asked();
  const before = all.slice(
    0,
    all.findIndex((line) => line.includes("push ")),
  );
  expect(before.filter((line) => line.includes("ls-remote"))).toHaveLength(1);
  expect(before.filter((line) => line.includes("cat-file blob"))).toHaveLength(1);
  expect(before.filter((line) => line.startsWith("fetch "))).toEqual([]);
});

it("stops when its ref is deleted while posts go out, and says which are", { timeout: 60_000 }, async () => {
  const bare = folder();
  execFileSync("git", ["init", "--quiet", "--bare", bare]);
  const half = networks.find(({ id }) => id === "mastodon")!;
  const sandbox = await startSandbox({ networks: [half], folder: folder(), port: 0 });
  try {
    const settings = Object.entries(sandbox.channel("mastodon", "social"));
    const root = folderWith({
      "broadcast.yml": `channels:\n  social: { network: mastodon, ${settings
        .map(([key, value]) => (key === "token" ? 'token: "${TOKEN}"' : `${key}: ${JSON.stringify(value)}`))
        .join(", ")} }\nledger: git\n`,
      "c.yml": "kind: update\ntitle: Acme\nbody: |\n  First.\n\n  ---\n\n  Second.\nchannels: [social]\n",
    });
    execFileSync("git", ["init", "--quiet", root]);
    execFileSync("git", ["-C", root, "remote", "add", "origin", bare]);
    const env = { TOKEN: Object.fromEntries(settings).token };
    const failed: unknown = await send("c.yml", await openProject({ cwd: root, env }), {
      onEvent: (event) => {
        if (event.type === "part")
          execFileSync("git", ["-C", bare, "update-ref", "-d", "refs/broadcast/ledger"]);
      },
    }).catch((error: unknown) => error);
    const posts = await sandbox.posts();
    expect(posts).toHaveLength(1);
    expect(failed).toMatchObject({
      problem: { code: "ledger-gone" },
      sent: [{ delivery: "c.yml/social", channel: "social", part: 0, url: posts[0]!.url }],
    });
    const { ran, terminal } = listening(root);
    expect(reportFault(failed, ["send", "c.yml"], terminal)).toBe(4);
    expect(ran.err).toContain("Stopped. These posts are out:\n  social  http://127.0.0.1:");
  } finally {
    await sandbox.close();
  }
});
