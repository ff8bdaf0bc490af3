// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** `run --due` and what a network publishes itself, with one clock for the program and the sandbox. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { run } from "../../src/cli/commands/run.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { clockAt, folderWith, listening } from "./stand-in.ts";

const QUIET = { code: 0, out: "", err: "" };

it("`run --due` hands it over before its time, is quiet until then, and says when it is out", async () => {
  const clock = clockAt("2026-12-01T08:00:00Z");
  const stage = mkdtempSync(join(tmpdir(), "broadcast-stage-"));
  const sandbox = await startSandbox({ networks, folder: stage, now: clock.now });
  onTestFinished(() => sandbox.close());
  const folder = folderWith({
    "broadcast.yml": `channels:\n  social:\n    network: mastodon\n    server: ${sandbox.url}/mastodon\n    token: \${SOCIAL_TOKEN}\n`,
    "campaigns/talk.yml":
      "kind: update\ntitle: Office hour\nbody: Come in.\nchannels: [social]\nat: 2026-12-01 12:00 Europe/Rome\nschedule: network\n",
  });
  const runAt = async (iso: string) => {
    clock.set(iso);
    const { ran, terminal } = listening(folder, { SOCIAL_TOKEN: "sandbox-social" });
    ran.code = await run([], { due: true }, terminal, clock);
    return ran;
  };

  const handed = await runAt("2026-12-01T08:00:00Z");
  expect(handed.code, handed.err).toBe(0);
  expect(handed.out).toContain("scheduled at mastodon for 2026-12-01 ");
  expect(await runAt("2026-12-01T10:59:00Z")).toEqual(QUIET);
  expect(await sandbox.posts()).toEqual([]);
  expect(await runAt("2026-12-01T11:00:30Z")).toEqual(QUIET);
  const out = await runAt("2026-12-01T11:01:00Z");
  const [post] = await sandbox.posts();
  expect(out.code, out.err).toBe(0);
  expect(out.out.trim()).toBe(`✓  campaigns/talk.yml/social  published  ${post?.url}`);
  expect(await runAt("2026-12-01T11:10:00Z")).toEqual(QUIET);
  expect(await sandbox.posts()).toHaveLength(1);
});
