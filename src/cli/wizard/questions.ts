/** The questions of `init`, `new` and `login`. Loads inquirer: import this module dynamically, and only when somebody can answer. */
import inquirer from "inquirer";

/** The person left with Ctrl-C. Nothing is written after it. */
export class Left extends Error {
  override name = "Left";
}

export interface Option {
  name: string;
  value: string;
  /** Shown once it is chosen; default: the name. */
  short?: string;
  /** Shown below the list while it is the current one. */
  description?: string;
  checked?: boolean;
}

export interface Ask {
  yes(message: string, usual: boolean): Promise<boolean>;
  /** One line. `check` returns what is wrong with it, or `undefined`. */
  line(
    message: string,
    options?: { usual?: string; check?: (text: string) => string | undefined },
  ): Promise<string>;
  /** A line that is not shown. Empty is an answer. */
  secret(message: string): Promise<string>;
  one(message: string, options: readonly Option[], usual?: string): Promise<string>;
  several(message: string, options: readonly Option[]): Promise<string[]>;
  /** Opens `$VISUAL` or `$EDITOR` with a Markdown file. */
  text(message: string, usual: string): Promise<string>;
}

export const ask: Ask = {
  yes: (message, usual) => answered({ type: "confirm", message, default: usual }),
  line: async (message, { usual, check } = {}) => {
    const validate = (text: string) => check?.(text.trim()) ?? true;
    const text = await answered<string>({ type: "input", message, default: usual, validate });
    return text.trim();
  },
  secret: async (message) => (await answered<string>({ type: "password", message, mask: "*" })).trim(),
  one: (message, options, usual) =>
    answered({ type: "select", message, choices: [...options], default: usual, pageSize: 12, loop: false }),
  several: (message, options) =>
    answered({
      type: "checkbox",
      message,
      choices: [...options],
      pageSize: 14,
      loop: false,
      required: true,
    }),
  text: (message, usual) =>
    answered({ type: "editor", message, default: usual, postfix: ".md", waitForUserInput: false }),
};

async function answered<T>(question: object): Promise<T> {
  try {
    // The library types every kind of question apart; here they all have one value.
    const prompt = inquirer.prompt as (asked: object[]) => Promise<{ value: T }>;
    return (await prompt([{ ...question, name: "value" }])).value;
  } catch (error) {
    if ((error as Error).name === "ExitPromptError") throw new Left("left");
    throw error;
  }
}
