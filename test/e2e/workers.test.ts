// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** Workers as they are run: processes of the built program, over a ledger in PostgreSQL, to channels whose server is the sandbox. */
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { HAS_POSTGRES, type PostgresServer, startPostgres } from "../postgres/server.ts";
import { EVERYTHING } from "../sample.ts";
import { broadcast, build } from "./built.ts";

const CLI = resolve("bin/broadcast.js");

describe.runIf(HAS_POSTGRES)("workers", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    build();
    server = await startPostgres();
  }, 120_000);
  afterAll(() => server?.close());

  let base: string;
  let sandbox: Sandbox;
  let address: string;
  let running: ChildProcess[] = [];
  beforeEach(async () => {
    base = mkdtempSync(join(tmpdir(), "broadcast-workers-"));
    sandbox = await startSandbox({ networks, folder: join(base, "stage"), rates: false });
    address = server.url();
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => ended(one, "SIGKILL")));
    running = [];
    await sandbox.close();
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  });

  const ended = (one: ChildProcess, signal: NodeJS.Signals) =>
    new Promise<number | null>((done) => {
      if (one.exitCode !== null || one.signalCode !== null) return done(one.exitCode);
      one.once("exit", (code) => done(code));
      one.kill(signal);
    });
  const until = async (test: () => Promise<boolean> | boolean, ms = 15_000) => {
    const end = Date.now() + ms;
    while (!(await test())) {
      if (Date.now() > end) throw new Error("it did not happen in time");
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  const texts = async () => (await sandbox.posts()).map(({ text }) => text.trim());

  /** A machine's own copy of the project. */
  function machine(name: string, channels: string[], more = "deliver: workers\n"): string {
    const folder = join(base, name);
    mkdirSync(join(folder, "templates/update"), { recursive: true });
    const lines = channels.flatMap((channel) => {
      const { server: at = "" } = sandbox.channel("mastodon", channel);
      return [
        `  ${channel}:`,
        "    network: mastodon",
        `    server: ${at}`,
        `    token: \${${channel.toUpperCase()}}`,
      ];
    });
    writeFileSync(
      join(folder, "broadcast.yml"),
      `ledger: \${DATABASE_URL}\n${more}channels:\n${lines.join("\n")}\n`,
    );
    writeFileSync(join(folder, "templates/update/short.md"), "{{ body }}\n");
    return folder;
  }
  const envOf = (channels: string[]) => ({
    DATABASE_URL: address,
    ...Object.fromEntries(
      channels.map((channel) => [channel.toUpperCase(), sandbox.channel("mastodon", channel).token ?? ""]),
    ),
  });
  function campaign(folder: string, name: string, words: string, channels: string[], more = ""): string {
    writeFileSync(
      join(folder, name),
      `kind: update\ntitle: Title\nbody: ${words}\nchannels: [${channels.join(", ")}]\n${more}`,
    );
    return name;
  }
  /** Resolves when it says that it delivers. */
  async function worker(folder: string, channels: string[], ...args: string[]) {
    const child = spawn(process.execPath, [CLI, "worker", ...args], {
      cwd: folder,
      env: { ...process.env, ...envOf(channels), NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.push(child);
    const told = { out: "", err: "" };
    child.stdout.on("data", (bytes) => (told.out += bytes));
    child.stderr.on("data", (bytes) => (told.err += bytes));
    await until(() => /Delivering to/.test(told.err + told.out) || child.exitCode !== null);
    return { child, told };
  }

  it("take what `send` leaves to them, once and soon, and `send` tells what came of it", async () => {
    const folder = machine("a", ["news"]);
    await worker(folder, ["news"]);
    await worker(folder, ["news"]);
    const env = envOf(["news"]);
    const began = Date.now();
    const first = await broadcast(folder, ["send", campaign(folder, "c.yml", "One", ["news"]), "--yes"], {
      env,
    });
    expect(first.code, first.err).toBe(0);
    expect(first.out).toMatch(/✓ {2}news {2}published/);
    expect(Date.now() - began).toBeLessThan(4_000);
    const again = await broadcast(folder, ["send", "c.yml", "--yes"], { env });
    expect(again.err).toContain("nothing was sent");
    expect(await texts()).toEqual(["One"]);
  });

  it.runIf(EVERYTHING)("are named when none is there, and what waits for them is not lost", async () => {
    const folder = machine("a", ["news"]);
    const env = envOf(["news"]);
    const { code, err } = await broadcast(
      folder,
      ["send", campaign(folder, "c.yml", "One", ["news"]), "--yes"],
      {
        env,
      },
    );
    expect(code).not.toBe(0);
    expect(err).toContain("no worker is there: a delivery waits in the ledger");
    await worker(folder, ["news"], "--drain");
    await until(async () => (await texts()).length === 1);
  });

  it("keep a channel's order, however many they are", async () => {
    const channels = ["news", "blog"];
    const folder = machine("a", channels);
    const env = envOf(channels);
    expect((await broadcast(folder, ["pause"], { env })).code).toBe(0);
    for (let n = 0; n < 10; n++) {
      const name = campaign(folder, `c${n}.yml`, `Number ${n}`, channels);
      await broadcast(folder, ["send", name, "--yes"], { env });
    }
    await Promise.all([1, 2, 3].map(() => worker(folder, channels)));
    await broadcast(folder, ["resume"], { env });
    await until(async () => (await texts()).length === 20, 30_000);
    const posts = await sandbox.posts();
    for (const channel of channels) {
      const own = posts.filter(({ url }) => url?.includes(`@${channel}`)).map(({ text }) => text.trim());
      const order = Array.from({ length: 10 }, (_, n) => `Number ${n}`);
      expect([order, [...order].reverse()]).toContainEqual(own);
    }
  }, 60_000);

  it("leave channels to others whose credential they lack, and say so", async () => {
    const folder = machine("a", ["news", "blog"]);
    const one = await worker(folder, ["news"]);
    expect(one.told.err).toMatch(/BLOG/);
    expect(one.told.err).toMatch(/Delivering to news/);
    const env = envOf(["news", "blog"]);
    const sending = broadcast(
      folder,
      ["send", campaign(folder, "c.yml", "Both", ["news", "blog"]), "--yes"],
      { env },
    );
    await until(async () => (await texts()).length === 1);
    await worker(folder, ["news", "blog"], "--channels", "blog");
    expect((await sending).code).toBe(0);
    expect(await texts()).toEqual(["Both", "Both"]);
  }, 40_000);

  it("let nothing go while a channel is paused, and go on when it is not", async () => {
    const folder = machine("a", ["news"]);
    const env = envOf(["news"]);
    await worker(folder, ["news"]);
    expect((await broadcast(folder, ["pause", "--channel", "news"], { env })).code).toBe(0);
    await broadcast(folder, ["send", campaign(folder, "c.yml", "One", ["news"]), "--yes"], { env });
    await new Promise((done) => setTimeout(done, 1_500));
    expect(await texts()).toEqual([]);
    await broadcast(folder, ["resume"], { env });
    await until(async () => (await texts()).length === 1, 3_000);
  }, 40_000);

  it("read files from the store that machines share, and send no other file in their place", async () => {
    const more = `deliver: workers\nmedia_store: ${join(base, "store")}\n`;
    const [desk, server] = [machine("desk", ["news"], more), machine("server", ["news"], more)];
    cpSync(resolve("campaigns/images/ticks.png"), join(desk, "a.png"));
    writeFileSync(join(server, "a.png"), "another file of that name");
    await worker(server, ["news"]);
    const media = "media: [{ file: a.png, alt: A picture }]\n";
    const { code, err } = await broadcast(
      desk,
      ["send", campaign(desk, "c.yml", "See", ["news"], media), "--yes"],
      {
        env: envOf(["news"]),
      },
    );
    expect(code, err).toBe(0);
    expect(readdirSync(join(base, "store"))).toHaveLength(1);
    const [post] = await sandbox.posts();
    expect(post?.media).toHaveLength(1);
  });

  it.runIf(EVERYTHING)(
    "leave a post whose file they lack to others, and never send it without",
    async () => {
      const [desk, server] = [machine("desk", ["news"]), machine("server", ["news"])];
      cpSync(resolve("campaigns/images/ticks.png"), join(desk, "a.png"));
      const { told } = await worker(server, ["news"], "--log", "json");
      const media = "media: [{ file: a.png, alt: A picture }]\n";
      const env = envOf(["news"]);
      const sending = broadcast(desk, ["send", campaign(desk, "c.yml", "See", ["news"], media), "--yes"], {
        env,
      });
      await until(() => told.out.includes("no-file"));
      expect(await texts()).toEqual([]);
      for (const line of told.out.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("time");
      await worker(desk, ["news"]);
      expect((await sending).code).toBe(0);
      expect((await sandbox.posts())[0]?.media).toHaveLength(1);
    },
    60_000,
  );

  it("tell how they fare, finish what is under way when they are stopped, and are not ready then", async () => {
    const folder = machine("a", ["news"]);
    const { child, told } = await worker(folder, ["news"], "--health", "127.0.0.1:0");
    await until(() => /metrics/.test(told.err));
    const url = /http:\S+(?=\/metrics)/.exec(told.err)?.[0];
    const env = envOf(["news"]);
    await broadcast(folder, ["send", campaign(folder, "c.yml", "One", ["news"]), "--yes"], { env });
    expect(await (await fetch(`${url}/live`)).text()).toBe("ok\n");
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    // `send` reads the ledger, so it can be back before the worker has counted what it wrote there.
    const published = 'broadcast_deliveries_total{channel="news",state="published"} 1';
    let metrics = "";
    await until(async () => {
      metrics = await (await fetch(`${url}/metrics`)).text();
      return metrics.includes(published);
    });
    expect(metrics).toMatch(/^# EOF$/m);
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    expect(await ended(child, "SIGTERM")).toBe(0);
  });

  it("need a ledger that machines share, and a channel that they can send to", async () => {
    const folder = machine("a", ["news"]);
    writeFileSync(join(folder, "broadcast.yml"), "channels: { site: { network: feed, path: out } }\n");
    const alone = await broadcast(folder, ["worker"]);
    expect([alone.code, alone.err]).toEqual([
      2,
      expect.stringContaining("workers need a ledger that machines share"),
    ]);
    writeFileSync(
      join(folder, "broadcast.yml"),
      "deliver: workers\nchannels: { site: { network: feed, path: out } }\n",
    );
    const lonely = await broadcast(folder, ["doctor"]);
    expect(lonely.out + lonely.err).toContain("`deliver: workers` needs a ledger that machines share");
    const other = machine("b", ["news"]);
    const none = await broadcast(other, ["worker"], { env: { DATABASE_URL: address } });
    expect([none.code, none.err]).toEqual([2, expect.stringContaining("NEWS")]);
  });
});
