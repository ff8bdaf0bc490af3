/** A seventh network: three files from a pattern, in a copy of the house, and nothing else by hand. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EVERYTHING } from "../sample.ts";
import { root } from "./built.ts";

const HOUSE = [
  ...["src", "test", "scripts", "schema", "docs", "man", "templates", "campaigns", "bin", "bench", "skills"],
  ...["package.json", "tsconfig.json", "tsconfig.build.json", "vitest.config.ts", "biome.json"],
  ...["README.md", "AGENTS.md", "broadcast.yml", ".env.example"],
];

let house: string;
beforeAll(() => {
  if (!EVERYTHING) return;
  house = mkdtempSync(join(tmpdir(), "broadcast-house-"));
  for (const name of HOUSE) cpSync(join(root, name), join(house, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(house, "node_modules"), "dir");
});
afterAll(() => EVERYTHING && rmSync(house, { recursive: true, force: true, maxRetries: 5 }));

/** What it says; throws with all of it when it does not end with 0. */
async function run(argv: string[], env: Record<string, string> = {}): Promise<string> {
  const { PATH = "" } = process.env;
  const options = { cwd: house, env: { PATH, HOME: house, NO_COLOR: "1", ...env }, maxBuffer: 10_000_000 };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, argv, options).catch((error) => {
    throw new Error(`${argv.join(" ")}\n${error.stdout}\n${error.stderr}`);
  });
  return stdout + stderr;
}

const script = (name: string, ...args: string[]) => ["scripts/run.mjs", `${name}.ts`, ...args];
const tool = (path: string, ...args: string[]) => [join("node_modules", path), ...args];

describe.runIf(EVERYTHING)("a new network", { timeout: 120_000 }, () => {
  it("is three files", async () => {
    const said = await run(script("scripts/new-network", "acmechat"));
    expect(said.match(/^written: .+$/gm)).toEqual([
      "written: src/adapters/acmechat.ts",
      "written: src/sandbox/networks/acmechat.ts",
      "written: test/adapters/acmechat.test.ts",
    ]);
    await expect(run(script("scripts/new-network", "acmechat"))).rejects.toThrow("exists already");
    await expect(run(script("scripts/new-network", "telegram"))).rejects.toThrow("exists already");
  });

  it("is listed and described by what is generated", async () => {
    await run(script("scripts/registry"));
    await run(script("scripts/generate"));
    for (const file of ["src/adapters/index.ts", "src/sandbox/networks/index.ts"])
      expect(readFileSync(join(house, file), "utf8")).toMatch(/"\.\/acmechat\.ts"/);
    expect(readFileSync(join(house, "docs/networks.md"), "utf8")).toContain("Acmechat");
    const ours = ["src/adapters", "src/sandbox/networks", "test/adapters"];
    await Promise.all([
      run(tool("@biomejs/biome/bin/biome", "check", "--vcs-enabled=false", ...ours)),
      run(tool("typescript/bin/tsc", "--noEmit", "-p", ".")),
    ]);
  });

  it("keeps the contract, and every fault's promise, without a line about it elsewhere", async () => {
    const vitest = (...args: string[]) => run(tool("vitest/vitest.mjs", "run", ...args));
    const said = await Promise.all([
      vitest("test/adapters/acmechat.test.ts", "--project", "unit"),
      vitest("test/e2e/faults.test.ts", "--project", "e2e", "-t", "acmechat"),
    ]);
    for (const tests of said) expect(tests).toMatch(/Tests +\d\d passed/);
  });

  it("is killed like the others", async () => {
    await run(["scripts/build.mjs"]);
    const table = await run(script("test/chaos/matrix"), { ONLY: "acmechat", KILLS: "4" });
    expect(table).toMatch(/^\| acmechat \| \d+ \| \d+ \|/m);
    expect(table).toMatch(/ [1-9]\d* passed, 0 failed/);
  });
});
