/** The completion scripts in the shells themselves. A shell that is not installed is skipped, and says so. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, root } from "./built.ts";

let folder: string;

beforeAll(() => {
  build();
  folder = mkdtempSync(join(tmpdir(), "broadcast-shell-"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(
    join(folder, "bin/broadcast"),
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, "bin/broadcast.js")}" "$@"\n`,
  );
  chmodSync(join(folder, "bin/broadcast"), 0o755);
  const project = join(folder, "project");
  mkdirSync(join(project, "my campaigns"), { recursive: true });
  writeFileSync(
    join(project, "broadcast.yml"),
    "channels:\n  social: { network: mastodon }\n  team: { network: slack }\n",
  );
  for (const name of ["plain.yml", "with space.yml", "$(touch owned).yml", "`touch owned`;touch owned.yml"])
    writeFileSync(join(project, "my campaigns", name), "kind: release\ntitle: It is out\n");
  // What is named like the program where somebody stands is not the program.
  writeFileSync(join(project, "broadcast"), "#!/bin/sh\ntouch owned\n");
  chmodSync(join(project, "broadcast"), 0o755);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function shell(name: string, argv: string[], script: string): string[] {
  const text = execFileSync(name, [...argv, script], {
    cwd: join(folder, "project"),
    encoding: "utf8",
    env: {
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      HOME: folder,
      LC_ALL: "C.UTF-8",
      TERM: "dumb",
    },
  });
  expect(existsSync(join(folder, "project/owned"))).toBe(false);
  return text.split("\n").filter(Boolean);
}

const isThere = (name: string) => spawnSync(name, ["--version"]).status === 0;
const CAMPAIGNS = [
  "my campaigns/$(touch owned).yml",
  "my campaigns/`touch owned`;touch owned.yml",
  "my campaigns/plain.yml",
  "my campaigns/with space.yml",
];

describe.skipIf(!isThere("bash"))("bash (skipped where it is not installed)", () => {
  const complete = (line: string) =>
    shell(
      "bash",
      ["--norc", "-c"],
      `source <(broadcast completion bash)
       COMP_LINE=${quote(line)} COMP_POINT=${line.length}
       _broadcast broadcast; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );

  it("completes commands, options, channels and campaigns", () => {
    expect(complete("broadcast se")).toEqual(["send"]);
    expect(complete("broadcast send --dr")).toEqual(["--dry-run"]);
    expect(complete("broadcast login t")).toEqual(["team"]);
    expect(complete("broadcast new --channels=social,t")).toEqual(["social,team"]);
    expect(complete("broadcast send my\\ ")).toEqual(CAMPAIGNS);
    expect(complete('broadcast send "my campaigns/w')).toEqual(["my campaigns/with space.yml"]);
  });

  it("looks only at what is before the cursor", () => {
    const line = "broadcast login  and more";
    const [first] = shell(
      "bash",
      ["--norc", "-c"],
      `source <(broadcast completion bash); COMP_LINE=${quote(line)} COMP_POINT=16; _broadcast; echo "\${COMPREPLY[@]}"`,
    );
    expect(first).toBe("social team");
  });
});

describe.skipIf(!isThere("zsh"))("zsh (skipped where it is not installed)", () => {
  // What it would show is printed instead: without a terminal there is no list.
  const complete = (...words: string[]) =>
    shell(
      "zsh",
      ["-f", "-c"],
      `compdef() { : }; compadd() { print -rl -- "$shown[@]" }; _files() { print -r -- FILES }
       source <(broadcast completion zsh)
       words=(${["broadcast", ...words].map(quote).join(" ")}); CURRENT=$#words; PREFIX=$words[-1]
       _broadcast`,
    );

  it("completes with descriptions, in columns", () => {
    expect(complete("login", "")).toEqual(["social  -- mastodon", "team    -- slack"]);
    expect(complete("send", "--dr").find((line) => line.startsWith("--dry-run"))).toMatch(
      /^--dry-run +-- print/,
    );
    expect(complete("send", "").map((line) => line.replace(/ +-- .*/, ""))).toEqual(CAMPAIGNS);
    expect(complete("new", "--out", "")).toEqual(["FILES"]);
  });

  it("is also taken from a file by the name of the function", () => {
    const listed = shell(
      "zsh",
      ["-f", "-c"],
      `mkdir -p functions; broadcast completion zsh > functions/_broadcast; fpath=($PWD/functions $fpath)
       autoload -Uz _broadcast; compadd() { print -rl -- "$shown[@]" }
       words=(broadcast login ''); CURRENT=3; PREFIX=; _broadcast`,
    );
    expect(listed).toEqual(["social  -- mastodon", "team    -- slack"]);
  });
});

describe.skipIf(!isThere("fish"))("fish (skipped where it is not installed)", () => {
  const complete = (line: string) =>
    shell("fish", ["--no-config", "-c"], `broadcast completion fish | source; complete -C ${quote(line)}`);

  it("completes with descriptions", () => {
    expect(complete("broadcast login ")).toEqual(["social\tmastodon", "team\tslack"]);
    expect(complete("broadcast send my").slice(0, 4)).toEqual(CAMPAIGNS.map((name) => `${name}\tIt is out`));
    expect(complete("broadcast new --channels=so")).toEqual(["--channels=social\tmastodon"]);
    expect(complete("broadcast send --dr")[0]).toMatch(/^--dry-run\tprint/);
  });
});

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
