/**
 * Many deliveries, as ratios against bare undici in the same run: the same bytes to the same server with the same
 * concurrency. The server is the sandbox, and then one that does nothing but answer, later or at once. And how closely a
 * declared rate is used. `COUNT=100000 node scripts/run.mjs bench/load.ts` shows that memory stays flat.
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request } from "undici";
import * as v from "valibot";
import { type Adapter, defineAdapter, type Post, type Rate } from "../src/adapter.ts";
import { mastodon } from "../src/adapters/mastodon/mastodon.ts";
import { memorySession } from "../src/auth/session-store.ts";
import { systemClock } from "../src/clock.ts";
import { type DeliverOptions, deliver } from "../src/delivery/deliver.ts";
import { expectReply, sourceOf, type WireRequest } from "../src/http/http.ts";
import { createWire } from "../src/http/transport.ts";
import type { Ledger } from "../src/ledger/ledger.ts";
import { openAt } from "../src/ledger/open.ts";
import type { NewDelivery } from "../src/ledger/types.ts";
import { digest } from "../src/plan/digest.ts";
import { networks } from "../src/sandbox/networks/index.ts";
import { startSandbox } from "../src/sandbox/server.ts";

const COUNT = Number(process.env.COUNT ?? 10_000);
/** Requests at once, of both: as many connections as the transport opens. */
const CONCURRENCY = 64;
/** Deliveries under way: while some have a request on its way, others are being written down. */
const UNDER_WAY = 4 * CONCURRENCY;
/** What a server takes to answer: a fifth and a tenth of what a near network does; and nothing, where only the programs' own work shows. */
const ANSWERS_AFTER_MS = [10, 5, 0];
/** For the part that keeps to a declared rate; the server enforces the same. */
const PACED = { count: 500, posts: 50, per: 2 };
const USER_AGENT = "broadcast-bench";
const TEXT = "Acme 2.4 is out: lists sync in half the time. https://acme.example/blog/2-4 #release";

interface Target {
  adapter: Adapter;
  settings: object;
  secrets: string[];
}

if (process.env.BENCH_SERVER === "plain") serve();
else if (process.env.BENCH_SERVER === "sandbox") await serveSandbox();
else await main();

async function serveSandbox(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-bench-"));
  const sandbox = await startSandbox({ networks, folder, rates: false });
  process.send?.(sandbox.channel("mastodon", "bench"));
}

// In a process of its own, as the networks are.
function serve(): void {
  let id = 0;
  let refused = 0;
  const arrivals: number[] = [];
  const server = createServer((incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://localhost");
    const answer = () => {
      if (searchParams.has("paced") && !hasRoom(arrivals)) {
        refused++;
        response.statusCode = 429;
      }
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(pathname === "/refused" ? { refused } : { id: `${++id}` }));
    };
    const after = Number(searchParams.get("after"));
    incoming.resume().on("end", () => (after > 0 ? setTimeout(answer, after) : answer()));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
}

/** A sliding window, counted from when each request arrived. */
function hasRoom(arrivals: number[]): boolean {
  const now = performance.now();
  const first = arrivals[arrivals.length - PACED.posts];
  if (first !== undefined && now - first < PACED.per * 1000) return false;
  arrivals.push(now);
  return true;
}

/** A server in a process of its own, and what it said when it was ready. */
async function start<T>(kind: "plain" | "sandbox"): Promise<{ ready: T; stop(): void }> {
  const server = fork(process.argv[1]!, { env: { ...process.env, BENCH_SERVER: kind } });
  const ready = await new Promise<T>((resolve) => server.once("message", (message) => resolve(message as T)));
  return { ready, stop: () => server.kill() };
}

async function main(): Promise<void> {
  let missed = 0;
  const line = (name: string, value: string, promise = "", ok?: boolean) => {
    if (ok === false) missed++;
    const verdict = ok === undefined ? "" : ok ? "ok" : "MISSED";
    console.log(`${name.padEnd(60)} ${value.padStart(9)}  ${promise.padEnd(11)} ${verdict}`.trimEnd());
  };
  const compare = async (server: string, target: Target, promised: boolean) => {
    // Neither side is measured before it has been compiled.
    const wire = await wireOf(target);
    await bare(wire, 2_000);
    const pool = await bare(wire, COUNT);
    const ours = await delivered(target, COUNT, UNDER_WAY);
    const ratio = ours.perSecond / pool;
    line(`bare undici, ${COUNT} posts, ${server}`, `${Math.round(pool)}/s`);
    line("  deliveries, each durably recorded", `${Math.round(ours.perSecond)}/s`);
    const promise: [string?, boolean?] = promised ? [">= 60 %", ratio >= 0.6] : [];
    line("  deliveries against bare undici", `${(ratio * 100).toFixed(0)} %`, ...promise);
    const { megabytes } = ours;
    line("  resident memory at the end", `${megabytes.toFixed(0)} MB`, "< 200 MB", megabytes < 200);
  };

  const plain = await start<number>("plain");
  const origin = `http://127.0.0.1:${plain.ready}`;
  try {
    await delivered(plainTarget(`${origin}/posts?after=0`), 2_000, UNDER_WAY);
    const sandbox = await start<{ server: string; token: string }>("sandbox");
    const settings = sandbox.ready;
    const unlimited = { ...mastodon, rates: [] } as unknown as Adapter;
    await compare(
      "the sandbox's Mastodon",
      { adapter: unlimited, settings, secrets: [settings.token] },
      true,
    ).finally(sandbox.stop);
    for (const after of ANSWERS_AFTER_MS) {
      const target = plainTarget(`${origin}/posts?after=${after}`);
      await compare(
        after === 0 ? "a server that answers at once" : `a server that takes ${after} ms`,
        target,
        after > 0,
      );
    }

    const { count, posts, per } = PACED;
    const target = plainTarget(`${origin}/posts?paced`, [{ posts, per: `${per}s` }]);
    const paced = await delivered(target, count, 1);
    const ideal = (count / posts - 1) * per;
    const most = ideal * 1.03;
    line(
      `${count} posts at ${posts} per ${per} s, at best ${ideal} s`,
      `${paced.seconds.toFixed(2)} s`,
      `<= ${most.toFixed(2)} s`,
      paced.seconds <= most,
    );
    const { refused } = (await (await fetch(`${origin}/refused`)).json()) as {
      refused: number;
    };
    line("  refused by the server, which counts as well", `${refused}`, "0", refused === 0);
  } finally {
    plain.stop();
  }
  process.exit(missed > 0 ? 1 : 0);
}

/** The request that the adapter makes of the post, byte for byte. */
async function wireOf({ adapter, settings }: Target): Promise<WireRequest> {
  let made: WireRequest | undefined;
  const ledger = await openAt(":memory:");
  await ledger.add([deliveryOf(0, adapter)], Date.now());
  await deliver({
    ...tools(ledger, { adapter, settings, secrets: [] }),
    transport: async (request) => {
      made = request;
      throw Object.assign(new Error("only looked at"), { code: "ECONNREFUSED", syscall: "connect" });
    },
    patience: 0,
  });
  await ledger.close();
  return made!;
}

async function bare({ url, method, headers, body }: WireRequest, count: number): Promise<number> {
  const agent = new Agent({ connections: CONCURRENCY });
  const from = performance.now();
  let sent = 0;
  const run = `${from}`.padStart(20, "0");
  const worker = async () => {
    while (sent < count) {
      const nth = sent++;
      // A key that was used before makes no new post.
      const key = headers["idempotency-key"] && { "idempotency-key": `${run}/${nth}` };
      const answer = await request(url, {
        method: method as "POST",
        body,
        headers: { ...headers, ...key },
        dispatcher: agent,
      });
      await answer.body.json();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  const seconds = (performance.now() - from) / 1000;
  await agent.close();
  return count / seconds;
}

function deliveryOf(n: number, { id }: Adapter): NewDelivery {
  const post: Post = { text: TEXT, entities: [], media: [], tags: [], options: {} };
  return {
    id: `c/${n}`,
    campaign: "c",
    channel: "a",
    network: id,
    account: "acc",
    digest: digest([post]),
    posts: [post],
    dueAt: Date.now(),
  };
}

function tools(ledger: Ledger, { adapter, settings, secrets }: Target): Omit<DeliverOptions, "transport"> {
  return {
    channels: [{ name: "a", adapter, settings, secrets }],
    ledger,
    clock: systemClock,
    userAgent: USER_AGENT,
    patience: 60_000,
    session: () => memorySession(),
    open: async () => sourceOf(new Uint8Array()),
    signal: new AbortController().signal,
    stop: new AbortController().signal,
  };
}

async function delivered(target: Target, count: number, concurrency: number) {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-bench-"));
  const ledger = await openAt(join(folder, "ledger.db"));
  const now = Date.now();
  for (let from = 0; from < count; from += 1000) {
    const length = Math.min(1000, count - from);
    const batch = Array.from({ length }, (_, n) => deliveryOf(from + n, target.adapter));
    await ledger.add(batch, now);
  }
  const wire = createWire();
  const from = performance.now();
  await deliver({ ...tools(ledger, target), transport: wire.transport, concurrency });
  const seconds = (performance.now() - from) / 1000;
  const megabytes = process.memoryUsage().rss / 1e6;
  const published = await ledger.count("published");
  await wire.close();
  await ledger.close();
  rmSync(folder, { recursive: true });
  if (published !== count) throw new Error(`${published} of ${count} are published`);
  return { perSecond: count / seconds, seconds, megabytes };
}

function plainTarget(url: string, rates: Rate[] = []): Target {
  const adapter = defineAdapter({
    id: "bench",
    name: "Bench",
    source: { url: "https://bench.example/", checked: "2026-11-23" },
    group: "public",
    shape: "short",
    channel: v.strictObject({}),
    options: v.strictObject({}),
    auth: { kind: "none", steps: [] },
    text: { max: 500, unit: "grapheme", markup: "plain" },
    media: "none",
    thread: "none",
    card: "none",
    rates,
    idempotency: "none",
    edits: "none",
    retracts: "none",
    async publish({ text }, { http }) {
      const reply = await http({ method: "POST", url, json: { text } });
      return expectReply(reply, v.object({ id: v.string() }), "an id");
    },
  }) as Adapter;
  return { adapter, settings: {}, secrets: [] };
}
