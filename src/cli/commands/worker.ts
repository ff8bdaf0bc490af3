/** `broadcast worker`: stays, and delivers from a ledger that machines share. */
import { resolve } from "node:path";
import { worstOf } from "../../app/exit-code.ts";
import { openProject } from "../../app/project.ts";
import { type WorkerEvent, work } from "../../app/worker.ts";
import { EXIT, type Problem } from "../../errors.ts";
import { frames } from "../../report/code-frame.ts";
import { workerLine, workerRecord } from "../../report/worker.ts";
import type { worker as declared } from "../declarations.ts";
import type { OptionsOf } from "../options.ts";
import { withSignals } from "../signals.ts";
import type { Terminal } from "../terminal.ts";

export type WorkerOptions = Partial<OptionsOf<typeof declared>>;

export async function worker(
  paths: readonly string[],
  options: WorkerOptions,
  terminal: Terminal,
): Promise<number> {
  const { cwd, env, out, err, notes } = terminal;
  const near = paths[0] === undefined ? undefined : resolve(cwd, paths[0]);
  const project = await openProject({ near, cwd, env });
  const inJson = options.log === "json" || options.json === true;
  const say = (text: string) =>
    inJson ? out(`${log("info", "said", { message: text })}\n`) : err(`${text}\n`);
  const complain = (problems: readonly Problem[]) => {
    if (problems.length === 0) return;
    if (!inJson) return err(`${frames(problems, notes)}\n`);
    for (const { severity, code, message, remedy, channel } of problems)
      out(`${log(severity === "error" ? "error" : "warn", "problem", { code, message, remedy, channel })}\n`);
  };
  let known = "";
  const codes: number[] = [];
  const tell = (event: WorkerEvent) => {
    switch (event.type) {
      case "started":
        complain(event.left);
        return say(
          `Delivering to ${event.channels.length === 1 ? event.channels[0] : `${event.channels.length} channels`}. Ctrl-C ends it.`,
        );
      case "problems": {
        // The same one is said once, until it is fixed.
        const now = JSON.stringify(event.problems);
        if (now !== known) complain(event.problems);
        known = now;
        return;
      }
      case "trouble":
        return inJson
          ? out(`${log("error", "trouble", { message: event.message })}\n`)
          : err(`${notes.paint.yellow("!")} ${event.message}\n`);
      case "pulse":
        return;
      default: {
        const line = inJson ? workerRecord(event, Date.now()) : workerLine(event, Date.now(), notes);
        if (line !== undefined) (inJson ? out : err)(`${line}\n`);
      }
    }
  };
  const health =
    options.health === undefined
      ? undefined
      : await (await import("../../app/health.ts")).startHealth(options.health);
  if (health) say(`${health.url}/metrics`);
  try {
    return await withSignals(say, async ({ stop, abort }) => {
      stop.addEventListener("abort", () => health?.stopping(), { once: true });
      await work(project, {
        paths,
        only: options.channels,
        concurrency: options.concurrency,
        drain: options.drain,
        stop,
        abort,
        onEvent: (event) => {
          health?.note(event);
          if (event.type === "ended") codes.push(codeOf(event));
          tell(event);
        },
      });
      return options.drain ? worstOf(codes) : EXIT.ok;
    });
  } finally {
    await health?.close();
  }
}

function codeOf({ state, code }: { state: string; code?: string }): number {
  if (state === "held") return EXIT.unknown;
  if (code === "auth") return EXIT.credentials;
  return state === "failed" || code === "no-file" ? EXIT.failed : EXIT.ok;
}

function log(level: string, event: string, rest: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ time: new Date().toISOString(), level, event, ...rest });
}
