/** The built CLI against the sandbox, which lives in another process: projects with one campaign, and runs that are killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { SandboxPost } from "../../src/sandbox/network.ts";
import { boundariesIn, broadcast, CLI, type Ended, linesOf, type RunOptions } from "./process.ts";
import { writeFiles } from "./project-files.ts";
import type { Subject } from "./subjects.ts";

const WATCHER = resolve("test/chaos/watch-stage.mjs");

export interface Stage {
  url: string;
  posts(): Promise<Pick<SandboxPost, "network" | "id" | "url" | "text" | "title">[]>;
  /** The pictures that arrived whole, one entry for each time: `image 1 of <mark>`. */
  pictures(): string[];
  /** From now on the sandbox takes the time to be so many milliseconds later, for the channel of this name. */
  later(mark: string, ms: number): void;
  close(): Promise<void>;
}

/** Starts `broadcast sandbox` in a process of its own. */
export async function startStage(args: string[] = []): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-stage-"));
  const pictures = join(folder, "pictures.txt");
  writeFileSync(pictures, "");
  writeFileSync(join(folder, "broadcast.yml"), "channels: {}\n");
  const argv = ["--import", WATCHER, CLI, "sandbox", "--port", "0", "--no-rates", "--json", ...args];
  const child = spawn(process.execPath, argv, {
    cwd: folder,
    env: { ...process.env, PICTURES_TO: pictures, LATER_IN: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.once("exit", () => child.kill());
  const url = await firstUrl(child);
  return {
    url,
    posts: async () => {
      const answer = (await (await fetch(`${url}/api/posts`)).json()) as { posts: [] } | [];
      return Array.isArray(answer) ? answer : answer.posts;
    },
    pictures: () => linesOf(pictures),
    later: (mark, ms) => writeFileSync(join(folder, `${mark}.later`), String(ms)),
    close: async () => {
      child.kill("SIGTERM");
      await new Promise((done) => child.once("exit", done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function firstUrl(child: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let out = "";
    child.stdout?.on("data", (bytes) => {
      out += bytes;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(out)?.[0];
      if (url) found(url);
    });
    child.once("exit", (code) => failed(new Error(`the sandbox ended with ${code}: ${out}`)));
  });
}

/** A project with one campaign for one channel, its words marked so that they can be told apart in the sandbox. */
export interface Scene {
  folder: string;
  /** The channel's name, in every word and picture of it. */
  mark: string;
  subject: Subject;
  /** `send`, without a kill. */
  send(options?: RunOptions): Promise<Ended>;
  /** The subject's command, once there is something to do for it. */
  act(options?: RunOptions): Promise<Ended>;
  /** Brings it to where the subject's command has something to do. */
  prepare(): Promise<void>;
  /** What each run wrote down before it ended: see kill-at.mjs. */
  traces(): string[][];
  remove(): void;
}

/** Longer than a request that was cut off may still be under way: nobody believes that it is absent sooner. */
export const LATER_MS = 65_000;

let scenes = 0;

export function createScene(subject: Subject, stage: Stage): Scene {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-scene-"));
  const mark = `run${process.pid}x${++scenes}y${subject.by === "retry" ? "refused" : (subject.weather ?? "")}`;
  writeFiles(folder, subject, mark);
  let runs = 0;
  let killed = 0;
  const run = async (argv: string[], { later = 0, ...options }: RunOptions = {}) => {
    // Time goes by for both; a clock that is wrong is wrong for one.
    stage.later(mark, later + LATER_MS * killed);
    const ended = await broadcast(folder, [...argv, "--sandbox", stage.url], {
      ...options,
      later: later + LATER_MS * killed + (subject.skew ?? 0),
      traceTo: `trace${++runs}.txt`,
    });
    if (ended.signal === "SIGKILL") killed++;
    return ended;
  };
  const send = (options?: RunOptions) => run(["send", "c.yml", "--yes"], options);
  const act = {
    send,
    run: (options?: RunOptions) => run(["run", "c.yml"], options),
    retry: (options?: RunOptions) => run(["retry", "c.yml"], options),
    resolve: (options?: RunOptions) => run(["resolve", mark, "--resend"], options),
    edit: (options?: RunOptions) => run(["edit", "c.yml", "--yes"], options),
    repost: (options?: RunOptions) => run(["edit", "c.yml", "--yes", "--repost"], options),
    retract: (options?: RunOptions) => run(["retract", "c.yml", "--yes"], options),
  }[subject.by ?? "send"];

  return {
    folder,
    mark,
    subject,
    send,
    act,
    async prepare() {
      if (subject.by === "retry") demand(await send(), 3);
      if (isAfterwards(subject)) {
        demand(await send(), 0);
        const file = join(folder, "c.yml");
        const words = readFileSync(file, "utf8");
        if (subject.by !== "retract") writeFileSync(file, words.replace(/Part (\d)/g, "Edited $1"));
      }
      if (subject.by !== "resolve") return;
      // The first three ask for the sandbox, the bot and the chat. The fourth: its attempt is on record, and it never left.
      demand(await send({ killAt: "before-write:4" }), null);
      demand(await send(), 4);
    },
    traces: () =>
      Array.from({ length: runs }, (_, n) => join(folder, `trace${n + 1}.txt`)).map((file) =>
        existsSync(file) ? linesOf(file) : [],
      ),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Whether it is out before anything is killed. */
export function isAfterwards({ by }: Subject): boolean {
  return by === "edit" || by === "retract" || by === "repost";
}

function demand({ code, out }: Ended, expected: number | null): void {
  if (code !== expected) throw new Error(`ended with ${code} and not ${expected}, before any kill\n${out}`);
}

/** Every boundary that an undisturbed run passes, in kinds. */
export async function boundaries(subject: Subject, stage: Stage): Promise<string[]> {
  const scene = createScene(subject, stage);
  try {
    await scene.prepare();
    const file = join(scene.folder, "counts.json");
    demand(await scene.act({ countTo: file }), 0);
    const all = boundariesIn(file);
    // Slow is only what has arrived.
    return subject.weather === "slow" ? all.filter((one) => /^(after-write|answer):/.test(one)) : all;
  } finally {
    scene.remove();
  }
}

/** The boundaries that an undisturbed run passes, which tells them in the file that it is given. */
export async function boundariesOf(
  { name }: Subject,
  machine: { run(options: { countTo: string }): Promise<Ended>; remove(): void },
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-counts-"));
  try {
    const file = join(folder, "counts.json");
    const ended = await machine.run({ countTo: file });
    if (ended.code !== 0)
      throw new Error(`${name}: an undisturbed run ended with ${ended.code}\n${ended.out}`);
    return boundariesIn(file);
  } finally {
    machine.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the work with so many at a time. */
export async function inParallel<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: most }, worker));
  return results;
}
