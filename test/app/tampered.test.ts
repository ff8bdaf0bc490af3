/** What somebody who may write the ledger can make it send: where a policy applies, nothing that was not approved. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { query } from "../../src/ledger/database.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { digest } from "../../src/plan/digest.ts";
import { broadcast, folderWith } from "../cli/stand-in.ts";

const CONFIG = `channels:
  news: { network: feed, folder: public, title: Acme, url: https://acme.example/ }
`;
const POLICY = `policy:
  - by: [marta]
`;
const CAMPAIGN = `kind: update\ntitle: Acme 2.4 is out\nbody: Faster.\nchannels: [news]\nat: 2026-01-01T09:00:00Z\n`;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A delivery that was approved, entered and waits; then `posts` are written over its own. */
async function forged(config: string, { digestToo = false, approve = false } = {}): Promise<string> {
  const root = folderWith({ "broadcast.yml": config, "c.yml": CAMPAIGN });
  folders.push(root);
  if (approve) expect((await broadcast(root, ["approve", "c.yml", "--as", "marta", "--yes"])).code).toBe(0);
  expect((await broadcast(root, ["send", "c.yml", "--yes", "--late"])).code).toBe(0);
  const db = await openSqlite(join(root, ".broadcast/ledger.db"));
  await db.write(function* () {
    const [row] = yield* query("select posts from deliveries");
    const posts = JSON.parse(String(row?.posts)).map((post: object) => ({ ...post, text: "Buy my coins" }));
    yield* query("delete from receipts");
    yield* query("delete from attempts");
    yield* query(
      "update deliveries set state = 'scheduled', tries = 0, posts = $1, next_at = 0",
      JSON.stringify(posts),
    );
    if (digestToo) yield* query("update deliveries set digest = $1", digest(posts));
  });
  await db.close();
  return root;
}

const state = async (root: string) => {
  const { deliveries } = JSON.parse((await broadcast(root, ["status", "--json"])).out);
  return deliveries.map(({ state, code }: { state: string; code?: string }) => [state, code]);
};

describe("posts that were written into the ledger", () => {
  it("are held by `run`, with exit code 4 and words for it", async () => {
    const root = await forged(CONFIG);
    const ran = await broadcast(root, ["run", "--due", "c.yml"]);
    expect([ran.code, await state(root)]).toEqual([4, [["held", "tampered"]]]);
    expect(`${ran.out}${ran.err}`).toContain("somebody has changed the ledger");
    const explained = await broadcast(root, ["explain", "tampered"]);
    expect([explained.code, explained.out]).toEqual([
      0,
      expect.stringContaining("not those that were entered"),
    ]);
  });

  it("are held also with a digest that fits, where a policy applies, on every way", async () => {
    const root = await forged(CONFIG + POLICY, { approve: true, digestToo: true });
    expect((await broadcast(root, ["run", "--due", "c.yml"])).code).toBe(4);
    expect(await state(root)).toEqual([["held", "tampered"]]);
    const again = await broadcast(root, ["resolve", "c.yml/news", "--resend"]);
    expect([again.code, await state(root)]).toEqual([5, [["held", "tampered"]]]);
  });

  it("give way to the campaign's own when it is sent again", async () => {
    const root = await forged(CONFIG + POLICY, { approve: true });
    expect((await broadcast(root, ["run", "--due", "c.yml"])).code).toBe(4);
    const sent = await broadcast(root, ["send", "c.yml", "--yes", "--late"]);
    expect([sent.code, await state(root)]).toEqual([0, [["published", undefined]]]);
  });

  it("go out where no policy applies and the digest fits, as docs/approval.md says", async () => {
    const root = await forged(CONFIG, { digestToo: true });
    // That the campaign's file is gone is not suspicious by itself.
    renameSync(join(root, "c.yml"), join(root, "other.yml"));
    writeFileSync(join(root, "other.yml"), CAMPAIGN.replace("2026-01-01", "2036-01-01"));
    expect((await broadcast(root, ["run", "--due", "other.yml"])).code).toBe(0);
    expect(await state(root)).toEqual([["published", undefined]]);
  });
});

describe("times that were written into the ledger", () => {
  const DAYS = 30 * 86_400_000;
  const FUTURE = CAMPAIGN.replace("2026-01-01T09:00:00Z", new Date(Date.now() + DAYS).toISOString());

  async function moved(config: string, change: string, campaign = FUTURE): Promise<string> {
    const root = folderWith({ "broadcast.yml": config, "c.yml": campaign });
    folders.push(root);
    if (config.includes("policy"))
      expect((await broadcast(root, ["approve", "c.yml", "--as", "marta", "--yes"])).code).toBe(0);
    expect((await broadcast(root, ["send", "c.yml", "--yes"])).code).toBe(0);
    const db = await openSqlite(join(root, ".broadcast/ledger.db"));
    await db.write(function* () {
      yield* query(`update deliveries set ${change}`);
    });
    await db.close();
    return root;
  }

  /** When it is due. */
  async function runLater(root: string) {
    const real = Date.now.bind(Date);
    const spy = vi.spyOn(Date, "now").mockImplementation(() => real() + DAYS + 1_000);
    try {
      return await broadcast(root, ["run", "--due", "c.yml"]);
    } finally {
      spy.mockRestore();
    }
  }

  it("do not bring a delivery out before its own time", async () => {
    const root = await moved(CONFIG, "next_at = 1");
    await broadcast(root, ["run", "--due", "c.yml"]);
    await broadcast(root, ["send", "c.yml", "--yes"]);
    expect(await state(root)).toEqual([["scheduled", undefined]]);
  });

  it("are held where another time was approved", async () => {
    const root = await moved(CONFIG + POLICY, `next_at = 1, due_at = ${Date.now() - 1_000}`);
    expect((await broadcast(root, ["run", "--due", "c.yml"])).code).toBe(4);
    expect(await state(root)).toEqual([["held", "tampered"]]);
  });

  it.each([
    ["`late: skip` taken away", "late: skip\n", "late = null"],
    ["`late: ask` made `send`", "late: ask\n", "late = 'send'"],
    ["`uncertain: resend` put in", "", "uncertain = 'resend'"],
    ["the end taken away", "expires: 5d\n", "expires_at = null"],
    ["the end put off", "expires: 5d\n", "expires_at = expires_at + 86400000"],
  ])("and what is to happen then: %s", async (_, written, change) => {
    const root = await moved(CONFIG + POLICY, change, FUTURE + written);
    expect((await runLater(root)).code).toBe(4);
    expect(await state(root)).toEqual([["held", "tampered"]]);
  });

  it("are let through as they were approved", async () => {
    const root = await moved(
      CONFIG + POLICY,
      "tries = tries",
      `${FUTURE}late: ask\nuncertain: resend\nexpires: 5d\n`,
    );
    const ran = await runLater(root);
    expect([ran.code, await state(root)]).toEqual([0, [["published", undefined]]]);
  });
});
