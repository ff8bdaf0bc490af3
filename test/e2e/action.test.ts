/** action.yml, run as the runner runs it: its steps in bash, inputs as `${{ }}`, environment files beside it. */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Stage, startStage } from "../chaos/harness.ts";
import { build } from "./built.ts";

interface Step {
  name: string;
  id?: string;
  run: string;
  shell: string;
  env?: Record<string, string>;
  "working-directory"?: string;
}

interface Action {
  inputs: Record<string, { default?: string; required?: boolean }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: Step[] };
}

const root = resolve(".");
const action = parse(readFileSync(join(root, "action.yml"), "utf8")) as Action;

const GIT = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
};

interface Job {
  code: number | null;
  log: string;
  /** The lines of the log that the runner takes for commands. */
  commands: string[];
  summary: string;
  outputs: Record<string, string>;
}

/** Composite steps one after the other; the first that fails ends the job. */
async function job(
  workspace: string,
  inputs: Record<string, string>,
  env: Record<string, string> = {},
  at = home,
): Promise<Job> {
  const files = mkdtempSync(join(tmpdir(), "broadcast-runner-"));
  const context = (expression: string): string => {
    const [kind = "", name = ""] = expression.split(/\.(.*)/s);
    if (kind === "inputs") return inputs[name] ?? filled(action.inputs[name]?.default ?? "");
    if (expression === "github.action_path") return at;
    if (expression === "github.token") return "";
    throw new Error(`the test knows nothing of ${expression}`);
  };
  const filled = (text: string) =>
    text.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, one: string) => context(one));
  const done: Job = { code: 0, log: "", commands: [], summary: "", outputs: {} };
  const outputs: Record<string, Record<string, string>> = {};
  for (const [index, step] of action.runs.steps.entries()) {
    const file = (name: string) => {
      const path = join(files, `${name}-${index}`);
      writeFileSync(path, "");
      return path;
    };
    const [output, summary] = [file("output"), file("summary")];
    expect(step.shell).toBe("bash");
    expect(step.run).not.toContain("${{");
    const script = join(files, `step-${index}.sh`);
    writeFileSync(script, step.run);
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
      cwd: join(workspace, filled(step["working-directory"] ?? ".")),
      env: {
        PATH: `${join(home, "fake")}:${process.env.PATH}`,
        HOME: files,
        CI: "true",
        GITHUB_ACTIONS: "true",
        GITHUB_WORKSPACE: workspace,
        RUNNER_TEMP: base,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        ...GIT,
        ...env,
        ...Object.fromEntries(Object.entries(step.env ?? {}).map(([key, value]) => [key, filled(value)])),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes) => {
        done.log += bytes;
      });
    done.code = await new Promise((end) => child.on("close", end));
    if (step.id) outputs[step.id] = readOutputs(readFileSync(output, "utf8"));
    done.summary += readFileSync(summary, "utf8");
    if (done.code !== 0) break;
  }
  for (const [name, { value }] of Object.entries(action.outputs)) {
    const [, id = "", key = ""] = value.match(/^\$\{\{ steps\.([\w-]+)\.outputs\.([\w-]+) \}\}$/) ?? [];
    done.outputs[name] = outputs[id]?.[key] ?? "";
  }
  rmSync(files, { recursive: true, force: true });
  done.commands = readCommands(done.log);
  return done;
}

// As the runner reads them: `::name` at a line's beginning, the old `##[name]` anywhere; none between stop-commands and its end.
function readCommands(log: string): string[] {
  let stopped: string | undefined;
  return log.split("\n").filter((line) => {
    const text = line.trimStart();
    if (stopped !== undefined) {
      if (text === `::${stopped}::`) stopped = undefined;
      return false;
    }
    stopped = text.match(/^::stop-commands::(.+)$/)?.[1];
    return stopped === undefined && (/^::\S+.*::/.test(text) || text.includes("##["));
  });
}

// As the runner reads them: `name=value`, or `name<<end` up to a line `end`.
function readOutputs(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const [, name, end] = line.match(/^([\w-]+)<<(.+)$/) ?? [];
    if (name !== undefined) {
      const close = lines.indexOf(end!, at + 1);
      values[name] = lines.slice(at + 1, close).join("\n");
      at = close;
    } else if (line !== "") {
      const [key = "", ...value] = line.split("=");
      values[key] = value.join("=");
    }
  }
  return values;
}

// The action's own checkout. Its `npm` is a stand-in that only writes down what it was asked.
let home: string;
let stage: Stage;
let base: string;
let secrets: Record<string, string>;
let clones = 0;

beforeAll(async () => {
  build();
  stage = await startStage();
  home = mkdtempSync(join(tmpdir(), "broadcast-home-"));
  for (const part of ["bin", "dist", "templates", "package.json"])
    cpSync(join(root, part), join(home, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(home, "node_modules"));
  mkdirSync(join(home, "fake"));
  writeFileSync(join(home, "fake/npm"), '#!/bin/sh\necho "npm $*"\nexit 97\n', { mode: 0o755 });
});
afterAll(async () => {
  await stage.close();
  rmSync(home, { recursive: true, force: true });
});

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "broadcast-action-"));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const git = (cwd: string, ...args: string[]) =>
  execFileSync("git", args, { cwd, env: { ...process.env, ...GIT }, stdio: "pipe" });

/** A project on a bare remote, with a channel that is real for the CLI and whose server is the sandbox. */
function project(files: Record<string, string>): void {
  const half = networks.find(({ id }) => id === "mastodon")!;
  const mark = `action${process.pid}x${Date.now()}`;
  const settings = half.channel(mark, `${stage.url}/mastodon`, base, {});
  secrets = { NEWS_SERVER: settings.server!, NEWS_TOKEN: settings.token! };
  const all = {
    "broadcast.yml":
      "ledger: git\nchannels:\n  news:\n    network: mastodon\n    server: ${NEWS_SERVER}\n    token: ${NEWS_TOKEN}\n",
    ...files,
  };
  git(base, "init", "--quiet", "--bare", "-b", "main", "bare.git");
  git(base, "init", "--quiet", "-b", "main", "work");
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(base, "work", name)), { recursive: true });
    writeFileSync(join(base, "work", name), content);
  }
  git(join(base, "work"), "add", ".");
  git(join(base, "work"), "commit", "--quiet", "-m", "one");
  git(join(base, "work"), "push", "--quiet", join(base, "bare.git"), "HEAD:main");
}

function checkout(): string {
  const name = `clone${++clones}`;
  git(base, "clone", "--quiet", "--depth", "1", `file://${base}/bare.git`, name);
  return join(base, name);
}

function event(name: string, content: unknown): Record<string, string> {
  const file = join(base, `${name}.json`);
  writeFileSync(file, JSON.stringify(content));
  return { GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: file, ...secrets };
}

const RELEASE = {
  tag_name: "v2.4.0",
  name: "Acme 2.4",
  body: "### Added\r\n\r\n- Offline mode.\r\n- Braces stay: `${{ github.token }}`.\r\n\r\n### Dependencies\r\n\r\n- Bump a from 1 to 2",
  html_url: "https://acme.example/releases/v2.4.0",
  prerelease: false,
  draft: false,
};
const ANNOUNCEMENT = "kind: release\nwhen: release.prerelease == false\nchannels: [news]\n";

describe("action.yml", { timeout: 120_000 }, () => {
  it("is a composite action whose inputs never become shell", () => {
    expect(action.runs.using).toBe("composite");
    expect(action.inputs.campaign?.required).toBe(true);
  });

  it("plans on a pull request: the exact text in the summary, the digest as output, nothing sent", async () => {
    project({ "c.yml": "kind: update\ntitle: A planned thing\nbody: All of it.\nchannels: [news]\n" });
    const before = (await stage.posts()).length;
    const ran = await job(checkout(), { campaign: "c.yml" }, event("pull_request", {}));
    expect(ran.log).toContain("A planned thing");
    expect(ran).toMatchObject({ code: 0, outputs: { "exit-code": "0", urls: "" } });
    expect(ran.outputs.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(ran.summary).toContain("All of it.");
    const comment = readFileSync(ran.outputs.comment!, "utf8");
    expect(comment).toMatch(/^<!-- broadcast plan c\.yml -->/);
    expect(comment).toContain("All of it.");
    expect(await stage.posts()).toHaveLength(before);
  });

  it("plans a pull request from a fork, which has no secrets", async () => {
    project({ "c.yml": "kind: update\ntitle: From a fork\nchannels: [news]\n" });
    const { GITHUB_EVENT_NAME = "", GITHUB_EVENT_PATH = "" } = event("pull_request", {});
    const ran = await job(checkout(), { campaign: "c.yml" }, { GITHUB_EVENT_NAME, GITHUB_EVENT_PATH });
    expect(ran.code).toBe(0);
    expect(ran.summary).toContain("From a fork");
  });

  it("marks the line of the YAML that is wrong, from the repository's top", async () => {
    project({ "docs/c.yml": "kind: update\ntitel: Typo\nchannels: [news]\n", "docs/keep": "" });
    const ran = await job(
      checkout(),
      { campaign: "c.yml", "working-directory": "docs" },
      event("pull_request", {}),
    );
    expect(ran.code).toBe(2);
    expect(ran.outputs["exit-code"]).toBe("2");
    expect(ran.commands.join("\n")).toMatch(
      /^::error file=docs\/c\.yml,line=2,col=1,endColumn=6,title=broadcast%3A unknown-key::/m,
    );
  });

  it("sends on a release with the facts of its event, and not again from a fresh clone", async () => {
    project({ "c.yml": ANNOUNCEMENT });
    const inputs = { campaign: "c.yml", from: "github\n" };
    const started = event("release", { action: "published", release: RELEASE });
    const first = await job(checkout(), inputs, started);
    expect(first.log).toContain("1 published");
    expect(first.code).toBe(0);
    const urls = first.outputs.urls!.split("\n");
    expect(urls).toHaveLength(1);
    expect(urls[0]).toMatch(/^http/);
    expect(JSON.parse(first.outputs.receipts!)).toMatchObject([
      { channel: "news", network: "mastodon", state: "published", part: 0, url: urls[0] },
    ]);
    expect(JSON.parse(first.outputs.states!)).toEqual({ news: "published" });
    expect(first.outputs.ids).not.toBe("");
    expect(first.summary).toContain(`](${urls[0]})`);

    const posts = async () => (await stage.posts()).filter(({ text }) => text.includes("Acme 2.4"));
    const [post] = await posts();
    expect(post?.text).toContain("Offline mode.");
    expect(post?.text).toContain("${{ github.token }}");
    expect(post?.text).toContain(RELEASE.html_url);
    expect(post?.text).not.toContain("Bump");

    const again = await job(checkout(), inputs, started);
    expect(again.log).toContain("nothing was sent");
    expect(again.outputs.urls).toBe(first.outputs.urls);
    expect(await posts()).toHaveLength(1);

    // The next version is a new delivery.
    const next = { ...RELEASE, tag_name: "v2.4.1", name: "Acme 2.4.1" };
    const second = await job(checkout(), inputs, event("release", { action: "published", release: next }));
    expect(second.log).toContain("1 published");
    expect(await posts()).toHaveLength(2);
  });

  it("withholds a prerelease, as `when:` says, and that is not a failure", async () => {
    project({ "c.yml": ANNOUNCEMENT });
    const candidate = { ...RELEASE, tag_name: "v3.0.0-rc.1", name: "Acme 3 candidate", prerelease: true };
    const ran = await job(
      checkout(),
      { campaign: "c.yml", from: "github" },
      event("release", { action: "published", release: candidate }),
    );
    expect(ran).toMatchObject({ code: 0, outputs: { skipped: "release.prerelease == false", urls: "" } });
    expect((await stage.posts()).filter(({ text }) => text.includes("candidate"))).toEqual([]);
  });

  it("takes an input that looks like shell, or like an option, for what it is", async () => {
    project({ "c.yml": ANNOUNCEMENT });
    const workspace = checkout();
    for (const campaign of ['$(touch stolen) "; touch stolen #', "--plan"]) {
      const ran = await job(workspace, { campaign }, event("pull_request", {}));
      expect(ran.code).toBe(2);
    }
    expect(() => readFileSync(join(workspace, "stolen"))).toThrow();
  });

  it("lets nothing that a campaign says command the runner", async () => {
    const said = ["::error::forged", "##[set-output name=digest]forged", "::add-mask::a", "%0A::warning::x"];
    const body = said.map((line) => `  ${line}\n`).join("\n");
    project({
      "c.yml": `kind: update\ntitle: "##[error]forged"\nbody: |\n${body}channels: [news]\nnonsense%\n,:: : 1\n`,
      "d.yml": `kind: update\ntitle: "##[error]forged"\nbody: |\n${body}channels: [news]\n`,
    });
    const workspace = checkout();
    const planned = await job(workspace, { campaign: "d.yml" }, event("pull_request", {}));
    expect(planned.log).toContain("##[set-output name=digest]forged");
    expect(planned).toMatchObject({ code: 0, commands: [] });
    expect(planned.outputs.digest).toMatch(/^[0-9a-f]{64}$/);
    const wrong = await job(workspace, { campaign: "c.yml" }, event("pull_request", {}));
    expect(wrong.code).toBe(2);
    expect(wrong.commands.length).toBeGreaterThan(0);
    for (const line of wrong.commands) expect(line).toMatch(/^::error file=c\.yml,/);
  });

  // In a folder of its own without any node_modules, so that not even a real npm could empty the project's.
  it("installs itself where it is not built yet", async () => {
    project({ "c.yml": ANNOUNCEMENT });
    const unbuilt = join(base, "unbuilt");
    mkdirSync(unbuilt);
    cpSync(join(root, "bin"), join(unbuilt, "bin"), { recursive: true });
    const ran = await job(checkout(), { campaign: "c.yml" }, event("pull_request", {}), unbuilt);
    expect(ran).toMatchObject({ code: 97 });
    expect(ran.log).toContain(`npm ci --prefix ${unbuilt}`);
  });

  it("warns where the ledger would vanish with the runner", async () => {
    const rewritten =
      "channels:\n  news:\n    network: mastodon\n    server: ${NEWS_SERVER}\n    token: ${NEWS_TOKEN}\n";
    project({ "c.yml": "kind: update\ntitle: Forgotten\nchannels: [news]\n", "broadcast.yml": rewritten });
    const hosted = { ...event("push", {}), RUNNER_ENVIRONMENT: "github-hosted" };
    const ran = await job(checkout(), { campaign: "c.yml" }, hosted);
    expect(ran.code).toBe(0);
    expect(ran.commands.join("\n")).toMatch(/^::warning title=broadcast%3A ledger-vanishes::/m);
    const own = await job(
      checkout(),
      { campaign: "c.yml" },
      { ...hosted, RUNNER_ENVIRONMENT: "self-hosted" },
    );
    expect(own.commands).toEqual([]);
  });

  it("refuses a command that it does not know", async () => {
    project({ "c.yml": ANNOUNCEMENT });
    const ran = await job(checkout(), { campaign: "c.yml", command: "destroy" }, event("push", {}));
    expect(ran).toMatchObject({ code: 2, outputs: { "exit-code": "2" } });
  });
});
