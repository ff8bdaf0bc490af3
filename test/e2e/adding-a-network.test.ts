/** docs/adding-a-network.md says what is so: its adapter keeps the contract, plans, and rehearses with its own half. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, root } from "./built.ts";

const text = readFileSync(join(root, "docs/adding-a-network.md"), "utf8");
const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({
  language,
  name: code.match(/^(?:#|\/\/) (\S+?\.(?:mjs|yml))$/m)?.[1],
  code,
}));
const commands = blocks
  .filter(({ language }) => language === "sh")
  .flatMap(({ code }) => code.trim().split("\n"));

describe("docs/adding-a-network.md", { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(() => {
    build();
    folder = mkdtempSync(join(tmpdir(), "broadcast-adding-"));
    for (const { name, code } of blocks) {
      if (name === undefined) continue;
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), code);
    }
    writeFileSync(join(folder, "package.json"), "{}");
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules/broadcast-cli"));
    symlinkSync(join(root, "node_modules/valibot"), join(folder, "node_modules/valibot"));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (command: string) => {
    const [program = "", ...argv] = command.replace(/^npx broadcast /, `broadcast `).split(" ");
    const bin = program === "node" ? [] : [join(root, "bin/broadcast.js")];
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: folder,
      PAGER_TOKEN: "a-real-secret-token",
      BROADCAST_KEYRING: "none",
    };
    const { status, stdout, stderr } = spawnSync(process.execPath, [...bin, ...argv], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    return { status, out: stdout + stderr };
  };

  it("has the commands that are run here", () => {
    expect(commands).toEqual([
      "node --test",
      "npx broadcast plan hello.yml",
      "npx broadcast send hello.yml --sandbox --yes",
      "npx broadcast send hello.yml --dry-run",
    ]);
  });

  it("makes an adapter that keeps the whole contract", () => {
    const { status, out } = run(commands[0]!);
    expect(status, out).toBe(0);
    expect(Number(/^# pass (\d+)$/m.exec(out)?.[1])).toBeGreaterThan(50);
    expect(out).toMatch(/^# fail 0$/m);
  });

  it("makes one that plans, and that cannot be rehearsed before it has a half", () => {
    const planned = run(commands[1]!);
    expect(planned.status, planned.out).toBe(0);
    expect(planned.out).toContain("Acme 2.4 is out.");
    const refused = run(commands[2]!);
    expect(refused.status, refused.out).toBe(2);
    expect(refused.out).toContain("no half in the sandbox");
  });

  it("makes one that is rehearsed with its own half, and shown without being sent", () => {
    const last = blocks.find(({ code }) => code.startsWith("// adapters/pager.mjs, at its end"))!.code;
    const file = join(folder, "adapters/pager.mjs");
    writeFileSync(file, readFileSync(file, "utf8") + last);
    const sent = run(commands[2]!);
    expect(sent.status, sent.out).toBe(0);
    const dry = run(commands[3]!);
    expect(dry.status, dry.out).toBe(0);
    expect(dry.out).toContain("POST https://api.pager.example/pages");
    expect(dry.out).not.toContain("a-real-secret-token");
  });
});
