// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** `run --due` and what a network publishes itself, with one clock for the program and the sandbox. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { run } from "../../src/cli/commands/run.ts";
import type { Terminal } from "../../src/cli/output.ts";
import { PLAIN } from "../../src/report/paint.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { folderWith } from "./stand-in.ts";

const QUIET = { code: 0, out: "", err: "" };

it("`run --due` hands it over before its time, is quiet until then, and says when it is out", async () => {
  let now = Date.parse("2026-12-01T08:00:00Z");
  const clock = {
    now: () => now,
    async sleep(ms: number) {
      now += Math.max(0, ms);
    },
  };
  const stage = mkdtempSync(join(tmpdir(), "broadcast-stage-"));
  const sandbox = await startSandbox({ networks, folder: stage, now: clock.now });
  onTestFinished(() => sandbox.close());
  const folder = folderWith({
    "broadcast.yml": `channels:\n  social:\n    network: mastodon\n    server: ${sandbox.url}/mastodon\n    token: \${SOCIAL_TOKEN}\n`,
    "campaigns/talk.yml":
      "kind: update\ntitle: Office hour\nbody: Come in.\nchannels: [social]\nat: 2026-12-01 12:00 Europe/Rome\nschedule: network\n",
  });
  const runAt = async (iso: string) => {
    now = Date.parse(iso);
    const ran = { code: -1, out: "", err: "" };
    const terminal: Terminal = {
      cwd: folder,
      env: { SOCIAL_TOKEN: "sandbox-social" },
      out: (text) => {
        ran.out += text;
      },
      err: (text) => {
        ran.err += text;
      },
      results: PLAIN,
      notes: PLAIN,
      person: false,
      questions: () => Promise.reject(new Error("nobody is there")),
      input: async () => undefined,
    };
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
