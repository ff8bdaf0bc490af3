/** The questions of `init`, `new` and `login`. Loads inquirer: import this module dynamically, and only when somebody can answer. */
import { prompted } from "../prompts.ts";

export interface Option {
  name: string;
  value: string;
  /** Shown once it is chosen; default: the name. */
  short?: string;
  /** Shown below the list while it is the current one. */
  description?: string;
  checked?: boolean;
}

/** Each throws Left when the person leaves. */
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
  yes: (message, usual) => prompted({ type: "confirm", message, default: usual }),
  line: async (message, { usual, check } = {}) => {
    const validate = (text: string) => check?.(text.trim()) ?? true;
    const text = await prompted<string>({ type: "input", message, default: usual, validate });
    return text.trim();
  },
  secret: async (message) => (await prompted<string>({ type: "password", message, mask: "*" })).trim(),
  one: (message, options, usual) =>
    prompted({ type: "select", message, choices: [...options], default: usual, pageSize: 12, loop: false }),
  several: (message, options) =>
    prompted({
      type: "checkbox",
      message,
      choices: [...options],
      pageSize: 14,
      loop: false,
      required: true,
    }),
  text: (message, usual) =>
    prompted({ type: "editor", message, default: usual, postfix: ".md", waitForUserInput: false }),
};
