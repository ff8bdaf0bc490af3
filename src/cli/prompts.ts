/** Questions to a person. Loads inquirer: import this module dynamically, and only at a terminal. */
import inquirer from "inquirer";
import { usageError } from "../errors.ts";

/** The person left with Ctrl-C or Ctrl-D. */
export class PromptCancelled extends Error {
  override name = "PromptCancelled";
}

export interface Choice {
  name: string;
  value: string;
  /** Shown once it is chosen; default: the name. */
  short?: string;
  /** Shown below the list while it is the current one. */
  description?: string;
  checked?: boolean;
}

/** Each throws PromptCancelled if the person leaves. `usual` is the answer of Enter alone. */
export interface Prompts {
  confirm(message: string, usual?: boolean): Promise<boolean>;
  /** One line, trimmed. If `check` returns an error, it is asked again. */
  line(
    message: string,
    options?: { usual?: string; check?: (text: string) => string | undefined },
  ): Promise<string>;
  /** A line that is not shown. Empty is an answer. */
  secret(message: string): Promise<string>;
  choose(message: string, choices: readonly Choice[], usual?: string): Promise<string>;
  chooseSeveral(message: string, choices: readonly Choice[]): Promise<string[]>;
  /** Opens `$VISUAL` or `$EDITOR` with a Markdown file. Throws InputError if it cannot be opened. */
  edit(message: string, usual: string): Promise<string>;
}

export const prompts: Prompts = {
  confirm: (message, usual = false) => prompted({ type: "confirm", message, default: usual }),
  line: async (message, { usual, check } = {}) => {
    const validate = (text: string) => check?.(text.trim()) ?? true;
    const text = await prompted<string>({ type: "input", message, default: usual, validate });
    return text.trim();
  },
  secret: async (message) => (await prompted<string>({ type: "password", message, mask: "*" })).trim(),
  choose: (message, choices, usual) =>
    prompted({ type: "select", message, choices: [...choices], default: usual, pageSize: 12, loop: false }),
  chooseSeveral: (message, choices) =>
    prompted({
      type: "checkbox",
      message,
      choices: [...choices],
      pageSize: 14,
      loop: false,
      required: true,
    }),
  edit: async (message, usual) => {
    try {
      return await prompted({
        type: "editor",
        message,
        default: usual,
        postfix: ".md",
        waitForUserInput: false,
      });
    } catch (error) {
      if (error instanceof PromptCancelled || !/editor|ENOENT|EACCES/i.test(String(error))) throw error;
      throw usageError(
        "your editor could not be opened",
        "Set EDITOR to an installed program, such as `nano`, or give the text with `--body`.",
      );
    }
  },
};

async function prompted<T>(question: object): Promise<T> {
  // The library types every kind of question apart; here they all have one value.
  const prompt = inquirer.prompt as (asked: object[]) => Promise<{ value: T }> & { ui: { close(): void } };
  const asked = prompt([{ ...question, name: "value" }]);
  const { stdin } = process;
  // Ctrl-D closes the readline without an event for the question. A pause alone may be an open editor.
  const closed = () => setImmediate(() => void (stdin.isRaw || asked.ui.close()));
  stdin.on("pause", closed);
  try {
    return (await asked).value;
  } catch (error) {
    const { name } = error as Error;
    throw name === "ExitPromptError" || name === "AbortPromptError" ? new PromptCancelled("left") : error;
  } finally {
    stdin.off("pause", closed);
  }
}

/** Waits for any key; Ctrl-C is one. Only if stdin is a terminal. */
export function keyPressed(): Promise<void> {
  const { stdin } = process;
  return new Promise((resolve) => {
    const done = () => {
      process.off("SIGINT", done);
      process.off("SIGTERM", done);
      stdin.off("data", done);
      stdin.setRawMode(false);
      stdin.pause();
      resolve();
    };
    process.on("SIGINT", done);
    process.on("SIGTERM", done);
    stdin.setRawMode(true);
    stdin.resume();
    stdin.once("data", done);
  });
}
