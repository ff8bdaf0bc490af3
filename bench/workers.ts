/**
 * Workers over one ledger in PostgreSQL: how much more four of them do than one, how much at most, and what a `send` to them
 * costs beside one to a ledger in a file. The server does nothing but answer, after 50 ms or at once.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { deliveriesOf, enter } from "../src/app/deliver.ts";
import { withLedger } from "../src/app/ledger.ts";
import { openProject } from "../src/app/project.ts";
import { prepare } from "../src/app/send.ts";
import { systemClock } from "../src/clock.ts";
import { ask, HAS_POSTGRES, startPostgres } from "../test/postgres/server.ts";

const CLI = resolve("bin/broadcast.js");

/** The network of the rates: so many posts in so many milliseconds; the server refuses what is more. */
const PACE = { posts: 20, per: 10_000 };

if (process.env.BENCH_SERVER) serve();
else if (HAS_POSTGRES) await main();
else console.log("PostgreSQL is not installed: nothing is measured");

function serve(): void {
  let id = 0;
  let refused = 0;
  const arrived = new Map<string, number[]>();
  /** Whether the path's window has room. */
  const hasRoom = (path: string): boolean => {
    const now = Date.now();
    const recent = (arrived.get(path) ?? []).filter((at) => at > now - PACE.per);
    if (recent.length < PACE.posts) recent.push(now);
    else refused++;
    arrived.set(path, recent);
    return recent.at(-1) === now;
  };
  const server = createServer((incoming, response) => {
    const after = Number(/^\/after(\d+)/.exec(incoming.url ?? "")?.[1] ?? 0);
    const answer = () => {
      response.setHeader("content-type", "application/json");
      if (incoming.url === "/refused") return response.end(JSON.stringify({ refused }));
      if (incoming.url?.startsWith("/paced") && !hasRoom(incoming.url))
        return response.writeHead(429, { "retry-after": "10" }).end('{"error":"too many"}');
      const number = `${++id}`;
      return response.end(
        JSON.stringify({ id: number, url: `http://127.0.0.1/@a/${number}`, uri: `u${number}` }),
      );
    };
    incoming.resume().on("end", () => (after > 0 ? setTimeout(answer, after) : answer()));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
}

async function main(): Promise<void> {
  const server = fork(process.argv[1]!, [], { env: { ...process.env, BENCH_SERVER: "1" } });
  const port = await new Promise<number>((done) => server.once("message", (value) => done(Number(value))));
  const postgres = await startPostgres();
  const base = mkdtempSync(join(tmpdir(), "broadcast-bench-"));
  try {
    const place = { base, port, address: () => postgres.url() };
    const one = await drain(place, { workers: 1, concurrency: 8, channels: 50, campaigns: 16, after: 50 });
    const four = await drain(place, { workers: 4, concurrency: 8, channels: 50, campaigns: 48, after: 50 });
    line("one worker, 50 ms, 8 at a time", `${one.rate.toFixed(0)}/s`);
    line("four workers", `${four.rate.toFixed(0)}/s, ${(four.rate / one.rate).toFixed(2)} x (3.5)`);
    for (const [workers, concurrency] of [
      [2, 32],
      [4, 32],
    ] as const) {
      const most = await drain(place, { workers, concurrency, channels: 200, campaigns: 40, after: 0 });
      line(`${workers} workers, at once, ${concurrency} at a time`, `${most.rate.toFixed(0)}/s (1,000)`);
      line("  10,000 would be entered in", `${((most.entered / 8_000) * 10).toFixed(1)} s (5)`);
    }
    const paced = await drain(place, {
      workers: 4,
      concurrency: 8,
      channels: 4,
      campaigns: 100,
      after: 0,
      paced: true,
    });
    const theory = (100 / PACE.posts - 1) * PACE.per;
    const { refused } = (await (await fetch(`http://127.0.0.1:${port}/refused`)).json()) as {
      refused: number;
    };
    line(
      "at a declared rate",
      `${(paced.ms / theory).toFixed(3)} x what it allows (1.02), ${refused} refused (0)`,
    );
    const [file, shared] = await sends(place);
    line("send to a worker beside a ledger in a file", `${(shared / file).toFixed(2)} x (1.3)`);
  } finally {
    server.kill();
    await postgres.close();
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Place {
  base: string;
  port: number;
  address(): string;
}

interface Drain {
  workers: number;
  concurrency: number;
  channels: number;
  campaigns: number;
  /** Milliseconds after which the server answers. */
  after: number;
  /** Over a network that takes `PACE`. */
  paced?: boolean;
}

/** Deliveries a second, and milliseconds, between the first and the last receipt; and how long entering took. */
async function drain(
  { base, port, address }: Place,
  { workers, concurrency, channels, campaigns, after, paced }: Drain,
): Promise<{ rate: number; ms: number; entered: number }> {
  const url = address();
  const folder = mkdtempSync(join(base, "project-"));
  const names = Array.from({ length: channels }, (_, n) => `c${n}`);
  write(folder, { port, after, names, ledger: "${DATABASE_URL}", paced });
  const env = { ...process.env, DATABASE_URL: url, TOKEN: "a-token-of-the-bench" };
  const project = await openProject({ cwd: folder, env });
  let entered = 0;
  await withLedger(project, async (door) => {
    const ledger = await door.open();
    for (let n = 0; n < campaigns; n++) {
      const file = join(folder, `c${n}.yml`);
      writeFileSync(file, `kind: update\ntitle: Title\nbody: Number ${n} here.\nchannels: [${names}]\n`);
      const { plan } = await prepare(file, project, door, { checkLinks: false });
      const began = performance.now();
      const now = ledger.clock(systemClock).now();
      await enter(deliveriesOf(plan, now), ledger, now);
      entered += performance.now() - began;
    }
  });
  const all: ChildProcess[] = [];
  for (let n = 0; n < workers; n++)
    all.push(
      spawn(process.execPath, [CLI, "worker", "--drain", "--concurrency", `${concurrency}`], {
        cwd: folder,
        env,
        stdio: ["ignore", "ignore", process.env.LOUD ? "inherit" : "ignore"],
      }),
    );
  await Promise.all(all.map((child) => new Promise((done) => child.once("exit", done))));
  const [row] = await ask(
    url,
    "select count(*)::int as number, (max(at) - min(at))::int as ms from receipts",
  );
  if (row?.number !== channels * campaigns)
    throw new Error(`${row?.number} of ${channels * campaigns} are out`);
  return { rate: (Number(row.number) / Number(row.ms)) * 1000, ms: Number(row.ms), entered };
}

/** Milliseconds of a whole `send`, the least of some: to a ledger in a file, and to a worker. */
async function sends({ base, port, address }: Place): Promise<[number, number]> {
  const env = { ...process.env, DATABASE_URL: address(), TOKEN: "a-token-of-the-bench" };
  const folders = [undefined, "${DATABASE_URL}"].map((ledger) => {
    const folder = mkdtempSync(join(base, "project-"));
    write(folder, { port, after: 0, names: ["news"], ledger });
    return folder;
  });
  const worker = spawn(process.execPath, [CLI, "worker"], { cwd: folders[1], env, stdio: "ignore" });
  await new Promise((done) => setTimeout(done, 2_000));
  const least = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let n = 0; n < 15; n++)
    for (const [at, folder] of folders.entries()) {
      writeFileSync(
        join(folder, `s${n}.yml`),
        `kind: update\ntitle: Title\nbody: Number ${n}.\nchannels: [news]\n`,
      );
      const began = performance.now();
      const { status } = spawnSync(process.execPath, [CLI, "send", `s${n}.yml`, "--yes"], {
        cwd: folder,
        env,
      });
      if (status !== 0) throw new Error(`send ended with ${status}`);
      least[at] = Math.min(least[at]!, performance.now() - began);
    }
  worker.kill();
  return least as [number, number];
}

function write(
  folder: string,
  {
    port,
    after,
    names,
    ledger,
    paced,
  }: { port: number; after: number; names: string[]; ledger?: string; paced?: boolean },
): void {
  if (paced) {
    writePaced(folder, port, names);
    return;
  }
  const channels = names.flatMap((name) => [
    `  ${name}:`,
    "    network: mastodon",
    // An account of its own for each: the network's limits are an account's.
    `    server: http://127.0.0.1:${port}/after${after}/${name}`,
    "    token: ${TOKEN}",
  ]);
  const shared = ledger ? [`ledger: ${ledger}`, ...(names.length === 1 ? ["deliver: workers"] : [])] : [];
  mkdirSync(join(folder, "templates/update"), { recursive: true });
  writeFileSync(join(folder, "broadcast.yml"), [...shared, "channels:", ...channels, ""].join("\n"));
  writeFileSync(join(folder, "templates/update/short.md"), "{{ body }}\n");
}

/** A network of the project's own, with a window that is full soon. */
function writePaced(folder: string, port: number, names: readonly string[]): void {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(resolve("."), join(folder, "node_modules/broadcast-cli"));
  symlinkSync(resolve("node_modules/valibot"), join(folder, "node_modules/valibot"));
  writeFileSync(
    join(folder, "paced.mjs"),
    `import { base, defineAdapter, secret } from "broadcast-cli";
import * as v from "valibot";
export const paced = defineAdapter({
  id: "paced", name: "Paced", source: { url: "https://paced.example", checked: "2026-11-27" }, group: "team", shape: "short",
  channel: v.strictObject({ token: secret("Token"), server: base("Server", "https://paced.example") }),
  options: v.strictObject({}), auth: { kind: "token", steps: [] },
  endpoint: ({ server }) => ({ base: server, headers: {} }), own: { body: v.object({ error: v.string() }) },
  text: { max: 500, unit: "grapheme", markup: "plain", tags: "none" }, media: "none", thread: "none", card: "none",
  rates: [{ posts: ${PACE.posts}, per: "${PACE.per / 1000}s" }], idempotency: "none", edits: "none", retracts: "none",
  publish: (post, { ask }) =>
    ask({ method: "POST", path: "", json: { text: post.text } }, v.object({ id: v.string() }), "a post"),
});
`,
  );
  const channels = names.map(
    (name) =>
      `  ${name}: { network: paced, server: "http://127.0.0.1:${port}/paced/${name}", token: "\${TOKEN}" }`,
  );
  writeFileSync(
    join(folder, "broadcast.yml"),
    ["ledger: ${DATABASE_URL}", "adapters: [./paced.mjs]", "channels:", ...channels, ""].join("\n"),
  );
}

function line(what: string, found: string): void {
  console.log(`${what.padEnd(44)} ${found}`);
}
