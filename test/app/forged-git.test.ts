/** A ledger in git that somebody has written into: nothing leaves that was not approved, and what is impossible is put right there. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digest } from "../../src/plan/digest.ts";
import { broadcast, folderWith } from "../cli/stand-in.ts";

const REF = "refs/broadcast/ledger";
const CONFIG = `channels:
  news: { network: feed, folder: public, title: Acme, url: https://acme.example/ }
ledger: git
`;
const POLICY = "policy:\n  - by: [marta]\n";
const CAMPAIGN =
  "kind: update\ntitle: Acme 2.4 is out\nbody: Faster.\nchannels: [news]\nat: 2026-01-01T09:00:00Z\n";

let bare: string;
let root: string;
beforeEach(() => {
  bare = mkdtempSync(join(tmpdir(), "broadcast-forged-"));
  execFileSync("git", ["init", "--quiet", "--bare", bare]);
});
afterEach(() => {
  for (const folder of [bare, root]) rmSync(folder, { recursive: true, force: true });
});

function project(config: string): void {
  root = folderWith({ "broadcast.yml": config, "c.yml": CAMPAIGN });
  execFileSync("git", ["init", "--quiet", root]);
  execFileSync("git", ["-C", root, "remote", "add", "origin", bare]);
}

type Table = Record<string, unknown>;

/** As somebody would who may push: each row is a line `["table", { column: value }]`. */
function rewrite(change: (table: string, row: Table) => [string, Table][]): void {
  const git = (args: string[], input?: string) =>
    execFileSync("git", ["--git-dir", bare, ...args], { encoding: "utf8", input }).trim();
  const [head = "", ...lines] = git(["show", `${REF}:ledger.jsonl`]).split("\n");
  const rows = lines.flatMap((line) => {
    const [table, row] = JSON.parse(line) as [string, Table];
    return change(table, row).map((one) => JSON.stringify(one));
  });
  const blob = git(["hash-object", "-w", "--stdin"], `${[head, ...rows].join("\n")}\n`);
  const tree = git(["mktree"], `100644 blob ${blob}\tledger.jsonl\n`);
  const who = ["-c", "user.name=eve", "-c", "user.email=e@example.com"];
  const commit = git([...who, "commit-tree", tree, "-p", REF, "-m", "x"]);
  git(["update-ref", REF, commit]);
}

/** It was sent; now it waits again, with these columns changed. */
const waiting = (change: (row: Table) => Table) =>
  rewrite((table, row) => {
    if (table === "receipts" || table === "attempts") return [];
    if (table !== "deliveries") return [[table, row]];
    return [[table, { ...row, state: "scheduled", tries: 0, next_at: 0, ...change(row) }]];
  });

const bought = (row: Table) =>
  JSON.parse(String(row.posts)).map((post: object) => ({ ...post, text: "Buy my coins" }));

const states = async () => {
  const { deliveries } = JSON.parse((await broadcast(root, ["status", "--json"])).out);
  return deliveries.map(({ id, state, code }: Record<string, string>) => [id, state, code]);
};
const said = () =>
  existsSync(join(root, "public"))
    ? readdirSync(join(root, "public"), { recursive: true, encoding: "utf8" }).join("\n")
    : "";

async function sent(config: string): Promise<void> {
  project(config);
  if (config.includes("policy"))
    expect((await broadcast(root, ["approve", "c.yml", "--as", "marta", "--yes"])).code).toBe(0);
  expect((await broadcast(root, ["send", "c.yml", "--yes", "--late"])).code).toBe(0);
  rmSync(join(root, "public"), { recursive: true });
}

describe("a ledger in git", () => {
  it("in which posts were changed and their digest was kept sends nothing of it, with a policy or without", async () => {
    await sent(CONFIG);
    waiting((row) => ({ posts: JSON.stringify(bought(row)) }));
    const ran = await broadcast(root, ["run", "--due", "c.yml"]);
    expect([ran.code, await states(), said()]).toEqual([4, [["c.yml/news", "held", "tampered"]], ""]);
  });

  it("in which both were changed sends nothing of it where a policy applies", async () => {
    await sent(CONFIG + POLICY);
    waiting((row) => ({ posts: JSON.stringify(bought(row)), digest: digest(bought(row)) }));
    const ran = await broadcast(root, ["run", "--due", "c.yml"]);
    expect([ran.code, await states(), said()]).toEqual([4, [["c.yml/news", "held", "tampered"]], ""]);
  });

  it("with a delivery of a campaign that does not exist does not send it where a policy applies", async () => {
    await sent(CONFIG + POLICY);
    rewrite((table, row) => {
      if (table !== "deliveries") return [[table, row]];
      const own = { id: "ghost.yml/news", campaign: "ghost.yml", state: "scheduled", tries: 0, next_at: 0 };
      return [
        [table, row],
        [table, { ...row, ...own, posts: JSON.stringify(bought(row)), digest: digest(bought(row)) }],
      ];
    });
    const ran = await broadcast(root, ["run", "--due", "c.yml"]);
    expect(ran.code).toBe(4);
    expect(await states()).toContainEqual(["ghost.yml/news", "held", "tampered"]);
    expect(said()).toBe("");
  });

  it("is checked, and what is impossible in it is put right there", async () => {
    await sent(CONFIG);
    expect((await broadcast(root, ["ledger", "check"])).out).toContain(`origin ${REF}  version`);
    waiting(() => ({ next_at: 9e15 }));
    const found = await broadcast(root, ["ledger", "check"]);
    expect([found.code, found.err]).toEqual([2, expect.stringContaining("wait until an impossible time")]);
    const repaired = await broadcast(root, ["ledger", "check", "--repair", "--json"]);
    expect([repaired.code, JSON.parse(repaired.out)]).toMatchObject([
      0,
      { sound: true, repaired: 1, file: `origin ${REF}` },
    ]);
    expect((await broadcast(root, ["run", "--due", "c.yml"])).code).toBe(0);
    expect(await states()).toEqual([["c.yml/news", "published", undefined]]);
  });

  it("that is not there yet has nothing to check", async () => {
    project(CONFIG);
    const checked = await broadcast(root, ["ledger", "check"]);
    expect([checked.code, checked.err]).toEqual([
      2,
      expect.stringContaining("nothing was sent from this project yet"),
    ]);
  });
});
