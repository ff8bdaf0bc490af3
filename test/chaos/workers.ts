// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/**
 * Many workers over one ledger, and everything that may happen to them: killed, their database restarted, cut off from it, a
 * clock that is ten minutes ahead. In the end each post is out once, or a person is asked where the network cannot be.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { deliveriesOf, enter } from "../../src/app/deliver.ts";
import { withLedger } from "../../src/app/ledger.ts";
import { openProject } from "../../src/app/project.ts";
import { prepare } from "../../src/app/send.ts";
import type { State } from "../../src/ledger/types.ts";
import type { PostgresServer } from "../postgres/server.ts";
import { seeded } from "./choice.ts";
import { channelOf } from "./git.ts";
import type { Stage } from "./harness.ts";
import { SUBJECTS, type Subject } from "./subjects.ts";

const CLI = resolve("bin/broadcast.js");
const CLOCK = resolve("test/chaos/kill-at.mjs");

export interface WorkersCase {
  workers: number;
  channels: number;
  /** To each channel. */
  campaigns: number;
  kills: number;
  restarts: number;
  /** Milliseconds for which one of them is cut off from the database. */
  partition?: number;
  /** Milliseconds by which one of their clocks is ahead. */
  ahead?: number;
}

export interface WorkersVerdict {
  deliveries: number;
  states: Partial<Record<State, number>>;
  kills: number;
  restarts: number;
  twice: string[];
  /** Not out, though the ledger says so, or neither out nor asked about. */
  lost: string[];
  /** Asked about although the network can be. */
  needless: string[];
  seconds: number;
}

/** What can be told apart by its text, and whose posts are not on the worker's own disk. */
const CAST: readonly Subject[] = SUBJECTS.filter(
  ({ files, by, later, skew, weather, edited }) => !files && !by && !later && !skew && !weather && !edited,
);

/** Networks of different kinds, so that each way to settle what is not known is met. */
export function castOf(networks: readonly string[]): Subject[] {
  return networks.map((network) => {
    const found = CAST.find((subject) => subject.network === network);
    if (!found) throw new Error(`nobody is known at ${network}`);
    return found;
  });
}

export async function playWorkers(
  cast: readonly Subject[],
  { workers, channels, campaigns, kills, restarts, partition = 0, ahead = 0 }: WorkersCase,
  stage: Stage,
  server: PostgresServer,
  say: (text: string) => void,
): Promise<WorkersVerdict> {
  const began = Date.now();
  const random = seeded(7);
  const base = mkdtempSync(join(tmpdir(), "broadcast-workers-"));
  const address = server.url();
  const names = Array.from({ length: channels }, (_, n) => `w${process.pid}c${n}y`);
  const secrets: Record<string, string> = {};
  const lines = names.flatMap((name, n) => {
    const { settings } = channelOf(cast[n % cast.length]!, name, stage, join(base, "stage"));
    return [
      `  ${name}:`,
      `    network: ${cast[n % cast.length]!.network}`,
      ...Object.entries(settings).map(([key, value]) => {
        const variable = `${name.toUpperCase()}_${key.toUpperCase()}`;
        secrets[variable] = value;
        return `    ${key}: \${${variable}}`;
      }),
    ];
  });
  const folder = join(base, "project");
  mkdirSync(join(folder, "templates/update"), { recursive: true });
  writeFileSync(
    join(folder, "broadcast.yml"),
    ["ledger: ${DATABASE_URL}", "channels:", ...lines, ""].join("\n"),
  );
  for (const shape of ["default", "short", "chat", "long"])
    writeFileSync(join(folder, `templates/update/${shape}.md`), "{{ body }}\n");
  const env = { ...process.env, ...secrets, DATABASE_URL: address, NO_COLOR: "1" };

  // All of it is entered before anybody works: each campaign to every channel.
  const project = await openProject({ cwd: folder, env });
  await withLedger(project, async (door) => {
    const ledger = await door.open();
    for (let n = 0; n < campaigns; n++) {
      const file = join(folder, `c${n}.yml`);
      writeFileSync(
        file,
        `kind: update\ntitle: Title\nbody: "Number ${n} here."\nchannels: [${names.join(", ")}]\n`,
      );
      const { plan } = await prepare(file, project, door, { checkLinks: false });
      const now = ledger.clock({ now: Date.now, sleep: async () => {} }).now();
      const planned = deliveriesOf(plan, now - 1_000 * (campaigns - n)).map((delivery) => ({
        ...delivery,
        dueAt: now - 1_000 * (campaigns - n),
        posts: delivery.posts.map((post) => ({ ...post })),
      }));
      await enter(planned, ledger, now);
    }
  });
  const total = names.length * campaigns;
  say(`${total} deliveries entered, ${seconds()} s`);

  const wall = await startWall(server.port);
  const running = new Map<number, ChildProcess>();
  let ending = false;
  const start = (n: number) => {
    const isAhead = ahead > 0 && n === 1;
    const url = new URL(address);
    if (n === 0 && partition > 0) url.port = String(wall.port);
    const argv = [...(isAhead ? ["--import", CLOCK] : []), CLI, "worker", "--log", "json"];
    const child = spawn(process.execPath, argv, {
      cwd: folder,
      env: { ...env, DATABASE_URL: url.href, ...(isAhead && { LATER: String(ahead) }) },
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr?.on("data", (bytes) => process.env.LOUD && process.stderr.write(bytes));
    running.set(n, child);
    child.once("exit", () => !ending && running.get(n) === child && start(n));
  };
  for (let n = 0; n < workers; n++) start(n);

  let killed = 0;
  let restarted = 0;
  const openOnes = () =>
    withLedger(project, async (door) => {
      const ledger = await door.open();
      const now = Date.now();
      return (await ledger.outlines({ states: ["scheduled", "sending"] })).filter(
        ({ state, nextAt }) => state === "sending" || nextAt < now + 600_000,
      ).length;
    });
  const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
  // While there is still something to do, so that kills hit work.
  const chaos = (async () => {
    const apart = Math.max(60, Math.floor((total * 25) / Math.max(1, kills)));
    while (killed < kills) {
      await pause(apart * (0.5 + random()));
      const victim = running.get(Math.floor(random() * workers));
      if (victim?.kill("SIGKILL")) killed++;
      if (restarts > restarted && killed >= ((restarted + 1) * kills) / (restarts + 1)) {
        server.stop(restarted % 2 === 0 ? "immediate" : "fast");
        await pause(200);
        server.start();
        restarted++;
        say(`${killed} kills, ${restarted} restarts, ${seconds()} s`);
      }
      if (partition > 0 && killed === Math.floor(kills / 2)) {
        wall.close();
        setTimeout(() => wall.open(), partition);
      }
    }
  })();
  await chaos;
  let left = await openOnes();
  for (let patience = 0; left > 0 && patience < 300; patience++) {
    await pause(1_000);
    left = await openOnes();
    if (patience % 20 === 0) say(`${left} left, ${seconds()} s`);
  }
  ending = true;
  for (const child of running.values()) child.kill("SIGTERM");
  await Promise.all(
    [...running.values()].map(
      (child) => child.exitCode ?? child.signalCode ?? new Promise((done) => child.once("exit", done)),
    ),
  );
  wall.end();

  const posts = await stage.posts();
  const histories = await withLedger(project, async (door) => {
    const all: { id: string; channel: string; state: State; receipts: { id: string; url?: string }[] }[] = [];
    for await (const history of (await door.open()).everything()) all.push(history);
    return all;
  });
  rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  const states: WorkersVerdict["states"] = {};
  const verdict: WorkersVerdict = {
    deliveries: total,
    states,
    kills: killed,
    restarts: restarted,
    twice: [],
    lost: [],
    needless: [],
    seconds: 0,
  };
  for (const [n, name] of names.entries()) {
    const subject = cast[n % cast.length]!;
    const own = posts.filter((post) => `${post.url} ${JSON.stringify(post)}`.includes(name));
    for (let campaign = 0; campaign < campaigns; campaign++) {
      const { state } = histories.find(({ id }) => id === `c${campaign}.yml/${name}`) ?? {};
      const what = `${name} (${subject.name}) ${campaign}: ${state}`;
      const out = own.filter(({ text }) => new RegExp(`Number ${campaign} here`).test(text)).length;
      if (state) states[state] = (states[state] ?? 0) + 1;
      if (out > 1) verdict.twice.push(`${what}, ${out} times`);
      if ((state === "published") !== (out === 1) && !(state === "held" && !subject.exact))
        verdict.lost.push(`${what}, out ${out}`);
      if (state === "held" && subject.exact) verdict.needless.push(what);
    }
  }
  verdict.seconds = seconds();
  return verdict;

  function seconds() {
    return Math.round((Date.now() - began) / 1000);
  }
}

/** A way to the database that can be walled up: what is sent then is swallowed, and nothing is closed. */
async function startWall(to: number) {
  let walled = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(to, "127.0.0.1");
    for (const [from, onto] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("error", () => {});
      from.on("data", (bytes) => !walled && onto.write(bytes));
      from.on("close", () => !walled && onto.destroy());
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as { port: number }).port,
    close: () => {
      walled = true;
    },
    // What was swallowed never arrives: those connections are dead.
    open: () => {
      walled = false;
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    end: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
