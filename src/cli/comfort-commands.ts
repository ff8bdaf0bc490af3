/** Commands about the program itself: what its words mean, and how a shell completes them. */
import { Argument, type Command } from "commander";
import { SHELLS } from "./completion/scripts.ts";
import type { Declare } from "./setup-commands.ts";
import type { Terminal } from "./terminal.ts";

export function comfortCommands(
  program: Command,
  command: Declare,
  ended: (code: number) => void,
  terminal: Terminal,
): void {
  command(
    "explain [codes...]",
    "Say what a code, a state or an exit code means, and what to do; without one, list them",
    "broadcast explain held",
    "broadcast explain too-long missing-alt",
    "broadcast explain 4",
  )
    .option("--json", "as JSON")
    .action(async (codes, options) =>
      ended(await (await import("./commands/explain.ts")).explain(codes, options, terminal)),
    );

  command(
    "completion",
    "Print a script that completes commands, options and this project's names",
    "broadcast completion bash > ~/.local/share/bash-completion/completions/broadcast",
    'broadcast completion zsh > "${fpath[1]}/_broadcast"',
    "broadcast completion fish > ~/.config/fish/completions/broadcast.fish",
    'eval "$(broadcast completion bash)"',
  )
    .addArgument(new Argument("<shell>", "which one").choices(SHELLS))
    .option("--json", "the script as JSON")
    .action(async (shell, options) =>
      ended(await (await import("./commands/completion.ts")).completion(shell, options, terminal)),
    );

  // What those scripts ask.
  program
    .command("complete [words...]", { hidden: true })
    .helpOption(false)
    .allowUnknownOption()
    .action(async (words) =>
      ended(await (await import("./commands/complete.ts")).complete(program, words, terminal)),
    );
}
