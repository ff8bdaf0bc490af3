/** A CI runner that listens; its code loads only where there is one. */
import type { Problem } from "../errors.ts";
import type { RunnerEvent } from "./github-actions.ts";
import type { Terminal } from "./terminal.ts";

/** Elsewhere than on GitHub it does nothing. */
export async function runnerOf(terminal: Terminal): Promise<(event: RunnerEvent) => Promise<void>> {
  if (terminal.env.GITHUB_ACTIONS !== "true") return async () => {};
  return (await import("./github-actions.ts")).githubActions(terminal);
}

/** Problems as annotations, where the output says nothing else to people. */
export async function annotate(problems: readonly Problem[], terminal: Terminal): Promise<void> {
  if (terminal.env.GITHUB_ACTIONS === "true")
    (await import("./github-actions.ts")).annotate(problems, terminal);
}
