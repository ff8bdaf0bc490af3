/**
 * The promise of the git ledger, with a bare repository on disk: runners without memory, each a fresh clone, killed anywhere
 * or two at once, post once. The channels are real ones whose server is the sandbox, which lives in another process.
 */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { networks } from "../../src/sandbox/networks/index.ts";
import { boundariesOf, LATER_MS, type Stage } from "./harness.ts";
import type { Ended } from "./process.ts";
import { optionsOf, replyOf } from "./project-files.ts";
import { SUBJECTS, type Subject } from "./subjects.ts";

const CLI = resolve("bin/broadcast.js");
const KILLER = resolve("test/chaos/kill-at-push.mjs");
const GIT = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
};

// A key of several lines goes into no environment variable.
const hasKeyFile = (network: string) =>
  Object.values(
    networks.find(({ id }) => id === network)?.channel("a", "http://a.example", "out", {}) ?? {},
  ).some((value) => value.includes("\n"));
const PLACES = new Set(SUBJECTS.filter(({ options }) => options).map(({ network }) => network));

/**
 * What runners send: to networks whose posts do not live on the runner's own disk, and that need no patience of minutes to
 * tell what became of a post.
 */
export const REMOTE_SUBJECTS = SUBJECTS.filter(
  ({ files, by, later, skew, weather, edited, jpeg, video, network }) =>
    !files &&
    // Each of these needs something beside its channel: a place of its own, a media host, a door.
    !PLACES.has(network) &&
    !hasKeyFile(network) &&
    !jpeg &&
    !video &&
    !networks.find(({ id }) => id === network)?.ways.some(({ socket }) => socket) &&
    by === undefined &&
    later === undefined &&
    skew === undefined &&
    weather === undefined &&
    !edited,
);

export interface Repository {
  mark: string;
  subject: Subject;
  /** Clones and sends. With `machine` the runner is on a computer of its own, else on the same as the others. */
  run(options?: { killAt?: string; countTo?: string; machine?: string }): Promise<Ended>;
  remove(): void;
}

let repositories = 0;

export function createRepository(subject: Subject, stage: Stage): Repository {
  const base = mkdtempSync(join(tmpdir(), "broadcast-runners-"));
  const mark = `git${process.pid}x${++repositories}y`;
  const { settings, secrets } = channelOf(subject, mark, stage, join(base, "stage"));
  const work = join(base, "work");
  const git = (cwd: string, ...args: string[]) =>
    execFileSync("git", args, { cwd, env: { ...process.env, ...GIT }, stdio: "pipe" });
  git(base, "init", "--quiet", "--bare", "-b", "main", "bare.git");
  git(base, "init", "--quiet", "-b", "main", work);
  for (const [name, content] of Object.entries(filesOf(subject, mark, Object.keys(settings)))) {
    mkdirSync(join(work, name, ".."), { recursive: true });
    writeFileSync(join(work, name), content);
  }
  if (subject.pictures > 0) cpSync(resolve("campaigns/images/ticks.png"), join(work, "a.png"));
  git(work, "add", ".");
  git(work, "commit", "--quiet", "-m", "campaign");
  git(work, "push", "--quiet", join(base, "bare.git"), "HEAD:main");

  let clones = 0;
  let killed = 0;
  return {
    mark,
    subject,
    async run({ killAt = "", countTo = "", machine = "" } = {}) {
      const name = `runner${++clones}`;
      git(base, "clone", "--quiet", "--depth", "1", `file://${base}/bare.git`, name);
      const later = `${LATER_MS * killed}`;
      stage.later(mark, Number(later));
      const told = { KILL_AT: killAt, COUNT_TO: countTo, MACHINE: machine, LATER: later };
      const ended = await send(join(base, name), {
        ...process.env,
        ...GIT,
        ...secrets,
        ...told,
        NO_COLOR: "1",
      });
      if (ended.signal === "SIGKILL") killed++;
      return ended;
    },
    remove: () => rmSync(base, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** The settings of a real channel whose server is the sandbox, and the environment that gives them. */
export function channelOf(subject: Subject, mark: string, stage: Stage, folder: string) {
  const half = networks.find(({ id }) => id === subject.network);
  const written = Object.fromEntries(subject.settings.map((line) => line.split(": ") as [string, string]));
  const settings = half?.channel(mark, `${stage.url}/${subject.network}`, folder, written) ?? {};
  const secrets = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`CHANNEL_${key.toUpperCase()}`, value]),
  );
  return { settings, secrets };
}

/** A project with one campaign for one real channel; the channel's settings come from the environment. */
export function filesOf(
  subject: Subject,
  mark: string,
  keys: readonly string[],
  ledger = "git",
): Record<string, string> {
  const parts = Array.from({ length: subject.parts }, (_, n) => `Part ${n + 1} of ${mark}.`);
  const body = (subject.answers ? parts.slice(0, 1) : parts).join("\n\n---\n\n").split("\n");
  const channel = keys.map((key) => `    ${key}: \${CHANNEL_${key.toUpperCase()}}`);
  return {
    "broadcast.yml": [
      `ledger: ${ledger}`,
      "channels:",
      `  ${mark}:`,
      `    network: ${subject.network}`,
      ...channel,
      "",
    ].join("\n"),
    "c.yml": [
      "kind: update",
      "title: Title",
      ...(subject.pictures > 0 ? ["media:", "  - file: a.png", "    alt: A picture"] : []),
      `channels: [${mark}]`,
      ...optionsOf(subject),
      ...replyOf(subject, parts),
      "body: |",
      ...body.map((line) => `  ${line}`),
      "",
    ].join("\n"),
    "templates/update/default.md": "{{ body }}\n",
    "templates/update/short.md": "{{ body }}\n",
    "templates/update/chat.md": "{{ body }}\n",
  };
}

/** `send` in a process of its own, which `killer` may kill. */
export function send(folder: string, env: NodeJS.ProcessEnv, killer = KILLER): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, ["--import", killer, CLI, "send", "c.yml", "--yes"], {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes) => {
        out += bytes;
      });
    child.on("error", failed);
    // What it said may still be on its way when it has ended; of one that was killed nothing more is awaited.
    child.on("exit", (code, signal) => signal && done({ code, signal, out }));
    child.on("close", (code, signal) => done({ code, signal, out }));
  });
}

/** How often each boundary is passed in an undisturbed run. */
export function boundariesInGit(subject: Subject, stage: Stage): Promise<string[]> {
  return boundariesOf(subject, createRepository(subject, stage));
}

export interface Verdict {
  subject: string;
  what: string;
  /** How many runners were killed in it. */
  kills: number;
  out: number[];
  exit: number | null;
  /** What is wrong, in words; absent when all is well. */
  wrong?: string;
}

/**
 * A runner is killed at each of these boundaries, one after the other; then a new one settles it. On computers of their own
 * (`apart`), as in CI, the new one must wait until the lease of the one before is over.
 */
export async function killInGit(
  subject: Subject,
  killAt: readonly string[],
  stage: Stage,
  { apart = false } = {},
): Promise<Verdict> {
  const repository = createRepository(subject, stage);
  const machine = (n: number) => (apart ? `${repository.mark}${n}` : "");
  try {
    let kills = 0;
    for (const [n, boundary] of killAt.entries()) {
      const { signal } = await repository.run({ killAt: boundary, machine: machine(n) });
      // It may come too late: who recovers needs fewer steps, and how many pushes meet in one depends on their pace.
      if (signal === "SIGKILL") kills++;
    }
    let last = await repository.run({ machine: machine(killAt.length) });
    for (let again = 0; again < 3 && last.code !== 0 && last.code !== 4; again++)
      last = await repository.run({ machine: machine(killAt.length) });
    const what = `killed at ${killAt.join(", then ")}${apart ? ", apart" : ""}`;
    return { ...(await judge(repository, what, [last], stage)), kills };
  } finally {
    repository.remove();
  }
}

/** Two runners start at once, as when a job is started twice. Afterwards a third finds nothing to do. */
export async function race(subject: Subject, stage: Stage): Promise<Verdict> {
  const repository = createRepository(subject, stage);
  try {
    const both = await Promise.all(["a", "b"].map((machine) => repository.run({ machine })));
    const third = await repository.run();
    const verdict = await judge(repository, "two at once", [...both, third], stage);
    if (!verdict.wrong && !/nothing was sent/.test(third.out))
      return { ...verdict, wrong: `the third runner found something to do\n${third.out}` };
    return verdict;
  } finally {
    repository.remove();
  }
}

export async function judge(
  { subject, mark }: Pick<Repository, "subject" | "mark">,
  what: string,
  runs: readonly Ended[],
  stage: Stage,
): Promise<Verdict> {
  const posts = (await stage.posts()).map(({ text, title }) => `${title ?? ""} ${text}`);
  const out = Array.from(
    { length: subject.parts },
    (_, n) => posts.filter((text) => text.includes(`Part ${n + 1} of ${mark}.`)).length,
  );
  const last = runs.at(-1)!;
  const told = runs.map((run) => run.out).join("\n--\n");
  const verdict = { subject: subject.name, what, kills: 0, out, exit: last.code };
  if (out.some((count) => count > 1))
    return { ...verdict, wrong: `a part is out more than once: ${out}\n${told}` };
  if (last.code === 0 && out.includes(0))
    return { ...verdict, wrong: `it says all is out, but: ${out}\n${told}` };
  if (last.code === 4 && subject.exact)
    return { ...verdict, wrong: `it asks a person although the network can tell: ${out}\n${told}` };
  const strange = runs.find(({ code }) => code !== 0 && code !== 4);
  if (strange) return { ...verdict, wrong: `a run ended with ${strange.code ?? strange.signal}\n${told}` };
  return verdict;
}
