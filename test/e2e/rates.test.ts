/** Two loops on one ledger file, as two processes have them: together they keep the rate that the network enforces. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "valibot";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import { memorySession } from "../../src/auth/session-store.ts";
import { systemClock } from "../../src/clock.ts";
import { deliver } from "../../src/delivery/deliver.ts";
import { createWire } from "../../src/http/transport.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { digest } from "../../src/plan/digest.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { adapters } from "../networks.ts";

const POSTS = 24;
const WINDOWS = [
  { posts: 3, ms: 200 },
  { posts: 10, ms: 1_000 },
];
// What the windows allow: three bursts and one post in every second.
const QUICKEST = 2_200;

let folder: string;
let sandbox: Sandbox;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rates-"));
  sandbox = await startSandbox({ networks, folder, rates: WINDOWS });
});
afterEach(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

it("two loops on one account never hear a 429, and waste no time", async () => {
  const telegram = adapters.find(({ id }) => id === "telegram") as Adapter;
  const adapter = { ...telegram, rates: WINDOWS.map(({ posts, ms }) => ({ posts, per: `${ms}ms` })) };
  const settings = parse(adapter.channel, sandbox.channel("telegram", "acme"));
  const statuses: number[] = [];

  const process = async () => {
    const ledger = await Ledger.open(await openSqlite(join(folder, "ledger.db")));
    const wire = createWire();
    const run = () =>
      deliver({
        channels: [{ name: "acme", adapter, settings, secrets: [] }],
        ledger,
        clock: systemClock,
        transport: async (request, signal) => {
          const reply = await wire.transport(request, signal);
          statuses.push(reply.status);
          return reply;
        },
        userAgent: "broadcast-test/1",
        patience: 60_000,
        session: () => memorySession(),
        open: () => Promise.reject(new Error("no media")),
        signal: new AbortController().signal,
        stop: new AbortController().signal,
      });
    return { ledger, run, close: () => Promise.all([ledger.close(), wire.close()]) };
  };
  const [one, two] = [await process(), await process()];
  const dueAt = Date.now();
  await one.ledger.add(
    Array.from({ length: POSTS }, (_, at) => {
      const posts = [{ text: `Post ${at}`, entities: [], media: [], tags: [], options: {} }];
      return {
        id: `campaigns/${at}/acme`,
        campaign: `campaigns/${at}`,
        channel: "acme",
        network: "telegram",
        account: "acc",
        digest: digest(posts),
        posts,
        dueAt,
      };
    }),
    dueAt,
  );
  await Promise.all([one.run(), two.run()]);
  const took = Date.now() - dueAt;
  await Promise.all([one.close(), two.close()]);

  const texts = (await sandbox.posts()).map(({ text }) => text);
  expect(new Set(texts).size).toBe(POSTS);
  expect(texts).toHaveLength(POSTS);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect(took).toBeGreaterThanOrEqual(QUICKEST);
  expect(took).toBeLessThan(QUICKEST * 2);
});
