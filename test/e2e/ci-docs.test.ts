/** docs/ci.md says what is so: its files parse, its action has these inputs and outputs, its commands run. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { broadcast, build, root } from "./built.ts";

const text = readFileSync(join(root, "docs/ci.md"), "utf8");
const action = parse(readFileSync(join(root, "action.yml"), "utf8")) as {
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
};

const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({
  language,
  name: code.match(/^# (\S+)$/m)?.[1] ?? "",
  code,
}));
const block = (name: string) => blocks.find((one) => one.name === name)!.code;
const shell = blocks.filter(({ language }) => language === "sh").map(({ code }) => code);

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, { steps: { id?: string; uses?: string; with?: Record<string, string> }[] }>;
}

const workflows = blocks.filter(({ name }) => name.startsWith(".github/")).map(({ name }) => name);

describe("the workflows in docs/ci.md", () => {
  it.each(workflows)("%s gives the action what it takes, and asks for what it gives", (name) => {
    const workflow = parse(block(name)) as Workflow;
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
    const ours = steps.filter(({ uses }) => uses?.includes("/broadcast@"));
    expect(ours).toHaveLength(1);
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(ours[0]!.with!)));
    const asked = [...block(name).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)];
    expect(asked.length).toBeGreaterThan(0);
    for (const [, id, output] of asked) {
      expect(id).toBe(ours[0]!.id);
      expect(Object.keys(action.outputs)).toContain(output);
    }
  });

  it("may write to the repository where they send, and only there", () => {
    const permissions = Object.fromEntries(
      workflows.map((name) => [name, parse(block(name)).permissions.contents]),
    );
    expect(permissions).toEqual({
      ".github/workflows/plan.yml": "read",
      ".github/workflows/release.yml": "write",
    });
  });

  it("are for an action whose every input and output is described", () => {
    const rows = (from: string, to: string) =>
      [...text.slice(text.indexOf(from), text.indexOf(to)).matchAll(/^\| (`.*?`) \|/gm)].flatMap(
        ([, names = ""]) => [...names.matchAll(/`([\w-]+)`/g)].map(([, one]) => one),
      );
    expect(rows("| input |", "| output |").sort()).toEqual(Object.keys(action.inputs).sort());
    expect(rows("| output |", "## GitLab").sort()).toEqual(Object.keys(action.outputs).sort());
  });
});

// Only installing puts `broadcast` on the path here.
const paths = (process.env.PATH ?? "").split(":").filter((path) => path !== join(root, "test/e2e/path"));

const BARE = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };

describe("the recipes in docs/ci.md", { timeout: 60_000 }, () => {
  let base: string;
  let env: Record<string, string>;
  beforeAll(() => {
    build();
    base = mkdtempSync(join(tmpdir(), "broadcast-recipes-"));
    // Installing from the clone puts the built CLI on the path; anything else that npm is asked for fails.
    mkdirSync(join(base, "bin"));
    const program = `#!/bin/sh\nexec node "${join(root, "bin/broadcast.js")}" "$@"\n`;
    writeFileSync(join(base, "program"), program, { mode: 0o755 });
    const npm = `#!/bin/sh\ncase "$*" in\n"ci --silent --prefix $CLONE") test -f "$CLONE/package.json" ;;\n"install --silent --global $CLONE") cp "${join(base, "program")}" "${join(base, "bin/broadcast")}" ;;\n*) exit 9 ;;\nesac\n`;
    writeFileSync(join(base, "bin/npm"), npm, { mode: 0o755 });
    // A small repository in place of broadcast's own.
    git(base, "init", "--quiet", "-b", "main", "broadcast");
    writeFileSync(join(base, "broadcast/package.json"), "{}\n");
    git(join(base, "broadcast"), "add", ".");
    git(
      join(base, "broadcast"),
      "-c",
      "user.name=A",
      "-c",
      "user.email=a@a.example",
      "commit",
      "--quiet",
      "-m",
      "one",
    );
    env = {
      ...BARE,
      PATH: [join(base, "bin"), ...paths].join(":"),
      HOME: base,
      BROADCAST_KEYRING: "none",
      BROADCAST_REPOSITORY: `file://${base}/broadcast`,
      CLONE: join(base, "clone"),
    };
    const files = {
      "broadcast.yml":
        "ledger: git\nchannels:\n  mastodon:\n    network: feed\n    folder: out\n    title: News\n    url: https://acme.example/news/\n",
      "campaigns/release.yml": block("campaigns/release.yml"),
      "CHANGELOG.md": "# Changelog\n\n## 2.4.0\n\n### Added\n\n- Offline mode.\n\n## 2.3.0\n\n- Export.\n",
      ".gitlab-ci.yml": block(".gitlab-ci.yml"),
    };
    git(base, "init", "--quiet", "--bare", "-b", "main", "bare.git");
    git(base, "init", "--quiet", "-b", "main", "work");
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(base, "work", name)), { recursive: true });
      writeFileSync(join(base, "work", name), content);
    }
    git(join(base, "work"), "add", ".");
    git(
      join(base, "work"),
      "-c",
      "user.name=A",
      "-c",
      "user.email=a@a.example",
      "commit",
      "--quiet",
      "-m",
      "one",
    );
    git(join(base, "work"), "-c", "user.name=A", "-c", "user.email=a@a.example", "tag", "v2.3.0");
    git(join(base, "work"), "push", "--quiet", join(base, "bare.git"), "HEAD:main", "v2.3.0");
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  function git(cwd: string, ...args: string[]): void {
    execFileSync("git", args, { cwd, env: { PATH: process.env.PATH, HOME: base, ...BARE }, stdio: "pipe" });
  }

  function run(script: string, cwd: string, more: Record<string, string> = {}) {
    rmSync(join(base, "clone"), { recursive: true, force: true });
    rmSync(join(base, "bin/broadcast"), { force: true });
    // The folder that the documents name is on this disk for all tests at once.
    const here = script.replaceAll("/tmp/broadcast", join(base, "clone"));
    const ran = spawnSync("bash", ["-euo", "pipefail", "-c", here], {
      cwd,
      env: { ...env, ...more },
      encoding: "utf8",
    });
    return { code: ran.status, out: ran.stdout + ran.stderr };
  }

  it("send from a plain shell, and not again from the next clone", () => {
    for (const [at, expected] of ["1 published", "nothing was sent"].entries()) {
      mkdirSync(join(base, `shell${at}`));
      const ran = run(shell[1]!, join(base, `shell${at}`), { REPOSITORY: `file://${base}/bare.git` });
      expect(ran.out).toContain(expected);
      expect(ran.code).toBe(0);
    }
    expect(readdirSync(join(base, "shell0/project"))).toContain("out");
    expect(readdirSync(join(base, "shell1/project"))).not.toContain("out");
  });

  it("show the ledger", () => {
    git(base, "clone", "--quiet", "--depth", "1", `file://${base}/bare.git`, "look");
    const ran = run(shell[0]!, join(base, "look"));
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('"campaigns/release.yml@2.4.0/mastodon"');
  });

  it("send from GitLab, where the remote for pushing is another", () => {
    const jobs = parse(block(".gitlab-ci.yml")) as Record<
      string,
      { script: string[]; before_script: string[] }
    >;
    const install = jobs[".broadcast"]!.before_script;
    const { announce, plan } = jobs;
    git(base, "clone", "--quiet", `file://${base}/bare.git`, "lab");
    // The address that the job would push to leads to the repository on this disk.
    const insteadOf = {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `url.file://${base}/bare.git.insteadOf`,
      GIT_CONFIG_VALUE_0: "https://broadcast:t0ken@gitlab.example/acme/acme.git",
    };
    const job = {
      ...insteadOf,
      LEDGER_TOKEN: "t0ken",
      CI_SERVER_HOST: "gitlab.example",
      CI_PROJECT_PATH: "acme/acme",
    };
    const planned = run([...install, ...plan!.script].join("\n"), join(base, "lab"), job);
    expect(planned.code).toBe(0);
    const ran = run([...install, ...announce!.script].join("\n"), join(base, "lab"), {
      ...job,
      CI_COMMIT_TAG: "v2.3.0",
    });
    expect(ran.out).toContain("1 published");
    expect(ran.code).toBe(0);
  });

  it("have a campaign and a configuration that are sound", async () => {
    const folder = join(base, "sound");
    mkdirSync(join(folder, "campaigns"), { recursive: true });
    writeFileSync(join(folder, "broadcast.yml"), block("broadcast.yml"));
    writeFileSync(join(folder, "campaigns/release.yml"), block("campaigns/release.yml"));
    writeFileSync(join(folder, "CHANGELOG.md"), "## 2.4.0\n\n- Offline mode.\n");
    const ran = await broadcast(folder, ["plan", "campaigns/release.yml", "--from", "changelog", "--json"], {
      env: { MASTODON_TOKEN: "t".repeat(20) },
    });
    expect(JSON.parse(ran.out)).toMatchObject({
      campaign: { id: "campaigns/release.yml@2.4.0" },
      problems: [],
    });
  });
});
