/** Questions to a person. Loads inquirer: import this module dynamically, and only when somebody can answer. */
import { Left, prompted } from "./prompts.ts";

/** What this module gives. */
export interface Questions {
  confirm: typeof confirm;
  choose: typeof choose;
  write: typeof write;
}

/** `false` also when the person leaves. */
export async function confirm(message: string): Promise<boolean> {
  return (await unlessLeft<boolean>({ type: "confirm", message, default: false })) ?? false;
}

export interface Choice {
  name: string;
  value: string;
}

/** The chosen value; `undefined` when the person leaves. */
export async function choose(message: string, choices: readonly Choice[]): Promise<string | undefined> {
  return unlessLeft({ type: "select", message, choices: [...choices] });
}

/** What was typed, without the spaces around it; `undefined` when the person leaves. What `wrong` says is told, and asked again. */
export async function write(
  message: string,
  wrong: (typed: string) => string | undefined = () => undefined,
): Promise<string | undefined> {
  const validate = (typed: string) => wrong(typed.trim()) ?? true;
  return (await unlessLeft<string>({ type: "input", message, validate }))?.trim();
}

// Leaving a question is an answer, and no fault.
async function unlessLeft<T>(question: object): Promise<T | undefined> {
  try {
    return await prompted<T>(question);
  } catch (error) {
    if (error instanceof Left) return undefined;
    throw error;
  }
}
