// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { networks } from "../../src/sandbox/networks/index.ts";
import { startSandbox } from "../../src/sandbox/server.ts";

it("run says that this computer's clock is wrong, once it has asked a server something", async () => {
  // What other tests' servers said of the time is another process's memory.
  vi.resetModules();
  const { openProject } = await import("../../src/app/project.ts");
  const { run } = await import("../../src/app/run.ts");
  const folder = mkdtempSync(join(tmpdir(), "broadcast-run-clock-"));
  mkdirSync(join(folder, "campaigns"));
  const sandbox = await startSandbox({
    networks,
    folder: join(folder, "stage"),
    now: () => Date.now() + 90_000,
  });
  try {
    writeFileSync(
      join(folder, "broadcast.yml"),
      `channels:\n  social: { network: mastodon, audience: external, server: "${sandbox.url}/mastodon", token: "\${T}" }\n`,
    );
    writeFileSync(
      join(folder, "campaigns/c.yml"),
      `kind: update\ntitle: It is out\nbody: Words.\nchannels: [social]\nat: ${new Date(Date.now() - 60_000).toISOString()}\n`,
    );
    const project = await openProject({ cwd: folder, env: { T: "sandbox-social" } });
    const round = await run([join(folder, "campaigns")], project);
    expect(round?.histories).toMatchObject([{ state: "published" }]);
    expect(round?.problems).toMatchObject([{ severity: "warning", code: "clock-off" }]);
    expect(round?.code).toBe(0);
    expect((await run([join(folder, "campaigns")], project))?.problems).toEqual([]);
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
