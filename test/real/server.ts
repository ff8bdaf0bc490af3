/** What a proof needs of a server that nobody here wrote. Each is started on 127.0.0.1 and stopped again. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface RealServer {
  /** The adapter's id. */
  network: string;
  /** As the table calls it: `Bluesky PDS`. */
  name: string;
  /** How many posts hang together, and whether the first has a picture. */
  parts: 1 | 2;
  pictures: 0 | 1;
  /** Whether it has a key or can be asked: then nothing may be missing in the end. */
  exact: boolean;
  /** Commands that this server alone cannot serve, with the words in which the program says so. */
  without?: Readonly<Record<string, string>>;
  /** Its folder in `packages/`, where npm installs it. */
  packages?: string;
  /** Starts it with its data in `folder`. Throws Missing, in words, where it cannot be had. */
  start(folder: string): Promise<Running>;
}

export interface Running {
  version: string;
  /**
   * The settings of the channel with this mark, besides `network`; what is secret as `${NAME}`, with its value in `env`.
   */
  settings(mark: string): Record<string, unknown>;
  env: Record<string, string>;
  /** Its processes. */
  pids: number[];
  /** What readers see of the posts with this mark, asked by other means than ours, oldest first. */
  posts(mark: string): Promise<RealPost[]>;
  /** Somebody else answers this post, by other means than ours. */
  answer?(post: RealPost, words: string): Promise<void>;
  stop(): Promise<void>;
}

export interface RealPost {
  id: string;
  /** As it stands there: HTML, Markdown or plain. */
  text: string;
  parent?: string | undefined;
  pictures: { alt: string; bytes: Uint8Array }[];
}

/** A process of our own: its first line of JSON says where it is. */
export async function serving<T>(
  argv: readonly string[],
  folder: string,
  env: Record<string, string> = {},
): Promise<{ said: T; child: ChildProcess; stop(): Promise<void> }> {
  const child = spawn(process.execPath, argv, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = stopper(child);
  return new Promise((done, failed) => {
    let out = "";
    let errors = "";
    child.stderr.on("data", (bytes) => {
      errors = `${errors}${bytes}`.slice(-4_000);
    });
    child.stdout.on("data", (bytes) => {
      out = `${out}${bytes}`.slice(-100_000);
      const line = /^\{"serving":.*\}$/m.exec(out)?.[0];
      if (line) done({ said: JSON.parse(line).serving as T, child, stop });
    });
    child.once("exit", (code) => failed(new Error(`${argv[0]} ended with ${code}\n${errors}`)));
  });
}

/** Ends a process with this one at the latest; one that was started `detached`, with its whole group. */
export function stopper(child: ChildProcess, group = false): () => Promise<void> {
  const kill = (signal: NodeJS.Signals) => {
    if (!group || child.pid === undefined) return child.kill(signal);
    try {
      return process.kill(-child.pid, signal);
    } catch {
      // Nobody of it is there any more.
      return false;
    }
  };
  const last = () => void kill("SIGKILL");
  process.once("exit", last);
  return async () => {
    process.off("exit", last);
    if (child.exitCode !== null || child.signalCode !== null) return last();
    const ended = new Promise((done) => child.once("exit", done));
    kill("SIGTERM");
    await Promise.race([ended, sleep(5_000, undefined, { ref: false }).then(last)]);
    await ended;
    if (group) last();
  };
}

export function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

/** What `ask` gives as soon as it does not throw; its error when it has thrown so often: by default, for half a minute. */
export async function until<T>(ask: () => T | Promise<T>, most = 300): Promise<T> {
  for (let n = 0; ; n++) {
    try {
      return await ask();
    } catch (error) {
      if (n === most) throw error;
      await sleep(100);
    }
  }
}

/** Resident memory of the processes and of their children, megabytes; nothing where the system does not tell. */
export function megabytes(pids: readonly number[]): number | undefined {
  if (!existsSync("/proc/self/status")) return undefined;
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(statusOf);
  const family = new Set(pids);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  const kilobytes = all.filter(({ pid }) => family.has(pid)).reduce((sum, { rss }) => sum + rss, 0);
  return Math.round(kilobytes / 1024);
}

function statusOf(pid: string): { pid: number; parent: number; rss: number } {
  // It may have ended in the meantime.
  const status = existsSync(join("/proc", pid, "status"))
    ? readFileSync(join("/proc", pid, "status"), "utf8")
    : "";
  const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
  return { pid: Number(pid), parent: number("PPid"), rss: number("VmRSS") };
}
