import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import { exec } from "../../src/adapters/exec/exec.ts";
import { loadConfig } from "../../src/config/load.ts";

const adapters = new Map([["exec", exec as Adapter]]);

async function problemsOf(head: string, override?: () => Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), "programs-"));
  const file = join(folder, "broadcast.yml");
  writeFileSync(file, `${head}channels:\n  room:\n    network: exec\n    program: tools/post.py\n`);
  const { problems, config } = await loadConfig({ file, env: {}, adapters, ...(override && { override }) });
  return { problems, settings: config?.channels.get("room")?.settings, folder };
}

describe("programs that channels run", () => {
  it("are allowed by name, relative to broadcast.yml, and are absolute for the adapter", async () => {
    const { problems, settings, folder } = await problemsOf("programs: [./tools/post.py]\n");
    expect(problems).toEqual([]);
    expect(settings?.program).toBe(join(folder, "tools/post.py"));
  });

  it("are refused otherwise, with their place, also in a rehearsal", async () => {
    for (const head of ["", "programs: [tools/other.py]\n"])
      for (const override of [undefined, () => ({ socket: "tcp://127.0.0.1:1", token: "sandbox-room" })])
        expect((await problemsOf(head, override)).problems).toMatchObject([
          {
            severity: "error",
            code: "program-not-allowed",
            message: "the channel `room` would run tools/post.py, and `programs:` does not allow it",
            remedy: "Add `programs: [tools/post.py]` to broadcast.yml if it may run.",
            place: { line: head === "" ? 4 : 5 },
          },
        ]);
  });
});
