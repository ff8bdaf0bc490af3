/**
 * Kills the built CLI at every boundary of a delivery, lets it run again until it settles, and counts in the sandbox, which
 * lives in another process. What is being checked is a sentence: exactly once where the network has a key or can be asked,
 * at most once and held elsewhere, and never a wrong word about it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const CLI = resolve("bin/broadcast.js");
const KILLER = resolve("test/chaos/kill-at.mjs");

/** What is sent in a run: which network, how many parts, with an image or not. */
export interface Subject {
  name: string;
  network: string;
  /** Lines of YAML under the channel, besides `network`. */
  settings: string[];
  parts: number;
  image: boolean;
  /** Whether the network has a key or can be asked: then nothing may be missing in the end. */
  exact: boolean;
}

export const SUBJECTS: Subject[] = [
  {
    name: "mastodon",
    network: "mastodon",
    settings: ["server: https://m.example", "token: ${T}"],
    parts: 2,
    image: true,
    exact: true,
  },
  {
    name: "bluesky",
    network: "bluesky",
    settings: ["identifier: a.example", "password: ${T}"],
    parts: 2,
    image: true,
    exact: true,
  },
  {
    name: "discord webhook",
    network: "discord",
    settings: ["webhook: ${T}"],
    parts: 2,
    image: false,
    exact: false,
  },
  {
    name: "discord bot",
    network: "discord",
    settings: ["token: ${T}", 'channel_id: "110000000000000001"'],
    parts: 2,
    image: false,
    exact: true,
  },
  {
    name: "slack bot",
    network: "slack",
    settings: ["token: ${T}", "channel: C1"],
    parts: 2,
    image: false,
    exact: true,
  },
  {
    name: "slack webhook",
    network: "slack",
    settings: ["webhook: ${T}"],
    parts: 2,
    image: false,
    exact: false,
  },
  {
    name: "telegram",
    network: "telegram",
    settings: ["token: ${T}", 'chat: "@a"'],
    parts: 2,
    image: false,
    exact: false,
  },
  {
    name: "feed",
    network: "feed",
    settings: ["folder: out", "title: T", "url: https://a.example/"],
    parts: 1,
    image: true,
    exact: true,
  },
];

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
}

export interface Stage {
  url: string;
  posts(): Promise<{ network: string; text: string; title?: string }[]>;
  close(): Promise<void>;
}

/** Starts `broadcast sandbox` in a process of its own. */
export async function startStage(args: string[] = []): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-stage-"));
  writeFileSync(join(folder, "broadcast.yml"), "channels: {}\n");
  const child = spawn(process.execPath, [CLI, "sandbox", "--port", "0", "--no-rates", "--json", ...args], {
    cwd: folder,
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
  mark: string;
  subject: Subject;
  /** Runs `send` with a kill somewhere, or nowhere. */
  send(killAt?: string, countTo?: string): Promise<Ended>;
  remove(): void;
}

let scenes = 0;

export function createScene(subject: Subject, stage: Stage): Scene {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-scene-"));
  const mark = `run${process.pid}x${++scenes}y`;
  const parts = Array.from({ length: subject.parts }, (_, n) => `Part ${n + 1} of ${mark}.`);
  const image = subject.image ? ["media:", "  - file: a.png", "    alt: A picture"] : [];
  const settings = subject.settings.map((line) => `    ${line}`);
  writeFileSync(
    join(folder, "broadcast.yml"),
    ["channels:", `  ${mark}:`, `    network: ${subject.network}`, ...settings, ""].join("\n"),
  );
  writeFileSync(
    join(folder, "c.yml"),
    [
      "kind: update",
      `title: Title`,
      ...image,
      `channels: [${mark}]`,
      "body: |",
      ...parts
        .join("\n\n---\n\n")
        .split("\n")
        .map((line) => `  ${line}`),
      "",
    ].join("\n"),
  );
  mkdirSync(join(folder, "templates/update"), { recursive: true });
  writeFileSync(join(folder, "templates/update/default.md"), "{{ body }}\n");
  for (const shape of ["short", "chat", "article"])
    cpSync(join(folder, "templates/update/default.md"), join(folder, `templates/update/${shape}.md`));
  if (subject.image) cpSync(resolve("campaigns/images/ticks.png"), join(folder, "a.png"));

  let killed = 0;
  return {
    folder,
    mark,
    subject,
    async send(killAt, countTo) {
      const ended = await send(folder, stage.url, { killAt, countTo, later: LATER_MS * killed });
      if (ended.signal === "SIGKILL") killed++;
      return ended;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

// Longer than the network may still be at work on a request that was cut off.
export const LATER_MS = 31_000;

function send(
  folder: string,
  url: string,
  { killAt = "", countTo = "", later }: { killAt?: string; countTo?: string; later: number },
): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(
      process.execPath,
      ["--import", KILLER, CLI, "send", "c.yml", "--yes", "--sandbox", url],
      {
        cwd: folder,
        env: { ...process.env, NO_COLOR: "1", KILL_AT: killAt, COUNT_TO: countTo, LATER_MS: `${later}` },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let out = "";
    child.stdout.on("data", (bytes) => {
      out += bytes;
    });
    child.stderr.on("data", (bytes) => {
      out += bytes;
    });
    child.on("error", failed);
    // What it said may still be on its way when it has ended; of one that was killed nothing more is awaited.
    child.on("exit", (code, signal) => signal && done({ code, signal, out }));
    child.on("close", (code, signal) => done({ code, signal, out }));
  });
}

/** How often each boundary is passed in an undisturbed run. */
export async function boundaries(subject: Subject, stage: Stage): Promise<string[]> {
  const scene = createScene(subject, stage);
  const file = join(scene.folder, "counts.json");
  const ended = await scene.send(undefined, file);
  if (ended.code !== 0)
    throw new Error(`${subject.name}: an undisturbed run ended with ${ended.code}\n${ended.out}`);
  const counts = JSON.parse(readFileSync(file, "utf8")) as Record<string, number>;
  scene.remove();
  return Object.entries(counts).flatMap(([what, count]) =>
    Array.from({ length: count }, (_, n) => `${what}:${n + 1}`),
  );
}

export interface Verdict {
  subject: string;
  killAt: string[];
  /** How many of these kills took place: a recovery may need fewer steps than the run before it. */
  kills: number;
  /** How many times each part is out in the end. */
  out: number[];
  exit: number | null;
  /** What is wrong, in words; absent when all is well. */
  wrong?: string;
}

/** Kills at these boundaries, one run after the other, then lets it settle and looks. */
export async function killAndSettle(subject: Subject, killAt: string[], stage: Stage): Promise<Verdict> {
  const scene = createScene(subject, stage);
  try {
    let kills = 0;
    for (const [index, boundary] of killAt.entries()) {
      const ended = await scene.send(boundary);
      if (ended.signal === "SIGKILL") kills++;
      else if (index === 0) return failed(subject, killAt, ended, "was not killed");
    }
    let last = await scene.send();
    for (let again = 0; again < 3 && last.code !== 0 && last.code !== 4; again++) last = await scene.send();
    const posts = (await stage.posts()).map(({ text, title }) => `${title ?? ""} ${text}`);
    const out = Array.from(
      { length: subject.parts },
      (_, n) => posts.filter((text) => text.includes(`Part ${n + 1} of ${scene.mark}.`)).length,
    );
    return { ...judge(subject, out, last), killAt, kills };
  } finally {
    scene.remove();
  }
}

function judge(subject: Subject, out: number[], last: Ended): Omit<Verdict, "killAt" | "kills"> {
  const verdict = { subject: subject.name, out, exit: last.code };
  const twice = out.some((count) => count > 1);
  const missing = out.some((count) => count === 0);
  if (twice) return { ...verdict, wrong: `a part is out more than once: ${out}\n${last.out}` };
  if (last.code === 0 && missing)
    return { ...verdict, wrong: `it says all is out, but: ${out}\n${last.out}` };
  if (last.code === 4 && subject.exact)
    return { ...verdict, wrong: `it asks a person although the network can tell: ${out}\n${last.out}` };
  if (last.code === 4 && !/broadcast resolve/.test(last.out))
    return { ...verdict, wrong: `it does not say how to resolve it\n${last.out}` };
  if (last.code !== 0 && last.code !== 4)
    return { ...verdict, wrong: `it ended with ${last.code}\n${last.out}` };
  return verdict;
}

function failed(subject: Subject, killAt: string[], ended: Ended, wrong: string): Verdict {
  return {
    subject: subject.name,
    killAt,
    kills: 0,
    out: [],
    exit: ended.code,
    wrong: `${wrong}\n${ended.out}`,
  };
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
