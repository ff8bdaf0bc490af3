// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** `broadcast send … | head`: whoever stops reading does not stop the sending. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { broadcast, build, root } from "./built.ts";

const folder = mkdtempSync(join(tmpdir(), "broadcast-pipe-"));
let sandbox: Sandbox;

beforeAll(async () => {
  build();
  sandbox = await startSandbox({ networks, folder: join(folder, "stage") });
  writeFileSync(
    join(folder, "broadcast.yml"),
    'channels:\n  social:\n    network: mastodon\n    server: https://mastodon.example\n    token: ${SOCIAL_TOKEN}\n  chat:\n    network: telegram\n    token: ${CHAT_TOKEN}\n    chat: "@acme"\n',
  );
  const body = Array.from({ length: 12 }, (_, n) => `${n} ${"words ".repeat(70)}`).join("\n\n");
  writeFileSync(
    join(folder, "c.yml"),
    `kind: update\nbody: |\n${body.replace(/^/gm, "  ")}\nchannels: [social, chat]\nnumber: false\n`,
  );
}, 120_000);
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

it("goes on to the end, and writes it down, when its output is closed", async () => {
  const argv = ["send", "c.yml", "--yes", "--sandbox", sandbox.url];
  const child = spawn(process.execPath, [join(root, "bin/broadcast.js"), ...argv], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder },
  });
  child.stdin.end();
  child.stdout.destroy();
  child.stderr.destroy();
  const code = await new Promise((resolve) => child.on("exit", resolve));
  expect(code).toBe(0);
  const { out } = await broadcast(folder, ["status", "--json", "--sandbox", sandbox.url]);
  const states = (JSON.parse(out) as { deliveries: { state: string }[] }).deliveries.map(
    ({ state }) => state,
  );
  expect(states).toEqual(["published", "published"]);
});
