/**
 * Many deliveries, as ratios against bare undici in the same run: the same bytes to the same server with the same
 * concurrency. And how closely a declared rate is used. `COUNT=100000 npm run bench:load` shows that memory stays flat.
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request } from "undici";
import * as v from "valibot";
import { type Adapter, defineAdapter, type Rate } from "../src/adapter.ts";
import { memorySession } from "../src/auth/store.ts";
import { systemClock } from "../src/clock.ts";
import { deliver } from "../src/delivery/deliver.ts";
import { expectReply } from "../src/http.ts";
import { openAt } from "../src/ledger/open.ts";
import { createWire } from "../src/transport.ts";

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
const body = JSON.stringify({
  text: "Acme 2.4 is out: lists sync in half the time. https://acme.example/blog/2-4 #release",
});

if (process.env.BENCH_SERVER) serve();
else await main();

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

async function main(): Promise<void> {
  const server = fork(process.argv[1]!, { env: { ...process.env, BENCH_SERVER: "1" } });
  const port = await new Promise<number>((resolve) =>
    server.once("message", (message) => resolve(Number(message))),
  );
  const url = `http://127.0.0.1:${port}/posts`;
  let missed = 0;
  const line = (name: string, value: string, promise = "", ok?: boolean) => {
    if (ok === false) missed++;
    const verdict = ok === undefined ? "" : ok ? "ok" : "MISSED";
    console.log(`${name.padEnd(56)} ${value.padStart(9)}  ${promise.padEnd(11)} ${verdict}`.trimEnd());
  };
  try {
    // Neither is measured before it has been compiled.
    await bare(url, 2_000);
    await delivered(url, 2_000, UNDER_WAY, []);
    for (const after of ANSWERS_AFTER_MS) {
      const slow = `${url}?after=${after}`;
      const pool = await bare(slow, COUNT);
      const ours = await delivered(slow, COUNT, UNDER_WAY, []);
      const ratio = ours.perSecond / pool;
      const server = after === 0 ? "a server that answers at once" : `a server that takes ${after} ms`;
      line(`bare undici, ${COUNT} posts, ${server}`, `${Math.round(pool)}/s`);
      line("  deliveries, each durably recorded", `${Math.round(ours.perSecond)}/s`);
      const promise: [string?, boolean?] = after > 0 ? [">= 60 %", ratio >= 0.6] : [];
      line("  deliveries against bare undici", `${(ratio * 100).toFixed(0)} %`, ...promise);
      const { megabytes } = ours;
      line("  resident memory at the end", `${megabytes.toFixed(0)} MB`, "< 200 MB", megabytes < 200);
    }

    const { count, posts, per } = PACED;
    const paced = await delivered(`${url}?paced`, count, 1, [{ posts, per: `${per}s` }]);
    const ideal = (count / posts - 1) * per;
    const most = ideal * 1.03;
    line(
      `${count} posts at ${posts} per ${per} s, at best ${ideal} s`,
      `${paced.seconds.toFixed(2)} s`,
      `<= ${most.toFixed(2)} s`,
      paced.seconds <= most,
    );
    const { refused } = (await (await fetch(`http://127.0.0.1:${port}/refused`)).json()) as {
      refused: number;
    };
    line("  refused by the server, which counts as well", `${refused}`, "0", refused === 0);
  } finally {
    server.kill();
  }
  process.exit(missed > 0 ? 1 : 0);
}

async function bare(url: string, count: number): Promise<number> {
  const agent = new Agent({ connections: CONCURRENCY });
  const from = performance.now();
  let sent = 0;
  const worker = async () => {
    while (sent < count) {
      sent++;
      const answer = await request(url, {
        method: "POST",
        body,
        headers: { "user-agent": USER_AGENT, accept: "application/json", "content-type": "application/json" },
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

async function delivered(url: string, count: number, concurrency: number, rates: Rate[]) {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-bench-"));
  const ledger = await openAt(join(folder, "ledger.db"));
  const now = Date.now();
  for (let from = 0; from < count; from += 1000) {
    const batch = Array.from({ length: Math.min(1000, count - from) }, (_, n) => ({
      id: `c/${from + n}`,
      campaign: "c",
      channel: "a",
      network: "bench",
      account: "acc",
      digest: "d",
      posts: [{ text: body, entities: [], media: [], tags: [], options: {} }],
      dueAt: now,
    }));
    await ledger.add(batch, now);
  }
  const wire = createWire();
  const from = performance.now();
  await deliver({
    channels: [{ name: "a", adapter: adapter(url, rates), settings: {}, secrets: [] }],
    ledger,
    clock: systemClock,
    transport: wire.transport,
    userAgent: USER_AGENT,
    patience: 60_000,
    session: () => memorySession(),
    read: async () => new Uint8Array(),
    signal: new AbortController().signal,
    stop: new AbortController().signal,
    concurrency,
  });
  const seconds = (performance.now() - from) / 1000;
  const megabytes = process.memoryUsage().rss / 1e6;
  const published = await ledger.count("published");
  await wire.close();
  await ledger.close();
  rmSync(folder, { recursive: true });
  if (published !== count) throw new Error(`${published} of ${count} are published`);
  return { perSecond: count / seconds, seconds, megabytes };
}

function adapter(url: string, rates: Rate[]): Adapter {
  return defineAdapter({
    id: "bench",
    name: "Bench",
    source: { url: "https://bench.example/", checked: "2026-11-23" },
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
    async publish(post, { http }) {
      const reply = await http({ method: "POST", url, json: JSON.parse(post.text) });
      return expectReply(reply, v.object({ id: v.string() }), "an id");
    },
  }) as Adapter;
}
