/** `broadcast sandbox`: the simulated networks on this computer, until Ctrl-C. */

import { dirname, join } from "node:path";
import { knowledgeOf } from "../../app/sandbox-knowledge.ts";
import { findConfig } from "../../config/load.ts";
import { EXIT, usageError } from "../../errors.ts";
import { document } from "../../report/json.ts";
import type { Sandbox } from "../../sandbox/server.ts";
import type { sandboxCommand as declared } from "../declarations.ts";
import type { OptionsOf } from "../options.ts";
import { withSignals } from "../signals.ts";
import type { Terminal } from "../terminal.ts";

export type SandboxOptions = OptionsOf<typeof declared>;

export async function sandbox(options: SandboxOptions, terminal: Terminal): Promise<number> {
  const { out, err, notes } = terminal;
  const running = await start(options, terminal);
  const { url, port } = running;
  try {
    return await withSignals(
      () => {},
      async ({ stop }) => {
        if (options.json) out(document("sandbox", { url, port }));
        else {
          out(`${url}\n`);
          const other = port === 4747 ? "" : ` ${url}`;
          const trouble =
            options.chaos === undefined ? "" : `Its weather: ${options.chaos}, seed ${options.seed}.\n`;
          err(
            `${trouble}The page shows every post. In another terminal:\n  ${notes.paint.cyan(`broadcast send campaigns/release.yml --sandbox${other}`)}\nCtrl-C ends it.\n`,
          );
        }
        if (!stop.aborted)
          await new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve()));
        return EXIT.ok;
      },
    );
  } finally {
    await running.close();
  }
}

async function start(
  { port, host, chaos, seed, rates }: SandboxOptions,
  { cwd }: Terminal,
): Promise<Sandbox> {
  const { startSandbox } = await import("../../sandbox/server.ts");
  const { networks } = await import("../../sandbox/networks/index.ts");
  const config = findConfig(cwd);
  const folder = join(config === undefined ? cwd : dirname(config), ".broadcast", "sandbox", "stage");
  try {
    return await startSandbox({
      port,
      host,
      networks: [...networks],
      folder,
      journal: join(folder, "posts.jsonl"),
      knowledge: knowledgeOf(config === undefined ? cwd : dirname(config)),
      chaos: chaos === undefined ? undefined : { profile: chaos, seed },
      rates,
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE")
      throw usageError(
        `port ${port} is in use: perhaps a sandbox is already running`,
        "Use that one, or choose another with `--port`.",
      );
    if (code === "EACCES" || code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
      throw usageError(
        `the sandbox cannot listen at ${host}:${port} (${code})`,
        "Choose another `--port` or `--host`.",
      );
    }
    throw error;
  }
}
